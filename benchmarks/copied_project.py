"""A copy of a project to measure on, with fewer scenes if need be; the original stays as it is."""

from __future__ import annotations

import compileall
import io
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from cnnviz.episode.episode import Episode, check_scenes, find_episode
from cnnviz.files import write_text
from cnnviz.script.reader import Script

__all__ = ["copy_project", "middle_beat", "say_more"]

HOUSE = Path(__file__).resolve().parents[1]
CONTENT = ("scenes", "narration", "recordings")
LEFT_OUT = shutil.ignore_patterns("__pycache__", ".part-*", "snapshots", "demo-*")
ONE_MORE_WORD = {"bn": " আচ্ছা।", "en": " All right."}


def copy_project(
    root: Path, name: str, language: str, scenes: Sequence[str], target: Path
) -> Episode:
    """Copy a project's content into `target`, and this checkout's machinery beside it.

    Parameters
    ----------
    root
        The project's folder.
    name, language
        The film.
    scenes
        The only ones to keep, in whatever order; all if empty.
    target
        A folder that is not there yet, or is empty.

    Raises
    ------
    UserError
        There is no such episode, language or scene, or they do not fit together.
    """
    original = find_episode(root, name)
    script = original.script(language)
    for scene in scenes:
        script.scene(scene)
    check_scenes(original, script)
    for folder in CONTENT:
        if (root / folder).is_dir():
            shutil.copytree(root / folder, target / folder, ignore=LEFT_OUT)
    shutil.copytree(HOUSE / "cnnviz", target / "cnnviz", ignore=LEFT_OUT)
    shutil.copy2(HOUSE / "render.py", target)
    episode = Episode(target, name)
    # Manim by itself would rather take a person's own voice than the one that is measured with.
    shutil.rmtree(episode.scripts / "recordings", ignore_errors=True)
    if scenes:
        _drop_scenes(episode, script, set(scenes))
    # Whoever runs first must not be charged with compiling for all others.
    compileall.compile_dir(target, quiet=1)
    return Episode(target, name)


def _drop_scenes(episode: Episode, script: Script, kept: set[str]) -> None:
    def drop(data: Any) -> None:
        scenes = data["scenes"]
        for index in reversed(range(len(scenes))):
            if scenes[index]["id"] not in kept:
                del scenes[index]

    for path in episode.scripts.glob("*.yaml"):
        _edit(path, drop)
    for scene, path in episode.scene_files.items():
        if scene not in kept:
            path.unlink()
    if script.scenes[0].id not in kept:
        # The thumbnail plays a beat of the first scene; without it, the film takes a frame.
        (episode.scenes / "_thumbnail.py").unlink(missing_ok=True)


def middle_beat(script: Script) -> tuple[str, str]:
    """Scene and beat in the middle of the film."""
    scene = script.scenes[len(script.scenes) // 2]
    beats = list(scene.beats)
    return scene.id, beats[len(beats) // 2]


def say_more(script: Script, scene: str, beat: str) -> None:
    """Add a word to what is said in one beat."""

    def add(data: Any) -> None:
        beats = next(one["beats"] for one in data["scenes"] if one["id"] == scene)
        beats[beat] = beats[beat].rstrip() + ONE_MORE_WORD[script.language]

    _edit(script.path, add)


def _edit(path: Path, change: Callable[[Any], None]) -> None:
    yaml = YAML(typ="rt")
    yaml.width = 1_000_000  # no line is folded
    data = yaml.load(path.read_text(encoding="utf-8-sig"))
    change(data)
    changed = io.StringIO()
    yaml.dump(data, changed)
    write_text(path, changed.getvalue())
