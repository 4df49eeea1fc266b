"""Sentences that were spoken before: nothing is said, or asked of a service, twice."""

from __future__ import annotations

import hashlib
import wave
from dataclasses import dataclass
from pathlib import Path

from cnnviz.store import Shelf, json_digest
from cnnviz.voices.audio import wav_bytes
from cnnviz.voices.base import SAMPLE_RATE, Identity, Samples

__all__ = ["SpeechCache", "Spoken", "speech_key"]

# Raise it when trimming, levelling or the files' format changes: old entries then lie unused.
FORMAT = 1


@dataclass(frozen=True)
class Spoken:
    """A beat's finished sound.

    Parameters
    ----------
    path
        A wav file: 48 kHz, mono, 16 bits, trimmed and levelled.
    samples
        Its length.
    digest
        SHA-256 of the file.
    """

    path: Path
    samples: int
    digest: str

    @property
    def seconds(self) -> float:
        """Its length in seconds."""
        return self.samples / SAMPLE_RATE


def speech_key(identity: Identity, text: str) -> str:
    """What names a spoken sentence: a digest of the voice and of the words sent to it."""
    return json_digest({"format": FORMAT, "identity": identity, "text": text})


class SpeechCache:
    """Finished sound by key.

    An entry names a sound by its content, which is an entry of its own: two builds at once cannot
    swap a sentence under each other's feet, although services never speak the same words in the
    same bytes twice.

    Parameters
    ----------
    folder
        Where it lies; made when first written to.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._entries = Shelf("speech", folder / "entries")
        self._sounds = Shelf("speech", folder / "sound")

    def get(self, key: str) -> Spoken | None:
        """The entry, or None if there is none or it is damaged."""
        entry = self._entries.get(key)
        if entry is None:
            return None
        digest, samples = str(entry.facts["digest"]), int(entry.facts["samples"])
        sound = self._sounds.get(digest)
        if sound is None or sound.digests[".wav"] != digest:
            return None
        path = sound.files[".wav"]
        try:
            with wave.open(str(path), "rb") as file:
                whole = file.getframerate() == SAMPLE_RATE and file.getnframes() == samples > 0
        except (OSError, EOFError, wave.Error):
            return None
        return Spoken(path, samples, digest) if whole else None

    def put(self, key: str, identity: Identity, text: str, samples: Samples) -> Spoken:
        """Keep `samples` under `key`; identity and text are written beside it to be read."""
        whole = wav_bytes(samples)
        digest = hashlib.sha256(whole).hexdigest()
        self._sounds.put(digest, {".wav": whole})
        spoken = Spoken(self._sounds.path(digest, ".wav"), int(samples.size), digest)
        facts = {"digest": digest, "samples": spoken.samples, "text": text, "identity": identity}
        self._entries.seal(key, facts=facts)
        return spoken
