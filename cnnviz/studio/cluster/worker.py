"""What the workers of a cluster do: say what they draw with, and draw scenes.

A worker lives for days while its checkout changes, and Manim's settings are global to a process.
So every answer comes from a fresh process, which sees the project as it is now; the worker itself
only carries.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from cnnviz.errors import StudioError, UserError
from cnnviz.ingredients.code import MACHINERY, Code
from cnnviz.ingredients.record import Asked, OpenIngredients
from cnnviz.store import Shelf
from cnnviz.studio.cluster.errand import DrawnBeat, Errand, Introduction, Outcome, RefusedError
from cnnviz.studio.cluster.fresh_process import in_process
from cnnviz.studio.cluster.sent_recordings import has_recording, kept_at
from cnnviz.studio.segments import find_segment

if TYPE_CHECKING:
    from cnnviz.studio.scene_jobs import SceneJob

__all__ = ["draw", "introduce"]


# On the worker ------------------------------------------------------------------------------


def introduce(
    scenes: Sequence[str], files: Sequence[str], recordings: Sequence[str]
) -> Introduction | StudioError:
    """Say what `scenes` would be drawn with here, and which of `recordings` are not here yet."""
    try:
        introduction: Introduction = in_process(_introduction, scenes, files, recordings)
    except StudioError as error:
        return error
    return introduction


def draw(errand: Errand) -> Outcome:
    """Draw what is not in this machine's cache yet, and give back all that was asked for."""
    from distributed import get_worker

    worker = str(get_worker().address)
    try:
        error = in_process(_draw, errand)
        if error is not None:
            return Outcome(worker, error=error)
        return Outcome(worker, beats=tuple(_beats(errand.job)))
    except StudioError as refusal:
        return Outcome(worker, refusal=str(refusal))


def _beats(job: SceneJob) -> list[DrawnBeat]:
    beats = []
    for beat in sorted(job.plan.draw):
        record = job.records[beat].now()
        segment = find_segment(record.key)
        if segment is None:
            raise RefusedError("segments vanish from its cache", file=Shelf("segments").root)
        picture = segment.path.read_bytes()
        asked = Asked(frozenset(record.parts["asked"]), record.parts["files"])
        beats.append(
            DrawnBeat(beat, asked, segment.digest, segment.frames, segment.ledger, picture)
        )
    return beats


def _is_drawn(record: OpenIngredients) -> bool:
    return find_segment(record.now().key) is not None


# The fresh process --------------------------------------------------------------------------


def _project() -> Path:
    """The project's folder on this machine: where the worker was started, or the checkout."""
    here = Path.cwd()
    return here if (here / "scenes").is_dir() else MACHINERY.parent


def _introduction(
    scenes: Sequence[str], files: Sequence[str], recordings: Sequence[str]
) -> Introduction:
    from cnnviz.studio.cluster.fingerprint import fingerprint

    lacking = tuple(name for name in recordings if not has_recording(name))
    return Introduction(fingerprint(_project(), scenes, files), lacking)


def _draw(errand: Errand) -> StudioError | None:
    """Draw what is missing; an error in the project is given back, it would be one anywhere."""
    from cnnviz.studio.cluster.fingerprint import difference, fingerprint
    from cnnviz.studio.scene_drawing import draw_scene

    root = _project()
    # Asked again: since the worker was introduced its checkout may have changed.
    scenes = [path.as_posix() for path in errand.job.scenes]
    other = difference(errand.expected, fingerprint(root, scenes, errand.files))
    if other:
        raise RefusedError(other)
    if not all(has_recording(name) for name in errand.recordings if name):
        raise RefusedError("it has not got the recording yet")
    job = _at_home(errand, root)
    missing = frozenset(beat for beat in job.plan.draw if not _is_drawn(job.records[beat]))
    if not missing:
        return None
    try:
        draw_scene(replace(job, plan=replace(job.plan, draw=missing)))
    except StudioError as error:
        return _in_project(error, root)
    return None


def _at_home(errand: Errand, root: Path) -> SceneJob:
    """The job with this machine's paths."""
    job = errand.job
    recording, *others = (kept_at(name) if name else None for name in errand.recordings)
    plan = replace(job.plan.with_script_at(lambda file: root / file), recording=recording)
    before = tuple(
        replace(role, path=root / role.path, recording=shown)
        for role, shown in zip(job.before, others, strict=True)
    )
    evidence = tuple(root / file for file in errand.evidence)
    code = _places(job.code, root)
    records = {beat: replace(each, project=root) for beat, each in job.records.items()}
    return replace(
        job,
        root=root,
        path=root / job.path,
        plan=plan,
        code=code,
        records=records,
        evidence=evidence,
        before=before,
    )


def _places(code: Code, root: Path) -> Code:
    """`code` with this machine's paths."""
    files: dict[Path, str] = {}
    for path, digest in code.files.items():
        base = MACHINERY.parent if path.parts[0] == MACHINERY.name else root.resolve()
        files[base / path] = digest
    return Code(files, root)


def _in_project(error: StudioError, root: Path) -> StudioError:
    """`error` with the place in the project where it lies.

    Raises
    ------
    RefusedError
        It lies elsewhere, and so with this machine: a full disk.
    """
    kind = UserError if isinstance(error, UserError) else StudioError
    if error.file is None:
        return kind(error.message, hint=error.hint)
    try:
        place = Path(error.file).resolve().relative_to(root.resolve())
    except ValueError:
        raise RefusedError(str(error)) from None
    return kind(error.message, file=place, line=error.line, hint=error.hint)
