"""What the workers of a cluster do: say what they draw with, keep recordings, draw scenes.

A worker lives for days while its checkout changes, and Manim's settings are global to a process.
So every answer comes from a fresh process, which sees the project as it is now; the worker itself
only carries.

Paths travel relative to the project's folder, recordings and segments under their digests.
"""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cnnviz.errors import StudioError, UserError
from cnnviz.files import cache_dir, file_digest, replacing
from cnnviz.ingredients.code import MACHINERY, Code
from cnnviz.ingredients.record import Asked, OpenIngredients
from cnnviz.store import Shelf, json_digest
from cnnviz.studio.pool import ORPHANS_GRACE
from cnnviz.studio.segments import find_segment

if TYPE_CHECKING:
    from cnnviz.studio.fingerprint import Fingerprint
    from cnnviz.studio.scene_jobs import SceneJob

__all__ = [
    "DrawnBeat",
    "Errand",
    "Introduction",
    "Outcome",
    "RefusedError",
    "draw",
    "introduce",
    "keep_recording",
    "recording_name",
    "serve",
]


class RefusedError(StudioError):
    """A worker cannot do it; another one may."""


@dataclass(frozen=True)
class Introduction:
    """What a worker says of itself: what it draws with, and which recordings it lacks."""

    fingerprint: Fingerprint
    lacking: tuple[str, ...]


@dataclass(frozen=True)
class Errand:
    """A scene to draw on another machine.

    Parameters
    ----------
    job
        Its paths are relative to the project's folder.
    expected
        What to draw it with.
    recordings
        The name of the recording that it shows, if any, and of those that the scenes before show.
    evidence
        Paths in the project of other evidence that it shows.
    """

    job: SceneJob
    expected: Fingerprint
    recordings: tuple[str | None, ...] = (None,)
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True)
class DrawnBeat:
    """A segment on its way.

    Parameters
    ----------
    beat
        Its name.
    asked
        What its scene has asked for.
    digest, picture
        Of the MP4's bytes, and these.
    frames, ledger
        How many there are, and what they show.
    """

    beat: str
    asked: Asked
    digest: str
    frames: int
    ledger: list[dict[str, Any]]
    picture: bytes


@dataclass(frozen=True)
class Outcome:
    """What became of an errand: beats, an error in the project, or a refusal.

    The error's file is relative to the project's folder.
    """

    worker: str
    beats: tuple[DrawnBeat, ...] = ()
    error: StudioError | None = None
    refusal: str | None = None


# On the worker ------------------------------------------------------------------------------


def introduce(
    scenes: Sequence[str], evidence: Sequence[str], recordings: Sequence[str]
) -> Introduction | StudioError:
    """Say what `scenes` would be drawn with here, and which of `recordings` are not here yet."""
    try:
        introduction: Introduction = _in_process(_introduction, scenes, evidence, recordings)
    except StudioError as error:
        return error
    return introduction


def draw(errand: Errand) -> Outcome:
    """Draw what is not in this machine's cache yet, and give back all that was asked for."""
    from distributed import get_worker

    worker = str(get_worker().address)
    try:
        error = _in_process(_draw, errand)
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


def recording_name(sidecar: Path) -> str:
    """The name under which a recording travels: its digest, and its own name, which ledgers hold.

    Raises
    ------
    OSError
        The sidecar, or the video beside it, cannot be read.
    """
    digest = json_digest([file_digest(sidecar), file_digest(sidecar.with_suffix(".mp4"))])
    return f"{digest}/{sidecar.name}"


def keep_recording(name: str, sidecar: bytes, video: bytes) -> None:
    """Put a recording into this machine's cache.

    Raises
    ------
    StudioError
        The disk is full, or it did not arrive as it was sent.
    """
    path = _kept_at(name)
    for file, data in ((path.with_suffix(".mp4"), video), (path, sidecar)):
        with replacing(file) as temporary:
            temporary.write_bytes(data)
    if not _has(name):
        raise StudioError("the recording was damaged on its way", file=path)


def _has(name: str) -> bool:
    try:
        return recording_name(_kept_at(name)) == name
    except OSError:
        return False


def _kept_at(name: str) -> Path:
    return cache_dir() / "sent" / name


# The fresh process --------------------------------------------------------------------------


def _in_process(function: Callable[..., Any], *arguments: Any) -> Any:
    """Call `function` in a process of its own, which ends with this one.

    Not one of `multiprocessing`'s: those that Dask starts may have no children of that kind.

    Raises
    ------
    StudioError
        What the function raised, or that its process died.
    """
    places = [str(MACHINERY.parent), *filter(None, [os.environ.get("PYTHONPATH")])]
    with subprocess.Popen(
        # -P: what is imported must not depend on the folder that the worker was started in.
        [sys.executable, "-P", "-c", "from cnnviz.studio.cluster_worker import serve; serve()"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(places)},
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        with suppress(BrokenPipeError):
            process.stdin.write(pickle.dumps((function, arguments)))
            process.stdin.flush()
        answer = process.stdout.read()
        # Its standard input stays open until here: where it ends, the worker is gone.
    try:
        raised, value = pickle.loads(answer)
    except (EOFError, pickle.UnpicklingError):
        raise RefusedError(
            f"its drawing process ended with status {process.returncode}",
            hint="see its log; perhaps it is short of memory",
        ) from None
    if raised:
        raise value
    return value


def serve() -> None:
    """Make the one call that comes in on standard input, and answer on standard output."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _end)
    # Scenes may print: that goes to the worker's log.
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    function, arguments = pickle.load(sys.stdin.buffer)
    threading.Thread(target=_end_with_worker, daemon=True).start()
    answer: tuple[bool, object]
    try:
        answer = (False, function(*arguments))
    except StudioError as error:
        answer = (True, error)
    with answers:
        pickle.dump(answer, answers)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)  # the worker hangs up now, which must not disturb an orderly end


def _end(number: int, frame: object) -> None:
    # SystemExit unwinds the stack, so that temporary files are removed.
    sys.exit(128 + number)


def _end_with_worker() -> None:
    os.read(sys.stdin.fileno(), 1)  # nothing more is sent: it returns when the worker is gone
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(ORPHANS_GRACE)
    os._exit(1)


def _project() -> Path:
    """The project's folder on this machine: where the worker was started, or the checkout."""
    here = Path.cwd()
    return here if (here / "scenes").is_dir() else MACHINERY.parent


def _introduction(
    scenes: Sequence[str], evidence: Sequence[str], recordings: Sequence[str]
) -> Introduction:
    from cnnviz.studio.fingerprint import fingerprint

    lacking = tuple(name for name in recordings if not _has(name))
    return Introduction(fingerprint(_project(), scenes, evidence), lacking)


def _draw(errand: Errand) -> StudioError | None:
    """Draw what is missing; an error in the project is given back, it would be one anywhere."""
    from cnnviz.studio.fingerprint import difference, fingerprint
    from cnnviz.studio.scene_drawing import draw_scene

    root = _project()
    # Asked again: since the worker was introduced its checkout may have changed.
    scenes = [path.as_posix() for path in errand.job.scenes]
    other = difference(errand.expected, fingerprint(root, scenes, errand.evidence))
    if other:
        raise RefusedError(other)
    if not all(_has(name) for name in errand.recordings if name):
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
    recording, *others = (_kept_at(name) if name else None for name in errand.recordings)
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
