"""`new`: an episode that renders at once, from ready scenes or as a variation of another one."""

from __future__ import annotations

import keyword
import re
import shutil
from pathlib import Path

from cnnviz.episode.episode import SHARED, Episode, find_episode
from cnnviz.errors import UserError
from cnnviz.files import write_text
from cnnviz.languages import LANGUAGES
from cnnviz.script.inputs import Inputs
from cnnviz.script.reader import SceneScript, Script
from cnnviz.script.yaml_file import read_text

__all__ = ["new_episode"]

TEMPLATES = Path(__file__).parent / "new_episode"

_THUMBNAIL = '''"""The thumbnail of `{origin}`, with the labels of this film's first scene."""

from __future__ import annotations

from scenes.{origin} import _thumbnail


class Thumbnail(_thumbnail.Thumbnail):
    pass
'''


def new_episode(root: Path, name: str, origin: str | None, title: str | None) -> list[Path]:
    """Write a new episode; nothing that is there already is touched.

    Parameters
    ----------
    root
        The project's folder.
    name
        The episode's, and its folders'.
    origin
        The episode that it is a variation of; None for a short lesson of ready scenes.
    title
        Its title in all languages; the template's, or the other episode's, where None.

    Returns
    -------
    list
        The files that were written; the scripts first.

    Raises
    ------
    UserError
        The name will not do or is taken, or there is no episode `origin`.
    """
    _require_free(root, name)
    if title is not None and not title.strip():
        raise UserError("the title is empty")
    episode = Episode(root, name)
    if origin is None:
        templates = (TEMPLATES / f"{language}.yaml" for language in LANGUAGES)
        return [_from_template(episode, path, title) for path in templates if path.is_file()]
    source = find_episode(root, origin)
    found = {
        language: source.script(language)
        for language in LANGUAGES
        if (source.scripts / f"{language}.yaml").exists()
    }
    # All of it before the first file: what fails on the way must not leave half an episode.
    texts = {
        episode.scripts / script.path.name: _varied(source, script, title)
        for script in found.values()
    }
    for script in found.values():
        for inputs in (script.inputs, *(scene.inputs for scene in script.scenes)):
            _copy_pictures(inputs, source, episode)
    written = [_write(path, text) for path, text in texts.items()]
    return [*written, *_scenes(episode, source)]


def _require_free(root: Path, name: str) -> None:
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name) or keyword.iskeyword(name) or name == SHARED:
        raise UserError(
            f"{name!r} cannot be an episode's name",
            hint="small Latin letters, digits and _, as in my_first_film",
        )
    for place in (root / "narration" / name, root / "scenes" / name):
        if place.exists():
            raise UserError(
                f"there is an episode {name!r} already", file=place, hint="take another name"
            )


def _from_template(episode: Episode, path: Path, title: str | None) -> Path:
    lines = path.read_text(encoding="utf-8").splitlines()
    if title is not None:
        lines = _retitled(path, lines, title)
    return _write(episode.scripts / path.name, "\n".join(lines) + "\n")


def _varied(source: Episode, script: Script, title: str | None) -> str:
    """A script of `source`, every scene played as it is there."""
    lines = read_text(script.path, "script").splitlines()
    if title is not None:
        lines = _retitled(script.path, lines, title)
    for scene in script.scenes:
        if scene.scene is None:
            lines = _played_as(script, lines, scene, f"{source.name}/{scene.id}")
    return "\n".join(lines) + "\n"


def _retitled(path: Path, lines: list[str], title: str) -> list[str]:
    """The same with another `title:` at the head, however many lines the old one has."""
    heads = (index for index, line in enumerate(lines) if re.match(r"(['\"]?)title\1\s*:", line))
    first = next(heads, None)
    if first is None:
        hint = "write title: at the beginning of a line"
        raise UserError("no line begins with its title", file=path, hint=hint)
    after = first + 1
    while after < len(lines) and re.match(r"\s|$", lines[after]):
        after += 1
    return [*lines[:first], _titled(title), *lines[after:]]


def _titled(title: str) -> str:
    quoted = title.strip().replace("\\", "\\\\").replace('"', '\\"')
    return f'title: "{quoted}"'


def _played_as(script: Script, lines: list[str], scene: SceneScript, place: str) -> list[str]:
    """The same with `scene: place` below the id of a scene."""
    pattern = re.compile(rf"(\s*)(-\s+)?id\s*:\s*(['\"]?){re.escape(scene.id)}\3\s*(#.*)?$")
    for index, line in enumerate(lines):
        found = pattern.match(line)
        if found:
            indent = found[1] + " " * len(found[2] or "")
            return [*lines[: index + 1], f"{indent}scene: {place}", *lines[index + 1 :]]
    raise UserError(
        f"the id of scene {scene.id!r} does not stand on a line of its own",
        file=script.path,
        line=scene.line,
        hint="write - id: NAME, and all else on lines below it",
    )


def _copy_pictures(inputs: Inputs, source: Episode, episode: Episode) -> None:
    """Copy pictures that lie with the scripts of `source`; others are found from here as well."""
    home = source.scripts.resolve()
    for given in inputs.values():
        if given.picture is not None and given.picture.resolve().is_relative_to(home):
            there = episode.scripts / given.picture.resolve().relative_to(home)
            there.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(given.picture, there)


def _scenes(episode: Episode, source: Episode) -> list[Path]:
    """The folder for scenes that are to differ, and the other episode's thumbnail if it has one."""
    about = (
        f'"""Scenes of `{episode.name}` alone; the others are played as in `{source.name}`."""\n'
    )
    written = [_write(episode.scenes / "__init__.py", about)]
    if (source.scenes / "_thumbnail.py").is_file():
        thumbnail = _THUMBNAIL.format(origin=source.name)
        written.append(_write(episode.scenes / "_thumbnail.py", thumbnail))
    return written


def _write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    write_text(path, text)
    return path
