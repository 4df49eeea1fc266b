"""Pictures and feature maps as images, and the sweep that uncovers a feature map."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
from manim import (
    DOWN,
    LEFT,
    RESAMPLING_ALGORITHMS,
    RIGHT,
    UP,
    Animation,
    Group,
    ImageMobject,
    Mobject,
    Rectangle,
    linear,
)
from numpy.typing import NDArray

from cnnviz.compute import ConvTrace
from cnnviz.errors import StudioError
from cnnviz.pixels import require_shape
from cnnviz.visuals.theme import LINE, Role, diverging

__all__ = [
    "SweepPicture",
    "feature_picture",
    "framed",
    "load_picture",
    "map_limit",
    "picture",
    "to_grey",
]


def load_picture(path: Path) -> NDArray[np.uint8]:
    """The sRGB picture in `path`, shape (H, W, 3).

    Raises
    ------
    StudioError
        The file is missing, is not a picture, or is a mere line.
    """
    try:
        read = cv2.imread(str(path), cv2.IMREAD_COLOR)
    except cv2.error:  # a header that promises more than memory can hold
        read = None
    if read is None:
        raise StudioError("missing, or not a picture", file=path)
    require_shape(read, path)
    return cv2.cvtColor(read, cv2.COLOR_BGR2RGB).astype(np.uint8)


def to_grey(colour: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Brightness 0–255 of an sRGB picture by the weights of ITU-R BT.601, shape (H, W)."""
    return cv2.cvtColor(colour, cv2.COLOR_RGB2GRAY).astype(np.int64)


def picture(values: NDArray[np.integer], height: float, *, crisp: bool = False) -> ImageMobject:
    """A grey (H, W) or sRGB (H, W, 3) picture, `height` units high.

    `crisp` keeps the edges of few, large pixels.
    """
    image = ImageMobject(np.clip(values, 0, 255).astype(np.uint8))
    method = "nearest" if crisp else "linear"
    image.set_resampling_algorithm(RESAMPLING_ALGORITHMS[method])
    image.height = height
    return image


def map_limit(trace: ConvTrace) -> float:
    """A full shade for the maps of a picture: the 97th percentile of the absolute values."""
    return float(np.percentile(np.abs(trace.output), 97))


def feature_picture(
    trace: ConvTrace, height: float, *, channel: int = 0, limit: float | None = None
) -> ImageMobject:
    """A feature map on the signed colour scale, `height` units high."""
    limit = map_limit(trace) if limit is None else limit
    shades = diverging(trace.output[channel], limit, vivid=True)
    return picture(shades, height)


def framed(image: ImageMobject, role: Role | None = None) -> Group:
    """The image with a thin border in the colour of its role."""
    border = Rectangle(
        width=image.width,
        height=image.height,
        stroke_color=role.value if role else LINE,
        stroke_width=2.5,
    ).move_to(image)
    return Group(image, border)


class SweepPicture(Animation):
    """Uncover an image in reading order, a band of rows at a time, behind a moving edge.

    Parameters
    ----------
    image
        The feature map that appears.
    seen, cursor
        A mobject that moves over the picture `seen` at the place that is being uncovered. It must
        stand above the image on stage already: whatever does is drawn again with it.
    bands
        How many bands the image is uncovered in.
    """

    def __init__(
        self,
        image: ImageMobject,
        *,
        seen: Mobject | None = None,
        cursor: Mobject | None = None,
        bands: int = 10,
        **kwargs: Any,
    ) -> None:
        self.image, self.seen, self.cursor, self.bands = image, seen, cursor, bands
        self.opacity = image.pixel_array[..., 3].copy()
        kwargs.setdefault("rate_func", linear)
        super().__init__(image, introducer=True, **kwargs)

    def interpolate_mobject(self, alpha: float) -> None:
        """Show what lies behind the edge, and put the cursor on it."""
        rows, columns = self.opacity.shape
        progress = self.rate_func(alpha) * self.bands
        band = min(int(progress), self.bands - 1)
        top, bottom = rows * band // self.bands, rows * (band + 1) // self.bands
        shown = self.opacity.copy()
        shown[bottom:] = 0
        shown[top:bottom, round(columns * (progress - band)) :] = 0
        self.image.pixel_array[..., 3] = shown
        if self.seen and self.cursor:
            corner = self.seen.get_corner(UP + LEFT)
            across, down = progress - band, (band + 0.5) / self.bands
            room = np.array([self.seen.width, self.seen.height]) - self.cursor.width
            middle = corner + self.cursor.width / 2 * (RIGHT + DOWN)
            self.cursor.move_to(middle + across * room[0] * RIGHT + down * room[1] * DOWN)
