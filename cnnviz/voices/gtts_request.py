"""One request to the service, sent with a limit of time that holds for the whole reply."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from urllib.parse import urlsplit

import requests
from gtts import gTTS
from urllib3.exceptions import ReadTimeoutError

from cnnviz.loopback import is_loopback
from cnnviz.voices.gtts_reply import RefusedError, check_status

__all__ = ["ask"]

_PATH = "/_/TranslateWebserverUi/data/batchexecute"
_LARGEST_REPLY = 20_000_000


def ask(service: str, body: str, timeout: float) -> bytes:
    """The reply of the `service`, the root of its addresses, to `body`.

    Raises
    ------
    RefusedError
        There is none, or none within `timeout` seconds.
    """
    return _within(timeout, lambda: _send(service, body, timeout))


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
        raise RefusedError(f"no whole reply within {seconds:g} s", passing=True) from None
    if isinstance(answer, Exception):
        raise answer
    return answer


def _send(service: str, body: str, timeout: float) -> bytes:
    deadline = time.monotonic() + timeout
    try:
        with requests.Session() as session:
            # A proxy cannot reach this machine's own loopback.
            session.trust_env = not is_loopback(service)
            with session.post(
                service + _PATH,
                data=body,
                headers=dict(gTTS.GOOGLE_TTS_HEADERS),
                timeout=timeout,
                stream=True,
                allow_redirects=False,
            ) as response:
                check_status(response)
                reply = bytearray()
                for chunk in response.iter_content(1024):
                    reply += chunk
                    if len(reply) > _LARGEST_REPLY:
                        raise RefusedError("the reply does not end", passing=False)
                    if time.monotonic() > deadline:
                        raise RefusedError(f"no whole reply within {timeout:g} s", passing=True)
    except requests.Timeout as error:
        raise RefusedError(f"no reply within {timeout:g} s", passing=True) from error
    except requests.exceptions.SSLError as error:
        raise RefusedError("its certificate is not trusted", passing=False) from error
    except requests.ConnectionError as error:
        # What times out between two chunks arrives as this, too.
        if error.args and isinstance(error.args[0], ReadTimeoutError):
            raise RefusedError(f"no whole reply within {timeout:g} s", passing=True) from error
        host = urlsplit(service).hostname
        raise RefusedError(f"no connection to {host}", passing=True) from error
    except requests.RequestException as error:
        raise RefusedError(f"broken off: {type(error).__name__}", passing=True) from error
    return bytes(reply)
