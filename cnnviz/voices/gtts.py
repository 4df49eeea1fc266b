"""gTTS: Google Translate's voice, which speaks Bengali well, over the network.

The package `gTTS` knows the language codes and how a request is written down; splitting, sending
and checking are done here. Its own splitting does not know the danda and cuts words; its own
sending has no time limit, does not check the server's certificate, and takes an error page for
an empty sound file.
"""

from __future__ import annotations

import base64
import binascii
import email.utils
import ipaddress
import json
import os
import queue
import random
import re
import threading
import time
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

import numpy as np
import requests
from gtts import gTTS
from urllib3.exceptions import ReadTimeoutError

from cnnviz.errors import StudioError, UserError
from cnnviz.languages import LANGUAGES
from cnnviz.voices.audio import decode, pause, trim_silence
from cnnviz.voices.base import SAMPLE_RATE, Identity, Samples, Utterance, Voice

__all__ = ["GttsVoice", "Piece", "split"]

LONGEST = 100
"""Characters that the service takes at a time."""

_VARIABLE = "CNNVIZ_GTTS_URL"
_SERVICE = "https://translate.google.com"
_PATH = "/_/TranslateWebserverUi/data/batchexecute"
# Raise it when splitting or pauses change: the sound then changes, too. The package's own version
# is left out on purpose, as the sound comes from the service.
_VERSION = 1

_ATTEMPTS = 5
_LONGEST_WAIT = 60.0
_LARGEST_REPLY = 20_000_000
# No voice is nearly as fast as 100 letters a second; a reply that broke off early seems to be.
_SECONDS_PER_CHARACTER = 0.010

_SENTENCE_PAUSE = 0.40
_CLAUSE_PAUSE = 0.18
_CUT_PAUSE = 0.03

_SENTENCE = re.compile(r"(?<=[।॥?!])\s*|(?<=\.)\s+")
_CLAUSE = re.compile(r"(?<=[,;:])\s+|(?<=[—–])\s*|(?<=[,;])(?=\D)")
_CLAUSE_ENDS = ",;:—–"
_HOLDS_NEXT = "\u09cd\u200c\u200d"  # hasanta and joiners: the next letter belongs to this one


@dataclass(frozen=True)
class Piece:
    """What one request asks for.

    Parameters
    ----------
    text
        At most `LONGEST` characters.
    pause
        Seconds of silence after it.
    """

    text: str
    pause: float


def split(text: str) -> list[Piece]:
    """`text` in pieces that the service takes at a time.

    A sentence that fits is one piece: the service then gives it its melody. A longer one is
    split at its commas and semicolons, into as few pieces as will hold it; a clause that is still
    too long, between words, into parts of like length.
    """
    pieces: list[Piece] = []
    for sentence in _SENTENCE.split(" ".join(text.split())):
        sentence = sentence.strip()
        if not _speakable(sentence):
            continue
        parts = [sentence] if len(sentence) <= LONGEST else _clauses(sentence)
        for part in parts[:-1]:
            pieces.append(Piece(part, _CLAUSE_PAUSE if part[-1] in _CLAUSE_ENDS else _CUT_PAUSE))
        pieces.append(Piece(parts[-1], _SENTENCE_PAUSE))
    return pieces


def _speakable(text: str) -> bool:
    return any(character.isalnum() for character in text)


def _clauses(sentence: str) -> list[str]:
    parts: list[str] = []
    for clause in _CLAUSE.split(sentence):
        clause = clause.strip()
        if not _speakable(clause):
            continue
        joined = f"{parts[-1]} {clause}" if parts else clause
        if parts and len(joined) <= LONGEST:
            parts[-1] = joined
        elif len(clause) <= LONGEST:
            parts.append(clause)
        else:
            parts += _words(clause)
    return parts


def _words(clause: str) -> list[str]:
    units = [unit for word in clause.split() for unit in _cut(word)]
    goal = len(clause) / -(-len(clause) // LONGEST)
    parts = [units[0]]
    for unit in units[1:]:
        joined = f"{parts[-1]} {unit}"
        # Past the goal only as far as half of the word that reaches over it.
        if len(joined) <= LONGEST and len(joined) - len(unit) / 2 <= goal:
            parts[-1] = joined
        else:
            parts.append(unit)
    return parts


def _cut(word: str) -> list[str]:
    if len(word) <= LONGEST:
        return [word]
    place = LONGEST
    while place > 1 and (
        unicodedata.category(word[place]).startswith("M")
        or word[place] in _HOLDS_NEXT
        or word[place - 1] in _HOLDS_NEXT
    ):
        place -= 1
    return [word[:place], *_cut(word[place:])]


class _RefusedError(Exception):
    """One request failed.

    Parameters
    ----------
    reason
        One short line.
    again
        Whether asking again may help.
    after
        Seconds that the server asked to wait.
    """

    def __init__(self, reason: str, *, again: bool, after: float | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.again = again
        self.after = after


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
        self._base, self._loopback = _address()
        self._asked: float | None = None

    def identity(self, utterance: Utterance) -> Identity:
        """Whose sound it is, by its host's name, and how it is put together."""
        return {
            "engine": self.name,
            "version": _VERSION,
            "voice": self.language,
            "service": urlsplit(self._base).hostname or "",
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
        except _RefusedError as refused:
            return refused.reason
        except StudioError as error:
            return error.message
        return None

    def _persist(self, text: str) -> Samples:
        for attempt in range(1, _ATTEMPTS + 1):
            self._pace()
            try:
                return self._request(text, self.timeout)
            except _RefusedError as refused:
                wait = 2 ** (attempt - 1) * random.uniform(0.75, 1.25)
                if refused.after is not None:
                    wait = max(wait, refused.after)
                if not refused.again or attempt == _ATTEMPTS:
                    tried = f", asked {attempt} times" if attempt > 1 else ""
                    raise StudioError(refused.reason + tried) from refused
                if wait > _LONGEST_WAIT:
                    reason = f"{refused.reason} and asks to wait {wait:.0f} s"
                    raise StudioError(reason) from refused
            self._sleep(wait)
        raise AssertionError("the last attempt returns or raises")

    def _pace(self) -> None:
        # A free service that answers a steady, slow reader blocks a hasty one.
        if self._asked is not None:
            wait = self._asked + random.uniform(0.5, 1.0) - time.monotonic()
            if wait > 0:
                self._sleep(wait)

    def _request(self, text: str, timeout: float) -> Samples:
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
            reply = _within(timeout, lambda: self._send(bodies[0], timeout))
        finally:
            self._asked = time.monotonic()
        return _checked(_sound_in(reply), text)

    def _send(self, body: str, timeout: float) -> bytes:
        deadline = time.monotonic() + timeout
        try:
            with requests.Session() as session:
                # A proxy cannot reach this machine's own loopback.
                session.trust_env = not self._loopback
                with session.post(
                    self._base + _PATH,
                    data=body,
                    headers=dict(gTTS.GOOGLE_TTS_HEADERS),
                    timeout=timeout,
                    stream=True,
                    allow_redirects=False,
                ) as response:
                    _check_status(response)
                    reply = bytearray()
                    for chunk in response.iter_content(1024):
                        reply += chunk
                        if len(reply) > _LARGEST_REPLY:
                            raise _RefusedError("the reply does not end", again=False)
                        if time.monotonic() > deadline:
                            raise _RefusedError(f"no whole reply within {timeout:g} s", again=True)
        except requests.Timeout as error:
            raise _RefusedError(f"no reply within {timeout:g} s", again=True) from error
        except requests.exceptions.SSLError as error:
            raise _RefusedError("its certificate is not trusted", again=False) from error
        except requests.ConnectionError as error:
            # What times out between two chunks arrives as this, too.
            if error.args and isinstance(error.args[0], ReadTimeoutError):
                raise _RefusedError(f"no whole reply within {timeout:g} s", again=True) from error
            host = urlsplit(self._base).hostname
            raise _RefusedError(f"no connection to {host}", again=True) from error
        except requests.RequestException as error:
            raise _RefusedError(f"broken off: {type(error).__name__}", again=True) from error
        return bytes(reply)


def _within(seconds: float, send: Callable[[], bytes]) -> bytes:
    """What `send` returns, if it does so in time.

    The library's own limit holds between two bytes, not for the whole reply, and looking up a
    host's name has none. So it is sent from another thread, which is left behind if need be.
    """
    answers: queue.Queue[bytes | Exception] = queue.Queue()

    def run() -> None:
        try:
            answers.put(send())
        except Exception as error:
            answers.put(error)

    threading.Thread(target=run, daemon=True, name="gtts").start()
    try:
        answer = answers.get(timeout=seconds)
    except queue.Empty:
        raise _RefusedError(f"no whole reply within {seconds:g} s", again=True) from None
    if isinstance(answer, Exception):
        raise answer
    return answer


def _address() -> tuple[str, bool]:
    """The service's root, and whether it is this machine's."""
    base = os.environ.get(_VARIABLE) or _SERVICE
    try:
        parts = urlsplit(base)
        host = parts.hostname or ""
        _ = parts.port
    except ValueError as error:
        raise UserError(f"{_VARIABLE} is not an address: {base}") from error
    try:
        loopback = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        loopback = False
    if not host or parts.scheme not in ("http", "https"):
        raise UserError(f"{_VARIABLE} is not an address: {base}", hint="https://HOST")
    if parts.scheme == "http" and not loopback:
        message = f"{_VARIABLE} would send the script unencrypted to {host}"
        raise UserError(message, hint="use https; plain http is for this machine alone")
    return base.rstrip("/"), loopback


def _check_status(response: requests.Response) -> None:
    status = response.status_code
    if status == 200:
        return
    if status == 429 or status >= 500:
        after = _seconds(response.headers.get("Retry-After"))
        reason = "too many requests (429)" if status == 429 else f"the service failed ({status})"
        raise _RefusedError(reason, again=True, after=after)
    if 300 <= status < 400:
        where = urlsplit(response.headers.get("Location", "")).hostname or "another page"
        raise _RefusedError(f"redirected to {where} ({status})", again=False)
    raise _RefusedError(f"the service refused ({status})", again=False)


def _seconds(retry_after: str | None) -> float | None:
    """The header's seconds or date, as seconds from now."""
    if retry_after is None:
        return None
    try:
        return max(0.0, float(int(retry_after)))
    except ValueError:
        pass
    try:
        return max(0.0, email.utils.parsedate_to_datetime(retry_after).timestamp() - time.time())
    except (ValueError, TypeError):
        return None


def _sound_in(reply: bytes) -> bytes:
    """The MP3 in a reply: some line is `[["wrb.fr", RPC, LIST, …]]`, LIST itself JSON."""
    rpc = gTTS.GOOGLE_TTS_RPC
    for line in reply.decode("utf-8", "replace").splitlines():
        if rpc not in line:
            continue
        try:
            calls = json.loads(line)
            payload = next(call[2] for call in calls if call[1] == rpc)
            encoded = json.loads(payload)[0] if payload else ""
            sound = base64.b64decode(encoded, validate=True)
        except (ValueError, LookupError, TypeError, StopIteration, binascii.Error) as error:
            raise _RefusedError("the reply is cut short or garbled", again=True) from error
        if not sound:
            raise _RefusedError("the reply is empty", again=True)
        return sound
    kind = "a web page" if b"<html" in reply[:2000].lower() else "no sound" if reply else "nothing"
    raise _RefusedError(f"it answered with {kind}", again=True)


def _checked(sound: bytes, text: str) -> Samples:
    """A reply's MP3, decoded.

    Raises
    ------
    _RefusedError
        It is not MP3, breaks off, is silent, or is too short for the text.
    """
    whole = _ends_whole(sound)
    if whole is None:
        raise _RefusedError("the reply is not MP3", again=True)
    try:
        samples = decode(sound, "reply") if whole else None
    except UserError as error:
        raise _RefusedError("the reply is not MP3", again=True) from error
    least = len(text) * _SECONDS_PER_CHARACTER if len(text) > 10 else 0.0
    if samples is None or samples.size < least * SAMPLE_RATE:
        raise _RefusedError("the sound breaks off", again=True)
    if not trim_silence(samples).size:
        raise _RefusedError("the sound is silent", again=True)
    return samples


# Layer III: kbit/s by the header's four bits, and Hz by its two, for MPEG 1 and for MPEG 2;
# MPEG 2.5 has half of the latter's rates.
_KBITS = {
    1: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    2: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
_HERTZ = {1: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000)}


def _ends_whole(sound: bytes) -> bool | None:
    """Whether an MP3's last frame is all there; None if it holds no frame at all.

    A decoder leaves out a frame that is cut, and says nothing.
    """
    place = 0
    if sound[:3] == b"ID3" and len(sound) > 10:
        size = sound[6] << 21 | sound[7] << 14 | sound[8] << 7 | sound[9]
        place = 10 + size
    frames = 0
    while place + 4 <= len(sound):
        length = _frame_length(sound[place : place + 4])
        if length is None:
            break
        frames += 1
        place += length
    if not frames:
        return None
    # What follows the frames may be a tag, but not a frame that reaches past the end, nor the
    # beginning of a header.
    return place == len(sound) or place + 4 <= len(sound)


def _frame_length(header: bytes) -> int | None:
    if header[0] != 0xFF or header[1] & 0xE6 != 0xE2:
        return None
    version = {0: 2.5, 2: 2, 3: 1}.get(header[1] >> 3 & 3)
    bits, rate = header[2] >> 4, header[2] >> 2 & 3
    if version is None or bits in (0, 15) or rate == 3:
        return None
    table = 1 if version == 1 else 2
    hertz = _HERTZ[table][rate] // (2 if version == 2.5 else 1)
    return (144 if table == 1 else 72) * 1000 * _KBITS[table][bits] // hertz + (header[2] >> 1 & 1)
