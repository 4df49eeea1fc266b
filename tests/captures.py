"""Small recordings as `record` makes them, of moving coloured pictures in place of a window."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from cnnviz.capture.captured import (
    Capture,
    CapturedCamera,
    CapturedCard,
    CaptureFrame,
    Moment,
    Rates,
    picture_url,
)
from cnnviz.capture.film import CaptureFilm
from cnnviz.capture.framecode import stamp
from cnnviz.capture.sidecar import sidecar_text
from cnnviz.files import file_digest
from cnnviz.media.quality import Quality
from cnnviz.recognizer.classes import CLASSES

__all__ = ["LABELS", "card_picture", "write_recording"]

LABELS = ("ten of hearts", "joker", "king of clubs")
SIZE = (480, 360)
SCALE = 1.5


def card_picture(hue: int) -> np.ndarray:
    """A cut-out with a frame, a slope and a spot on it, BGR (224, 224, 3)."""
    y, x = np.mgrid[:224, :224]
    picture = np.stack([200 + x // 8, 255 - y // 6, 230 + 0 * x], axis=-1).astype(np.uint8)
    cv2.rectangle(picture, (3, 3), (220, 220), (20, 20, 20), 2)
    cv2.circle(picture, (112, 112), 50, (hue, 30, 255 - hue), -1)
    return picture


def window_picture(index: int) -> np.ndarray:
    """Frame `index` of the window, BGR: its brightness in green tells the index."""
    width, height = SIZE
    picture = np.full((height, width, 3), (60, 4 + index % 240, 90), np.uint8)
    return stamp(picture, index)


def write_recording(
    folder: Path,
    name: str = "demo",
    *,
    seconds: float = 8.0,
    moments: Sequence[tuple[int, str]] = ((20, LABELS[0]), (50, LABELS[1]), (80, LABELS[2])),
    fps: int = 30,
    simulated: bool = True,
    weights: str = "0" * 64,
) -> Path:
    """Write NAME.mp4 and NAME.json; gives the path of the JSON.

    `moments` are frames and classes; each card is seen from its moment to the end.
    """
    video = folder / f"{name}.mp4"
    folder.mkdir(parents=True, exist_ok=True)
    frames = []
    with CaptureFilm(video, Quality("recording", *SIZE, fps)) as film:
        for index in range(round(seconds * fps)):
            picture = window_picture(index)
            film.write(picture)
            seen = [_card(at, *moment) for at, moment in enumerate(moments) if moment[0] <= index]
            frames.append(CaptureFrame(index / fps, index, "auto-detect", tuple(seen)))
    capture = Capture(
        video=video,
        video_sha256=file_digest(video),
        fps=fps,
        size=SIZE,
        scale=SCALE,
        recorded_at="2026-01-01T00:00:00Z",
        seconds=len(frames) / fps,
        camera=CapturedCamera(
            "simulated" if simulated else "camera 0",
            simulated,
            "Photographs: nobody" if simulated else None,
        ),
        mode="auto-detect",
        weights_sha256=weights,
        versions={"cnnviz": "test"},
        rates=Rates(30, 30),
        frames=tuple(frames),
        moments=tuple(_moment(at, *moment) for at, moment in enumerate(moments)),
    )
    video.with_suffix(".json").write_text(sidecar_text(capture), encoding="utf-8")
    return video.with_suffix(".json")


def _corners(at: int) -> tuple[tuple[float, float], ...]:
    left = 20.0 + 90 * at
    return ((left, 60.0), (left + 80, 62.0), (left + 78, 170.0), (left, 168.0))


def _top(label: str) -> tuple[tuple[str, float], ...]:
    others = [name for name in CLASSES if name != label][:4]
    return ((label, 0.9), *((name, 0.02) for name in others))


def _card(at: int, frame: int, label: str) -> CapturedCard:
    return CapturedCard(at + 1, _corners(at), label, 0.9 - 0.043 * at, _top(label))


def _moment(at: int, frame: int, label: str) -> Moment:
    card = _card(at, frame, label)
    return Moment(
        frame=frame,
        number=card.number,
        label=label,
        confidence=card.confidence,
        top=card.top,
        corners=card.corners,
        picture=picture_url(card_picture(60 * at)),
    )
