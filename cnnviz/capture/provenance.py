"""What is known of a capture besides its pictures: with what it was made, and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from typing import TYPE_CHECKING

import cv2
import numpy as np

from cnnviz import __version__
from cnnviz.capture.captured import CapturedCamera, CapturedCard

if TYPE_CHECKING:
    from cnnviz.recognizer.tracking import SeenCard

__all__ = ["Provenance", "captured_card", "in_utc", "versions"]


@dataclass(frozen=True)
class Provenance:
    """What is recorded: the camera, the mode at the beginning, the digest of the weights."""

    camera: CapturedCamera
    mode: str
    weights_sha256: str


def versions() -> dict[str, str]:
    """Of the programs that see, by their names."""
    return {
        "cnnviz": __version__,
        "torch": version("torch"),
        "opencv": cv2.__version__,
        "numpy": np.__version__,
    }


def in_utc(when: datetime) -> str:
    """A time in UTC as ISO 8601, in whole seconds."""
    return when.isoformat(timespec="seconds").replace("+00:00", "Z")


def captured_card(card: SeenCard) -> CapturedCard:
    """What is kept of a card in sight."""
    return CapturedCard(
        number=card.number,
        corners=tuple((float(x), float(y)) for x, y in card.corners),
        label=card.label,
        confidence=float(card.confidence),
        top=tuple((name, float(probability)) for name, probability in card.top),
    )
