"""Stored pictures of what scenes and building blocks look like, and what counts as the same.

Set them anew, then look at them before they are committed::

    CNNVIZ_SET_PICTURES=1 python -m pytest tests/visuals tests/scenes -k pictures
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pytest
from manim import Mobject, tempconfig
from numpy.typing import NDArray

from cnnviz.stage.camera import FilmCamera
from cnnviz.visuals.theme import GROUND

__all__ = ["Difference", "Picture", "check_pictures", "compare", "draw", "read_sheet"]

Picture = NDArray[np.uint8]

HOUSE = Path(__file__).resolve().parents[1]
STORED = Path(__file__).parent / "visuals" / "pictures"
FAILED = HOUSE / "build" / "pictures"
COLUMNS = 3
SIZE = (320, 180)

# What another version of FreeType or Cairo changes are edges, by a fraction of a pixel: up to 11
# levels, once blurred. A minus sign that is missing in a 320×180 picture changes 25 pixels by more
# than 12.
BLUR = 1.8
CHANGED = 12
MOST_CHANGED = 1e-4
MOST_MEAN = 1.0

LOSSLESS = 101  # how OpenCV calls it


@dataclass(frozen=True)
class Difference:
    """How two pictures differ, in levels of 255, once both are blurred a little."""

    mean: float
    changed: float

    @property
    def is_seen(self) -> bool:
        return self.mean > MOST_MEAN or self.changed > MOST_CHANGED

    def __str__(self) -> str:
        return f"{self.changed:.2%} of the pixels changed, mean difference {self.mean:.2f}"


def compare(one: Picture, other: Picture) -> Difference:
    """How much two pictures (H, W, 3) of one size differ."""
    blurred = [cv2.GaussianBlur(each, (0, 0), BLUR).astype(float) for each in (one, other)]
    apart = np.abs(blurred[0] - blurred[1]).max(axis=2)
    return Difference(float(apart.mean()), float((apart > CHANGED).mean()))


def draw(mobjects: Sequence[Mobject], size: tuple[int, int] = SIZE) -> Picture:
    """`mobjects` on the film's ground, as (H, W, 3)."""
    width, height = size
    with tempconfig({"pixel_width": width, "pixel_height": height}):
        camera = FilmCamera(background_color=GROUND)
        camera.capture_mobjects(mobjects)
    return np.ascontiguousarray(camera.pixel_array[..., :3])


def check_pictures(name: str, drawn: Mapping[str, Picture]) -> None:
    """Require that the pictures look like those stored under `name`; or store them."""
    path = STORED / f"{name}.webp"
    if os.environ.get("CNNVIZ_SET_PICTURES"):
        _write_sheet(path, list(drawn.values()))
        return
    if not path.exists():
        pytest.fail(f"no stored pictures in {path.relative_to(HOUSE)}; {_how_to_set()}")
    first = next(iter(drawn.values()))
    stored = read_sheet(path, first.shape[:2])
    wrong = []
    for index, (label, picture) in enumerate(drawn.items()):
        before = stored[index] if index < len(stored) else np.zeros_like(picture)
        difference = compare(before, picture)
        if difference.is_seen:
            shown = _show_difference(f"{name}-{label}", before, picture)
            wrong.append(f"{label}: {difference}; see {shown.relative_to(HOUSE)}")
    if any(compare(np.zeros_like(extra), extra).is_seen for extra in stored[len(drawn) :]):
        wrong.append("more pictures are stored than drawn")
    if wrong:
        pytest.fail("\n".join([f"{name} looks different", *wrong, _how_to_set()]), pytrace=False)


def read_sheet(path: Path, size: tuple[int, int]) -> list[Picture]:
    """The pictures of a stored sheet, row by row; unused places are black."""
    sheet = cv2.cvtColor(cv2.imread(str(path), cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB)
    height, width = size
    rows, columns = sheet.shape[0] // height, sheet.shape[1] // width
    places = [(row * height, column * width) for row in range(rows) for column in range(columns)]
    return [
        np.ascontiguousarray(sheet[top : top + height, left : left + width], dtype=np.uint8)
        for top, left in places
    ]


def _write_sheet(path: Path, pictures: list[Picture]) -> None:
    columns = min(COLUMNS, len(pictures))
    blank = np.zeros_like(pictures[0])
    filled = [*pictures, *[blank] * (-len(pictures) % columns)]
    rows = [np.hstack(filled[i : i + columns]) for i in range(0, len(filled), columns)]
    path.parent.mkdir(parents=True, exist_ok=True)
    _write(path, np.vstack(rows), [cv2.IMWRITE_WEBP_QUALITY, LOSSLESS])


def _show_difference(name: str, stored: Picture, drawn: Picture) -> Path:
    """Stored, drawn, and what is different about them, side by side."""
    path = FAILED / f"{name.replace('/', '-')}.png"
    path.parent.mkdir(parents=True, exist_ok=True)
    _write(path, np.hstack([stored, drawn, cv2.absdiff(stored, drawn)]), [])
    return path


def _write(path: Path, picture: Picture, options: list[int]) -> None:
    assert cv2.imwrite(str(path), cv2.cvtColor(picture, cv2.COLOR_RGB2BGR), options), path


def _how_to_set() -> str:
    return "if that is meant, run with CNNVIZ_SET_PICTURES=1 and look at the new pictures"
