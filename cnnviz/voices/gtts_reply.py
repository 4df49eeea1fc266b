"""What the service answers: its status, the MP3 in its reply, and whether that is whole speech."""

from __future__ import annotations

import base64
import binascii
import email.utils
import json
import time
from urllib.parse import urlsplit

import requests
from gtts import gTTS

from cnnviz.errors import FailedRequestError, UserError
from cnnviz.samples import SAMPLE_RATE, Samples
from cnnviz.voices.audio import decode, trim_silence
from cnnviz.voices.mp3 import ends_whole

__all__ = ["RefusedError", "check_status", "checked", "sound_in"]

# No voice is nearly as fast as 100 letters a second; a reply that broke off early seems to be.
_SECONDS_PER_CHARACTER = 0.010


class RefusedError(FailedRequestError):
    """One request failed."""


def check_status(response: requests.Response) -> None:
    """Raise a `RefusedError` unless the service took the request (200)."""
    status = response.status_code
    if status == 200:
        return
    if status == 429 or status >= 500:
        after = _seconds(response.headers.get("Retry-After"))
        reason = "too many requests (429)" if status == 429 else f"the service failed ({status})"
        raise RefusedError(reason, passing=True, after=after)
    if 300 <= status < 400:
        where = urlsplit(response.headers.get("Location", "")).hostname or "another page"
        raise RefusedError(f"redirected to {where} ({status})", passing=False)
    raise RefusedError(f"the service refused ({status})", passing=False)


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


def sound_in(reply: bytes) -> bytes:
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
            raise RefusedError("the reply is cut short or garbled", passing=True) from error
        if not sound:
            raise RefusedError("the reply is empty", passing=True)
        return sound
    kind = "a web page" if b"<html" in reply[:2000].lower() else "no sound" if reply else "nothing"
    raise RefusedError(f"it answered with {kind}", passing=True)


def checked(sound: bytes, text: str) -> Samples:
    """A reply's MP3, decoded.

    Raises
    ------
    RefusedError
        It is not MP3, breaks off, is silent, or is too short for the text.
    """
    whole = ends_whole(sound)
    if whole is None:
        raise RefusedError("the reply is not MP3", passing=True)
    try:
        samples = decode(sound, "reply") if whole else None
    except UserError as error:
        raise RefusedError("the reply is not MP3", passing=True) from error
    least = len(text) * _SECONDS_PER_CHARACTER if len(text) > 10 else 0.0
    if samples is None or samples.size < least * SAMPLE_RATE:
        raise RefusedError("the sound breaks off", passing=True)
    if not trim_silence(samples).size:
        raise RefusedError("the sound is silent", passing=True)
    return samples
