"""Simple drawn pictures of cards, in the layouts that the recognizer's commands read."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from cnnviz.recognizer.classes import CLASS_INDEX, CLASSES

Picture = NDArray[np.uint8]

GREEN = (40, 160, 40)  # what lies under the cards of photographs, BGR


def drawn_card(name: str, seed: int = 0, size: int = 48) -> Picture:
    """A white card with its class as a pattern of 3×3 coloured cells, a little different by seed.

    No two classes have the same pattern, and nothing about it is a real card's.
    """
    index = CLASS_INDEX[name]
    rng = np.random.default_rng([seed, index])
    cells = np.random.default_rng(1000 + index).choice([20, 235], (3, 3, 3)).astype(float)
    cells = np.clip(cells + rng.normal(0, 8, cells.shape), 0, 255).astype(np.uint8)
    card = np.full((size, size, 3), 255, np.uint8)
    edge = size // 8
    inside = size - 2 * edge
    card[edge:-edge, edge:-edge] = cv2.resize(
        cells, (inside, inside), interpolation=cv2.INTER_NEAREST
    )
    return card


def write_picture(path: Path, picture: Picture) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    # Through bytes: OpenCV's own writing knows only names that the system's encoding knows.
    _, data = cv2.imencode(path.suffix, picture)
    path.write_bytes(data.tobytes())
    return path


def write_folder(root: Path, classes: Iterable[str] = CLASSES, count: int = 1) -> Path:
    """A folder in the Kaggle layout."""
    for name in classes:
        for seed in range(count):
            write_picture(root / name / f"{seed:03}.png", drawn_card(name, seed))
    return root


def write_photographs(
    root: Path, count: int, classes: Sequence[str] = CLASSES, size: tuple[int, int] = (320, 240)
) -> Path:
    """Photographs with two cards each on a green table, and the table of their boxes."""
    width, height = size
    rows = []
    for number in range(count):
        picture = np.full((height, width, 3), GREEN, np.uint8)
        for place in range(2):
            name = classes[(2 * number + place) % len(classes)]
            x0, y0 = 10 + place * 80, 20
            picture[y0 : y0 + 72, x0 : x0 + 56] = cv2.resize(drawn_card(name, number), (56, 72))
            clear = 1 - place
            rows.append([f"{number:03}.png", name, x0, y0, x0 + 56, y0 + 72, clear])
        write_picture(root / "images" / f"{number:03}.png", picture)
    table = root / "labels.csv"
    with table.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["file", "class", "x0", "y0", "x1", "y1", "clear"])
        writer.writerows(rows)
    return table
