"""What every engine that speaks a beat has in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Self

from cnnviz.errors import StudioError
from cnnviz.samples import Samples

__all__ = ["Identity", "Utterance", "Voice", "VoiceFailed"]

Identity = dict[str, str | int | float]


@dataclass(frozen=True)
class Utterance:
    """One beat's words.

    Parameters
    ----------
    scene, beat
        Where they belong.
    text
        The words as they are to be spoken: numbers are already written out as words.
    """

    scene: str
    beat: str
    text: str

    @property
    def place(self) -> str:
        """Scene and beat as messages name them."""
        return f"{self.scene}/{self.beat}"


class VoiceFailed(StudioError):  # noqa: N818 - it reads as what happened
    """A voice gave up on one beat; the message names the voice, the beat and the reason."""


class Voice(ABC):
    """An engine that speaks one beat at a time.

    Parameters
    ----------
    language
        A code of `cnnviz.languages`.
    """

    name: ClassVar[str]
    asks_a_service: ClassVar[bool] = False
    """Whether somebody else speaks, who is not to be asked for the same words twice."""

    def __init__(self, language: str) -> None:
        self.language = language

    @classmethod
    def for_film(cls, language: str, folder: Path) -> Self:
        """The engine for a film whose scripts lie in `folder`."""
        return cls(language)

    def require(self, utterances: Sequence[Utterance] = ()) -> None:  # noqa: B027 - most need none
        """See, before the first word, whether it can speak all `utterances`.

        Raises
        ------
        StudioError
            It cannot; the message says why.
        """

    @abstractmethod
    def identity(self, utterance: Utterance) -> Identity:
        """All that shapes the sound besides the words: engine, version, voice, settings.

        It is a part of the cache's key. It depends on the utterance because a recording's
        identity is the recording.
        """

    @abstractmethod
    def speak(self, utterance: Utterance) -> Samples:
        """The utterance as sound, neither trimmed nor levelled.

        Raises
        ------
        StudioError
            The engine failed; the message is the reason, without scene and beat.
        UserError
            What the user gave the engine is at fault.
        """

    def text_for(self, utterance: Utterance) -> str:
        """The words as this engine needs them spelled: what is really sent to it."""
        return utterance.text
