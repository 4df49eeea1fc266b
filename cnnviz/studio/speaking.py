"""A script spoken, beat by beat."""

from __future__ import annotations

from collections.abc import Mapping

from cnnviz.episode.episode import Episode
from cnnviz.files import cache_dir
from cnnviz.ingredients.record import maker
from cnnviz.progress import Reporter
from cnnviz.script.placeholders import said
from cnnviz.script.reader import Script
from cnnviz.store import json_digest
from cnnviz.studio.facts import SceneFacts
from cnnviz.voices.base import Utterance
from cnnviz.voices.cache import Spoken
from cnnviz.voices.lexicon import Lexicon
from cnnviz.voices.narrate import narrate_with_fallback

__all__ = ["lexicon", "speak"]


def lexicon(episode: Episode, language: str) -> Lexicon:
    """The respellings for the voices of `language`; empty where nobody has written any.

    Raises
    ------
    UserError
        The file is not a lexicon.
    """
    path = episode.scripts.parent / f"lexicon.{language}.yaml"
    return Lexicon.load(path) if path.exists() else Lexicon()


def speak(
    episode: Episode,
    script: Script,
    facts: Mapping[str, SceneFacts],
    voice: str,
    report: Reporter,
) -> tuple[str, dict[tuple[str, str], Spoken]]:
    """Speak all beats with one voice: gives its name, and (scene, beat) → the beat's sound.

    Raises
    ------
    StudioError
        No voice can speak it.
    """
    utterances = [
        Utterance(scene.id, beat, said(line.text, facts[scene.id].numbers, script.language))
        for scene in script.scenes
        for beat, line in scene.beats.items()
    ]
    narration = narrate_with_fallback(
        voice,
        script.language,
        utterances,
        lexicon=lexicon(episode, script.language),
        folder=episode.scripts,
        cache=cache_dir() / "speech",
        report=report.line,
        progress=report.counter("speaking", len(utterances)),
        finishing=json_digest(maker("voices/audio.py")),
    )
    return narration.voice.name, narration.spoken
