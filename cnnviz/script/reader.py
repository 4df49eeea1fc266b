"""Reading scripts: YAML with line numbers, every mistake named with its place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from ruamel.yaml.comments import CommentedMap, CommentedSeq

from cnnviz.errors import UserError
from cnnviz.script.inputs import Inputs, read_inputs
from cnnviz.script.placeholders import names_in, nearest
from cnnviz.script.places import check_keys, line_of
from cnnviz.script.yaml_file import parse_yaml, read_text

__all__ = ["Line", "SceneScript", "Script", "read_script"]

SCRIPT_NEEDS = ("title", "description", "tags", "scenes")
SCRIPT_KEYS = (*SCRIPT_NEEDS, "inputs")
SCENE_KEYS = ("id", "scene", "title", "inputs", "labels", "beats", "claims", "silenced")
CLAIMS_HINT = "write beat: [name, name]; the scene gives the claims in claims()"


@dataclass(frozen=True)
class Line:
    """A piece of text and the line of the script where it stands (from 1)."""

    text: str
    line: int


@dataclass(frozen=True)
class SceneScript:
    """What one scene says and shows.

    Parameters
    ----------
    id, title
        The scene's file, and its chapter.
    line
        Where it begins.
    labels, beats
        Name → text on screen, or said.
    silenced
        Beat → rule of the review that is not to speak up there → why.
    claims
        Beat → names of the scene's claims that its sentences make.
    scene
        The ready scene, or another episode's, that it plays: `NAME` or `EPISODE/NAME`; None where
        it has a file of its own.
    inputs
        The numbers that it chooses for itself.
    """

    id: str
    title: str
    line: int
    labels: Mapping[str, Line]
    beats: Mapping[str, Line]
    silenced: Mapping[str, Mapping[str, Line]] = field(default_factory=dict)
    claims: Mapping[str, tuple[Line, ...]] = field(default_factory=dict)
    scene: Line | None = None
    inputs: Inputs = field(default_factory=dict)


@dataclass(frozen=True)
class Script:
    """What an episode says and shows in one language.

    `inputs` are the numbers that it chooses for all its scenes.
    """

    path: Path
    language: str
    title: str
    description: str
    tags: tuple[str, ...]
    scenes: tuple[SceneScript, ...]
    inputs: Inputs = field(default_factory=dict)

    def scene(self, scene_id: str) -> SceneScript:
        """The scene called `scene_id`.

        Raises
        ------
        UserError
            There is none; the message names the nearest.
        """
        for scene in self.scenes:
            if scene.id == scene_id:
                return scene
        raise UserError(
            f"no scene {scene_id!r}",
            file=self.path,
            hint=nearest(scene_id, [scene.id for scene in self.scenes]),
        )


def read_script(path: Path) -> Script:
    """Read `narration/NAME/LANGUAGE.yaml`; the language is the file's name.

    Raises
    ------
    UserError
        The file is missing, is not UTF-8, has tabs, duplicate or unknown keys, empty texts or
        texts that are not text; file and line are named.
    """
    return _read(path, read_text(path, "script"))


@lru_cache(maxsize=8)
def _read(path: Path, text: str) -> Script:
    """`text` as a script; a film asks for each of its scripts several times."""
    data = parse_yaml(path, text)
    if not isinstance(data, CommentedMap):
        raise UserError("empty, or not a mapping", file=path, line=1)
    check_keys(path, data, SCRIPT_KEYS, required=SCRIPT_NEEDS, what="script")
    scenes = data["scenes"]
    if not isinstance(scenes, list) or not scenes:
        raise UserError("scenes must be a list", file=path, line=line_of(data, "scenes"))
    read = tuple(_read_scene(path, scenes, index) for index in range(len(scenes)))
    _check_unique(path, read)
    return Script(
        path=path,
        language=path.stem,
        title=_plain_text(path, data, "title"),
        description=_plain_text(path, data, "description"),
        tags=_tags(path, data),
        scenes=read,
        inputs=read_inputs(path, data),
    )


def _text(path: Path, data: CommentedMap, key: str) -> Line:
    value = data[key]
    line = line_of(data, key)
    if not isinstance(value, str) or not value.strip():
        raise UserError(
            f"{key!r} must be a text that is not empty",
            file=path,
            line=line,
            hint="put it in quotes if it is a number, or begins with a brace",
        )
    if value.count("{") != len(names_in(value)) or value.count("}") != len(names_in(value)):
        raise UserError(f"a brace without its partner in {key!r}", file=path, line=line)
    return Line(value.strip(), line)


def _plain_text(path: Path, data: CommentedMap, key: str) -> str:
    """A text that stands outside the scenes' numbers, in one line but for the description."""
    line = _text(path, data, key)
    if key != "description" and len(line.text.splitlines()) > 1:
        raise UserError(
            f"a line break in {key!r}", file=path, line=line.line, hint="write it in one line"
        )
    if names_in(line.text):
        raise UserError(
            f"a number in braces in {key!r}",
            file=path,
            line=line.line,
            hint="numbers are filled in only in beats and labels",
        )
    return line.text


def _tags(path: Path, data: CommentedMap) -> tuple[str, ...]:
    tags = data["tags"]
    if not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags):
        raise UserError("tags must be a list of texts", file=path, line=line_of(data, "tags"))
    if any(len(tag.splitlines()) > 1 for tag in tags):
        raise UserError(
            "a line break in a tag",
            file=path,
            line=line_of(data, "tags"),
            hint="write each in one line",
        )
    return tuple(tags)


def _read_scene(path: Path, scenes: Any, index: int) -> SceneScript:
    data = scenes[index]
    if not isinstance(data, CommentedMap):
        raise UserError(
            "a scene must be a mapping with an id",
            file=path,
            line=int(scenes.lc.item(index)[0]) + 1,
        )
    check_keys(path, data, SCENE_KEYS, required=("id", "title", "beats"), what="scene")
    return SceneScript(
        id=_plain_text(path, data, "id"),
        title=_plain_text(path, data, "title"),
        line=line_of(data),
        labels=_texts(path, data, "labels") if "labels" in data else {},
        beats=_texts(path, data, "beats"),
        silenced=_silenced(path, data) if "silenced" in data else {},
        claims=_claims(path, data) if "claims" in data else {},
        scene=_ready(path, data) if "scene" in data else None,
        inputs=read_inputs(path, data),
    )


def _ready(path: Path, data: CommentedMap) -> Line:
    return Line(_plain_text(path, data, "scene"), line_of(data, "scene"))


def _texts(path: Path, scene: CommentedMap, key: str) -> dict[str, Line]:
    data = scene[key]
    if not isinstance(data, CommentedMap) or not data:
        raise UserError(
            f"{key} must be a mapping from names to texts", file=path, line=line_of(scene, key)
        )
    return {str(name): _text(path, data, name) for name in data}


def _silenced(path: Path, scene: CommentedMap) -> dict[str, dict[str, Line]]:
    data = scene["silenced"]
    if not isinstance(data, CommentedMap) or not data:
        raise UserError(
            "silenced must be a mapping from beats to rules",
            file=path,
            line=line_of(scene, "silenced"),
            hint="beat, below it rule: and why it need not be kept there",
        )
    return {str(beat): _texts(path, data, beat) for beat in data}


def _claims(path: Path, scene: CommentedMap) -> dict[str, tuple[Line, ...]]:
    data, beats = scene["claims"], list(scene["beats"])
    if not isinstance(data, CommentedMap) or not data:
        raise UserError(
            "claims must be a mapping from beats to lists of names",
            file=path,
            line=line_of(scene, "claims"),
            hint=CLAIMS_HINT,
        )
    for beat in data:
        if beat not in beats:
            raise UserError(
                f"claims are named for {beat!r}, which is no beat of the scene",
                file=path,
                line=line_of(data, beat),
                hint=nearest(str(beat), beats),
            )
    return {beat: _claim_names(path, data, beat) for beat in data}


def _claim_names(path: Path, data: CommentedMap, beat: str) -> tuple[Line, ...]:
    names = data[beat]
    if not isinstance(names, CommentedSeq) or not names:
        raise UserError(
            f"the claims of {beat!r} must be a list of names",
            file=path,
            line=line_of(data, beat),
            hint=CLAIMS_HINT,
        )
    found: dict[str, Line] = {}
    for index, name in enumerate(names):
        line = int(names.lc.item(index)[0]) + 1
        if not isinstance(name, str) or not name.strip():
            raise UserError(
                f"a claim of {beat!r} is not a name", file=path, line=line, hint=CLAIMS_HINT
            )
        if name in found:
            raise UserError(
                f"the claim {name!r} of {beat!r} stands here a second time",
                file=path,
                line=line,
                hint="take one of them out",
            )
        found[name] = Line(name, line)
    return tuple(found.values())


def _check_unique(path: Path, scenes: Iterable[SceneScript]) -> None:
    seen: dict[str, int] = {}
    for scene in scenes:
        if scene.id in seen:
            raise UserError(
                f"scene {scene.id!r} stands here a second time",
                file=path,
                line=scene.line,
                hint=f"the first is in line {seen[scene.id]}",
            )
        seen[scene.id] = scene.line
