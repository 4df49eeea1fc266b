"""espeak-ng: plain, small, and always there, with no network."""

from __future__ import annotations

import functools
import importlib.util
import json
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from math import gcd
from pathlib import Path
from typing import Any

import numpy as np

from cnnviz.errors import StudioError
from cnnviz.languages import LANGUAGES
from cnnviz.names import composed
from cnnviz.samples import SAMPLE_RATE, Samples
from cnnviz.voices.base import Identity, Utterance, Voice
from cnnviz.voices.bengali_signs import HASANTA, JOINERS

__all__ = ["EspeakSettings", "EspeakVoice", "spelled_for_espeak"]

_PROCESS = Path(__file__).with_name("espeak_process.py")
_INSTALL = 'pip install "cnnviz[offline-voice]"'
_SECONDS = 60

# NFC takes these letters apart, and espeak drops the vowel after a nukta that stands alone.
_RRA, _RHA, _YYA = "\u09a1\u09bc", "\u09a2\u09bc", "\u09af\u09bc"
_YYA_BEFORE_VOWEL_SIGN = re.compile(f"{_YYA}(?=[\u09be-\u09cc\u09d7])")
_JOINERS = re.compile(f"[{JOINERS}]")

# Bengali writes no sign for a vowel that is there, nor for one that a suffix has swallowed: করলে
# is said korle, কার্নেলও kernelo. espeak says kɔrɔle and kernelɔ-o unless it is spelled out.
_WORD = re.compile("[\u0980-\u09ff]+")
# A lone consonant keeps its vowel (হবে), so does a conjunct (শূন্যটি), and হ is not said without.
_BARE = f"(?<=[^{HASANTA}])([\u0995-\u09ae\u09b0-\u09b8\u09dc\u09dd])"
_BEFORE_SUFFIX = re.compile(
    f"{_BARE}(?=(?:"
    f"(?:টি|টা|টুকু|খানা|গুলো|গুলি|গুলা)(?:র|কে|তে|{_YYA}|ই|ও)*"
    "|(?:কে|তে)[ইও]?|দের(?:কে)?|রা"
    "|লে[নইও]?|লাম|বে[নই]?|বো|ছে[নই]?|ছি|ছো|ছিল(?:াম|ে|েন|ো)?|তাম"
    ")$)"
)
_BEFORE_EMPHASIS = re.compile(f"{_BARE}([ইও])$")
_VOWEL_SIGNS = {"ই": "\u09bf", "ও": "\u09cb"}
_AS_THEY_ARE = re.compile(
    "(?:কত|যত|তত|এত|মত|শত|ছোট|একটা|একই|ভারতে|জগতে|সকলে|আসলে|কৌশলে|সমতলে|দশকে|উৎসবে|গৌরবে)"
)


@dataclass(frozen=True)
class EspeakSettings:
    """How espeak-ng speaks.

    Parameters
    ----------
    voice
        A voice of espeak's, with a variant after `+`.
    rate
        Words a minute, as espeak counts them.
    pitch, range
        Height and liveliness of the voice, 0–100. espeak's own melody is flat; a wider range
        makes it rise and fall by three semitones instead of two.
    word_gap
        Pause between words, in units of 10 ms.
    """

    voice: str
    rate: int = 140
    pitch: int = 55
    range: int = 70
    word_gap: int = 1


def _settings(language: str) -> EspeakSettings:
    known = LANGUAGES.get(language)
    return EspeakSettings(known.espeak, rate=known.rate) if known else EspeakSettings(language)


def spelled_for_espeak(text: str) -> str:
    """Bengali `text` in the code points that espeak-ng reads rightly.

    ড় and ঢ় become one code point each; য় only before a vowel sign, since elsewhere espeak reads
    the single code point wrongly; joiners go; vowels that a suffix swallows are written away.
    """
    text = composed(text).replace(_RRA, "\u09dc").replace(_RHA, "\u09dd")
    text = _YYA_BEFORE_VOWEL_SIGN.sub("\u09df", text)
    text = _JOINERS.sub("", text)
    return _WORD.sub(lambda match: _with_swallowed_vowels(match[0]), text)


def _with_swallowed_vowels(word: str) -> str:
    if _AS_THEY_ARE.match(word):
        return word
    word = _BEFORE_EMPHASIS.sub(lambda found: found[1] + _VOWEL_SIGNS[found[2]], word)
    return _BEFORE_SUFFIX.sub(rf"\1{HASANTA}", word)


class EspeakVoice(Voice):
    """espeak-ng in a process of its own.

    Parameters
    ----------
    language
        A code of `cnnviz.languages`; of another one, espeak's voice of that name speaks.
    settings
        How it speaks; chosen for teaching in that language if left out.
    data
        espeak's folder of voices, if not the installed one.
    """

    name = "espeak"

    def __init__(
        self, language: str, settings: EspeakSettings | None = None, data: Path | None = None
    ) -> None:
        super().__init__(language)
        self.settings = settings or _settings(language)
        self.data = data

    def require(self, utterances: Sequence[Utterance] = ()) -> None:
        """See whether espeak-ng is installed and has the voice.

        Raises
        ------
        StudioError
            It has not; names the extra to install.
        """
        _ = self.version

    @functools.cached_property
    def version(self) -> str:
        """The library's version."""
        if importlib.util.find_spec("espeakng_loader") is None:
            raise StudioError("espeak-ng is not installed", hint=_INSTALL)
        head, _ = self._ask("")
        return str(head["version"])

    def identity(self, utterance: Utterance) -> Identity:
        """Version, voice and settings."""
        settings = self.settings
        return {
            "engine": self.name,
            "version": self.version,
            "voice": settings.voice,
            "rate": settings.rate,
            "pitch": settings.pitch,
            "range": settings.range,
            "word_gap": settings.word_gap,
        }

    def text_for(self, utterance: Utterance) -> str:
        """The words in the code points that espeak-ng reads rightly."""
        return spelled_for_espeak(utterance.text)

    def speak(self, utterance: Utterance) -> Samples:
        """The utterance as espeak-ng says it."""
        self.require()
        from scipy.signal import resample_poly  # late: a film all spoken need not wait for it

        head, sound = self._ask(self.text_for(utterance))
        samples = np.frombuffer(sound, "<i2").astype(np.float32) / 32768
        if not samples.size:
            raise StudioError("espeak-ng gave no sound")
        rate = int(head["sample_rate"])
        common = gcd(SAMPLE_RATE, rate)
        resampled = resample_poly(samples, SAMPLE_RATE // common, rate // common)
        return np.asarray(resampled, np.float32)

    def _ask(self, text: str) -> tuple[dict[str, Any], bytes]:
        settings = self.settings
        request = {
            "voice": settings.voice,
            "rate": settings.rate,
            "pitch": settings.pitch,
            "range": settings.range,
            "word_gap": settings.word_gap,
            "text": text,
            "data": str(self.data) if self.data is not None else None,
        }
        try:
            # -P: this package's own module names must not hide others from the process.
            done = subprocess.run(
                [sys.executable, "-P", str(_PROCESS)],
                input=json.dumps(request).encode() + b"\n",
                capture_output=True,
                timeout=_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise StudioError(f"espeak-ng did not finish within {_SECONDS} s") from error
        head_line, _, sound = done.stdout.partition(b"\n")
        try:
            head = dict(json.loads(head_line))
        except ValueError as error:
            last = done.stderr.decode(errors="replace").strip().splitlines()[-1:]
            reason = last[0] if last else f"exit status {done.returncode}"
            raise StudioError(f"espeak-ng broke off: {reason}") from error
        if "error" in head:
            hint = _INSTALL if head.get("missing") else None
            raise StudioError(f"espeak-ng: {head['error']}", hint=hint)
        if done.returncode != 0 or len(sound) != head["bytes"]:
            raise StudioError(f"espeak-ng broke off: exit status {done.returncode}")
        return head, sound
