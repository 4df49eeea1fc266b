"""`train-lesson`: a training that an episode's film shows, run again and written as evidence.

An episode that has one has `scenes/NAME/_training.py` with a function `train(report)`, which gives
everything that was measured as plain JSON, and `TOLERANCE`, what its numbers may be off where they
are computed by another machine.
"""

from __future__ import annotations

import json
import platform
from collections.abc import Callable, Iterator, Mapping
from importlib.metadata import version
from pathlib import Path
from types import ModuleType
from typing import Any

from cnnviz.errors import StudioError, UserError
from cnnviz.evidence_files import evidence_path
from cnnviz.exact_import import imported
from cnnviz.failures import describe_failure
from cnnviz.files import write_json
from cnnviz.models import read_json
from cnnviz.names import visible
from cnnviz.progress import Reporter

__all__ = ["differences", "train_lesson"]

MODULE = "_training"
HEAD = ("kind", "command", "made_with", "tolerance")
"""What `train_lesson` itself writes; none of it is measured."""
_MANUAL = "docs/writing-an-episode.md says how to write one"


def train_lesson(root: Path, name: str, *, compare: bool = False) -> list[str]:
    """Run the training of the episode `name` and write it to `recordings/NAME.json`.

    Parameters
    ----------
    root
        The project's folder.
    compare
        Only hold what comes out against the file that is there, and leave that as it is.

    Returns
    -------
    list of str
        What to tell the person, one line each.

    Raises
    ------
    UserError
        The episode has no training; or there is nothing to compare with.
    StudioError
        The training failed; or it gives other numbers than those in the file, by more than its
        tolerance.
    """
    module = _training(root, name)
    path = evidence_path(root, name)
    before = read_json(path, _again(name)) if path.is_file() else None
    if compare and before is None:
        raise UserError("nothing to compare with", file=path, hint=_again(name))
    tolerance = float(module.TOLERANCE)
    facts = {
        "kind": "training",
        "command": f"render.py train-lesson {name}",
        "made_with": made_with(),
        "tolerance": tolerance,
        **_run(module, name),
    }
    told = []
    if before is not None:
        found = list(differences(before, facts, tolerance))
        if compare and found:
            raise StudioError(
                f"what is trained here differs in {_places(found)}",
                file=path,
                hint=f"made here by {_read(facts)}, there by {_read(before)}; {_again(name)}",
            )
        told.append(_compared(found, tolerance))
    if not compare:
        write_json(path, facts)
        told.append(f"wrote {path.relative_to(root)}")
    return told


def made_with() -> dict[str, str]:
    """The versions that computed a training, and on what."""
    return {
        "python": platform.python_version(),
        "torch": version("torch"),
        "numpy": version("numpy"),
        "machine": f"{platform.system()} {platform.machine()}",
    }


def differences(one: Any, other: Any, tolerance: float, place: str = "") -> Iterator[str]:
    """Where two trainings differ, as JSON pointers with both values.

    Numbers with a point may be off by `tolerance`, everything else not at all. The head is left
    out.
    """
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        keys = [key for key in {**one, **other} if place or key not in HEAD]
        for key in keys:
            yield from differences(one.get(key), other.get(key), tolerance, f"{place}/{key}")
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for index, pair in enumerate(zip(one, other, strict=True)):
            yield from differences(*pair, tolerance, f"{place}/{index}")
    elif isinstance(one, float) and isinstance(other, float):
        if not abs(one - other) <= tolerance:
            yield f"{place} is {other}, not {one}"
    elif one != other:
        yield f"{place} is {str(other)[:40]}, not {str(one)[:40]}"


def _training(root: Path, name: str) -> ModuleType:
    file = root / "scenes" / name / f"{MODULE}.py"
    if not file.is_file():
        have = [
            folder.name
            for folder in visible(root.glob("scenes/*"))
            if (folder / f"{MODULE}.py").is_file()
        ]
        raise UserError(
            f"there is no training of an episode {name!r}",
            file=file,
            hint=f"there is one of: {', '.join(have)}" if have else _MANUAL,
        )
    try:
        module = imported(root, file)
    except Exception as error:
        raise describe_failure(error, file) from error
    for wanted in ("train", "TOLERANCE"):
        if not hasattr(module, wanted):
            raise UserError(f"there is no {wanted} in it", file=file, hint=_MANUAL)
    return module


def _run(module: ModuleType, name: str) -> dict[str, Any]:
    """What the training gives, as it reads when it is read back."""
    train: Callable[[Callable[[int, int], None]], dict[str, Any]] = module.train
    file = Path(str(module.__file__))
    try:
        measured = train(Reporter().counter(f"training {name}", 0))
        told: dict[str, Any] = json.loads(json.dumps(measured, allow_nan=False))
    except Exception as error:
        raise describe_failure(error, file) from error
    if set(told) & set(HEAD):
        taken = ", ".join(sorted(set(told) & set(HEAD)))
        raise UserError(
            f"its measurements may not be called {taken}", file=Path(str(module.__file__))
        )
    return told


def _compared(found: list[str], tolerance: float) -> str:
    if not found:
        return f"every number is as before, to {tolerance:g}"
    return f"it differs from before in {_places(found)}"


def _places(found: list[str]) -> str:
    return found[0] if len(found) == 1 else f"{len(found)} places, first: {found[0]}"


def _read(facts: Mapping[str, Any]) -> str:
    made = facts.get("made_with")
    return ", ".join(f"{k} {v}" for k, v in made.items()) if isinstance(made, Mapping) else "?"


def _again(name: str) -> str:
    return f"make it with render.py train-lesson {name}"
