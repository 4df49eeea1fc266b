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
from functools import cached_property
from typing import Any

from manim import UP, Camera, FadeIn, FadeOut, Group, ManimColor, Mobject, VGroup
from manim.typing import Point3DLike

from cnnviz.errors import StudioError, UserError
from cnnviz.names import composed
from cnnviz.script.placeholders import Value, captioned, names_in, numbers_in
from cnnviz.stage.beat import Beat
from cnnviz.stage.silent import SilentRenderer
from cnnviz.stage.timed_scene import TimedScene
from cnnviz.stage_format import Format
from cnnviz.visuals import arrange
from cnnviz.visuals.card import chapter_card, header
from cnnviz.visuals.fonts import register_fonts
from cnnviz.visuals.text import words
from cnnviz.visuals.theme import BODY, GROUND, TEXT
from cnnviz.visuals.thinking import RunDown, ThinkingRing
from cnnviz.visuals.title_over import TitleOver

__all__ = ["Lesson"]

CARD_APPEARS, CARD_GIVES_WAY = 0.3, 0.5
"""Seconds in which a chapter's title appears, and the card gives way to the stage behind it."""


class Lesson(TimedScene):
    """Base of every scene of a film.

    Subclasses write `construct` as beats, and may write `numbers`, `claims` and `setup_stage`.

    Attributes
    ----------
    continues
        The scene that it goes on from, which stands right before it in every script; a class. What
        that has left on stage is there when this one begins, and no cut is seen.
    previous
        That scene, played to its end: its attributes are the parts that it has left.
    card
        Whether a chapter card opens the scene.
    title_over
        Whether the chapter's title stands over the running picture for a while, in place of a
        card: neither the voice nor the animations wait for it.
    titled
        Whether the chapter's title stays in the corner.
    minimum_seconds
        Beat → shortest length, for beats that must not be cut short by a fast voice.
    thinking
        Beat → seconds of silence after its words, whoever speaks them, in which the viewer thinks
        about what was asked; `think` shows that.
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

    previous: Any = None

    @cached_property
    def _values(self) -> Mapping[str, Value]:
        """The numbers, computed once a run: many follow from evidence, which takes time to read."""
        return {composed(name): value for name, value in self.numbers().items()}

    def setup_stage(self) -> None:
        """Put on stage what is there before the first word."""

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

    def setup(self) -> None:
        """Prepare the stage; Manim calls this before `construct`."""
        register_fonts()
        assert isinstance(self.camera, Camera)
        self.camera.background_color = ManimColor(GROUND)
        self._open = {slot.beat: slot for slot in tuple.__iter__(self.plan.slots)}
        if self.continues is not None:
            self._go_on_from(self.continues)
        elif self.titled and not self.title_over:
            self._header = self.pin(header(self.plan.title))
            self.add(self._header)
        self.setup_stage()
        if self.title_over:
            lead = next(tuple.__iter__(self.plan.slots)).lead
            begins = lead / self.plan.fps
            self._title = TitleOver(self.plan.title, stays=self.titled, begins=begins)
            # For Manim: it moves all the time, and nothing else has to be drawn again for it.
            self._title.add_updater(lambda title, dt: None)
            self.add_foreground_mobject(self._title)

    def _go_on_from(self, scene: type[Lesson]) -> None:
        """Play `scene` to its end, unseen, and take over its stage."""
        if self.plan.before is None:
            raise StudioError(
                f"scene {self.plan.scene!r} goes on from {scene.__name__}, which is not planned",
                hint="only a scene of a script can go on from another one",
            )
        self.previous = before = scene(renderer=SilentRenderer(), plan=self.plan.before)
        before.setup()
        before.construct()
        before.tear_down()
        if before._title is not None:
            before._title.clear_updaters()
        self.take_over(before)

    def _taken_over(self) -> set[str]:
        """Beats, as `SCENE/BEAT`, on whose lengths depends what it has taken over."""
        if self.previous is None:
            return set()
        before: Lesson = self.previous
        asked = {f"{before.plan.scene}/{beat}" for beat in before._asked}
        return asked | before._taken_over()

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
        name = composed(name)
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
        name = composed(name)
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
            self.beat_done(name, shown, self._taken_over() | (self._asked - {name}))
        if self._time_moves or self._title is not None:
            self._asked.add(name)
            self._time_moves = False

    def think(self, beat: Beat, at: Point3DLike | None = None) -> None:
        """Hold until the words of `beat` are over, then show for its thinking time that one thinks.

        A small ring runs down and is gone in the end. Where something plays longer than the words,
        it begins after that.

        Parameters
        ----------
        beat
            The one that plays; the scene's `thinking` gives it its seconds.
        at
            Where on the screen the ring's middle is; in the lower right of the safe area if None.

        Raises
        ------
        StudioError
            The beat has no thinking time.
        BeatOverrunError
            So much was played after its words that the time does not fit any more.
        """
        slot = beat.slot
        if not slot.thinking:
            raise StudioError(
                f"scene {self.plan.scene!r}: beat {slot.beat!r} has no time to think",
                hint=f"write thinking = {{{slot.beat!r}: 2.5}} into the scene's class",
            )
        words = slot.lead + slot.speech - beat.played
        if words > 0:
            self._hold(words)
        ring = self.pin(ThinkingRing(at), plate=False)
        self.add(ring)
        self.play(RunDown(ring), run_time=slot.thinking / self.plan.fps)
        self.remove(ring)

    def _lead_in(self, beat: Beat) -> None:
        lead = beat.slot.lead
        if not lead:
            return
        if self.previous is not None:
            self._change_title(lead)
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

    def _change_title(self, frames: int) -> None:
        """Let the title of the scene before give way to the own one."""
        left = [self.previous._header, self.previous._title]
        on_stage = [*self.mobjects, *self.foreground_mobjects]
        changes: list[Any] = [FadeOut(one) for one in left if any(one is each for each in on_stage)]
        if self.titled and not self.title_over:
            self._header = self.pin(header(self.plan.title))
            changes.append(FadeIn(self._header))
        if changes:
            self.play(*changes, run_time=frames / self.plan.fps)
        else:
            self._hold(frames)

    def tear_down(self) -> None:
        """Check that the scene has played all its beats; Manim calls this after `construct`."""
        if self._open:
            missing = ", ".join(repr(name) for name in self._open)
            raise StudioError(f"scene {self.plan.scene!r} does not play its beats {missing}")
