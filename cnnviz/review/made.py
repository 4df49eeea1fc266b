"""How the film in a bundle was made; who looks at it looks at it that way."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from cnnviz.bundle_files import FILM
from cnnviz.episode.episode import Episode, check_scenes
from cnnviz.errors import UserError
from cnnviz.evidence_files import sidecar_path, video_path
from cnnviz.stage_format import FORMATS, WIDE
from cnnviz.studio.bundle import recording_name
from cnnviz.studio.make import Order

__all__ = ["as_made", "film_made", "is_of_film"]


def film_made(bundle: Path | None, language: str) -> Mapping[str, Any] | None:
    """What `bundle.json` says of the film in `bundle`; None if none in `language` lies there.

    Nothing, where it cannot be read.
    """
    if bundle is None or not (bundle / FILM).is_file():
        return None
    try:
        made = json.loads((bundle / "bundle.json").read_bytes())
    except (OSError, ValueError):
        return {}
    if not isinstance(made, dict) or "language" not in made:
        return {}
    return made if made["language"] == language else None


def as_made(order: Order) -> Order:
    """`order` with the format of the film in the bundle, and what else of that it does not name.

    That is quality, voice and recording.

    Raises
    ------
    UserError
        The film was made with `--recording`, and that recording is gone.
    """
    made = film_made(order.folder, order.language) or {}
    return replace(
        order,
        format=FORMATS.get(str(made.get("format")), WIDE),
        quality=order.quality or str(made.get("quality", "draft")),
        voice=order.voice or str(made.get("voice", "auto")),
        recording=order.recording or _recording(order, made.get("recording")),
    )


def is_of_film(order: Order, voice: str) -> bool:
    """Whether what is found about `order` is found about the film in the bundle.

    It is not where there is no film in its language, or where the order names another quality,
    voice or recording than the film's own.

    Parameters
    ----------
    order
        As typed, before `as_made`.
    voice
        The engine that speaks what was looked at.
    """
    made = film_made(order.folder, order.language)
    if not made:
        return made is not None  # what cannot be read is wrong whatever was asked for
    asked = {
        "quality": order.quality,
        "voice": order.voice and voice,
        "recording": recording_name(order.recording, order.root),
    }
    return all(made.get(key, value) == value for key, value in asked.items() if value)


def _recording(order: Order, name: object) -> Path | None:
    """The recording that a bundle names, if a scene still shows any."""
    if not isinstance(name, str):
        return None
    episode = Episode(order.root, order.name)
    # What does not fit together is said later, by those who need it to.
    sources = check_scenes(episode, episode.script(order.language), lambda problem: None)
    if not any(source.recording for source in sources.values()):
        return None
    path = order.root / name  # a name that is absolute stays as it is
    if video_path(path).is_file() and sidecar_path(path).is_file():
        return path
    raise UserError(
        "the film in the bundle was made with this recording, which is gone",
        file=path,
        hint=f"put it back, or make the film again: render.py episode {order.name}",
    )
