"""A capture's file: a JSON beside the MP4, of the same name but for the ending.

It is bound to the video by its digest.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, fields
from functools import partial
from pathlib import Path
from typing import Annotated, Any, TypeVar

from cnnviz.capture.captured import Capture, CapturedCard, CaptureFrame, Corners, Moment
from cnnviz.errors import UserError
from cnnviz.evidence_files import sidecar_path, video_path
from cnnviz.files import file_digest
from cnnviz.media.decode import frame_count
from cnnviz.models import Is, Number, misfit, read_shape

__all__ = ["read_capture", "sidecar_text"]

FORMAT = 1
AGAIN = "record it again"

T = TypeVar("T", Capture, CapturedCard, CaptureFrame)
_Wrong = Callable[[str, str], UserError]


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
        "box": [round(value, 1) for value in _box(card.corners)],
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


def _box(corners: Corners) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of the upright rectangle around a card, in camera pixels."""
    across, down = zip(*corners, strict=True)
    return min(across), min(down), max(across), max(down)


def _rounded(corners: Corners) -> list[list[float]]:
    return [[round(x, 1), round(y, 1)] for x, y in corners]


# What stands in the file beside what a capture is --------------------------------------------


@dataclass(frozen=True)
class _WrittenCard(CapturedCard):
    box: tuple[Number, Number, Number, Number]


@dataclass(frozen=True)
class _WrittenFrame(CaptureFrame):
    cards: tuple[_WrittenCard, ...]


@dataclass(frozen=True)
class _Written(Capture):
    format: Annotated[int, Is(f"{FORMAT}, the only one known", FORMAT.__eq__)]
    frames: tuple[_WrittenFrame, ...]


def read_capture(path: Path) -> Capture:
    """The recording whose MP4 or sidecar is `path`, checked against its video.

    Raises
    ------
    UserError
        One of the two files is missing or damaged, they do not belong together, or no card was
        recognized.
    """
    video, sidecar = video_path(path), sidecar_path(path)
    if not video.is_file():
        raise UserError("no such recording", file=video, hint="make one: render.py record")
    if not sidecar.is_file():
        raise UserError(
            "the recording's sidecar is missing",
            file=sidecar,
            hint="it is made by: render.py record",
        )
    capture = _capture(sidecar, video)
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


def _capture(sidecar: Path, video: Path) -> Capture:
    written, wrong = read_shape(sidecar, _Written, AGAIN), partial(misfit, sidecar, AGAIN)
    frames = tuple(
        _frame(frame, index / written.fps, f"frames[{index}]", wrong)
        for index, frame in enumerate(written.frames)
    )
    for index, moment in enumerate(written.moments):
        _check_moment(moment, frames, f"moments[{index}]", wrong)
    return _as(Capture, written, video=video, frames=frames)


def _frame(written: _WrittenFrame, time: float, place: str, wrong: _Wrong) -> CaptureFrame:
    if abs(written.time - time) > 0.001:
        raise wrong(f"{place}.time", f"{time:.4f}, its place in the video")
    for index, card in enumerate(written.cards):
        sides = zip(card.box, _box(card.corners), strict=True)
        if any(abs(one - other) > 0.11 for one, other in sides):
            raise wrong(f"{place}.cards[{index}].box", "the box around the corners")
    cards = tuple(_as(CapturedCard, card) for card in written.cards)
    return _as(CaptureFrame, written, time=time, cards=cards)


def _check_moment(
    moment: Moment, frames: Sequence[CaptureFrame], place: str, wrong: _Wrong
) -> None:
    if moment.frame >= len(frames):
        raise wrong(f"{place}.frame", f"a whole number from 0 to {len(frames) - 1}")
    try:
        moment.cut_out()
    except ValueError as error:
        raise wrong(f"{place}.picture", "a picture of a card") from error
    cards = frames[moment.frame].cards
    if (moment.number, moment.label) not in [(card.number, card.label) for card in cards]:
        raise wrong(place, "a card of that frame")


def _as(kind: type[T], written: Any, **changes: Any) -> T:
    """What of `written` belongs to a `kind`, but for some changes."""
    kept = {field.name: getattr(written, field.name) for field in fields(kind)}
    return kind(**kept | changes)
