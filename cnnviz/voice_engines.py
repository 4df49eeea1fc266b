"""The engines that can speak a film. An engine is added here, and nowhere else.

They are named, not imported: help texts list them, and publishing needs none.
"""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["AUTO", "ENGINES", "VOICES", "choices"]

AUTO = "auto"
"""The name under which the best engine is asked for that can speak all of a film."""

ENGINES: Mapping[str, str] = {
    "gtts": "cnnviz.voices.gtts:GttsVoice",
    "espeak": "cnnviz.voices.espeak:EspeakVoice",
    "recorded": "cnnviz.voices.recorded:RecordedVoice",
    "piper": "cnnviz.voices.piper:PiperVoice",
}
"""The engine's own `name` → its module and class."""

VOICES = (AUTO, *ENGINES)
"""What may be asked for."""


def choices(default: str = "") -> str:
    """The names as a help text lists them."""
    *others, last = (f"{name} (default)" if name == default else name for name in VOICES)
    return f"{', '.join(others)} or {last}"
