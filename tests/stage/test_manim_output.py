"""Our writer's film against Manim's own of the same scenes: the same frames, as many of them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest
from tiny import HOUSE, Done, Project, let_think

from cnnviz.media.colour import RgbToYuv, YuvToRgb
from cnnviz.media.decode import read_frames

Run = Callable[..., Done]
LIKENESS = 45.0  # decibels


LOSSLESS = """\
[video_encoder]
codec = libx264rgb
pixel_format = rgb24
[video_encoder.options]
crf = 0
"""


def by_manim(project: Project, scene: str, folder: Path) -> Iterator[np.ndarray]:
    """The frames of the film that `manim render` makes of a scene at our preview's size and rate.

    By itself it encodes with more loss than we do; what is compared here must come from us alone.
    """
    settings = folder / "manim.cfg"
    settings.write_text(LOSSLESS)
    command = [sys.executable, "-m", "manim", "render", "-r", "1280,720", "--fps", "30"]
    command += ["--config_file", str(settings), "--disable_caching", "-v", "ERROR"]
    command += ["--media_dir", str(folder / "media")]
    path = project.scene(scene).relative_to(project.root)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(HOUSE), str(project.root)])}
    subprocess.run(
        [*command, str(path), scene.capitalize()], cwd=project.root, env=environment, check=True
    )
    [film] = (path for path in (folder / "media").rglob("*.mp4") if "partial" not in str(path))
    with av.open(str(film)) as container:
        for frame in container.decode(video=0):
            yield frame.to_ndarray(format="rgb24")


def with_halved_chroma(picture: np.ndarray) -> np.ndarray:
    """What is left of a picture in any film of 4:2:0, however well it is encoded."""
    return YuvToRgb()(RgbToYuv()(np.ascontiguousarray(picture)))


def psnr(one: np.ndarray, other: np.ndarray) -> float:
    error = np.mean((one.astype(float) - other.astype(float)) ** 2)
    return float(10 * np.log10(255**2 / max(error, 1e-9)))


@pytest.mark.slow
@pytest.mark.parametrize("scene", ["first", "second"])
def test_frames_are_those_of_manims_own_writer(
    built: Project, run: Run, tmp_path: Path, scene: str
) -> None:
    words = ("--quality", "preview", "--voice", "recorded")
    assert run(built, "scene", f"tiny/{scene}", *words).code == 0
    ours = list(read_frames(built.bundle / "scenes" / f"{scene}.mp4"))
    theirs = [with_halved_chroma(one) for one in by_manim(built, scene, tmp_path)]
    assert len(ours) == len(theirs)
    likeness = [psnr(one, other) for one, other in zip(ours, theirs, strict=True)]
    assert min(likeness) >= LIKENESS
    # The measure tells pictures apart: neighbours in a movement are less alike than that.
    assert min(psnr(one, other) for one, other in pairwise(ours)) < LIKENESS


@pytest.mark.slow
def test_a_scene_that_gives_time_to_think_gives_it_when_manim_renders_it_alone(
    built: Project, run: Run, tmp_path: Path
) -> None:
    let_think(built, 1.0)
    assert (
        run(built, "scene", "tiny/second", "--quality", "preview", "--voice", "recorded").code == 0
    )
    ours = list(read_frames(built.bundle / "scenes" / "second.mp4"))
    theirs = [with_halved_chroma(one) for one in by_manim(built, "second", tmp_path)]
    assert len(ours) == len(theirs)
    assert min(psnr(one, other) for one, other in zip(ours, theirs, strict=True)) >= LIKENESS
