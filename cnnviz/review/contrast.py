"""How well a text stands out from what is really behind it, by WCAG's relative luminance."""

from __future__ import annotations

import numpy as np
from manim import Camera
from numpy.typing import ArrayLike, NDArray

from cnnviz.review.layout import Stage
from cnnviz.review.stage import Box
from cnnviz.visuals.luminance import contrast_ratio

__all__ = ["contrast", "contrasts"]

WORST = 25
"""Percent of the ground that may be worse: the outline of a frame around a digit, a stray pixel."""


def contrast(colour: ArrayLike, ground: ArrayLike) -> float:
    """From 1 to 21: of an RGBA `colour` on the pixels of a `ground`, (..., 3), both from 0 to 1.

    A few pixels may be worse than what comes out.
    """
    red, green, blue, opacity = np.asarray(colour, dtype=float)
    pixels = np.asarray(ground, dtype=float).reshape(-1, 3)
    text = opacity * np.array([red, green, blue]) + (1 - opacity) * pixels
    return round(float(np.percentile(contrast_ratio(text, pixels), WORST)), 2)


def contrasts(stage: Stage, camera: Camera) -> dict[object, float]:
    """The contrast of all that can be read, of its faintest colour, by the lines' identities.

    The stage is drawn without its texts, and that is the camera's picture afterwards.
    """
    camera.reset()
    camera.capture_mobjects(stage.shapes, include_submobjects=False)
    ground = camera.pixel_array[..., :3] / 255
    behind = {line: _cut(ground, stage.frame, line.box) for line, _ in stage.read}
    return {
        line.identity: min(contrast(colour, pixels) for colour in line.colours)
        for line, pixels in behind.items()
    }


def _cut(picture: NDArray[np.float64], frame: Box, box: Box) -> NDArray[np.float64]:
    """The pixels of `picture`, the whole `frame`, that lie in `box`; one at least."""
    height, width = picture.shape[:2]
    across = np.array([box.left, box.right]) - frame.left
    down = frame.top - np.array([box.top, box.bottom])
    left, right = np.clip(across / (frame.right - frame.left) * width, 0, width - 1).astype(int)
    top, bottom = np.clip(down / (frame.top - frame.bottom) * height, 0, height - 1).astype(int)
    return picture[top : bottom + 1, left : right + 1]
