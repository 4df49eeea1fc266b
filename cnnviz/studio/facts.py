"""What a scene tells about itself when it is imported: its numbers, claims and wishes.

Importing a scene means importing Manim and torch, so it happens in a worker process, and the
facts are kept in the cache under the digest of the scene's code.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar

from cnnviz.compute.claim import Claim
from cnnviz.compute.number import Number
from cnnviz.errors import UserError
from cnnviz.evidence_files import evidence_path
from cnnviz.exact_import import imported
from cnnviz.failures import describe_failure
from cnnviz.names import composed
from cnnviz.script.inputs import Inputs
from cnnviz.script.placeholders import Value

if TYPE_CHECKING:
    from cnnviz.stage.lesson import Lesson
    from cnnviz.studio.scene_jobs import Role

__all__ = [
    "SceneFacts",
    "ask_scene",
    "facts_from_json",
    "load_roles",
    "load_scene",
]

T = TypeVar("T")

LONGEST_THINKING = 10
"""Seconds that a viewer may be left alone with a question."""


@dataclass(frozen=True)
class SceneFacts:
    """What the film must know of a scene before it is drawn.

    Parameters
    ----------
    numbers
        Placeholder → number, or pair of numbers that is a matrix size.
    card
        Whether it opens with a chapter card.
    minimum
        Beat → shortest length in seconds.
    claims
        Name → claim that the script may make.
    thinking
        Beat → seconds after its words in which the viewer thinks.
    """

    numbers: Mapping[str, Value]
    card: bool
    minimum: Mapping[str, float]
    claims: Mapping[str, Claim] = field(default_factory=dict)
    thinking: Mapping[str, float] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Plain JSON that `facts_from_json` reads."""
        return {
            "numbers": {
                name: [_number_json(one) for one in _as_tuple(value)]
                for name, value in self.numbers.items()
            },
            "card": self.card,
            "minimum": dict(self.minimum),
            "claims": {name: _plain(claim.as_json()) for name, claim in self.claims.items()},
            "thinking": dict(self.thinking),
        }


def facts_from_json(data: Mapping[str, Any]) -> SceneFacts:
    """The facts that `SceneFacts.as_json` wrote."""
    numbers: dict[str, Value] = {}
    for name, parts in data["numbers"].items():
        read = [Number(part["value"], part["op"], part["args"]) for part in parts]
        numbers[name] = read[0] if len(read) == 1 else (read[0], read[1])
    claims = {name: Claim.from_json(claim) for name, claim in data["claims"].items()}
    return SceneFacts(numbers, bool(data["card"]), data["minimum"], claims, data["thinking"])


def _as_tuple(value: Value) -> tuple[Number, ...]:
    return (value,) if isinstance(value, Number) else value


def _number_json(number: Number) -> dict[str, Any]:
    return _plain({"value": number.value, "op": number.op, "args": dict(number.args)})


def _plain(data: dict[str, Any]) -> dict[str, Any]:
    """`data` as it is read again; what JSON cannot hold raises here."""
    plain: dict[str, Any] = json.loads(json.dumps(data))
    return plain


def load_scene(
    root: Path,
    path: Path,
    class_name: str,
    recording: Path | None = None,
    inputs: Mapping[str, Any] | None = None,
    before: Sequence[Role] = (),
) -> type[Lesson]:
    """Import the scene in `path` and give its class.

    Parameters
    ----------
    root
        The project's folder.
    path, class_name
        Its file, and its class in there.
    recording
        What it shows in place of its own recording.
    inputs
        Knob → what it is turned to.
    before
        The scenes that it goes on from, the nearest first.

    Raises
    ------
    StudioError
        Importing raised; the message names the scene's line.
    UserError
        The class is not a lesson.
    """
    from cnnviz.stage.lesson import Lesson

    try:
        scene = getattr(imported(root, path), class_name)
    except Exception as error:
        raise describe_failure(error, path) from error
    if not (isinstance(scene, type) and issubclass(scene, Lesson)):
        raise UserError(f"{class_name} is not a Lesson", file=path)
    if recording is None and scene.recording is not None:
        recording = evidence_path(root, scene.recording)
    if inputs:
        scene = scene.given(inputs)
    if recording:
        scene = scene.showing(recording)
    return scene.after(load_roles(root, before)) if before else scene


def load_roles(root: Path, roles: Sequence[Role]) -> type[Lesson]:
    """Import the first of `roles`, which goes on from the others; raises as `load_scene`."""
    first, *before = roles
    return load_scene(root, first.path, first.class_name, first.recording, first.inputs, before)


def ask_scene(
    root: Path,
    path: Path,
    class_name: str,
    recording: Path | None = None,
    inputs: Inputs = MappingProxyType({}),
    before: Sequence[Role] = (),
) -> SceneFacts:
    """Import a scene and ask it for its numbers, claims and wishes.

    Raises
    ------
    StudioError
        It raised; the message names the scene's line.
    UserError
        It is not a lesson, or gives something else than computed numbers and claims; or it
        refuses the script's `inputs`, whose place is named then.
    """
    values = {key: given.value for key, given in inputs.items()}
    scene = load_scene(root, path, class_name, recording, values, before)
    try:
        _require_thinking(scene.thinking, path)
        facts = SceneFacts(
            _by_name(scene.numbers()),
            scene.card,
            _by_name(scene.minimum_seconds),
            _by_name(scene.claims()),
            _by_name(scene.thinking),
        )
        for name, value in facts.numbers.items():
            _require_computed(name, value, path)
        for name, claim in facts.claims.items():
            _require_claim(name, claim, path)
        facts.as_json()  # what cannot be written down must be known while the scene can be named
    except UserError as error:
        if error.file is None and inputs:
            raise _refused(error, inputs) from error
        raise describe_failure(error, path) from error
    except Exception as error:
        raise describe_failure(error, path) from error
    return facts


def _by_name(told: Mapping[str, T]) -> dict[str, T]:
    """What a scene tells, by names that are spelled as in scripts."""
    return {composed(name): value for name, value in told.items()}


def _refused(error: UserError, inputs: Inputs) -> UserError:
    """What a scene says against the numbers that it was given, where they were chosen."""
    first = min(inputs.values(), key=lambda given: (str(given.file), given.line))
    hint = error.hint or "take other numbers"
    return UserError(f"inputs: {error.message}", file=first.file, line=first.line, hint=hint)


def _require_computed(name: str, value: object, path: Path) -> None:
    parts = value if isinstance(value, tuple) and len(value) == 2 else (value,)
    if not all(isinstance(part, Number) for part in parts):
        raise UserError(
            f"{name!r} in numbers() is of type {type(value).__name__}, not a computed number",
            file=path,
            hint="take it from a trace, or write literal(…)",
        )


def _require_claim(name: str, claim: object, path: Path) -> None:
    if not isinstance(claim, Claim):
        raise UserError(
            f"{name!r} in claims() is of type {type(claim).__name__}, not a claim",
            file=path,
            hint="relate numbers: less(…), negative(…), largest(…)",
        )


def _require_thinking(thinking: object, path: Path) -> None:
    if not isinstance(thinking, Mapping):
        raise UserError(
            f"thinking is of type {type(thinking).__name__}, not beat → seconds",
            file=path,
            hint='write thinking = {"beat": 2.5}',
        )
    for beat, seconds in thinking.items():
        known = isinstance(seconds, int | float) and not isinstance(seconds, bool)
        if not (known and 0 < seconds <= LONGEST_THINKING):
            raise UserError(
                f"thinking gives {beat!r} {seconds!r}, not a number of seconds above 0"
                f" and up to {LONGEST_THINKING}",
                file=path,
                hint="2 to 3 seconds are enough for most questions",
            )
