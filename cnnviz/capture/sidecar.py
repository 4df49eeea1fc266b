"""What a recording is evidence of: for every frame of the video, what was seen and how surely.

The sidecar is a JSON file beside the MP4, of the same name but for the ending, and bound to it by
its digest.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from cnnviz.capture.fields import Field, read_fields
from cnnviz.errors import UserError
from cnnviz.files import file_digest
from cnnviz.media.decode import frame_count
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
    "read_capture",
    "sidecar_path",
    "sidecar_text",
]

FORMAT = 1
BEST = 5  # classes that are kept with each card
AGAIN = "record it again"
_PNG = "data:image/png;base64,"

Corners = tuple[tuple[float, float], ...]
"""x, y of a card's top left, top right, bottom right and bottom left, in camera pixels."""
Top = tuple[tuple[str, float], ...]
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

    number: int
    corners: Corners
    label: str | None
    confidence: float
    top: Top

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, top, right and bottom of the upright rectangle around it, in camera pixels."""
        across, down = zip(*self.corners, strict=True)
        return min(across), min(down), max(across), max(down)


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

    time: float
    shown: int
    mode: str
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

    frame: int
    number: int
    label: str
    confidence: float
    top: Top
    corners: Corners
    picture: str

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

    name: str
    simulated: bool
    credit: str | None


@dataclass(frozen=True)
class Rates:
    """Measured pictures a second: `shown` by the window, `grabbed`, of those, from the screen."""

    shown: float
    grabbed: float


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
    video_sha256: str
    fps: int
    size: tuple[int, int]
    scale: float
    recorded_at: str
    seconds: float
    camera: CapturedCamera
    mode: str
    weights_sha256: str
    versions: Mapping[str, str]
    rates: Rates
    frames: tuple[CaptureFrame, ...]
    moments: tuple[Moment, ...]


def sidecar_path(video: Path) -> Path:
    """Where the sidecar of `video` lies."""
    return video.with_suffix(".json")


def picture_url(cut_out: Picture) -> str:
    """`cut_out`, BGR, as the data URL of a PNG."""
    _, data = cv2.imencode(".png", cut_out)
    return _PNG + base64.b64encode(data.tobytes()).decode("ascii")


def sidecar_text(capture: Capture) -> str:
    """`capture` as the JSON of its sidecar: one line a frame, which a person can still read."""
    head = {
        "format": FORMAT,
        "video": capture.video.name,
        "video_sha256": capture.video_sha256,
        "fps": capture.fps,
        "size": capture.size,
        "scale": capture.scale,
        "recorded_at": capture.recorded_at,
        "seconds": round(capture.seconds, 4),
        "camera": asdict(capture.camera),
        "mode": capture.mode,
        "weights_sha256": capture.weights_sha256,
        "versions": dict(capture.versions),
        "rates": {name: round(rate, 2) for name, rate in asdict(capture.rates).items()},
    }
    entries = [f"{json.dumps(key)}: {_line(value)}" for key, value in head.items()]
    entries.append(_lines("frames", [_frame_entry(frame) for frame in capture.frames]))
    entries.append(_lines("moments", [_moment_entry(moment) for moment in capture.moments]))
    return "{\n" + ",\n".join(entries) + "\n}\n"


def _line(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _lines(key: str, values: Sequence[Any]) -> str:
    return f"{json.dumps(key)}: [" + ",".join(f"\n {_line(value)}" for value in values) + "\n]"


def _frame_entry(frame: CaptureFrame) -> dict[str, Any]:
    return {
        "time": round(frame.time, 4),
        "shown": frame.shown,
        "mode": frame.mode,
        "cards": [_card_entry(card) for card in frame.cards],
    }


def _card_entry(card: CapturedCard) -> dict[str, Any]:
    return {
        "number": card.number,
        "corners": _rounded(card.corners),
        "box": [round(value, 1) for value in card.box],
        "label": card.label,
        "confidence": round(card.confidence, 4),
        "top": [[name, round(probability, 4)] for name, probability in card.top],
    }


def _moment_entry(moment: Moment) -> dict[str, Any]:
    return {
        "frame": moment.frame,
        "number": moment.number,
        "label": moment.label,
        "confidence": round(moment.confidence, 4),
        "top": [[name, round(probability, 4)] for name, probability in moment.top],
        "corners": _rounded(moment.corners),
        "picture": moment.picture,
    }


def _rounded(corners: Corners) -> list[list[float]]:
    return [[round(x, 1), round(y, 1)] for x, y in corners]


def read_capture(path: Path) -> Capture:
    """The recording whose MP4 or sidecar is `path`, checked against its video.

    Raises
    ------
    UserError
        One of the two files is missing or damaged, they do not belong together, or no card was
        recognized.
    """
    video, sidecar = path.with_suffix(".mp4"), sidecar_path(path)
    if not video.is_file():
        raise UserError("no such recording", file=video, hint="make one: render.py record")
    if not sidecar.is_file():
        raise UserError(
            "the recording's sidecar is missing",
            file=sidecar,
            hint="it is made by: render.py record",
        )
    capture = _capture(read_fields(sidecar, AGAIN), video)
    if _digest(video) != capture.video_sha256:
        raise UserError(
            f"the video is not the one that {sidecar.name} was written for", file=video, hint=AGAIN
        )
    frames = frame_count(video)
    if frames != len(capture.frames):
        raise UserError(
            f"{len(capture.frames)} frames are described, and the video has {frames}",
            file=sidecar,
            hint=AGAIN,
        )
    if not capture.moments:
        raise UserError(
            "no card is recognized in this recording",
            file=video,
            hint="record again, and hold a card still before the camera for a second",
        )
    return capture


def _digest(video: Path) -> str:
    try:
        return file_digest(video)
    except OSError as error:
        raise UserError(error.strerror or str(error), file=video) from error


def _capture(root: Field, video: Path) -> Capture:
    if root["format"].value != FORMAT:
        raise root["format"].wrong(f"{FORMAT}, the only one known")
    root["video"].text()
    fps = root["fps"].whole(1)
    width, height = (side.whole(1) for side in root["size"].items(2))
    frames = tuple(_frame(each, index, fps) for index, each in enumerate(root["frames"].items()))
    camera, rates = root["camera"], root["rates"]
    credit = camera["credit"]
    return Capture(
        video=video,
        video_sha256=root["video_sha256"].text(),
        fps=fps,
        size=(width, height),
        scale=root["scale"].number(0),
        recorded_at=root["recorded_at"].text(),
        seconds=root["seconds"].number(0),
        camera=CapturedCamera(
            name=camera["name"].text(),
            simulated=camera["simulated"].flag(),
            credit=None if credit.value is None else credit.text(),
        ),
        mode=_mode(root["mode"]),
        weights_sha256=root["weights_sha256"].text(),
        versions=root["versions"].texts(),
        rates=Rates(shown=rates["shown"].number(0), grabbed=rates["grabbed"].number(0)),
        frames=frames,
        moments=tuple(_moment(each, frames) for each in root["moments"].items()),
    )


def _frame(field: Field, index: int, fps: int) -> CaptureFrame:
    time = field["time"]
    if abs(time.number() - index / fps) > 0.001:
        raise time.wrong(f"{index / fps:.4f}, its place in the video")
    return CaptureFrame(
        time=index / fps,
        shown=field["shown"].whole(0),
        mode=_mode(field["mode"]),
        cards=tuple(_card(card) for card in field["cards"].items()),
    )


def _card(field: Field) -> CapturedCard:
    label = field["label"]
    card = CapturedCard(
        number=field["number"].whole(1),
        corners=_corners(field["corners"]),
        label=None if label.value is None else _class(label),
        confidence=field["confidence"].number(0, 1),
        top=_top(field["top"]),
    )
    box = [side.number() for side in field["box"].items(4)]
    if not np.allclose(box, card.box, atol=0.11):
        raise field["box"].wrong("the box around the corners")
    return card


def _moment(field: Field, frames: Sequence[CaptureFrame]) -> Moment:
    moment = Moment(
        frame=field["frame"].whole(0, len(frames)),
        number=field["number"].whole(1),
        label=_class(field["label"]),
        confidence=field["confidence"].number(0, 1),
        top=_top(field["top"]),
        corners=_corners(field["corners"]),
        picture=field["picture"].text(),
    )
    try:
        moment.cut_out()
    except (ValueError, binascii.Error) as error:
        raise field["picture"].wrong("a picture of a card") from error
    cards = frames[moment.frame].cards
    if (moment.number, moment.label) not in [(card.number, card.label) for card in cards]:
        raise field.wrong("a card of that frame")
    return moment


def _mode(field: Field) -> str:
    return field.one_of(MODES, " or ".join(MODES))


def _class(field: Field) -> str:
    return field.one_of(CLASSES, "the name of a card")


def _corners(field: Field) -> Corners:
    points = [[value.number() for value in point.items(2)] for point in field.items(4)]
    return tuple((x, y) for x, y in points)


def _top(field: Field) -> Top:
    pairs = [tuple(pair.items(2)) for pair in field.items(BEST)]
    return tuple((_class(name), probability.number(0, 1)) for name, probability in pairs)
