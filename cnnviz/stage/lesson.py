"""The stage on which a lesson plays: a Manim scene that reads like its script.

::

    class SlidingWindow(Lesson):
        @classmethod
        def numbers(cls):
            return {"first.sum": TRACE.window(0, 0).sum_number}

        def setup_stage(self):
            self.add(self.grid)

        def construct(self):
            with self.beat("first_sum") as beat:
                self.play(FadeIn(self.window), run_time=beat.duration)

A lesson knows nothing of voices and files: the plan tells it how long each beat lasts.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property
from importlib.metadata import entry_points
from math import ceil
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
from manim import (
    UP,
    Camera,
    FadeIn,
    FadeOut,
    Group,
    ManimColor,
    Mobject,
    VGroup,
    VMobject,
    Wait,
    config,
)

from cnnviz.compute.claim import Claim
from cnnviz.errors import StudioError, UserError
from cnnviz.evidence_files import evidence_path
from cnnviz.script.numerals import shown
from cnnviz.script.placeholders import Value, captioned, names_in, numbers_in
from cnnviz.script.timeline import Slot
from cnnviz.stage.framed_scene import FramedScene, animated
from cnnviz.stage.plan import ScenePlan, ShownNumber
from cnnviz.stage_format import Format
from cnnviz.visuals import arrange
from cnnviz.visuals.card import chapter_card, header
from cnnviz.visuals.fonts import register_fonts
from cnnviz.visuals.frame import View, is_pinned
from cnnviz.visuals.text import words
from cnnviz.visuals.theme import BODY, GROUND, TEXT
from cnnviz.visuals.title_over import TitleOver

__all__ = ["Beat", "BeatOverrunError", "Lesson", "ScenePlan", "ShownNumber"]

CARD_APPEARS, CARD_GIVES_WAY = 0.3, 0.5
"""Seconds in which a chapter's title appears, and the card gives way to the stage behind it."""


class BeatOverrunError(StudioError):
    """A beat's animations last longer than its words."""


class Beat:
    """One beat while it plays; lengths in seconds, always whole frames."""

    def __init__(self, slot: Slot, fps: int) -> None:
        self._slot, self.fps = slot, fps
        self.played = 0
        self.is_over = False

    @property
    def slot(self) -> Slot:
        """Its lengths in frames.

        Raises
        ------
        StudioError
            It is over: what plays now would depend on its length, and nobody would know.
        """
        if self.is_over:
            beat = self._slot.beat
            raise StudioError(
                f"scene {self._slot.scene!r}: beat {beat!r} is over, its length is asked for later",
                hint=f"ask for it with self.slot({beat!r})",
            )
        return self._slot

    @property
    def duration(self) -> float:
        """How long the voice speaks."""
        return self.slot.speech / self.fps

    @property
    def remaining(self) -> float:
        """What is left of the words."""
        return max(0, self.slot.lead + self.slot.speech - self.played) / self.fps

    @property
    def whole(self) -> float:
        """What is left of the beat, the pause after the words included."""
        return (self.slot.frames - self.played) / self.fps

    def part(self, share: float) -> float:
        """A `share` (0 to 1) of the words."""
        return max(1, round(self.slot.speech * share)) / self.fps


class _AskedSlots(tuple[Slot, ...]):
    """The slots of a plan, which tell whoever made them which ones are looked at."""

    ask: Callable[[Slot], Slot]

    def __iter__(self) -> Iterator[Slot]:
        return map(self.ask, super().__iter__())

    def __getitem__(self, index: Any) -> Any:
        found = super().__getitem__(index)
        return tuple(map(self.ask, found)) if isinstance(index, slice) else self.ask(found)


class Lesson(FramedScene):
    """Base of every scene of a film.

    Subclasses write `construct` as beats, and may write `numbers`, `claims` and `setup_stage`.

    Attributes
    ----------
    card
        Whether a chapter card opens the scene.
    title_over
        Whether the chapter's title stands over the running picture for a while, in place of a
        card: neither the voice nor the animations wait for it.
    titled
        Whether the chapter's title stays in the corner.
    minimum_seconds
        Beat → shortest length, for beats that must not be cut short by a fast voice.
    recording
        The recording that it shows, if any: a name in `recordings/`. Somebody may ask for another
        one; `recorded` tells which it is.
    evidence
        What else it shows that was measured outside the film: names in `recordings/`, such as a
        training run, or `card_network`, the recognizer's weights. `evidence_file` tells where.
    beat_done
        Called after each beat with its name, the numbers it showed, and the other beats for whose
        lengths the scene has asked so far.
    """

    card: ClassVar[bool] = True
    title_over: ClassVar[bool] = False
    titled: ClassVar[bool] = True
    minimum_seconds: ClassVar[Mapping[str, float]] = {}
    recording: ClassVar[str | None] = None
    evidence: ClassVar[tuple[str, ...]] = ()
    _recorded: ClassVar[Path | None] = None

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if cls.title_over:
            cls.card = False

    def __init__(self, *args: Any, plan: ScenePlan | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._plan = plan
        self._beat: Beat | None = None
        self._shown: dict[tuple[str, str], ShownNumber] = {}
        self._asked: set[str] = set()
        self._time_moves = False
        self._title: TitleOver | None = None
        self._played = 0  # frames of the scene, before what plays now
        self.beat_done: Callable[[str, list[ShownNumber], Collection[str]], None] | None = None

    @classmethod
    def numbers(cls) -> Mapping[str, Value]:
        """The numbers that the script may speak, by placeholder name."""
        return {}

    @cached_property
    def _values(self) -> Mapping[str, Value]:
        """The numbers, computed once a run: many follow from evidence, which takes time to read."""
        return self.numbers()

    @classmethod
    def claims(cls) -> Mapping[str, Claim]:
        """What the script may say of them without a digit, by the name that it gives there."""
        return {}

    @classmethod
    def showing(cls, recording: Path) -> type[Self]:
        """The same lesson with another recording."""
        changed = {"__module__": cls.__module__, "_recorded": recording}
        return type(cls.__name__, (cls,), changed)

    @classmethod
    def given(cls, inputs: Mapping[str, Any]) -> type[Self]:
        """The same lesson with its knobs turned: class attribute → value."""
        return type(cls.__name__, (cls,), {"__module__": cls.__module__, **inputs})

    @classmethod
    def recorded(cls) -> Path:
        """Where the recording that it shows lies.

        Raises
        ------
        StudioError
            The lesson has no `recording`.
        """
        if cls._recorded:
            return cls._recorded
        if cls.recording is None:
            raise StudioError(f"{cls.__name__} shows no recording", hint="give it a `recording`")
        # Only a lesson that Manim runs by itself comes here.
        return cls.evidence_file(cls.recording)

    @classmethod
    def evidence_file(cls, name: str) -> Path:
        """Where the JSON of the evidence called `name` lies.

        Raises
        ------
        StudioError
            The lesson does not list it: nobody would notice that it has changed.
        """
        if name not in (*cls.evidence, cls.recording):
            raise StudioError(
                f"{cls.__name__} does not list the evidence {name!r}",
                hint=f"write evidence = ({name!r},) into it",
            )
        return evidence_path(Path(inspect.getfile(cls)).parents[2], name)

    def setup_stage(self) -> None:
        """Put on stage what is there before the first word."""

    @cached_property
    def plan(self) -> ScenePlan:
        """The plan; made on the spot where Manim runs the scene by itself.

        Whose lengths are looked at is remembered: what is drawn from then on depends on them.
        """
        if self._plan is None:
            # Only `manim render` comes here. The studio stands above and is not known: the package
            # says who plans a scene that plays alone.
            (planner,) = entry_points(group="cnnviz.planner")
            self._plan = planner.load()(type(self), round(config.frame_rate))
            if self._plan.inputs:
                self.__class__ = type(self).given(self._plan.inputs)
        slots = _AskedSlots(self._plan.slots)
        slots.ask = self._ask
        return replace(self._plan, slots=slots)

    def _ask(self, slot: Slot) -> Slot:
        self._asked.add(slot.beat)
        return slot

    @property
    def format(self) -> Format:
        """The format of the film: what of the frame is safe, and where parts flow."""
        return self.plan.format

    def across(self, *parts: Mobject, **how: Any) -> Group | VGroup:
        """`parts` in the flow of the format; see `cnnviz.visuals.across`."""
        return arrange.across(*parts, **how)

    def fit(self, mobject: Mobject, **shares: float) -> Mobject:
        """`mobject`, not larger than shares of the safe area; see `cnnviz.visuals.fit`."""
        return arrange.fit(mobject, **shares)

    def slot(self, beat: str) -> Slot:
        """The lengths of any beat of the scene, in frames: how long it will last, or has lasted.

        Raises
        ------
        StudioError
            The script has no such beat.
        """
        for each in tuple.__iter__(self.plan.slots):
            if each.beat == beat:
                return self._ask(each)
        raise StudioError(f"scene {self.plan.scene!r}: no beat {beat!r}")

    def setup(self) -> None:
        """Prepare the stage; Manim calls this before `construct`."""
        register_fonts()
        assert isinstance(self.camera, Camera)
        self.camera.background_color = ManimColor(GROUND)
        self._open = {slot.beat: slot for slot in tuple.__iter__(self.plan.slots)}
        if self.titled and not self.title_over:
            self.add(self.pin(header(self.plan.title)))
        self.setup_stage()
        if self.title_over:
            lead = next(tuple.__iter__(self.plan.slots)).lead
            begins = lead / self.plan.fps
            self._title = TitleOver(self.plan.title, stays=self.titled, begins=begins)
            # For Manim: it moves all the time, and nothing else has to be drawn again for it.
            self._title.add_updater(lambda title, dt: None)
            self.add_foreground_mobject(self._title)

    def label(self, name: str, size: float = BODY, *, colour: str = TEXT, **kwargs: Any) -> Mobject:
        """The script's text `name` as a mobject; see `words` for the rest.

        Raises
        ------
        UserError
            The script has no such label.
        """
        text = self._written(name)
        values = self._values
        return words(
            captioned(text, values),
            size,
            colour=colour,
            numbers=tuple(numbers_in(text, values)),
            **kwargs,
        )

    def label_text(self, name: str) -> str:
        """The script's text `name`, for building blocks that lay out words themselves.

        Raises
        ------
        UserError
            The script has no such label.
        StudioError
            It holds a number, which only `label` enters in the ledger.
        """
        text = self._written(name)
        if names_in(text):
            raise StudioError(
                f"scene {self.plan.scene!r}: label {name!r} holds a number",
                hint="show it with self.label(…)",
            )
        return text

    def _written(self, name: str) -> str:
        if name not in self.plan.labels:
            file, line = self.plan.script or (None, None)
            raise UserError(
                f"label {name!r} is missing in scene {self.plan.scene!r}", file=file, line=line
            )
        return self.plan.labels[name]

    @contextmanager
    def beat(self, name: str) -> Iterator[Beat]:
        """Play what goes with one beat of the script; what is left of it is held.

        Raises
        ------
        StudioError
            The script has no such beat, or it was played already.
        BeatOverrunError
            The animations last longer than the beat.
        """
        slot = self._open.pop(name, None)
        if slot is None:
            raise StudioError(f"scene {self.plan.scene!r}: no beat {name!r} to play here")
        self.next_section(name, skip_animations=name not in self.plan.draw)
        self._beat = beat = Beat(slot, self.plan.fps)
        self._lead_in(beat)
        yield beat
        left = slot.frames - beat.played
        if left:
            self._hold(left)
        self._beat = None
        beat.is_over = True
        shown, self._shown = list(self._shown.values()), {}
        if self.beat_done:
            self.beat_done(name, shown, self._asked - {name})
        if self._time_moves or self._title is not None:
            self._asked.add(name)
            self._time_moves = False

    def _lead_in(self, beat: Beat) -> None:
        lead = beat.slot.lead
        if not lead:
            return
        if not self.plan.card:
            self._hold(lead)
            return
        # The bare ground first: the film crossfades into it, and two texts over each other would
        # be a mess.
        fps = self.plan.fps
        appear, give_way = round(CARD_APPEARS * fps), round(CARD_GIVES_WAY * fps)
        card = self.pin(chapter_card(self.plan.title), plate=False)
        bare, title = card
        self.add(bare)
        self._hold(fps // 2)
        self.play(FadeIn(title, shift=0.15 * UP), run_time=appear / fps)
        self._hold(lead - fps // 2 - appear - give_way)
        self.play(FadeOut(card), run_time=give_way / fps)

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
                self.add(self.pin(header(self.plan.title)))
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
                    entry = ShownNumber(self.plan.scene, beat, shown(number.value), number)
                    self._shown.setdefault((entry.shown, repr(number)), entry)

    def tear_down(self) -> None:
        """Check that the scene has played all its beats; Manim calls this after `construct`."""
        if self._open:
            missing = ", ".join(repr(name) for name in self._open)
            raise StudioError(f"scene {self.plan.scene!r} does not play its beats {missing}")


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
