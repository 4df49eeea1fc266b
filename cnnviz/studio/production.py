"""Everything about a film that is known before the first frame is drawn.

Scripts, scenes' facts, spoken words and the clock, in the order in which each needs the last.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import Any

from cnnviz.episode.episode import Episode, Objection, SceneSource, check_scenes, refuse
from cnnviz.episode.evidence import Evidence, find_evidence
from cnnviz.episode.film_inputs import FilmInputs
from cnnviz.errors import UserError
from cnnviz.files import cache_dir
from cnnviz.ingredients.code import MACHINERY, Code, Known
from cnnviz.ingredients.record import Ingredients, OpenIngredients, drawn_with, maker
from cnnviz.media.quality import Quality
from cnnviz.progress import Reporter
from cnnviz.script.claims import claim_objections
from cnnviz.script.differences import number_differences
from cnnviz.script.inputs import Inputs
from cnnviz.script.numerals import shown
from cnnviz.script.placeholders import Value, captioned, names_in, nearest, numbers_in, said
from cnnviz.script.reader import Line, SceneScript, Script
from cnnviz.script.timeline import SceneTiming, Slot, lay_out
from cnnviz.stage.plan import SaidClaim, ScenePlan, ShownNumber
from cnnviz.stage_format import WIDE, Format
from cnnviz.store import Shelf, json_digest
from cnnviz.studio.facts import SceneFacts, facts_from_json
from cnnviz.studio.jobs import PRELOADED, FactsJob, tell_facts
from cnnviz.studio.pool import default_workers, run_jobs
from cnnviz.voices.base import Utterance
from cnnviz.voices.cache import Spoken
from cnnviz.voices.lexicon import Lexicon
from cnnviz.voices.narrate import narrate_with_fallback

__all__ = ["DRAWING", "Production", "lexicon", "mismatches", "prepare"]

DRAWING = (MACHINERY / "studio" / "scene_drawing.py",)
"""What plays and draws a scene."""
ASKING = (MACHINERY / "studio" / "facts.py",)
"""What asks a scene for its facts."""


@dataclass(frozen=True)
class Production:
    """A film that is planned to the frame.

    Parameters
    ----------
    episode, language, quality
        Which film.
    scripts
        Language → script; the captions' languages.
    sources, facts, code, drawn_with
        Scene id → its file, what it says of itself, its code, and what it is drawn with: the parts
        of its beats' ingredients that do not come from the script.
    evidence
        Scene id → the evidence that it shows; of those scenes that show any.
    chosen
        The numbers that the scripts choose for the scenes.
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
    sources: Mapping[str, SceneSource]
    facts: Mapping[str, SceneFacts]
    code: Mapping[str, Code]
    drawn_with: Mapping[str, Mapping[str, Any]]
    evidence: Mapping[str, tuple[Evidence, ...]]
    chosen: FilmInputs
    voice: str
    spoken: Mapping[tuple[str, str], Spoken]
    slots: tuple[Slot, ...]

    @property
    def script(self) -> Script:
        """The script in the film's own language."""
        return self.scripts[self.language]

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
            ShownNumber(slot.scene, slot.beat, shown(number.value), number)
            for number in numbers_in(line.text, self.facts[slot.scene].numbers)
        ]

    def recording(self, scene: str) -> Path | None:
        """The sidecar of the capture that a scene shows as its recording."""
        if self.sources[scene].recording is None:
            return None
        return self.evidence[scene][0].file

    def other_evidence(self, scene: str) -> tuple[Path, ...]:
        """The JSON of the evidence in the project that a scene shows, its recording aside."""
        shown = self.evidence.get(scene, ())
        if self.sources[scene].recording is not None:
            shown = shown[1:]
        return tuple(one.file for one in shown if one.file.is_relative_to(self.episode.root))

    def claims_of(self, slot: Slot) -> list[SaidClaim]:
        """The ledger entries of the claims that a beat makes, in either language, each once."""
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
        script = self.script.scene(scene)
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
            recording=self.recording(scene),
            format=self.quality.format,
            inputs=self.inputs(scene, self.sources[scene]),
        )

    def inputs(self, scene: str, source: SceneSource) -> dict[str, Any]:
        """What the scripts choose for `scene`, of that which `source` takes: knob → plain JSON."""
        return _values(self.chosen.of(scene, source.knobs))

    def scene_parts(self, scene: str) -> dict[str, Any]:
        """The parts that all beats of a scene have in common in their ingredients."""
        script, quality = self.script.scene(scene), self.quality
        return {
            **self.drawn_with[scene],
            "evidence": {one.name: one.digest for one in self.evidence.get(scene, ())},
            "inputs": self.inputs(scene, self.sources[scene]),
            "language": self.language,
            "title": script.title,
            "labels": {name: line.text for name, line in script.labels.items()},
            "beats": list(script.beats),
            "card": self.facts[scene].card,
            "quality": [quality.width, quality.height, quality.fps],
            "format": quality.format.as_json(),
        }

    @cached_property
    def records(self) -> Mapping[Slot, OpenIngredients]:
        """What each beat's picture depends on."""
        found: dict[Slot, OpenIngredients] = {}
        for scene in self.script.scenes:
            slots = self.slots_of(scene.id)
            common = Ingredients("segment", self.scene_parts(scene.id))
            lengths = {slot.beat: (slot.lead, slot.speech, slot.rest) for slot in slots}
            for slot in slots:
                own = common.with_parts(beat=slot.beat, length=list(lengths[slot.beat]))
                found[slot] = OpenIngredients(own, self.episode.root, lengths)
        return found

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
    written = _gather(episode, language, report, workers, recording, refuse)
    script, facts = written.scripts[language], written.facts
    name, spoken = _speak(episode, script, facts, voice, report)
    slots = lay_out([_timing(scene, facts, spoken) for scene in script.scenes], quality.fps)
    return Production(
        episode=episode,
        language=language,
        quality=quality.in_format(format),
        scripts=written.scripts,
        sources=written.sources,
        facts=facts,
        code=written.code,
        drawn_with=written.drawn_with,
        evidence=written.evidence,
        chosen=written.chosen,
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
    _gather(episode, language, report, workers, recording, found.append)
    return found


@dataclass(frozen=True)
class _Written:
    """What scripts and scenes say; of each field, see `Production`."""

    scripts: Mapping[str, Script]
    sources: Mapping[str, SceneSource]
    facts: Mapping[str, SceneFacts]
    code: Mapping[str, Code]
    drawn_with: Mapping[str, Mapping[str, Any]]
    evidence: Mapping[str, tuple[Evidence, ...]]
    chosen: FilmInputs


def _gather(
    episode: Episode,
    language: str,
    report: Reporter,
    workers: int,
    recording: Path | None,
    objection: Objection,
) -> _Written:
    """Read scripts and scenes, and object to what does not fit together."""
    # The scenes first: a mistyped name must not come out as one that the other language lacks.
    sources = check_scenes(episode, episode.script(language), objection)
    scripts = episode.all_scripts(language, objection)
    script, chosen = scripts[language], FilmInputs(scripts)
    for problem in chosen.objections({scene: each.knobs for scene, each in sources.items()}):
        objection(problem)
    evidence = find_evidence(episode, sources, recording)
    code, with_what = {}, {}
    known: Known = {}  # scenes share nearly all that they import
    for scene, source in sources.items():
        code[scene], with_what[scene] = drawn_with(source.path, episode.root, DRAWING, known)
    facts = _facts(episode, sources, evidence, chosen, known, report, workers or default_workers())
    claims = {scene: told.claims for scene, told in facts.items()}
    for each in scripts.values():
        for problem in chain(
            _unknown_numbers(each, facts),
            number_differences(script, each),
            claim_objections(each, claims),
        ):
            objection(problem)
    for problem in _unknown_minimum(script, sources, facts):
        objection(problem)
    return _Written(scripts, sources, facts, code, with_what, evidence, chosen)


def _facts(
    episode: Episode,
    sources: Mapping[str, SceneSource],
    evidence: Mapping[str, tuple[Evidence, ...]],
    chosen: FilmInputs,
    code_known: Known,
    report: Reporter,
    workers: int,
) -> dict[str, SceneFacts]:
    shelf = Shelf("facts")
    records: dict[str, OpenIngredients] = {}
    jobs: dict[str, FactsJob] = {}
    known: dict[str, SceneFacts] = {}
    for scene, source in sources.items():
        shown = evidence.get(scene, ())
        code, parts = drawn_with(source.path, episode.root, ASKING, code_known)
        digests = {one.name: one.digest for one in shown}
        inputs = chosen.of(scene, source.knobs)
        own = {"scene": scene, "evidence": digests, "inputs": _values(inputs)}
        all_else = Ingredients("facts", {**parts, **own})
        records[scene] = OpenIngredients(all_else, episode.root)
        entry = shelf.get(records[scene].now().key)
        if entry is not None:
            known[scene] = facts_from_json(entry.facts)
        else:
            files = tuple(one.file for one in shown)
            recording = files[0] if source.recording else None
            jobs[scene] = FactsJob(
                episode.root, source.path, source.class_name, code, recording, files, inputs
            )
    if jobs:
        report.line(f"computing the numbers of {len(jobs)} scenes")
    told = run_jobs(tell_facts, list(jobs.values()), workers, preload=PRELOADED)
    for scene, (facts, asked) in zip(jobs, told, strict=True):
        shelf.seal(records[scene].asking(asked).key, facts=facts.as_json())
        records[scene].note(asked)
        known[scene] = facts
    return {scene: known[scene] for scene in sources}


def _values(inputs: Inputs) -> dict[str, Any]:
    return {key: given.value for key, given in inputs.items()}


def _unknown_numbers(script: Script, facts: Mapping[str, SceneFacts]) -> Iterator[UserError]:
    for scene in script.scenes:
        if scene.id not in facts:
            continue  # it is objected to already
        numbers = facts[scene.id].numbers
        for line in (*scene.beats.values(), *scene.labels.values()):
            yield from _unknown_in_line(script, scene, line, numbers)


def _unknown_in_line(
    script: Script, scene: SceneScript, line: Line, numbers: Mapping[str, Value]
) -> Iterator[UserError]:
    for name in names_in(line.text):
        if name not in numbers:
            yield UserError(
                f"scene {scene.id!r} has no number {{{name}}}",
                file=script.path,
                line=line.line,
                hint=nearest(name, list(numbers)),
            )


def _unknown_minimum(
    script: Script, sources: Mapping[str, SceneSource], facts: Mapping[str, SceneFacts]
) -> Iterator[UserError]:
    for scene in script.scenes:
        for beat in facts[scene.id].minimum if scene.id in facts else ():
            if beat not in scene.beats:
                yield UserError(
                    f"minimum_seconds names {beat!r}, which is no beat of scene {scene.id!r}",
                    file=sources[scene.id].path,
                    hint=nearest(beat, list(scene.beats)),
                )


def lexicon(episode: Episode, language: str) -> Lexicon:
    """The respellings for the voices of `language`; empty where nobody has written any.

    Raises
    ------
    UserError
        The file is not a lexicon.
    """
    path = episode.scripts.parent / f"lexicon.{language}.yaml"
    return Lexicon.load(path) if path.exists() else Lexicon()


def _speak(
    episode: Episode,
    script: Script,
    facts: Mapping[str, SceneFacts],
    voice: str,
    report: Reporter,
) -> tuple[str, dict[tuple[str, str], Spoken]]:
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


def _timing(
    scene: SceneScript,
    facts: Mapping[str, SceneFacts],
    spoken: Mapping[tuple[str, str], Spoken],
) -> SceneTiming:
    return SceneTiming(
        scene=scene.id,
        samples={beat: spoken[scene.id, beat].samples for beat in scene.beats},
        card=facts[scene.id].card,
        minimum=facts[scene.id].minimum,
    )
