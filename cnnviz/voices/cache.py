"""Sentences that were spoken before: nothing is said, or asked of a service, twice."""

from __future__ import annotations

import hashlib
import wave
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import numpy as np

from cnnviz.samples import SAMPLE_RATE, Samples
from cnnviz.store import Shelf, json_digest
from cnnviz.voices.audio import wav_bytes
from cnnviz.voices.base import Identity

__all__ = ["SpeechCache", "Spoken", "speech_key"]


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
    return json_digest({"identity": identity, "text": text})


class SpeechCache:
    """Finished sound by key.

    An entry names a sound by its content, which is an entry of its own: two builds at once cannot
    swap a sentence under each other's feet, although services never speak the same words in the
    same bytes twice.

    Parameters
    ----------
    folder
        Where it lies; made when first written to.
    finishing
        A digest of what trims and levels: what it made is stale when that changes.
    """

    def __init__(self, folder: Path, finishing: str = "") -> None:
        self.folder = folder
        self._finishing = finishing
        self._entries = Shelf("speech", folder / "entries")
        self._sounds = Shelf("speech", folder / "sound")
        self._heard = Shelf("speech", folder / "heard")

    def get(self, key: str) -> Spoken | None:
        """The entry, or None if there is none or it is damaged."""
        entry = self._entries.get(self._finished(key))
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
        self._entries.seal(self._finished(key), facts=facts)
        return spoken

    def heard(self, key: str) -> Samples | None:
        """What a service has said, as it came, if it is kept."""
        entry = self._heard.get(key)
        return None if entry is None else np.load(entry.files[".npy"], allow_pickle=False)

    def keep_heard(self, key: str, samples: Samples) -> None:
        """Keep what a service has said, so that it is never asked twice for the same words."""
        data = BytesIO()
        np.save(data, samples, allow_pickle=False)
        self._heard.put(key, {".npy": data.getvalue()})

    def _finished(self, key: str) -> str:
        return json_digest([key, self._finishing])
