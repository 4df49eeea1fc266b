"""Piper: a neural voice from the user's own model file, with no network."""

from __future__ import annotations

import functools
import importlib.metadata
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from cnnviz.errors import StudioError, UserError
from cnnviz.files import file_digest
from cnnviz.samples import Samples
from cnnviz.voices.audio import decode
from cnnviz.voices.base import Identity, Utterance, Voice

__all__ = ["PiperVoice"]

_VARIABLE = "CNNVIZ_PIPER_MODEL"
_SECONDS = 300


class PiperVoice(Voice):
    """Piper as a program of its own: it is licensed under the GPL, and never imported.

    Parameters
    ----------
    language
        Its code; the model must speak it.
    model
        An `.onnx` file with its `.onnx.json` beside it; if left out, what `CNNVIZ_PIPER_MODEL`
        names.
    length_scale
        How slowly it speaks; 1 is the model's own pace.

    Raises
    ------
    UserError
        There is no such model, or it speaks another language.
    StudioError
        Piper is not installed.
    """

    name = "piper"

    def __init__(
        self, language: str, model: Path | None = None, *, length_scale: float = 1.0
    ) -> None:
        super().__init__(language)
        if model is None:
            named = os.environ.get(_VARIABLE)
            if not named:
                hint = f"set {_VARIABLE} to an .onnx file with its .onnx.json beside it"
                raise UserError("piper has no model", hint=hint)
            model = Path(named)
        self.model = model
        self.length_scale = length_scale
        self._check_model()
        self._command = _command()

    def _check_model(self) -> None:
        config = self.model.with_name(self.model.name + ".json")
        for file in (self.model, config):
            if not file.is_file():
                hint = "a model is two files, NAME.onnx and NAME.onnx.json"
                raise UserError("no such file of the piper model", file=file, hint=hint)
        try:
            tree = json.loads(config.read_text(encoding="utf-8"))
            spoken = (tree.get("language") or tree.get("espeak") or {}) if tree else {}
            code = str(spoken.get("code") or spoken.get("voice") or "")
        except (ValueError, AttributeError) as error:
            raise UserError("not the description of a piper model", file=config) from error
        if code and code.replace("_", "-").split("-")[0].lower() != self.language:
            message = f"this piper model speaks {code}, not {self.language}"
            raise UserError(message, file=self.model)

    @functools.cached_property
    def _model_digest(self) -> str:
        return file_digest(self.model)

    def identity(self, utterance: Utterance) -> Identity:
        """Piper's version, the model's digest, the pace."""
        try:
            version = importlib.metadata.version("piper-tts")
        except importlib.metadata.PackageNotFoundError:
            version = "unknown"
        return {
            "engine": self.name,
            "version": version,
            "voice": self._model_digest,
            "length_scale": self.length_scale,
        }

    def text_for(self, utterance: Utterance) -> str:
        """The words on one line: Piper takes each line for an utterance of its own."""
        return " ".join(utterance.text.split())

    def speak(self, utterance: Utterance) -> Samples:
        """The utterance as the model says it."""
        with tempfile.TemporaryDirectory(prefix="piper-") as folder:
            out = Path(folder) / "out.wav"
            command = [
                *self._command,
                "--model",
                str(self.model.resolve()),
                "--output_file",
                str(out),
                "--length_scale",
                str(self.length_scale),
                "--sentence_silence",
                "0.3",
            ]
            try:
                done = subprocess.run(
                    command,
                    input=self.text_for(utterance).encode() + b"\n",
                    capture_output=True,
                    timeout=_SECONDS,
                    check=False,
                )
            except subprocess.TimeoutExpired as error:
                raise StudioError(f"piper did not finish within {_SECONDS} s") from error
            except OSError as error:
                raise StudioError(f"piper does not start: {error}") from error
            if done.returncode != 0 or not out.is_file():
                last = done.stderr.decode(errors="replace").strip().splitlines()[-1:]
                reason = last[0] if last else f"exit status {done.returncode}"
                raise StudioError(f"piper broke off: {reason}")
            try:
                return decode(out)
            except UserError as error:
                raise StudioError("piper gave no sound") from error


def _command() -> list[str]:
    # The package first: on Linux another program called piper sets up mice.
    if importlib.util.find_spec("piper") is not None:
        return [sys.executable, "-P", "-m", "piper"]
    program = shutil.which("piper")
    if program is None:
        raise StudioError("piper is not installed", hint="pip install piper-tts")
    return [program]
