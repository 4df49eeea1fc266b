"""Sentences that were spoken before: nothing is said, or asked of a service, twice."""

from __future__ import annotations

import hashlib
import json
import os
import wave
from dataclasses import dataclass
from pathlib import Path

from cnnviz.files import file_digest, replacing, write_json
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
    value = {"format": FORMAT, "identity": identity, "text": text}
    canonical = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


class SpeechCache:
    """Finished sound by key.

    An entry is a small JSON file named by its key, which names a sound file by its content.
    The sound is written first and never overwritten, so an entry is whole or absent, and two
    builds at once cannot swap a sentence under each other's feet, although services never speak
    the same words in the same bytes twice.

    Parameters
    ----------
    folder
        Where it lies; made when first written to.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def _entry(self, key: str) -> Path:
        return self.folder / "entries" / key[:2] / f"{key}.json"

    def _sound(self, digest: str) -> Path:
        return self.folder / "sound" / digest[:2] / f"{digest}.wav"

    def get(self, key: str) -> Spoken | None:
        """The entry, or None if there is none or it is damaged."""
        try:
            entry = json.loads(self._entry(key).read_text(encoding="utf-8"))
            digest, samples = str(entry["digest"]), int(entry["samples"])
            path = self._sound(digest)
            if file_digest(path) != digest:
                return None
            with wave.open(str(path), "rb") as file:
                sound = file.getframerate() == SAMPLE_RATE and file.getnframes() == samples > 0
            for used in (path, self._entry(key)):
                os.utime(used)  # so that pruning takes what was not used for longest
        except (OSError, EOFError, ValueError, KeyError, TypeError, wave.Error):
            return None
        return Spoken(path, samples, digest) if sound else None

    def put(self, key: str, identity: Identity, text: str, samples: Samples) -> Spoken:
        """Keep `samples` under `key`; identity and text are written beside it to be read."""
        whole = wav_bytes(samples)
        digest = hashlib.sha256(whole).hexdigest()
        path = self._sound(digest)
        with replacing(path) as temporary:
            temporary.write_bytes(whole)
        spoken = Spoken(path, int(samples.size), digest)
        entry = {"digest": digest, "samples": spoken.samples, "text": text, "identity": identity}
        write_json(self._entry(key), entry)
        return spoken
