"""Who plays in a film: its scenes, what each is given, and which one goes on from which."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cnnviz.episode.continuity import those_before
from cnnviz.episode.episode import SceneSource
from cnnviz.episode.evidence import Evidence
from cnnviz.episode.film_inputs import FilmInputs
from cnnviz.script.inputs import Inputs
from cnnviz.studio.scene_jobs import Role

__all__ = ["Cast", "plain"]


@dataclass(frozen=True)
class Cast:
    """The scenes of a film before it is spoken.

    Parameters
    ----------
    root
        The project's folder.
    sources
        Scene id → its file.
    before
        Scene id → id of the scene that it goes on from, of those that do.
    evidence
        Scene id → the evidence that it shows; of those scenes that show any.
    chosen
        The numbers that the scripts choose for the scenes.
    """

    root: Path
    sources: Mapping[str, SceneSource]
    before: Mapping[str, str]
    evidence: Mapping[str, tuple[Evidence, ...]]
    chosen: FilmInputs

    def those_before(self, scene: str) -> tuple[str, ...]:
        """The scenes that `scene` goes on from, the nearest first."""
        return those_before(scene, self.before)

    def inputs(self, scene: str) -> Inputs:
        """What the scripts choose for `scene`, with the place where each stands."""
        return self.chosen.of(scene, self.sources[scene].knobs)

    def recording(self, scene: str) -> Path | None:
        """The sidecar of the capture that a scene shows as its recording."""
        if self.sources[scene].recording is None:
            return None
        return self.evidence[scene][0].file

    def evidence_files(self, scene: str) -> tuple[Path, ...]:
        """The JSON of all evidence that it and those before show."""
        scenes = (scene, *self.those_before(scene))
        return tuple(
            dict.fromkeys(one.file for each in scenes for one in self.evidence.get(each, ()))
        )

    def other_evidence(self, scene: str) -> tuple[Path, ...]:
        """Those of them that are no recording, and lie in the project."""
        recordings = {self.recording(each) for each in (scene, *self.those_before(scene))}
        return tuple(
            file
            for file in self.evidence_files(scene)
            if file not in recordings and file.is_relative_to(self.root)
        )

    def roots(self, scene: str, makers: Iterable[Path]) -> tuple[Path, ...]:
        """Where the code begins that plays `scene`, its own file aside: those before, `makers`."""
        return *(self.sources[each].path for each in self.those_before(scene)), *makers

    def roles_before(self, scene: str) -> tuple[Role, ...]:
        """The scenes that `scene` goes on from, the nearest first, as they are played."""
        return tuple(self._role(each) for each in self.those_before(scene))

    def _role(self, scene: str) -> Role:
        source = self.sources[scene]
        return Role(
            source.path, source.class_name, self.recording(scene), plain(self.inputs(scene))
        )

    def given(self, scene: str) -> dict[str, Any]:
        """What a scene is given to show, as parts of ingredients."""
        return {
            "evidence": {one.name: one.digest for one in self.evidence.get(scene, ())},
            "inputs": plain(self.inputs(scene)),
        }

    def played(self, scene: str) -> list[str]:
        """Which class plays a scene, as a part of ingredients: its file, and its name in there."""
        source = self.sources[scene]
        return [source.path.relative_to(self.root).as_posix(), source.class_name]


def plain(inputs: Inputs) -> dict[str, Any]:
    """Knob → its value alone, without the place where it was chosen."""
    return {key: given.value for key, given in inputs.items()}
