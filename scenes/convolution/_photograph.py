"""The photograph of playing cards, and what three kernels make of it."""

from __future__ import annotations

from scenes.shared._photograph import CARDS, feature_map, photo

PHOTO = photo(CARDS)
COLOUR, GREY = PHOTO.colour, PHOTO.grey

VERTICAL = feature_map(PHOTO, "vertical_edge")
HORIZONTAL = feature_map(PHOTO, "horizontal_edge")
TEXTURE = feature_map(PHOTO, "laplacian_8")
