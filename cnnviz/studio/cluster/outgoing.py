"""A scene made ready to travel: without anything that is true of this machine alone."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path

from cnnviz.ingredients.code import MACHINERY, Code
from cnnviz.script.inputs import files_of
from cnnviz.store import json_digest
from cnnviz.studio.cluster.errand import Errand
from cnnviz.studio.cluster.fingerprint import Fingerprint
from cnnviz.studio.cluster.sent_recordings import recording_name
from cnnviz.studio.scene_jobs import SceneJob

__all__ = [
    "errand_for",
    "errand_name",
    "evidence_of",
    "pictures_of",
    "recordings_of",
    "scenes_of",
]


def errand_for(job: SceneJob, expected: Fingerprint, recordings: Mapping[str, Path]) -> Errand:
    """The errand of drawing `job` with what is `expected` of it.

    Parameters
    ----------
    job
        With this machine's paths.
    expected
        What this machine draws with, all scenes of the film.
    recordings
        The names under which recordings travel → their sidecars here.
    """
    names = {sidecar: name for name, sidecar in recordings.items()}
    evidence, pictures = evidence_of(job), pictures_of(job)
    return Errand(
        _abroad(job),
        _only(expected, {MACHINERY.name, *scenes_of(job), *evidence, *pictures}),
        tuple(names[recording] if recording else None for recording in job.recordings),
        evidence,
        pictures,
    )


def place_of(path: Path, root: Path) -> str:
    """The path in the project that lies at `root`."""
    return path.relative_to(root).as_posix()


def scenes_of(job: SceneJob) -> tuple[str, ...]:
    """The places of a scene and of those that it goes on from."""
    return tuple(place_of(path, job.root) for path in job.scenes)


def recordings_of(jobs: Sequence[SceneJob]) -> dict[str, Path]:
    """The recordings that are shown, by the names under which they travel."""
    shown = dict.fromkeys(recording for job in jobs for recording in job.recordings)
    return {recording_name(sidecar): sidecar for sidecar in shown if sidecar is not None}


def _abroad(job: SceneJob) -> SceneJob:
    """`job` without anything that is true of this machine alone."""
    plan = replace(job.plan, recording=None)
    plan = plan.with_script_at(lambda file: Path(place_of(file, job.root)))
    before = tuple(
        replace(role, path=Path(place_of(role.path, job.root)), recording=None)
        for role in job.before
    )
    code = Code({Path(name): digest for name, digest in job.code.record.items()}, Path())
    path = Path(place_of(job.path, job.root))
    return replace(job, root=Path(), path=path, plan=plan, code=code, evidence=(), before=before)


def evidence_of(job: SceneJob) -> tuple[str, ...]:
    """Paths in the project of other evidence that it shows."""
    return tuple(place_of(file, job.root) for file in job.evidence)


def pictures_of(job: SceneJob) -> tuple[str, ...]:
    """Paths in the project of the photographs that its script, for it or those before, has chosen.

    One that lies elsewhere is named as the script names it.
    """
    chosen = (job.plan.inputs, *(role.inputs for role in job.before))
    return tuple(dict.fromkeys(chain.from_iterable(map(files_of, chosen))))


def _only(whole: Fingerprint, places: Collection[str]) -> Fingerprint:
    """What concerns one scene."""
    few = {place: digest for place, digest in whole.places.items() if place in places}
    return replace(whole, places=few)


def errand_name(errand: Errand) -> str:
    """The same for errands with the same result, whoever sends them."""
    records = errand.job.records
    return json_digest(sorted(records[beat].now().key for beat in errand.job.plan.draw))
