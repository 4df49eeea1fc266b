"""Drawing on the workers of a Dask cluster instead of on this machine.

Dask finds the workers, carries errands and results, and sends an errand elsewhere when its worker
dies. What is here decides who may draw, and gives each worker as many scenes at once as it has
threads; the others wait here, so that whoever joins late finds something to do.
"""

from __future__ import annotations

import hashlib
import time
import uuid
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cnnviz.errors import StudioError, UserError
from cnnviz.evidence_files import video_path
from cnnviz.store import Shelf
from cnnviz.studio.cluster.client import ANSWER_WITHIN, connected, first_line
from cnnviz.studio.cluster.errand import Errand, Introduction, Outcome
from cnnviz.studio.cluster.fingerprint import difference, fingerprint
from cnnviz.studio.cluster.outgoing import (
    errand_for,
    errand_name,
    evidence_of,
    pictures_of,
    recordings_of,
    scenes_of,
)
from cnnviz.studio.cluster.sent_recordings import keep_recording
from cnnviz.studio.cluster.worker import draw, introduce
from cnnviz.studio.scene_jobs import SceneJob

if TYPE_CHECKING:
    from distributed import Client, Future

__all__ = ["draw_on_cluster"]

TICK = 0.25
"""Seconds between two calls of `tick`."""
LOOK_EVERY = 2.0
"""Seconds between two looks at who is there."""
FETCH_WITHIN = 600.0
"""Seconds in which a scene's segments must arrive."""
PATIENCE = 60.0
"""Seconds without any worker after which the film is given up: one that died may come back."""


def draw_on_cluster(
    address: str,
    jobs: Sequence[SceneJob],
    tick: Callable[[], None],
    say: Callable[[str], None],
) -> None:
    """Draw `jobs` on the workers of a Dask cluster; every wanted segment then lies in the store.

    Segments are entered as their scene is finished, and stay whatever happens afterwards.

    Parameters
    ----------
    address
        The scheduler's, such as `tcp://192.0.2.1:8786`.
    jobs
        What to draw; those in front begin first. All of one project.
    tick
        Called a few times a second meanwhile.
    say
        Told, a line each, which workers draw nothing, and why.

    Raises
    ------
    UserError
        There is no scheduler at `address`, or no worker that draws what this machine would.
    StudioError
        A scene raised, which stops the rest; or all workers, or the scheduler, went away.
    """
    if not jobs:
        return
    with connected(address) as client:
        _Drawing(client, address, jobs, say).run(tick)


@dataclass(frozen=True)
class _Sent:
    """An errand on its way: as a task of Dask's, for the worker at `to`."""

    task: Future
    errand: Errand
    to: str


class _Drawing:
    """All scenes of one call: those that wait, those that are drawn, and who draws."""

    def __init__(
        self, client: Client, address: str, jobs: Sequence[SceneJob], say: Callable[[str], None]
    ) -> None:
        self.client, self.address, self.say = client, address, say
        self.root = jobs[0].root
        self.recordings = recordings_of(jobs)
        self.scenes = list(dict.fromkeys(place for job in jobs for place in scenes_of(job)))
        self.files = list(
            dict.fromkeys(file for job in jobs for file in (*evidence_of(job), *pictures_of(job)))
        )
        self.expected = fingerprint(self.root, self.scenes, self.files)
        errands = [errand_for(job, self.expected, self.recordings) for job in jobs]
        self.waiting = deque({errand_name(errand): errand for errand in errands}.values())
        self.sent: list[_Sent] = []
        self.asked: dict[str, Future] = {}
        self.crew: dict[str, int] = {}  # those that draw, and how many scenes at once
        self.left_out: set[str] = set()
        self.refused: dict[str, int] = {}  # how often, by the errand's name
        self.looked_at = 0.0
        self.seen_at: float | None = None  # when there was a crew last

    def run(self, tick: Callable[[], None]) -> None:
        while self.waiting or self.sent:
            if time.monotonic() - self.looked_at >= LOOK_EVERY:
                self._look()
            self._welcome()
            self._hand_out()
            self._take_in()
            tick()
            time.sleep(TICK)

    # Who is there

    def _look(self) -> None:
        """See who came and who went; ask those who came what they draw with."""
        try:
            present: dict[str, int] = self.client.nthreads()
        except (OSError, RuntimeError):
            raise self._lost() from None
        self.looked_at = time.monotonic()
        self.crew = {worker: present[worker] for worker in self.crew if worker in present}
        self.left_out &= present.keys()
        self.asked = {worker: task for worker, task in self.asked.items() if worker in present}
        for worker in present.keys() - self.crew.keys() - self.left_out - self.asked.keys():
            self.asked[worker] = self.client.submit(
                introduce,
                self.scenes,
                self.files,
                list(self.recordings),
                key=f"cnnviz-introduce-{uuid.uuid4().hex}",
                workers=[worker],
            )
        if self.crew:
            self.seen_at = self.looked_at
        elif not self.asked:
            self._nobody(bool(present))

    def _nobody(self, others: bool) -> None:
        """Give up where there never was a worker, or has not been one for too long."""
        if self.seen_at is None:
            if others:
                raise UserError(
                    f"no worker at {self.address} draws what this machine would",
                    hint="the lines above say what to do",
                )
            raise UserError(
                f"the scheduler at {self.address} has no worker",
                hint=f"start one in the project's folder: dask worker {self.address}",
            )
        if self.looked_at - self.seen_at >= PATIENCE:
            raise StudioError(
                f"the scheduler at {self.address} has no worker left that draws",
                hint="what was drawn is kept; start workers and run again",
            )

    def _lost(self) -> StudioError:
        return StudioError(
            f"the Dask scheduler at {self.address} does not answer any more",
            hint="what was drawn is kept; start it and run again",
        )

    def _welcome(self) -> None:
        """Take those into the crew that answered, and draw with the same as this machine."""
        for worker, task in list(self.asked.items()):
            if not task.done():
                continue
            del self.asked[worker]
            why_not = self._trial(worker, task)
            if why_not is None:
                self.crew[worker] = 1
                self.looked_at = 0.0  # which tells how many threads it has
            else:
                self._leave_out(worker, why_not)

    def _trial(self, worker: str, task: Future) -> str | None:
        """Why `worker` should not draw, if it should not; it is sent the recordings it lacks."""
        try:
            answer: Introduction | StudioError = task.result(timeout=ANSWER_WITHIN)
            if isinstance(answer, StudioError):
                return str(answer)
            other = difference(self.expected, answer.fingerprint)
            if other is None:
                self._send_recordings(worker, answer.lacking)
        except Exception as error:  # whatever Dask, or another version of this, may raise
            return f"it does not answer as it should: {first_line(error)}"
        return other

    def _send_recordings(self, worker: str, names: Sequence[str]) -> None:
        for name in names:
            sidecar = self.recordings[name]
            files = sidecar.read_bytes(), video_path(sidecar).read_bytes()
            self.client.run(keep_recording, name, *files, workers=[worker])

    def _leave_out(self, worker: str, why: str) -> None:
        self.crew.pop(worker, None)
        if worker not in self.left_out:
            self.left_out.add(worker)
            self.say(f"worker {worker} draws nothing: {why}")

    # What they do

    def _hand_out(self) -> None:
        while self.waiting and (worker := self._idlest()):
            errand = self.waiting.popleft()
            name = errand_name(errand)
            # Under its old name a refused errand would only be refused again.
            key = f"cnnviz-draw-{name}-{self.refused.get(name, 0)}"
            task = self.client.submit(
                draw, errand, key=key, workers=[worker], allow_other_workers=True
            )
            self.sent.append(_Sent(task, errand, worker))

    def _idlest(self) -> str | None:
        """The worker with most threads that have nothing to do."""
        free = dict(self.crew)
        for sent in self.sent:
            if sent.to in free:
                free[sent.to] -= 1
        best = max(free, key=lambda worker: free[worker], default=None)
        return best if best is not None and free[best] > 0 else None

    def _take_in(self) -> None:
        for sent in [each for each in self.sent if each.task.done()]:
            self.sent.remove(sent)
            if sent.task.cancelled():
                # Only where the scheduler lost its memory, or was lost.
                self._look()
                self._again(sent.errand)
                continue
            outcome = self._outcome(sent)
            sent.task.release()  # nothing piles up on the workers
            if outcome.error is not None:
                raise _at_home(outcome.error, self.root)
            if outcome.refusal is None and self._keep(sent.errand, outcome):
                continue
            self._leave_out(outcome.worker, outcome.refusal or "its segments arrive damaged")
            self._again(sent.errand)

    def _outcome(self, sent: _Sent) -> Outcome:
        try:
            outcome: Outcome = sent.task.result(timeout=FETCH_WITHIN)
        except Exception as error:  # workers that die again and again, and Dask's own troubles
            raise StudioError(
                f"the cluster cannot draw it: {first_line(error)}",
                file=self.root / sent.errand.job.path,
                hint="the workers' logs say more; perhaps they are short of memory",
            ) from None
        return outcome

    def _again(self, errand: Errand) -> None:
        name = errand_name(errand)
        self.refused[name] = self.refused.get(name, 0) + 1
        self.waiting.append(errand)

    def _keep(self, errand: Errand, outcome: Outcome) -> bool:
        """Enter the segments here, unless one is not what it was when it was sent."""
        for beat in outcome.beats:
            if hashlib.sha256(beat.picture).hexdigest() != beat.digest:
                return False
        for beat in outcome.beats:
            record = errand.job.records[beat.beat]
            facts = {"frames": beat.frames, "ledger": beat.ledger}
            Shelf("segments").put(record.asking(beat.asked).key, {".mp4": beat.picture}, facts)
            record.note(beat.asked)
        return True


def _at_home(error: StudioError, root: Path) -> StudioError:
    if error.file is None:
        return error
    return type(error)(error.message, file=root / error.file, line=error.line, hint=error.hint)
