"""What scripts and scenes say, read and held against each other before a word is spoken."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from cnnviz.episode.continuity import continuity_objections, scenes_before
from cnnviz.episode.episode import Episode, Objection, SceneSource, check_scenes
from cnnviz.episode.evidence import find_evidence
from cnnviz.episode.film_inputs import FilmInputs
from cnnviz.errors import UserError
from cnnviz.ingredients.code import MACHINERY, Code, Known
from cnnviz.ingredients.record import Ingredients, OpenIngredients, drawn_with
from cnnviz.progress import Reporter
from cnnviz.script.claims import claim_objections
from cnnviz.script.differences import number_differences
from cnnviz.script.placeholders import Value, names_in, nearest
from cnnviz.script.reader import Line, SceneScript, Script
from cnnviz.store import Shelf
from cnnviz.studio.cast import Cast
from cnnviz.studio.facts import SceneFacts, facts_from_json
from cnnviz.studio.jobs import PRELOADED, FactsJob, tell_facts
from cnnviz.studio.pool import default_workers, run_jobs

__all__ = ["DRAWING", "Written", "gather"]

DRAWING = (MACHINERY / "studio" / "scene_drawing.py",)
"""What plays and draws a scene."""
ASKING = (MACHINERY / "studio" / "facts.py",)
"""What asks a scene for its facts."""


@dataclass(frozen=True)
class Written:
    """What scripts and scenes say; of each field, see `Production`."""

    scripts: Mapping[str, Script]
    cast: Cast
    facts: Mapping[str, SceneFacts]
    code: Mapping[str, Code]
    drawn_with: Mapping[str, Mapping[str, Any]]


def gather(
    episode: Episode,
    language: str,
    report: Reporter,
    workers: int,
    recording: Path | None,
    objection: Objection,
) -> Written:
    """Read scripts and scenes, and object to what does not fit together."""
    # The scenes first: a mistyped name must not come out as one that another language lacks.
    sources = check_scenes(episode, episode.script(language), objection)
    scripts = episode.all_scripts(language, objection)
    script, chosen = scripts[language], FilmInputs(scripts)
    for problem in chain(
        *(continuity_objections(each, sources) for each in scripts.values()),
        chosen.objections({scene: each.knobs for scene, each in sources.items()}),
    ):
        objection(problem)
    evidence = find_evidence(episode, sources, recording)
    cast = Cast(episode.root, sources, scenes_before(script, sources), evidence, chosen)
    code, with_what = {}, {}
    known: Known = {}  # scenes share nearly all that they import
    for scene, source in sources.items():
        makers = cast.roots(scene, DRAWING)
        code[scene], with_what[scene] = drawn_with(source.path, episode.root, makers, known)
    facts = _facts(episode, cast, known, report, workers or default_workers())
    claims = {scene: told.claims for scene, told in facts.items()}
    for each in scripts.values():
        for problem in chain(
            _unknown_numbers(each, facts),
            number_differences(script, each),
            claim_objections(each, claims),
        ):
            objection(problem)
    for problem in _unknown_beats(script, sources, facts):
        objection(problem)
    return Written(scripts, cast, facts, code, with_what)


def _facts(
    episode: Episode, cast: Cast, code_known: Known, report: Reporter, workers: int
) -> dict[str, SceneFacts]:
    shelf = Shelf("facts")
    records: dict[str, OpenIngredients] = {}
    jobs: dict[str, FactsJob] = {}
    known: dict[str, SceneFacts] = {}
    for scene, source in cast.sources.items():
        code, parts = drawn_with(source.path, episode.root, cast.roots(scene, ASKING), code_known)
        before = [[cast.played(each), cast.given(each)] for each in cast.those_before(scene)]
        own = {"scene": scene, **cast.given(scene), "before": before}
        all_else = Ingredients("facts", {**parts, **own})
        records[scene] = OpenIngredients(all_else, episode.root)
        entry = shelf.get(records[scene].now().key)
        if entry is not None:
            known[scene] = facts_from_json(entry.facts)
        else:
            jobs[scene] = FactsJob(
                episode.root,
                source.path,
                source.class_name,
                code,
                cast.recording(scene),
                cast.evidence_files(scene),
                cast.inputs(scene),
                cast.roles_before(scene),
            )
    if jobs:
        report.line(f"computing the numbers of {len(jobs)} scenes")
    told = run_jobs(tell_facts, list(jobs.values()), workers, preload=PRELOADED)
    for scene, (facts, asked) in zip(jobs, told, strict=True):
        shelf.seal(records[scene].asking(asked).key, facts=facts.as_json())
        records[scene].note(asked)
        known[scene] = facts
    return {scene: known[scene] for scene in cast.sources}


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


def _unknown_beats(
    script: Script, sources: Mapping[str, SceneSource], facts: Mapping[str, SceneFacts]
) -> Iterator[UserError]:
    for scene in script.scenes:
        if scene.id not in facts:
            continue
        told = facts[scene.id]
        for attribute, lengths in (("minimum_seconds", told.minimum), ("thinking", told.thinking)):
            for beat in lengths:
                if beat not in scene.beats:
                    yield UserError(
                        f"{attribute} names {beat!r}, which is no beat of scene {scene.id!r}",
                        file=sources[scene.id].path,
                        hint=nearest(beat, list(scene.beats)),
                    )
