"""The title, and the whole idea in one line."""

from __future__ import annotations

from scenes.convolution._claims import SMALL_KERNEL
from scenes.shared import opening


class Opening(opening.Opening):
    @classmethod
    def claims(cls):
        return {"small_kernel": SMALL_KERNEL}
