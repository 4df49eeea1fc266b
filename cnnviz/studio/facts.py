"""What a scene tells about itself when it is imported: its numbers and its wishes.

Importing a scene means importing Manim and torch, so it happens in a worker process, and the
facts are kept in the cache under the digest of the scene's code.
"""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cnnviz.compute.number import Number
from cnnviz.errors import StudioError, UserError
from cnnviz.script.placeholders import Value

if TYPE_CHECKING:
    from cnnviz.lesson import Lesson

__all__ = ["SceneFacts", "ask_scene", "describe_failure", "facts_from_json", "load_scene"]


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
    """

    numbers: Mapping[str, Value]
    card: bool
    minimum: Mapping[str, float]

    def as_json(self) -> dict[str, Any]:
        """Plain JSON that `facts_from_json` reads."""
        return {
            "numbers": {
                name: [_number_json(one) for one in _as_tuple(value)]
                for name, value in self.numbers.items()
            },
            "card": self.card,
            "minimum": dict(self.minimum),
        }


def facts_from_json(data: Mapping[str, Any]) -> SceneFacts:
    """The facts that `SceneFacts.as_json` wrote."""
    numbers: dict[str, Value] = {}
    for name, parts in data["numbers"].items():
        read = [Number(part["value"], part["op"], part["args"]) for part in parts]
        numbers[name] = read[0] if len(read) == 1 else (read[0], read[1])
    return SceneFacts(numbers, bool(data["card"]), data["minimum"])


def _as_tuple(value: Value) -> tuple[Number, ...]:
    return (value,) if isinstance(value, Number) else value


def _number_json(number: Number) -> dict[str, Any]:
    plain: dict[str, Any] = json.loads(
        json.dumps({"value": number.value, "op": number.op, "args": dict(number.args)})
    )
    return plain


def load_scene(root: Path, path: Path, class_name: str) -> type[Lesson]:
    """Import the scene in `path` and give its class.

    Raises
    ------
    StudioError
        Importing raised; the message names the scene's line.
    UserError
        The class is not a lesson.
    """
    from cnnviz.lesson import Lesson

    if str(root) not in sys.path:
        sys.path.insert(0, str(root))
    module = ".".join(path.relative_to(root).with_suffix("").parts)
    try:
        scene = getattr(importlib.import_module(module), class_name)
    except StudioError:
        raise
    except Exception as error:
        raise describe_failure(error, path) from error
    if not (isinstance(scene, type) and issubclass(scene, Lesson)):
        raise UserError(f"{class_name} is not a Lesson", file=path)
    return scene


def ask_scene(root: Path, path: Path, class_name: str) -> SceneFacts:
    """Import a scene and ask it for its numbers and wishes."""
    scene = load_scene(root, path, class_name)
    try:
        numbers = scene.numbers()
    except StudioError:
        raise
    except Exception as error:
        raise describe_failure(error, path) from error
    return SceneFacts(numbers, scene.card, scene.minimum_seconds)


def describe_failure(error: Exception, path: Path) -> StudioError:
    """An exception out of a scene's code as one line with the last place in that file."""
    line = None
    trace = error.__traceback__
    while trace is not None:
        if Path(trace.tb_frame.f_code.co_filename).resolve() == path.resolve():
            line = trace.tb_lineno
        trace = trace.tb_next
    message = str(error).strip().splitlines()
    text = f"{type(error).__name__}: {message[0] if message else '(no message)'}"
    return StudioError(text, file=path, line=line, hint="mend the scene and run again")
