"""The photograph of playing cards, and what three kernels make of it."""

from __future__ import annotations

from pathlib import Path

from cnnviz.compute import conv2d, kernel
from cnnviz.visuals import load_picture, to_grey

COLOUR = load_picture(Path(__file__).parent / "pictures" / "cards.png")
GREY = to_grey(COLOUR)

VERTICAL = conv2d(GREY, kernel("vertical_edge").values)
HORIZONTAL = conv2d(GREY, kernel("horizontal_edge").values)
TEXTURE = conv2d(GREY, kernel("laplacian_8").values)
