"""What a scene declares as a class: its knobs, numbers, claims and evidence.

All of it is asked before anything plays, and most of it without a stage.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar, Self

from cnnviz.compute.claim import Claim
from cnnviz.errors import StudioError
from cnnviz.evidence_files import evidence_path
from cnnviz.names import composed
from cnnviz.script.placeholders import Value

__all__ = ["DeclaredScene"]


class DeclaredScene:
    """A scene as those see it who only ask: its class attributes are described in `Lesson`."""

    continues: ClassVar[type[Any] | None] = None
    card: ClassVar[bool] = True
    title_over: ClassVar[bool] = False
    titled: ClassVar[bool] = True
    minimum_seconds: ClassVar[Mapping[str, float]] = {}
    thinking: ClassVar[Mapping[str, float]] = {}
    recording: ClassVar[str | None] = None
    evidence: ClassVar[tuple[str, ...]] = ()
    _recorded: ClassVar[Path | None] = None
    _card: ClassVar[bool] = True

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        # What is written counts for subclasses; that going on takes the card away does not.
        if "card" in cls.__dict__:
            cls._card = cls.card
        cls.card = cls._card and not (cls.title_over or cls.continues)

    @classmethod
    def numbers(cls) -> Mapping[str, Value]:
        """The numbers that the script may speak, by placeholder name."""
        return {}

    @classmethod
    def claims(cls) -> Mapping[str, Claim]:
        """What the script may say of them without a digit, by the name that it gives there."""
        return {}

    @classmethod
    def showing(cls, recording: Path) -> type[Self]:
        """The same lesson with another recording."""
        changed = {"__module__": cls.__module__, "_recorded": recording}
        return type(cls.__name__, (cls,), changed)

    @classmethod
    def given(cls, inputs: Mapping[str, Any]) -> type[Self]:
        """The same lesson with its knobs turned: class attribute → value."""
        return type(cls.__name__, (cls,), {"__module__": cls.__module__, **inputs})

    @classmethod
    def after(cls, before: type[Any]) -> type[Self]:
        """The same lesson, going on from the scene `before`, which is the one that it names."""
        return type(cls.__name__, (cls,), {"__module__": cls.__module__, "continues": before})

    @classmethod
    def recorded(cls) -> Path:
        """Where the recording that it shows lies.

        Raises
        ------
        StudioError
            The lesson has no `recording`.
        """
        if cls._recorded:
            return cls._recorded
        if cls.recording is None:
            raise StudioError(f"{cls.__name__} shows no recording", hint="give it a `recording`")
        # Only a lesson that Manim runs by itself comes here.
        return cls.evidence_file(cls.recording)

    @classmethod
    def evidence_file(cls, name: str) -> Path:
        """Where the JSON of the evidence called `name` lies.

        Raises
        ------
        StudioError
            The lesson does not list it: nobody would notice that it has changed.
        """
        listed = [composed(each) for each in (*cls.evidence, cls.recording) if each is not None]
        if composed(name) not in listed:
            raise StudioError(
                f"{cls.__name__} does not list the evidence {name!r}",
                hint=f"write evidence = ({name!r},) into it",
            )
        return evidence_path(Path(inspect.getfile(cls)).parents[2], name)
