"""The process that espeak-ng runs in; started by `espeak.py`, never imported.

espeak-ng is licensed under the GPL: this project talks to it as to any other program, by text on
its standard input and sound on its standard output, and never loads it into its own process. So
this file knows nothing but the standard library and `espeakng_loader`.

Standard input: one line of JSON, `{"voice": "bn", "rate": 140, …, "text": …, "data": …}`.
Standard output: one line of JSON, `{"version": …, "sample_rate": …, "bytes": …}` or
`{"error": …, "missing": bool}`, and then that many bytes of 16-bit mono sound.
"""

from __future__ import annotations

import ctypes
import json
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

RETRIEVAL = 1
UTF8 = 1
CHARACTER = 1
PARAMETERS = {"rate": 1, "volume": 2, "pitch": 3, "range": 4, "word_gap": 7}
# The library keeps the path in a buffer of 160 bytes and, given a longer one, finds no voices
# without saying why.
LONGEST_PATH = 140

CALLBACK = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p
)


class MissingError(Exception):
    """espeak-ng is not installed, or not whole."""


@contextmanager
def short_path(data: Path) -> Iterator[bytes]:
    """`data`, by a path that the library has room for."""
    encoded = os.fsencode(data)
    if len(encoded) <= LONGEST_PATH:
        yield encoded
        return
    for base in (tempfile.gettempdir(), "/tmp"):
        if len(os.fsencode(base)) <= LONGEST_PATH - 40 and os.access(base, os.W_OK):
            with tempfile.TemporaryDirectory(prefix="espeak-", dir=base) as folder:
                link = Path(folder) / data.name
                link.symlink_to(data, target_is_directory=True)
                yield os.fsencode(link)
            return
    raise MissingError(f"the path of espeak's data is too long: {data}")


def load(data: str | None) -> tuple[ctypes.CDLL, Path]:
    """The library, and where its voices are."""
    try:
        import espeakng_loader

        library = ctypes.CDLL(espeakng_loader.get_library_path())
        return library, Path(data or espeakng_loader.get_data_path())
    except (ImportError, OSError, RuntimeError) as error:
        raise MissingError(str(error)) from error


def check(status: int, what: str) -> None:
    """A status of the library's: 0 is good."""
    if status != 0:
        raise RuntimeError(f"{what} gave {status}")


def speak(request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    """The answer to a request, and its sound."""
    library, data = load(request.get("data"))
    pieces: list[bytes] = []

    def keep(samples: Any, count: int, _events: Any) -> int:
        if samples and count > 0:
            pieces.append(ctypes.string_at(samples, 2 * count))
        return 0

    callback = CALLBACK(keep)
    with short_path(data) as path:
        rate = library.espeak_Initialize(RETRIEVAL, 0, ctypes.c_char_p(path), 0)
        if rate <= 0:
            raise MissingError(f"espeak_Initialize gave {rate} for {data}")
        voice = str(request["voice"])
        status = library.espeak_SetVoiceByName(ctypes.c_char_p(voice.encode()))
        if status != 0:
            raise RuntimeError(f"there is no voice {voice!r} in {data}")
        for name, number in PARAMETERS.items():
            if name in request:
                status = library.espeak_SetParameter(number, int(request[name]), 0)
                check(status, f"espeak_SetParameter {name}")
        library.espeak_Info.restype = ctypes.c_char_p
        version = library.espeak_Info(None).decode("ascii", "replace")
        text = str(request["text"]).encode()
        if text:
            library.espeak_SetSynthCallback(callback)
            status = library.espeak_Synth(
                ctypes.c_char_p(text),
                ctypes.c_size_t(len(text) + 1),
                ctypes.c_uint(0),
                CHARACTER,
                ctypes.c_uint(0),
                ctypes.c_uint(UTF8),
                None,
                None,
            )
            check(status, "espeak_Synth")
            check(library.espeak_Synchronize(), "espeak_Synchronize")
        library.espeak_Terminate()
    sound = b"".join(pieces)
    return {"version": version, "sample_rate": rate, "bytes": len(sound)}, sound


def main() -> None:
    """Answer one request."""
    # The library may print; its words must not end up in the sound.
    answer = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    request = json.loads(sys.stdin.buffer.readline())
    sound = b""
    try:
        head, sound = speak(request)
    except (MissingError, RuntimeError) as error:
        head = {"error": str(error), "missing": isinstance(error, MissingError)}
    with answer:
        answer.write(json.dumps(head).encode() + b"\n" + sound)


if __name__ == "__main__":
    main()
