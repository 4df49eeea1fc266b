"""gTTS: Google Translate's voice, which speaks Bengali well, over the network.

The package `gTTS` knows the language codes and how a request is written down; splitting, sending
and checking are done here. Its own splitting does not know the danda and cuts words; its own
sending has no time limit, does not check the server's certificate, and takes an error page for
an empty sound file.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable
from urllib.parse import urlsplit

import numpy as np

from cnnviz.errors import FailedRequestError, StudioError, UserError
from cnnviz.languages import LANGUAGES
from cnnviz.loopback import is_safe
from cnnviz.samples import Samples
from cnnviz.voices.audio import pause, trim_silence
from cnnviz.voices.base import Identity, Utterance, Voice
from cnnviz.voices.pieces import split

__all__ = ["GttsVoice"]

_VARIABLE = "CNNVIZ_GTTS_URL"
_SERVICE = "https://translate.google.com"
# Raise it when splitting or pauses change: the sound then changes, too. The package's own version
# is left out on purpose, as the sound comes from the service.
_VERSION = 1


class GttsVoice(Voice):
    """Google Translate's voice.

    Parameters
    ----------
    language
        A code of `cnnviz.languages`.
    timeout
        Seconds that one request may take.
    sleep
        Waits; tests do not want to.

    Raises
    ------
    UserError
        `CNNVIZ_GTTS_URL` is no address to send text to.
    """

    name = "gtts"
    asks_a_service = True

    def __init__(
        self,
        language: str,
        *,
        timeout: float = 15.0,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        super().__init__(language)
        self.timeout = timeout
        self._sleep = sleep
        self._service = _address()
        self._asked: float | None = None

    def identity(self, utterance: Utterance) -> Identity:
        """Whose sound it is, by its host's name, and how it is put together."""
        return {
            "engine": self.name,
            "version": _VERSION,
            "voice": LANGUAGES[self.language].gtts,
            "service": urlsplit(self._service).hostname or "",
        }

    def text_for(self, utterance: Utterance) -> str:
        """The words in one line."""
        return " ".join(utterance.text.split())

    def speak(self, utterance: Utterance) -> Samples:
        """The utterance, asked for piece by piece."""
        pieces = split(self.text_for(utterance))
        if not pieces:
            raise UserError("there is nothing to say in this text")
        spoken = [
            sound
            for piece in pieces
            for sound in (trim_silence(self._persist(piece.text)), pause(piece.pause))
        ]
        return np.concatenate(spoken[:-1])

    def probe(self, timeout: float = 3.0) -> str | None:
        """None if the service answers a tiny request, else the reason in one short line."""
        try:
            self._request(LANGUAGES[self.language].one, timeout)
        except FailedRequestError as refused:
            return refused.message
        except StudioError as error:
            return error.message
        return None

    def _persist(self, text: str) -> Samples:
        from cnnviz.retry import Patience  # late, as below

        patience = Patience(attempts=5, first=1.5, longest=60.0, sleep=self._sleep)
        asked = 0

        def ask_once() -> Samples:
            nonlocal asked
            asked += 1
            self._pace()
            return self._request(text, self.timeout)

        try:
            return patience.persist(ask_once)
        except FailedRequestError as refused:
            told = f", asked {asked} times" if asked > 1 else ""
            if patience.asks_too_long(refused):
                told = f" and asks to wait {refused.after:.0f} s"
            raise StudioError(refused.message + told) from refused

    def _pace(self) -> None:
        # A free service that answers a steady, slow reader blocks a hasty one.
        if self._asked is not None:
            wait = self._asked + random.uniform(0.5, 1.0) - time.monotonic()
            if wait > 0:
                self._sleep(wait)

    def _request(self, text: str, timeout: float) -> Samples:
        # Late: a film whose sentences are all kept must not wait for what sends requests.
        from gtts import gTTS

        from cnnviz.voices.gtts_reply import checked, sound_in
        from cnnviz.voices.gtts_request import ask

        try:
            language = LANGUAGES[self.language].gtts
            request = gTTS(
                text,
                lang=language,
                pre_processor_funcs=[],
                tokenizer_func=lambda t: [t],
            )
            bodies = request.get_bodies()
        except (AssertionError, ValueError) as error:
            raise StudioError(f"gTTS does not take this text: {error}") from error
        if len(bodies) != 1:
            raise StudioError(f"gTTS made {len(bodies)} requests of one piece")
        try:
            reply = ask(self._service, bodies[0], timeout)
        finally:
            self._asked = time.monotonic()
        return checked(sound_in(reply), text)


def _address() -> str:
    """The service's root."""
    service = os.environ.get(_VARIABLE) or _SERVICE
    if not is_safe(service):
        raise UserError(
            f"{_VARIABLE} is not an address to send the script to: {service}",
            hint="https://HOST; plain http is for this machine alone",
        )
    return service.rstrip("/")
