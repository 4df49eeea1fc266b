"""Everything about a film that is known before the first frame is drawn.

Scripts, scenes' facts, spoken words and the clock, in the order in which each needs the last.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from pathlib import Path

from cnnviz.errors import UserError
from cnnviz.files import cache_dir, write_json
from cnnviz.lesson_plan import SaidClaim, ScenePlan, ShownNumber
from cnnviz.script.claims import claim_objections
from cnnviz.script.numerals import shown
from cnnviz.script.placeholders import Value, captioned, names_in, nearest, numbers_in, said
from cnnviz.script.reader import Line, SceneScript, Script, number_differences
from cnnviz.script.timeline import SceneTiming, Slot, lay_out
from cnnviz.studio.digests import Known, code_digest, data_digest, json_digest, versions_digest
from cnnviz.studio.episode import Episode, Objection, SceneSource, check_scenes, refuse
from cnnviz.studio.facts import SceneFacts, facts_from_json
from cnnviz.studio.jobs import PRELOADED, FactsJob, tell_facts
from cnnviz.studio.pool import default_workers, run_jobs
from cnnviz.studio.progress import Reporter
from cnnviz.studio.quality import Quality
from cnnviz.studio.recordings import Recording, find_recordings
from cnnviz.voices.base import Utterance
from cnnviz.voices.cache import Spoken
from cnnviz.voices.lexicon import Lexicon
from cnnviz.voices.narrate import narrate_with_fallback

__all__ = ["Production", "lexicon", "mismatches", "prepare", "scene_digest"]

DRAWING = tuple(Path(__file__).with_name(name) for name in ("draw.py", "encode.py"))


@dataclass(frozen=True)
class Production:
    """A film that is planned to the frame.

    Parameters
    ----------
    episode, language, quality
        Which film.
    scripts
        Language → script; the captions' languages.
    sources, facts, code
        Scene id → its file, what it says of itself, and the digest of its code and data, its
        recording included.
    recordings
        Scene id → the recording that it shows; of those scenes that show one.
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
    code: Mapping[str, str]
    recordings: Mapping[str, Recording]
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
        """What the lesson must know to play `scene`, drawing the beats `draw`."""
        script = self.script.scene(scene)
        recording = self.recordings.get(scene)
        return ScenePlan(
            scene=scene,
            title=script.title,
            labels={name: line.text for name, line in script.labels.items()},
            slots=self.slots_of(scene),
            fps=self.quality.fps,
            card=self.facts[scene].card,
            draw=frozenset(draw),
            language=self.language,
            script=(self.script.path, script.line),
            recording=recording.sidecar if recording else None,
        )

    def key(self, slot: Slot) -> str:
        """The digest of all that a beat's pixels depend on.

        Lengths of other beats are not in it: where a beat begins, earlier animations are over,
        however long they took.
        """
        script = self.script.scene(slot.scene)
        quality = self.quality
        return json_digest(
            {
                "code": self.code[slot.scene],
                "language": self.language,
                "versions": versions_digest(),
                "title": script.title,
                "labels": {name: line.text for name, line in script.labels.items()},
                "beats": list(script.beats),
                "beat": slot.beat,
                "lengths": [slot.lead, slot.speech, slot.rest],
                "card": self.facts[slot.scene].card,
                "quality": [quality.width, quality.height, quality.fps],
            }
        )


def prepare(
    episode: Episode,
    language: str,
    quality: Quality,
    voice: str,
    report: Reporter,
    workers: int = 0,
    recording: Path | None = None,
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
        quality=quality,
        scripts=written.scripts,
        sources=written.sources,
        facts=facts,
        code=written.code,
        recordings=written.recordings,
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
    code: Mapping[str, str]
    recordings: Mapping[str, Recording]


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
    scripts = episode.both_scripts(language, objection)
    script = scripts[language]
    recordings = find_recordings(episode, sources, recording)
    code = _code_digests(episode, sources, recordings)
    facts = _facts(episode, sources, code, recordings, report, workers or default_workers())
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
    return _Written(scripts, sources, facts, code, recordings)


def _code_digests(
    episode: Episode, sources: Mapping[str, SceneSource], recordings: Mapping[str, Recording]
) -> dict[str, str]:
    known: Known = {}  # scenes share nearly all that they import
    return {
        scene: scene_digest(source.path, episode.root, recordings.get(scene), known)
        for scene, source in sources.items()
    }


def scene_digest(
    path: Path, root: Path, recording: Recording | None = None, known: Known | None = None
) -> str:
    """Digest of the code that draws the scene in `path`, the data beside it, and its recording.

    `known` holds what is known of files already, and gets what is learned.

    Raises
    ------
    UserError
        One of the files is not Python; file and line are named.
    """
    parts = [code_digest([path, *DRAWING], root, known), data_digest(path.parent)]
    if recording is not None:
        parts.append(recording.digest)
    return json_digest(parts)


def _facts(
    episode: Episode,
    sources: Mapping[str, SceneSource],
    code: Mapping[str, str],
    recordings: Mapping[str, Recording],
    report: Reporter,
    workers: int,
) -> dict[str, SceneFacts]:
    def job(scene: str) -> FactsJob:
        source, shown = sources[scene], recordings.get(scene)
        sidecar = shown.sidecar if shown else None
        return FactsJob(episode.root, source.path, source.class_name, sidecar)

    def file(scene: str) -> Path:
        key = json_digest([scene, code[scene], versions_digest()])
        return cache_dir() / "facts" / f"{key}.json"

    known: dict[str, SceneFacts] = {}
    for scene in sources:
        try:
            known[scene] = facts_from_json(json.loads(file(scene).read_text(encoding="utf-8")))
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            continue  # not there, or damaged: it is asked again
    unknown = [scene for scene in sources if scene not in known]
    if unknown:
        report.line(f"computing the numbers of {len(unknown)} scenes")
    jobs = [job(scene) for scene in unknown]
    for scene, facts in zip(
        unknown, run_jobs(tell_facts, jobs, workers, preload=PRELOADED), strict=True
    ):
        write_json(file(scene), facts.as_json())
        known[scene] = facts
    return {scene: known[scene] for scene in sources}


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
