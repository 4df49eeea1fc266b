"""Everything about a film that is known before the first frame is drawn.

Scripts, scenes' facts, spoken words and the clock, in the order in which each needs the last.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from cnnviz.episode.episode import Episode, SceneSource, refuse
from cnnviz.episode.evidence import Evidence
from cnnviz.errors import UserError
from cnnviz.ingredients.code import Code
from cnnviz.ingredients.record import Ingredients, OpenIngredients
from cnnviz.media.quality import Quality
from cnnviz.progress import Reporter
from cnnviz.script.numerals import as_digits
from cnnviz.script.placeholders import captioned, numbers_in, said
from cnnviz.script.reader import SceneScript, Script
from cnnviz.script.timeline import SceneTiming, Slot, lay_out
from cnnviz.stage.plan import SaidClaim, ScenePlan, ShownNumber
from cnnviz.stage_format import WIDE, Format
from cnnviz.studio.cast import Cast, plain
from cnnviz.studio.facts import SceneFacts
from cnnviz.studio.gathering import gather
from cnnviz.studio.speaking import speak
from cnnviz.voices.cache import Spoken

__all__ = ["Production", "mismatches", "prepare"]


@dataclass(frozen=True)
class Production:
    """A film that is planned to the frame.

    Parameters
    ----------
    episode, language, quality
        Which film.
    scripts
        Language → script; the captions' languages.
    cast
        Its scenes, what each is given, and which one goes on from which.
    facts, code, drawn_with
        Scene id → what it says of itself, its code, and what it is drawn with: the parts of its
        beats' ingredients that do not come from the script.
    voice
        The engine that speaks all of it.
    spoken
        (scene, beat) → its sound.
    slots
        The clock.
    """

    episode: Episode
    language: str
    quality: Quality
    scripts: Mapping[str, Script]
    cast: Cast
    facts: Mapping[str, SceneFacts]
    code: Mapping[str, Code]
    drawn_with: Mapping[str, Mapping[str, Any]]
    voice: str
    spoken: Mapping[tuple[str, str], Spoken]
    slots: tuple[Slot, ...]

    @property
    def script(self) -> Script:
        """The script in the film's own language."""
        return self.scripts[self.language]

    @property
    def sources(self) -> Mapping[str, SceneSource]:
        """Scene id → its file."""
        return self.cast.sources

    @property
    def evidence(self) -> Mapping[str, tuple[Evidence, ...]]:
        """Scene id → the evidence that it shows; of those scenes that show any."""
        return self.cast.evidence

    @cached_property
    def frames(self) -> int:
        """The film's length."""
        return self.slots[-1].end

    def slots_of(self, scene: str) -> tuple[Slot, ...]:
        """One scene's beats on the clock."""
        return tuple(slot for slot in self.slots if slot.scene == scene)

    def text(self, slot: Slot, language: str) -> str:
        """A beat's words in `language` with its numbers in digits."""
        line = self.scripts[language].scene(slot.scene).beats[slot.beat]
        return captioned(line.text, self.facts[slot.scene].numbers)

    def words(self, slot: Slot) -> str:
        """A beat's words as they are spoken."""
        line = self.script.scene(slot.scene).beats[slot.beat]
        return said(line.text, self.facts[slot.scene].numbers, self.language)

    def spoken_numbers(self, slot: Slot) -> list[ShownNumber]:
        """The ledger entries of the numbers that a beat speaks."""
        line = self.script.scene(slot.scene).beats[slot.beat]
        return [
            ShownNumber(slot.scene, slot.beat, as_digits(number.value), number)
            for number in numbers_in(line.text, self.facts[slot.scene].numbers)
        ]

    def claims_of(self, slot: Slot) -> list[SaidClaim]:
        """The ledger entries of the claims that a beat makes, in any language, each once."""
        names = [
            name.text
            for script in self.scripts.values()
            for name in script.scene(slot.scene).claims.get(slot.beat, ())
        ]
        claims = self.facts[slot.scene].claims
        return [
            SaidClaim(slot.scene, slot.beat, name, claims[name]) for name in dict.fromkeys(names)
        ]

    def plan(self, scene: str, draw: Iterable[str]) -> ScenePlan:
        """What the lesson must know to play `scene`, drawing the beats `draw`.

        Not, where in the film it stands: nothing that it draws depends on that.
        """
        script, before = self.script.scene(scene), self.cast.before.get(scene)
        return ScenePlan(
            scene=scene,
            title=script.title,
            labels={name: line.text for name, line in script.labels.items()},
            slots=tuple(replace(slot, start=0) for slot in self.slots_of(scene)),
            fps=self.quality.fps,
            card=self.facts[scene].card,
            draw=frozenset(draw),
            language=self.language,
            script=(self.script.path, script.line),
            recording=self.cast.recording(scene),
            format=self.quality.format,
            inputs=plain(self.cast.inputs(scene)),
            before=None if before is None else self.plan(before, ()),
        )

    def scene_parts(self, scene: str) -> dict[str, Any]:
        """The parts that all beats of a scene have in common in their ingredients."""
        quality = self.quality
        return {
            **self.drawn_with[scene],
            "scene": scene,  # it stands in the ledger
            "played": self.cast.played(scene),
            **self._told(scene),
            "language": self.language,
            "quality": [quality.width, quality.height, quality.fps],
            "format": quality.format.as_json(),
        }

    def _told(self, scene: str) -> dict[str, Any]:
        """What a scene is told, as parts of ingredients; with what it goes on from, as one part.

        The code of that is in `code`: it runs in the same process.
        """
        script, before = self.script.scene(scene), self.cast.before.get(scene)
        own = {
            **self.cast.given(scene),
            "title": script.title,
            "labels": {name: line.text for name, line in script.labels.items()},
            "beats": list(script.beats),
            "card": self.facts[scene].card,
        }
        if before is None:
            return own
        earlier = {"scene": before, "played": self.cast.played(before), **self._told(before)}
        return {**own, "before": earlier}

    @cached_property
    def records(self) -> Mapping[Slot, OpenIngredients]:
        """What each beat's picture depends on."""
        found: dict[Slot, OpenIngredients] = {}
        for scene in self.script.scenes:
            slots = self.slots_of(scene.id)
            common = Ingredients("segment", self.scene_parts(scene.id))
            lengths = self._lengths(scene.id)
            for slot in slots:
                own = common.with_parts(beat=slot.beat, length=list(lengths[slot.beat]))
                found[slot] = OpenIngredients(own, self.episode.root, lengths)
        return found

    def _lengths(self, scene: str) -> dict[str, tuple[int, ...]]:
        """Beat → its lengths in frames; also those of the scenes before, as `SCENE/BEAT`."""
        lengths = {
            f"{before}/{slot.beat}": slot.lengths
            for before in self.cast.those_before(scene)
            for slot in self.slots_of(before)
        }
        own = {slot.beat: slot.lengths for slot in self.slots_of(scene)}
        return lengths | own

    def key(self, slot: Slot) -> str:
        """Under which the segment of a beat is kept, if its scene asks for what it last asked."""
        return self.records[slot].now().key


def prepare(
    episode: Episode,
    language: str,
    quality: Quality,
    voice: str,
    report: Reporter,
    workers: int = 0,
    recording: Path | None = None,
    format: Format = WIDE,
) -> Production:
    """Read, check and speak an episode, and lay it out on the clock.

    Parameters
    ----------
    episode, language, quality
        Which film.
    voice
        `auto` or an engine's name.
    report
        Told what happens.
    workers
        Processes to import scenes in; as many as processors where it is 0.
    recording
        MP4 or sidecar to show in place of the scenes' own recordings.
    format
        The shape of its frame.

    Raises
    ------
    UserError
        Something in the scripts or scenes is wrong, or a recording is; the file is named.
    StudioError
        A scene raised, or no voice can speak it.
    """
    written = gather(episode, language, report, workers, recording, refuse)
    script, facts = written.scripts[language], written.facts
    name, spoken = speak(episode, script, facts, voice, report)
    before = written.cast.before
    timings = [_timing(scene, facts, spoken, scene.id in before) for scene in script.scenes]
    slots = lay_out(timings, quality.fps)
    return Production(
        episode=episode,
        language=language,
        quality=quality.in_format(format),
        scripts=written.scripts,
        cast=written.cast,
        facts=facts,
        code=written.code,
        drawn_with=written.drawn_with,
        voice=name,
        spoken=spoken,
        slots=tuple(slots),
    )


def mismatches(
    episode: Episode,
    language: str,
    report: Reporter,
    workers: int = 0,
    recording: Path | None = None,
) -> list[UserError]:
    """All for which `prepare` would stop before a word is spoken, in its order; not raised.

    Raises
    ------
    UserError
        A script or a recording cannot be read.
    StudioError
        A scene raised.
    """
    found: list[UserError] = []
    gather(episode, language, report, workers, recording, found.append)
    return found


def _timing(
    scene: SceneScript,
    facts: Mapping[str, SceneFacts],
    spoken: Mapping[tuple[str, str], Spoken],
    continues: bool,
) -> SceneTiming:
    return SceneTiming(
        scene=scene.id,
        samples={beat: spoken[scene.id, beat].samples for beat in scene.beats},
        card=facts[scene.id].card,
        minimum=facts[scene.id].minimum,
        continues=continues,
        thinking=facts[scene.id].thinking,
    )
