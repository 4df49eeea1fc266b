"""The numbers that an episode's scripts choose, and which scene takes which of them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from cnnviz.errors import UserError
from cnnviz.script.inputs import INPUT_KEYS, Input, Inputs, misfits
from cnnviz.script.placeholders import nearest
from cnnviz.script.reader import Script

__all__ = ["FilmInputs"]


@dataclass(frozen=True)
class FilmInputs:
    """What all scripts of an episode choose together.

    What one script chooses holds in every language; where two choose, they must choose the same.

    Parameters
    ----------
    scripts
        Language → script.
    """

    scripts: Mapping[str, Script]

    @cached_property
    def _places(self) -> Mapping[str | None, Inputs]:
        """Scene id, or None for the whole episode → what is chosen there, in any language."""
        found: dict[str | None, dict[str, Input]] = {}
        for script in self.scripts.values():
            for place, inputs in _chosen(script):
                found[place] = {**inputs, **found.get(place, {})}
        return found

    def of(self, scene: str, knobs: Collection[str]) -> Inputs:
        """What a scene with such `knobs` is given: the episode's choice, or its own before that."""
        both = {**self._places.get(None, {}), **self._places.get(scene, {})}
        return {key: both[key] for key in INPUT_KEYS if key in both and key in knobs}

    def objections(self, knobs: Mapping[str, Collection[str]]) -> Iterator[UserError]:
        """What does not fit together: languages, scenes' knobs, and numbers among themselves.

        Parameters
        ----------
        knobs
            Scene → names of what can be chosen for it.
        """
        yield from self._differences()
        everywhere = {key for each in knobs.values() for key in each}
        for key, given in self._places.get(None, {}).items():
            if key not in everywhere:
                yield _unwanted("no scene of the episode", key, given, everywhere)
        for scene, theirs in knobs.items():
            for key, given in self._places.get(scene, {}).items():
                if key not in theirs:
                    yield _unwanted(f"scene {scene!r}", key, given, theirs)
            if self._places.get(scene):
                yield from misfits(self.of(scene, theirs))
        yield from misfits(self._places.get(None, {}))

    def _differences(self) -> Iterator[UserError]:
        for script in self.scripts.values():
            for place, inputs in _chosen(script):
                for key, given in inputs.items():
                    held = self._places[place][key]
                    if held.value != given.value:
                        yield UserError(
                            f"{key!r} in inputs is another one than in {held.file.name}",
                            file=given.file,
                            line=given.line,
                            hint=f"take one of them out; the other stands in"
                            f" {held.file.name}:{held.line}",
                        )


def _chosen(script: Script) -> Iterator[tuple[str | None, Inputs]]:
    if script.inputs:
        yield None, script.inputs
    for scene in script.scenes:
        if scene.inputs:
            yield scene.id, scene.inputs


def _unwanted(who: str, key: str, given: Input, knobs: Collection[str]) -> UserError:
    takes = [each for each in INPUT_KEYS if each in knobs]
    hint = nearest(key, takes) if takes else "it takes no inputs: take them out"
    if who.startswith("no "):
        return UserError(f"{who} takes {key!r}", file=given.file, line=given.line, hint=hint)
    return UserError(f"{who} takes no {key!r}", file=given.file, line=given.line, hint=hint)
