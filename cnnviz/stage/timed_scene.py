"""A scene that plays in whole frames of its beats, and notes which numbers are seen in each."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from functools import cached_property
from importlib.metadata import entry_points
from math import ceil
from typing import Any

import numpy as np
from manim import Mobject, VMobject, Wait, config

from cnnviz.errors import StudioError
from cnnviz.names import composed
from cnnviz.script.numerals import as_digits
from cnnviz.script.timeline import Slot
from cnnviz.stage.beat import AskedSlots, Beat, BeatOverrunError
from cnnviz.stage.declared_scene import DeclaredScene
from cnnviz.stage.framed_scene import FramedScene, animated
from cnnviz.stage.plan import ScenePlan, ShownNumber
from cnnviz.visuals.card import header
from cnnviz.visuals.frame import View, is_pinned
from cnnviz.visuals.title_over import TitleOver

__all__ = ["TimedScene"]


class TimedScene(DeclaredScene, FramedScene):
    """A scene on a clock of whole frames: whatever plays belongs to a beat, and fits into it."""

    def __init__(self, *args: Any, plan: ScenePlan | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._plan = plan
        self._beat: Beat | None = None
        self._shown: dict[tuple[str, str], ShownNumber] = {}
        self._asked: set[str] = set()
        self._time_moves = False
        self._title: TitleOver | None = None
        self._header: Mobject | None = None
        self._played = 0  # frames of the scene, before what plays now
        self.beat_done: Callable[[str, list[ShownNumber], Collection[str]], None] | None = None

    @cached_property
    def plan(self) -> ScenePlan:
        """The plan; made on the spot where Manim runs the scene by itself.

        Whose lengths are looked at is remembered: what is drawn from then on depends on them.
        """
        if self._plan is None:
            # Only `manim render` comes here. The studio stands above and is not known: the package
            # says who plans a scene that plays alone.
            fps = round(config.frame_rate)
            self.__class__, self._plan = _planner()(type(self), fps)
            assert self._plan is not None
        slots = AskedSlots(self._plan.slots)
        slots.ask = self._ask
        return replace(self._plan, slots=slots)

    def _ask(self, slot: Slot) -> Slot:
        self._asked.add(slot.beat)
        return slot

    def slot(self, beat: str) -> Slot:
        """The lengths of any beat of the scene, in frames: how long it will last, or has lasted.

        Raises
        ------
        StudioError
            The script has no such beat.
        """
        for each in tuple.__iter__(self.plan.slots):
            if each.beat == composed(beat):
                return self._ask(each)
        raise StudioError(f"scene {self.plan.scene!r}: no beat {beat!r}")

    def _hold(self, frames: int) -> None:
        self._count(frames)
        moving = self._frames_of_title(frames)
        if moving:
            self._run(moving, Wait(frozen_frame=False))
        if frames > moving:
            # A hair more than whole frames: Manim rounds the number of still frames down.
            self._run(frames - moving, Wait(frozen_frame=True), hair=1e-3)
        self._note(self.mobjects)

    def wait(self, duration: float = 1.0, *args: Any, **kwargs: Any) -> None:
        """Hold the picture for `duration` seconds, rounded to whole frames."""
        self._hold(max(1, round(duration * self.plan.fps)))

    def play(self, *animations: Any, run_time: float | None = None, **kwargs: Any) -> None:
        """Play animations together for `run_time` seconds, rounded to whole frames.

        Where it is None they last as long as the longest of them says, 1 second if none does.
        """
        if run_time is None:
            run_time = max(float(getattr(one, "run_time", 1.0)) for one in animations)
        frames = max(1, round(run_time * self.plan.fps))
        self._count(frames)
        # Before and after: an animation may bring numbers on stage, and take them off.
        self._note(self.mobjects)
        self._run(frames, *animations, **kwargs)
        self._note(self.mobjects)
        self._note(animated(self.animations or []))

    def _run(self, frames: int, *animations: Any, hair: float = -1e-6, **kwargs: Any) -> None:
        # A hair less than whole frames: Manim draws every frame that begins before the end.
        super().play(*animations, run_time=max(1, frames + hair) / self.plan.fps, **kwargs)
        self._played += frames
        # As it ends, whether it was drawn or not:
        self.settle()
        self._run_title(0.0)

    def _frames_of_title(self, most: int) -> int:
        """In how many of the next frames the title over the picture may change."""
        if self._title is None:
            return 0
        return min(most, max(0, ceil(self._title.ends * self.plan.fps) - self._played))

    def _run_title(self, seconds: float) -> None:
        """Show the title over the picture as it is so many seconds into what plays."""
        if self._title is None:
            return
        self._title.at(self._played / self.plan.fps + seconds)

    def update_to_time(self, t: float) -> None:
        """Show the stage `t` seconds into what plays; Manim calls this."""
        super().update_to_time(t)
        self._run_title(t)

    def begin_animations(self) -> None:
        """Begin what plays next; Manim calls this."""
        if self._title and not self._frames_of_title(1):
            self.remove(self._title)
            self._title = None
            if self.titled:
                self._header = self.pin(header(self.plan.title))
                self.add(self._header)
        super().begin_animations()

    def _count(self, frames: int) -> None:
        beat = self._beat
        if beat is None:
            raise StudioError(
                f"scene {self.plan.scene!r}: something is played outside a beat",
                hint="put it inside a `with self.beat(…)`",
            )
        beat.played += frames
        if beat.played > beat.slot.frames:
            raise BeatOverrunError(
                f"scene {self.plan.scene!r}, beat {beat.slot.beat!r}: its animations take"
                f" {beat.played} frames, the beat has {beat.slot.frames}",
                hint="shorten run_time, or measure it with beat.part(…)",
            )

    def _note(self, mobjects: list[Mobject]) -> None:
        """Enter every visible number among `mobjects` in the ledger of the running beat.

        Also note whether anything moves by itself as time goes by: where it has come to when the
        beat is over depends on the beat's length, even if it is stopped before.
        """
        assert self._beat is not None
        beat, view = self._beat.slot.beat, self.view
        self._time_moves |= bool(self.updaters)
        if self._frame is not None:
            self._time_moves |= self._frame.has_time_based_updater()
        for mobject in mobjects:
            for member in mobject.get_family():
                # A title that is gone leaves no trace of how long it was there.
                self._time_moves |= mobject is not self._title and member.has_time_based_updater()
                numbers = getattr(member, "numbers", ())
                if not isinstance(numbers, tuple) or not _is_visible(member, view):
                    continue  # a photograph gives its numbers when it is asked
                for number in numbers:
                    entry = ShownNumber(self.plan.scene, beat, as_digits(number.value), number)
                    self._shown.setdefault((entry.shown, repr(number)), entry)


def _is_visible(mobject: Mobject, view: View) -> bool:
    """Whether anything of it can be seen through `view`."""
    parts = [part for part in mobject.family_members_with_points() if isinstance(part, VMobject)]
    if not any(part.get_fill_opacity() > 0 for part in parts):
        return False
    if view == View.home() or is_pinned(mobject):
        return True
    places = [view.seen(part.points)[:, :2] for part in parts]
    low = np.min([place.min(axis=0) for place in places], axis=0)
    high = np.max([place.max(axis=0) for place in places], axis=0)
    edge = np.array([config.frame_width, config.frame_height]) / 2
    return bool((low < edge).all() and (high > -edge).all())


def _planner() -> Callable[[type, int], Any]:
    """Who plans a scene that plays alone.

    Raises
    ------
    StudioError
        The environment was set up before there was one.
    """
    for point in entry_points(group="cnnviz.planner"):
        planner: Callable[[type, int], Any] = point.load()
        return planner
    raise StudioError(
        "this environment was set up for an older version of cnnviz", hint="run make setup"
    )
