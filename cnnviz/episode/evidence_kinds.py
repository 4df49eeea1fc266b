"""The kinds of evidence: which files a piece consists of, and what is asked of it.

A new kind is one object here, and one line in `KINDS`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cnnviz.errors import UserError
from cnnviz.evidence_files import CARD_WEIGHTS, sidecar_path, video_path, weights_digest
from cnnviz.files import file_digest
from cnnviz.models import read_json

__all__ = ["KINDS", "SHORTEST", "EvidenceKind", "kind_of"]

SHORTEST = 5.0
"""Seconds that a capture must last, so that there is something to watch."""


@dataclass(frozen=True)
class EvidenceKind:
    """How pieces of one kind are read.

    Parameters
    ----------
    name
        What it is called in the bundle.
    files
        From a path that somebody named, all its files, the JSON first.
    check
        Whether it will do; gives the command that makes another one.
    leans_on
        Other files that the check holds it against.
    """

    name: str
    files: Callable[[Path], tuple[Path, ...]]
    check: Callable[[Path], str]
    leans_on: tuple[Path, ...] = ()


def kind_of(path: Path) -> str:
    """Of which kind the evidence with the JSON at `path` is.

    Raises
    ------
    UserError
        There is no such file, or it does not say.
    """
    if video_path(path).is_file():
        return "capture"
    if path == CARD_WEIGHTS or path.with_suffix(".safetensors").is_file():
        return "weights"
    kind = _read(path).get("kind")
    if not isinstance(kind, str) or kind not in KINDS:
        raise UserError(
            "says of no known kind of evidence that it is one",
            file=path,
            hint=f'write "kind" into it: one of {", ".join(KINDS)}',
        )
    return kind


def _read(path: Path) -> Mapping[str, Any]:
    if not path.exists():
        hint = "make it with the command that its scene names"
        raise UserError("no such evidence", file=path, hint=hint)
    data = read_json(path, "make it again")
    if not isinstance(data, dict):
        raise UserError("no evidence", file=path, hint="make it again")
    return data


# Captures of the recognizer at work ----------------------------------------------------------


def _capture_files(path: Path) -> tuple[Path, ...]:
    if path.suffix.lower() not in (".mp4", ".json"):
        raise UserError("not a recording", file=path, hint="name its .mp4, or the .json beside it")
    sidecar, video = sidecar_path(path), video_path(path)
    if not (sidecar.is_file() and video.is_file()):
        _check_capture(path)
    return sidecar, video


def _check_capture(path: Path) -> str:
    # Late: most episodes show no capture.
    from cnnviz.capture.sidecar import read_capture

    capture = read_capture(path)
    if capture.seconds < SHORTEST:
        raise UserError(
            f"only {capture.seconds:.1f} s long",
            file=capture.video,
            hint=f"record at least {SHORTEST:.0f} s, better 20: render.py record --seconds 20",
        )
    if capture.weights_sha256 != _weights_digest():
        raise UserError(
            "recorded with other weights than the recognizer has now, whose kernels the film shows",
            file=capture.video,
            hint="record it again",
        )
    camera = "simulated" if capture.camera.simulated else "0"
    return f"render.py record --camera {camera} --seconds {capture.seconds:.0f}"


# The recognizer's weights ---------------------------------------------------------------------


def _weights_files(path: Path) -> tuple[Path, ...]:
    files = path.with_suffix(".json"), path.with_suffix(".safetensors")
    for file in files:
        if not file.is_file():
            raise UserError("no weights", file=file, hint=_RESTORE)
    return files


def _check_weights(path: Path) -> str:
    facts, tensors = _weights_files(path)
    if file_digest(tensors) != _digest_in(facts):
        raise UserError(
            f"damaged, or exchanged: its digest is not the one in {facts.name}",
            file=tensors,
            hint=_RESTORE,
        )
    return "render.py train --data DIR"


def _weights_digest() -> str:
    return _digest_in(CARD_WEIGHTS)


def _digest_in(facts: Path) -> str:
    try:
        return weights_digest(facts)
    except (OSError, ValueError) as error:
        raise UserError(
            "no digest of the recognizer's weights in here", file=facts, hint=_RESTORE
        ) from error


_RESTORE = "restore it from the repository, or train: render.py train"


# Training runs that lessons show ---------------------------------------------------------------


def _training_files(path: Path) -> tuple[Path, ...]:
    files = _read(path).get("files", {})
    if not isinstance(files, dict) or any(Path(name).name != name for name in files):
        message = '"files" must list names with their SHA-256'
        raise UserError(message, file=path, hint="make it again")
    return path, *(path.with_name(name) for name in files)


def _check_training(path: Path) -> str:
    facts = _read(path)
    command = facts.get("command")
    if not isinstance(command, str) or not command.strip():
        raise UserError('does not say which "command" made it', file=path, hint="make it again")
    for name, digest in facts.get("files", {}).items():
        file = path.with_name(name)
        if not file.is_file() or file_digest(file) != digest:
            raise UserError(
                f"missing, or not the one that {path.name} was written for",
                file=file,
                hint=f"make it again: {command}",
            )
    return command


KINDS: Mapping[str, EvidenceKind] = {
    kind.name: kind
    for kind in (
        EvidenceKind("capture", _capture_files, _check_capture, (CARD_WEIGHTS,)),
        EvidenceKind("weights", _weights_files, _check_weights),
        EvidenceKind("training", _training_files, _check_training),
    )
}
"""Name → kind."""
