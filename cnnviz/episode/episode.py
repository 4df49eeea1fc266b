"""Where an episode lies: its scripts, its scenes, and whether they belong together."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NoReturn

from cnnviz.episode.scene_source import SceneSource, read_source
from cnnviz.errors import UserError
from cnnviz.languages import LANGUAGES
from cnnviz.names import as_stored, composed, visible
from cnnviz.script.differences import shape_differences
from cnnviz.script.placeholders import nearest
from cnnviz.script.reader import Line, SceneScript, Script, read_script

__all__ = [
    "Episode",
    "Objection",
    "SceneSource",
    "check_scenes",
    "episode_names",
    "find_episode",
    "ready_scenes",
    "refuse",
]

SHARED = "shared"
"""The folder of scenes that belong to no episode."""

Objection = Callable[[UserError], None]
"""Told of each thing that does not fit; it may raise, or remember and let the others follow."""


def refuse(problem: UserError) -> NoReturn:
    """The objection of those who build: stop at the first."""
    raise problem


@dataclass(frozen=True)
class Episode:
    """One episode of a project.

    Parameters
    ----------
    root
        The project's folder, with `scenes/` and `narration/` in it.
    name
        The episode's folder in both.
    """

    root: Path
    name: str

    @property
    def scripts(self) -> Path:
        """Folder of its scripts."""
        return as_stored(self.root / "narration" / self.name)

    @property
    def scenes(self) -> Path:
        """Folder of its scenes."""
        return as_stored(self.root / "scenes" / self.name)

    def script(self, language: str) -> Script:
        """Its script in `language`.

        Raises
        ------
        UserError
            There is none, or something in it is wrong; or nobody has registered the language.
        """
        if language not in LANGUAGES:
            raise UserError(f"no language {language!r}", hint=nearest(language, list(LANGUAGES)))
        path = self.scripts / f"{language}.yaml"
        if not path.exists():
            known = [file.stem for file in visible(self.scripts.glob("*.yaml"))]
            raise UserError(
                f"episode {self.name!r} has no script in the language {language!r}",
                hint=nearest(language, known),
            )
        return read_script(path)

    def all_scripts(self, language: str, objection: Objection = refuse) -> dict[str, Script]:
        """The scripts in all languages that it has, checked against the one in `language`."""
        main = self.script(language)
        scripts = {language: main}
        for other in LANGUAGES:
            if other != language and (self.scripts / f"{other}.yaml").exists():
                scripts[other] = self.script(other)
                for problem in shape_differences(main, scripts[other]):
                    objection(problem)
        return scripts

    @cached_property
    def scene_files(self) -> dict[str, Path]:
        """Scene id → file; files that begin with an underscore are shared parts, not scenes.

        Raises
        ------
        UserError
            Two files have one name, whose letters are stored in two ways.
        """
        found: dict[str, Path] = {}
        for path in visible(self.scenes.glob("*.py")):
            if path.name.startswith("_"):
                continue
            other = found.setdefault(composed(path.stem), path)
            if other != path:
                message = f"{other.name!a} and {path.name!a} are both scenes of one name"
                raise UserError(message, file=self.scenes, hint="remove one")
        return found


def episode_names(root: Path) -> list[str]:
    """All episodes of the project in `root`."""
    return sorted(
        composed(folder.name)
        for folder in visible((root / "narration").glob("*"))
        if any((folder / f"{language}.yaml").exists() for language in LANGUAGES)
    )


def ready_scenes(root: Path) -> dict[str, Path]:
    """Name → file of the scenes that every episode may use, in `scenes/shared`."""
    return Episode(root, SHARED).scene_files


def find_episode(root: Path, name: str) -> Episode:
    """The episode called `name`.

    Raises
    ------
    UserError
        There is none.
    """
    known, name = episode_names(root), composed(name)
    if name not in known:
        raise UserError(f"no episode {name!r}", hint=nearest(name, known))
    return Episode(root, name)


def check_scenes(
    episode: Episode, script: Script, objection: Objection = refuse
) -> dict[str, SceneSource]:
    """Read the scenes' files and hold them against the script.

    Objected to are a scene without script or a script without scene, a beat or label that one side
    lacks, beats in another order, and a file that cannot be read.

    Returns
    -------
    dict
        Scene id → what its file says, in the script's order.

    Raises
    ------
    UserError
        What `objection` raises; by itself it is the first thing objected to.
    """
    listed = {scene.id for scene in script.scenes}
    for scene_id, path in episode.scene_files.items():
        if scene_id not in listed:
            problem = UserError(
                f"this scene is not in {script.path.name}",
                file=path,
                hint=f"write it under `scenes:`, or rename the file to _{path.name}",
            )
            objection(problem)
    sources: dict[str, SceneSource] = {}
    for scene in script.scenes:
        try:
            source = _source_of(episode, script, scene)
        except UserError as unreadable:
            objection(unreadable)
            continue
        sources[scene.id] = source
        for problem in _differences(script, scene, source):
            objection(problem)
    return sources


def _source_of(episode: Episode, script: Script, scene: SceneScript) -> SceneSource:
    path = episode.scene_files.get(scene.id)
    if scene.scene is not None:
        if path is not None:
            raise UserError(
                f"scene {scene.id!r} has a file of its own, and plays {scene.scene.text!r} as well",
                file=script.path,
                line=scene.scene.line,
                hint="take out `scene:`, or base the file's class on that scene",
            )
        path = _borrowed(episode, script, scene.scene)
    if path is None:
        own, ready = list(episode.scene_files), list(ready_scenes(episode.root))
        ask = f"or write `scene:` and a ready one below the id: {', '.join(ready)}" if ready else ""
        raise UserError(
            f"scene {scene.id!r} has no file scenes/{episode.name}/{scene.id}.py",
            file=script.path,
            line=scene.line,
            hint="; ".join(filter(None, (nearest(scene.id, own), ask))),
        )
    return read_source(path, episode.root)


def _borrowed(episode: Episode, script: Script, name: Line) -> Path:
    """The file of a ready scene, `NAME`, or of another episode's, `EPISODE/NAME`."""
    folder, slash, scene = name.text.rpartition("/")
    if slash:
        files = Episode(episode.root, folder).scene_files
        known = [f"{folder}/{each}" for each in files]
        if not files:
            known = [f"{each}/{scene}" for each in episode_names(episode.root)]
    else:
        files = ready_scenes(episode.root)
        known = list(files)
    if scene not in files:
        what = "scene" if slash else "ready scene"
        raise UserError(
            f"no {what} {name.text!r}",
            file=script.path,
            line=name.line,
            hint=nearest(name.text, known),
        )
    return files[scene]


def _differences(script: Script, scene: SceneScript, source: SceneSource) -> Iterator[UserError]:
    yield from _beat_differences(script, scene, source)
    for label, place in source.labels.items():
        if label not in scene.labels:
            hint = f"{place} shows it"
            yield _missing(script, scene, f"label {label!r}", hint)


def _missing(script: Script, scene: SceneScript, what: str, hint: str) -> UserError:
    return UserError(
        f"{what} is missing in scene {scene.id!r}", file=script.path, line=scene.line, hint=hint
    )


def _beat_differences(
    script: Script, scene: SceneScript, source: SceneSource
) -> Iterator[UserError]:
    for beat, place in source.beats.items():
        if beat not in scene.beats:
            hint = f"{place} plays it"
            yield _missing(script, scene, f"beat {beat!r}", hint)
    for beat, text in scene.beats.items():
        if beat not in source.beats:
            yield UserError(
                f"beat {beat!r} is not played by {source.path.name}",
                file=script.path,
                line=text.line,
                hint=nearest(beat, list(source.beats)),
            )
    if scene.beats.keys() != source.beats.keys():
        return
    for written, played in zip(scene.beats, source.beats, strict=True):
        if written != played:
            yield UserError(
                f"beat {written!r} stands where {source.path.name} plays {played!r}",
                file=script.path,
                line=scene.beats[written].line,
                hint="put the beats in the order in which they are played",
            )
            return  # those behind it have moved, too
