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

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ClassVar

from manim import Animation, FadeOut, Mobject, Scene, Wait, config

from cnnviz.compute.number import Number
from cnnviz.errors import StudioError
from cnnviz.script.numerals import shown
from cnnviz.script.placeholders import Value, captioned, numbers_in
from cnnviz.script.timeline import Slot
from cnnviz.visuals.card import chapter_card, header
from cnnviz.visuals.fonts import register_fonts
from cnnviz.visuals.text import words
from cnnviz.visuals.theme import BODY, GROUND, TEXT

__all__ = ["Beat", "BeatOverrun", "Lesson", "ScenePlan", "ShownNumber"]

CARD_FADE = 0.5
"""Seconds in which a chapter card gives way to the stage behind it."""


class BeatOverrun(StudioError):
    """A beat's animations last longer than its words."""


@dataclass(frozen=True)
class ShownNumber:
    """A ledger entry: which number was seen in which beat, and how it reads."""

    scene: str
    beat: str
    shown: str
    number: Number

    def as_json(self) -> dict[str, Any]:
        """The entry as it stands in `numbers.json`."""
        return {
            "scene": self.scene,
            "beat": self.beat,
            "shown": self.shown,
            "value": self.number.value,
            "op": self.number.op,
            "args": dict(self.number.args),
        }


@dataclass(frozen=True)
class ScenePlan:
    """What a lesson must know of the film around it.

    Parameters
    ----------
    scene
        Its id in the script.
    title
        Its chapter.
    labels
        Texts on screen; may hold placeholders.
    slots
        Its beats on the film's clock, in order.
    fps
        Frames a second of that clock.
    card
        Whether the first beat's lead shows the chapter card.
    draw
        The beats whose frames are wanted; the others are played without drawing.
    """

    scene: str
    title: str
    labels: Mapping[str, str]
    slots: tuple[Slot, ...]
    fps: int
    card: bool
    draw: frozenset[str]


class Beat:
    """One beat while it plays; lengths in seconds, always whole frames."""

    def __init__(self, slot: Slot, fps: int) -> None:
        self.slot, self.fps = slot, fps
        self.played = 0

    @property
    def duration(self) -> float:
        """How long the voice speaks."""
        return self.slot.speech / self.fps

    @property
    def remaining(self) -> float:
        """What is left of the words."""
        return max(0, self.slot.lead + self.slot.speech - self.played) / self.fps

    def part(self, share: float) -> float:
        """A `share` (0 to 1) of the words."""
        return max(1, round(self.slot.speech * share)) / self.fps


class Lesson(Scene):
    """Base of every scene of a film.

    Subclasses write `construct` as beats, and may write `numbers` and `setup_stage`.

    Attributes
    ----------
    card
        Whether a chapter card opens the scene.
    titled
        Whether the chapter's title stays in the corner.
    minimum_seconds
        Beat → shortest length, for beats that must not be cut short by a fast voice.
    """

    card: ClassVar[bool] = True
    titled: ClassVar[bool] = True
    minimum_seconds: ClassVar[Mapping[str, float]] = {}

    def __init__(self, *args: Any, plan: ScenePlan | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._plan = plan
        self._beat: Beat | None = None
        self.ledger: dict[tuple[str, str, str], ShownNumber] = {}

    @classmethod
    def numbers(cls) -> Mapping[str, Value]:
        """The numbers that the script may speak, by placeholder name."""
        return {}

    def setup_stage(self) -> None:
        """Put on stage what is there before the first word."""

    @property
    def plan(self) -> ScenePlan:
        """The plan; made on the spot where Manim runs the scene by itself."""
        if self._plan is None:
            # Only `manim render` comes here. Imported late, because the studio stands above.
            from cnnviz.studio.alone import plan_for

            self._plan = plan_for(type(self), round(config.frame_rate))
        return self._plan

    def setup(self) -> None:
        """Prepare the stage; Manim calls this before `construct`."""
        register_fonts()
        self.camera.background_color = GROUND
        self._open = {slot.beat: slot for slot in self.plan.slots}
        if self.titled:
            self.add(header(self.plan.title))
        self.setup_stage()

    def label(
        self, name: str, size: float = BODY, *, colour: str = TEXT, **kwargs: Any
    ) -> Mobject:
        """The script's text `name` as a mobject; see `words` for the rest.

        Raises
        ------
        StudioError
            The script has no such label.
        """
        text = self.label_text(name)
        values = self.numbers()
        return words(
            captioned(text, values),
            size,
            colour=colour,
            numbers=tuple(numbers_in(text, values)),
            **kwargs,
        )

    def label_text(self, name: str) -> str:
        """The script's text `name`, placeholders unfilled."""
        if name not in self.plan.labels:
            raise StudioError(f"scene {self.plan.scene!r}: the script has no label {name!r}")
        return self.plan.labels[name]

    @contextmanager
    def beat(self, name: str) -> Iterator[Beat]:
        """Play what goes with one beat of the script; what is left of it is held.

        Raises
        ------
        StudioError
            The script has no such beat, or it was played already.
        BeatOverrun
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

    def _lead_in(self, beat: Beat) -> None:
        lead = beat.slot.lead
        if not lead:
            return
        if not self.plan.card:
            self._hold(lead)
            return
        fade = round(CARD_FADE * self.plan.fps)
        card = chapter_card(self.plan.title)
        self.add(card)
        self._hold(lead - fade)
        self.play(FadeOut(card), run_time=fade / self.plan.fps)

    def _hold(self, frames: int) -> None:
        self._count(frames)
        # A hair more than whole frames: Manim rounds the number of still frames down.
        super().play(Wait((frames + 1e-3) / self.plan.fps, frozen_frame=True))
        self._note(self.mobjects)

    def wait(self, duration: float = 1.0, *args: Any, **kwargs: Any) -> None:
        """Hold the picture for `duration` seconds, rounded to whole frames."""
        self._hold(max(1, round(duration * self.plan.fps)))

    def play(self, *animations: Any, run_time: float = 1.0, **kwargs: Any) -> None:
        """Play animations together for `run_time` seconds, rounded to whole frames."""
        frames = max(1, round(run_time * self.plan.fps))
        self._count(frames)
        # A hair less than whole frames: Manim draws every frame that begins before the end.
        super().play(*animations, run_time=(frames - 1e-6) / self.plan.fps, **kwargs)
        self._note(self.mobjects)
        self._note(_animated(self.animations or []))

    def _count(self, frames: int) -> None:
        beat = self._beat
        if beat is None:
            raise StudioError(
                f"scene {self.plan.scene!r}: something is played outside a beat",
                hint="put it inside a `with self.beat(…)`",
            )
        beat.played += frames
        if beat.played > beat.slot.frames:
            raise BeatOverrun(
                f"scene {self.plan.scene!r}, beat {beat.slot.beat!r}: its animations take"
                f" {beat.played} frames, the beat has {beat.slot.frames}",
                hint="shorten run_time, or measure it with beat.part(…)",
            )

    def _note(self, mobjects: list[Mobject]) -> None:
        """Enter every number among `mobjects` in the ledger of the running beat."""
        assert self._beat is not None
        beat = self._beat.slot.beat
        for mobject in mobjects:
            for member in mobject.get_family():
                for number in getattr(member, "numbers", ()):
                    entry = ShownNumber(self.plan.scene, beat, shown(number.value), number)
                    self.ledger.setdefault((beat, number.op, repr(number)), entry)

    def tear_down(self) -> None:
        """Check that the scene has played all its beats; Manim calls this after `construct`."""
        if self._open:
            missing = ", ".join(repr(name) for name in self._open)
            raise StudioError(f"scene {self.plan.scene!r} does not play its beats {missing}")


def _animated(animations: list[Animation]) -> list[Mobject]:
    found: list[Mobject] = []
    for animation in animations:
        found.append(animation.mobject)
        found.extend(
            target
            for target in (getattr(animation, "target_mobject", None),)
            if isinstance(target, Mobject)
        )
        found.extend(_animated(list(getattr(animation, "animations", []))))
    return found
