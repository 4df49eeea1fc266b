"""What there is to render: episodes, scenes, beats and how long they are."""

from __future__ import annotations

import json
from pathlib import Path

from cnnviz.episode.episode import Episode, episode_names
from cnnviz.languages import LANGUAGES
from cnnviz.script.reader import Script
from cnnviz.studio.film_texts import clock

__all__ = ["listing"]

WORDS_A_SECOND = 2.2
"""A calm teacher's pace, for films that were not built yet."""


def listing(root: Path) -> str:
    """All episodes as lines of text.

    Durations are those of the last film in `build/`, or, marked with ~, an estimate.

    Raises
    ------
    UserError
        A script cannot be read.
    """
    lines: list[str] = []
    for name in episode_names(root):
        episode = Episode(root, name)
        language = next(one for one in LANGUAGES if (episode.scripts / f"{one}.yaml").exists())
        lines += _episode_lines(episode, episode.script(language))
    return "\n".join(lines) if lines else f"no episodes in {root}"


def _episode_lines(episode: Episode, script: Script) -> list[str]:
    seconds, mark = _durations(episode, script)
    total = sum(seconds.values())
    beats = sum(len(scene.beats) for scene in script.scenes)
    lines = [f"{episode.name}  {script.title}"]
    lines.append(f"  {len(script.scenes)} scenes, {beats} beats, {mark}{clock(total)}")
    for scene in script.scenes:
        length = sum(seconds[scene.id, beat] for beat in scene.beats)
        lines.append(f"  {mark}{clock(length):>5}  {scene.id}  {scene.title}")
        lines += [f"  {mark}{seconds[scene.id, beat]:5.1f} s    {beat}" for beat in scene.beats]
    return lines


def _durations(episode: Episode, script: Script) -> tuple[dict[tuple[str, str], float], str]:
    """Seconds of each beat, and "~" where they are estimates."""
    built = _built(episode, script.language)
    places = [(scene.id, beat) for scene in script.scenes for beat in scene.beats]
    if all(place in built for place in places):
        return built, ""
    return {
        (scene.id, beat): len(line.text.split()) / WORDS_A_SECOND
        for scene in script.scenes
        for beat, line in scene.beats.items()
    }, "~"


def _built(episode: Episode, language: str) -> dict[tuple[str, str], float]:
    """Seconds of each beat of the last film; nothing where there is none, or a damaged bundle."""
    path = episode.root / "build" / episode.name / language / "bundle.json"
    try:
        bundle = json.loads(path.read_bytes())
        return {
            (str(beat["scene"]), str(beat["beat"])): beat["frames"] / bundle["fps"]
            for beat in bundle["beats"]
        }
    except (OSError, ValueError, KeyError, TypeError):
        return {}
