"""A capture: what the recognizer saw in every frame of a video, and how surely."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import cv2
import numpy as np

from cnnviz.models import Amount, Count, Flag, Is, Number, Positive, Share, Text
from cnnviz.pixels import Picture
from cnnviz.recognizer.classes import CLASSES, PICTURE_SIZE
from cnnviz.recognizer.finding import MODES

__all__ = [
    "Capture",
    "CaptureFrame",
    "CapturedCamera",
    "CapturedCard",
    "Corners",
    "Moment",
    "Rates",
    "Top",
    "picture_url",
]

BEST = 5  # classes that are kept with each card
_PNG = "data:image/png;base64,"

Mode = Annotated[str, Is(" or ".join(MODES), MODES.__contains__)]
CardName = Annotated[str, Is("the name of a card", CLASSES.__contains__)]
Corners = Annotated[
    tuple[tuple[Number, Number], ...], Is("a list of 4", lambda corners: len(corners) == 4)
]
"""x, y of a card's top left, top right, bottom right and bottom left, in camera pixels."""
Top = Annotated[
    tuple[tuple[CardName, Share], ...], Is(f"a list of {BEST}", lambda top: len(top) == BEST)
]
"""The five best classes with their probabilities, best first."""


@dataclass(frozen=True)
class CapturedCard:
    """A card in a frame of the video.

    Parameters
    ----------
    number
        Its identity, from 1; stays while the card is followed, and the mode the same.
    corners
        Of the upright card, in pixels of the camera's frame; times `Capture.scale` in the video's.
    label
        Its class, None where the recognizer was not sure.
    confidence
        Of the best class, 0 to 1.
    top
        The five best classes.
    """

    number: Positive
    corners: Corners
    label: CardName | None
    confidence: Share
    top: Top


@dataclass(frozen=True)
class CaptureFrame:
    """A frame of the video.

    Parameters
    ----------
    time
        Seconds from the beginning.
    shown
        The number of the picture that the window showed, which the frame's lower edge carries.
    mode
        How cards were looked for.
    cards
        All in sight.
    """

    time: Number
    shown: Count
    mode: Mode
    cards: tuple[CapturedCard, ...]


@dataclass(frozen=True)
class Moment:
    """The first frame in which a followed card had a name that it kept for half a second.

    Parameters
    ----------
    frame
        Index of the video's frame.
    number, label, confidence, top, corners
        Of the card in that frame.
    picture
        The cut-out that the network was given, upright, as the data URL of a PNG; in every other
        look it is turned by 180°.
    """

    frame: Count
    number: Positive
    label: CardName
    confidence: Share
    top: Top
    corners: Corners
    picture: Text

    def cut_out(self) -> Picture:
        """The cut-out that the network was given, BGR (224, 224, 3).

        Raises
        ------
        ValueError
            It is damaged.
        """
        if not self.picture.startswith(_PNG):
            raise ValueError("no PNG")
        data = base64.b64decode(self.picture.removeprefix(_PNG), validate=True)
        picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR) if data else None
        if picture is None or picture.shape != (PICTURE_SIZE, PICTURE_SIZE, 3):
            raise ValueError("not a PNG of the size that the network is given")
        return np.asarray(picture, np.uint8)


@dataclass(frozen=True)
class CapturedCamera:
    """Where the frames came from; `credit` is what has to be said of simulated ones."""

    name: Text
    simulated: Flag
    credit: Text | None


@dataclass(frozen=True)
class Rates:
    """Measured pictures a second: `shown` by the window, `grabbed`, of those, from the screen."""

    shown: Amount
    grabbed: Amount


@dataclass(frozen=True)
class Capture:
    """A recording.

    Parameters
    ----------
    video
        The MP4 file, and its SHA-256 digest in hexadecimal.
    fps, size, seconds
        Of the video: frames a second, width and height in pixels, length.
    scale
        Video pixels to one pixel of the camera.
    recorded_at
        When, in UTC, ISO 8601.
    camera, mode
        With what it was made; the mode is the one at the beginning.
    weights_sha256, versions
        Of the network and of the programs.
    rates
        How fast it went.
    frames
        One for each frame of the video, in order.
    moments
        In order of time.
    """

    video: Path
    video_sha256: Text
    fps: Positive
    size: tuple[Positive, Positive]
    scale: Amount
    recorded_at: Text
    seconds: Amount
    camera: CapturedCamera
    mode: Mode
    weights_sha256: Text
    versions: Mapping[str, Text]
    rates: Rates
    frames: tuple[CaptureFrame, ...]
    moments: tuple[Moment, ...]


def picture_url(cut_out: Picture) -> str:
    """`cut_out`, BGR, as the data URL of a PNG."""
    _, data = cv2.imencode(".png", cut_out)
    return _PNG + base64.b64encode(data.tobytes()).decode("ascii")
