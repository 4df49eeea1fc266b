"""A person's own voice: one sound file a beat."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Self

from cnnviz.errors import UserError, shown_path
from cnnviz.files import file_digest
from cnnviz.names import composed, visible
from cnnviz.samples import Samples
from cnnviz.voices.audio import decode
from cnnviz.voices.base import Identity, Utterance, Voice

__all__ = ["RecordedVoice"]

_SUFFIXES = (".wav", ".mp3", ".m4a", ".ogg", ".flac")


_REPLACE = "put a sound file there, or remove it"


class RecordedVoice(Voice):
    """Recordings in `recordings/LANGUAGE/SCENE.BEAT.wav` (or mp3, m4a, ogg, flac).

    Parameters
    ----------
    language
        Which recordings.
    folder
        The episode's folder of scripts.
    """

    name = "recorded"

    def __init__(self, language: str, folder: Path) -> None:
        super().__init__(language)
        self.folder = folder / "recordings" / language

    @classmethod
    def for_film(cls, language: str, folder: Path) -> Self:
        """The recordings that lie beside the film's scripts in `folder`."""
        return cls(language, folder)

    def missing(self, utterances: Sequence[Utterance]) -> list[Utterance]:
        """Those that there is no recording for.

        Raises
        ------
        UserError
            There are two files for one beat.
        """
        return [utterance for utterance in utterances if self._find(utterance) is None]

    def require(self, utterances: Sequence[Utterance] = ()) -> None:
        """See whether every utterance has its recording.

        Raises
        ------
        UserError
            Names the files that are missing, or the two files for one beat.
        """
        missing = self.missing(utterances)
        if missing:
            raise self._no_file(missing)

    def identity(self, utterance: Utterance) -> Identity:
        """The recording's own digest."""
        return {"engine": self.name, "version": 1, "file": _digest(self._file(utterance))}

    def text_for(self, utterance: Utterance) -> str:
        """Nothing: a recording says what was said, however the script spells it."""
        return ""

    def speak(self, utterance: Utterance) -> Samples:
        """The recording."""
        return decode(self._file(utterance))

    def _file(self, utterance: Utterance) -> Path:
        file = self._find(utterance)
        if file is None:
            raise self._no_file([utterance])
        return file

    def _find(self, utterance: Utterance) -> Path | None:
        stem = composed(f"{utterance.scene}.{utterance.beat}")
        # Listed anew each time: a film has tens of beats, and files come while one records.
        found = [
            path
            for path in self._files()
            if composed(path.stem) == stem and path.suffix.lower() in _SUFFIXES
        ]
        if len(found) > 1:
            message = f"{found[0].name} and {found[1].name} are both recordings of one beat"
            raise UserError(message, file=self.folder, hint="remove one")
        if found and not found[0].is_file():
            link = "a link to nothing" if found[0].is_symlink() else "no file"
            raise UserError(f"{link}, where a recording should be", file=found[0], hint=_REPLACE)
        return found[0] if found else None

    def _files(self) -> list[Path]:
        try:
            return visible(self.folder.iterdir())
        except FileNotFoundError:
            return []
        except OSError as error:
            raise UserError(error.strerror or str(error), file=self.folder) from error

    def _no_file(self, missing: Sequence[Utterance]) -> UserError:
        names = [f"{utterance.scene}.{utterance.beat}.wav" for utterance in missing]
        more = f" and {len(names) - 3} more" if len(names) > 3 else ""
        message = f"no recording {', '.join(names[:3])}{more}"
        hint = f"record it into {shown_path(self.folder)}, or choose another --voice"
        return UserError(message, file=self.folder, hint=hint)


def _digest(file: Path) -> str:
    try:
        return file_digest(file)
    except OSError as error:
        raise UserError(error.strerror or str(error), file=file, hint=_REPLACE) from error
