from __future__ import annotations

import base64
import functools
import io
import json
import threading
from collections import deque
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import av
import numpy as np
import pytest

from cnnviz.voices.base import Utterance
from cnnviz.voices.gtts import GttsVoice

PATH = "/_/TranslateWebserverUi/data/batchexecute"


def tone(seconds: float, rate: int = 48_000, hertz: float = 220.0) -> np.ndarray:
    return (0.3 * np.sin(2 * np.pi * hertz * np.arange(round(seconds * rate)) / rate)).astype("f4")


def encoded(samples: np.ndarray, kind: str, codec: str, rate: int) -> bytes:
    whole = io.BytesIO()
    with av.open(whole, "w", format=kind) as container:
        stream = container.add_stream(codec, rate=rate, layout="mono")
        frame = av.AudioFrame.from_ndarray(samples[None], format="fltp", layout="mono")
        frame.sample_rate = rate
        container.mux([*stream.encode(frame), *stream.encode(None)])
    return whole.getvalue()


@functools.cache
def mp3(tenths: int) -> bytes:
    return encoded(tone(tenths / 10, 24_000), "mp3", "libmp3lame", 24_000)


class Google:
    """Speaks gTTS's protocol on this machine: as `plan` says, and well once that is used up."""

    def __init__(self) -> None:
        self.plan: deque[str] = deque()
        self.always: str | None = None
        self.asked: list[str] = []
        self.languages: list[str] = []
        self.released = threading.Event()
        google = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                google.answer(self, body.decode())

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,))
        self.thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def answer(self, handler: BaseHTTPRequestHandler, body: str) -> None:
        assert handler.path == PATH
        [[[rpc, parameters, _, _]]] = json.loads(parse_qs(body)["f.req"][0])
        assert rpc == "jQ1olc"
        text, language, _, _ = json.loads(parameters)
        self.asked.append(text)
        self.languages.append(language)
        how = self.plan.popleft() if self.plan else (self.always or "well")
        sound = mp3(max(5, len(text)))
        if how == "hang":
            self.released.wait(20)
        elif how.isdigit() or ":" in how:
            status, _, after = how.partition(":")
            handler.send_response(int(status))
            if after:
                handler.send_header("Location" if status == "302" else "Retry-After", after)
            handler.send_header("Content-Length", "0")
            handler.end_headers()
        elif how == "page":
            self.send(handler, b"<!doctype html><html><body>Are you a robot?</body></html>")
        elif how == "nothing":
            self.send(handler, b"")
        elif how == "cut":
            self.send(handler, self.reply(sound[: len(sound) * 3 // 5]))
        elif how == "cut line":
            self.send(handler, self.reply(sound)[: len(sound) // 2])
        elif how == "cut connection":
            reply = self.reply(sound)
            handler.send_response(200)
            handler.send_header("Content-Length", str(len(reply)))
            handler.end_headers()
            handler.wfile.write(reply[: len(reply) // 2])
            handler.close_connection = True
        elif how == "short":
            self.send(handler, self.reply(mp3(1)))
        elif how == "silent":
            silence = encoded(np.zeros(24_000, "f4"), "mp3", "libmp3lame", 24_000)
            self.send(handler, self.reply(silence))
        elif how == "wav":
            self.send(handler, self.reply(b"RIFF" + bytes(2000)))
        elif how == "no sound":
            line = json.dumps([["wrb.fr", "jQ1olc", None, None, None, [3], "generic"]])
            self.send(handler, b")]}'\n\n" + line.encode() + b"\n")
        elif how == "drip":
            handler.send_response(200)
            handler.end_headers()
            while not self.released.wait(0.05):
                handler.wfile.write(b")")
        else:
            self.send(handler, self.reply(sound))

    def reply(self, sound: bytes) -> bytes:
        payload = json.dumps([base64.b64encode(sound).decode()], separators=(",", ":"))
        line = json.dumps([["wrb.fr", "jQ1olc", payload, None, None, None, "generic"]])
        return b")]}'\n\n123\n" + line.encode() + b'\n25\n[["di",30],["af.httprm",30]]\n'

    def send(self, handler: BaseHTTPRequestHandler, body: bytes) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    def close(self) -> None:
        self.released.set()
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def encode() -> Callable[[np.ndarray, str, str, int], bytes]:
    return encoded


@pytest.fixture
def google(monkeypatch: pytest.MonkeyPatch) -> Iterator[Google]:
    server = Google()
    monkeypatch.setenv("CNNVIZ_GTTS_URL", server.url)
    yield server
    server.close()


@pytest.fixture
def slept() -> list[float]:
    """The waits that were asked for, none of which was waited."""
    return []


@pytest.fixture
def gtts(google: Google, slept: list[float]) -> Callable[..., GttsVoice]:
    return functools.partial(GttsVoice, timeout=5.0, sleep=slept.append)


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch, gtts: Callable[..., GttsVoice]) -> None:
    """A gTTS that does not wait, where the choice of a voice makes one, too."""
    monkeypatch.setattr(GttsVoice, "for_film", lambda language, folder: gtts(language))


@pytest.fixture
def film() -> list[Utterance]:
    return [
        Utterance("opening", "hello", "কনভোলিউশন কী?"),
        Utterance("window", "first", "একটি ছোট কার্নেল ছবির উপর দিয়ে চলে।"),
        Utterance("window", "sum", "যোগফল মাইনাস চার।"),
    ]
