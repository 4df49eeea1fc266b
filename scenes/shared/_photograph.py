"""A photograph as a scene's knob, and what kernels make of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import cv2
import numpy as np

from cnnviz.compute import conv2d, kernel
from cnnviz.files import file_digest
from cnnviz.visuals import load_picture, to_grey

CARDS = Path(__file__).parent / "pictures" / "cards.png"
LARGEST = 640  # rows or columns: more are not seen, and take long to compute


@dataclass(frozen=True, eq=False)
class Photo:
    """A photograph in its colours, (H, W, 3), and in grey, (H, W)."""

    colour: np.ndarray
    grey: np.ndarray

    def height_within(self, height):
        """How high it is shown so that it is not wider than one of 4:3 that is `height` high."""
        rows, columns = self.grey.shape
        return height * min(1, 4 / 3 * rows / columns)


def photo(chosen):
    """The photograph that a knob names: a path, or what a script's inputs say of a file."""
    path = Path(chosen["file"]) if isinstance(chosen, dict) else Path(chosen)
    path = Path(__file__).resolve().parents[2] / path
    return _photo(path, file_digest(path))


@cache
def _photo(path, digest):
    colour = load_picture(path)
    share = LARGEST / max(colour.shape)
    if share < 1:
        colour = cv2.resize(colour, None, fx=share, fy=share, interpolation=cv2.INTER_AREA)
    return Photo(colour, to_grey(colour))


def feature_map(seen, weights):
    """The trace of a kernel, by its name or as rows, over a photograph; computed once."""
    rows = kernel(weights).values.tolist() if isinstance(weights, str) else weights
    return _feature_map(seen, tuple(map(tuple, rows)))


@cache
def _feature_map(seen, rows):
    return conv2d(seen.grey, rows)
