"""A scene that goes on from another one: what it takes over, seen without an encoder between."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import ClassVar

import numpy as np
import pytest
from manim import LEFT, ORIGIN, RIGHT, UP, Circle, FadeIn, FadeOut, Square
from staging import STILL

from cnnviz.errors import StudioError
from cnnviz.script.timeline import Slot
from cnnviz.stage.draw import play_scene
from cnnviz.stage.lesson import Lesson
from cnnviz.stage.plan import ScenePlan, ShownNumber
from cnnviz.visuals.frame import View

Frames = list[tuple[str, np.ndarray]]


class Earlier(Lesson):
    def construct(self) -> None:
        with self.beat("first") as beat:
            self.square = Square(1).set_fill("#ffffff", 1)
            self.play(FadeIn(self.square), run_time=beat.part(0.5))
        with self.beat("second") as beat:
            self.play(self.square.animate.shift(RIGHT), run_time=beat.part(0.5))


class Later(Lesson):
    continues: ClassVar[type[Lesson]] = Earlier

    def construct(self) -> None:
        with self.beat("first") as beat:
            self.play(self.previous.square.animate.shift(2 * LEFT), run_time=beat.part(0.5))


class Last(Lesson):
    continues: ClassVar[type[Lesson]] = Later

    def construct(self) -> None:
        with self.beat("first") as beat:
            square = self.previous.previous.square
            self.play(FadeOut(square), FadeIn(Circle(1)), run_time=beat.part(0.5))


def plan(scene: str, *beats: str, before: ScenePlan | None = None, frames: int = 20) -> ScenePlan:
    slots = tuple(
        Slot(scene, beat, 0, 0 if index else 5, frames, 6) for index, beat in enumerate(beats)
    )
    return ScenePlan(scene, scene, {}, slots, 15, False, frozenset(beats), before=before)


EARLIER = plan("earlier", "first", "second")
LATER = plan("later", "first", before=EARLIER)
LAST = plan("last", "first", before=LATER)


def played(
    lesson: type[Lesson], of: ScenePlan
) -> tuple[Frames, dict[str, tuple[list[ShownNumber], set[str]]]]:
    frames: Frames = []
    told: dict[str, tuple[list[ShownNumber], set[str]]] = {}

    def sink(beat: str, frame: np.ndarray, repeat: int) -> None:
        frames.extend([(beat, frame.copy())] * repeat)

    def done(beat: str, shown: list[ShownNumber], asked: Collection[str]) -> None:
        told[beat] = (shown, set(asked))

    play_scene(lesson, of, STILL, sink, done)
    return frames, told


def first(lesson: type[Lesson], of: ScenePlan) -> np.ndarray:
    return played(lesson, of)[0][0][1]


def last(lesson: type[Lesson], of: ScenePlan) -> np.ndarray:
    return played(lesson, of)[0][-1][1]


def test_its_first_picture_is_the_last_one_of_the_scene_before() -> None:
    for (one, before), (other, after) in (
        ((Earlier, EARLIER), (Later, LATER)),
        ((Later, LATER), (Last, LAST)),
    ):
        assert np.array_equal(last(one, before), first(other, after))


def test_what_it_takes_over_moves_on() -> None:
    frames, _ = played(Later, LATER)
    assert len(frames) == sum(slot.frames for slot in LATER.slots)
    white = [frame[..., :3].min(axis=-1) > 200 for _, frame in (frames[0], frames[-1])]
    middles = [np.nonzero(one)[1].mean() for one in white]
    assert middles[0] == pytest.approx(160 + 180 / 8, abs=2)
    assert middles[1] == pytest.approx(160 - 180 / 8, abs=2)


def test_a_later_share_of_it_begins_where_the_earlier_one_ends() -> None:
    whole, _ = played(Earlier, EARLIER)
    part, _ = played(Earlier, replace(EARLIER, draw=frozenset({"second"})))
    assert np.array_equal(part[0][1], next(frame for beat, frame in whole if beat == "second"))


def test_the_frame_stays_where_it_was() -> None:
    class Near(Earlier):
        def construct(self) -> None:
            super().construct()
            self.frame.zoom_to(self.square, fill=0.3)
            self.pin(Square(0.3).to_corner())
            self.add(self.square)

    class Back(Lesson):
        continues: ClassVar[type[Lesson]] = Near

        def construct(self) -> None:
            assert self.frame is self.previous.frame
            assert self.view != View.home()
            with self.beat("first") as beat:
                self.play(self.frame.animate.zoom_out(), run_time=beat.part(0.8))

    frames, _ = played(Back, LATER)
    # As large as in the end of the scene before; then as small as it is.
    sizes = [(frame[..., :3].min(axis=-1) > 200).sum() for _, frame in (frames[0], frames[-1])]
    assert sizes[0] > 4 * sizes[1] > 0


def test_a_title_gives_way_to_the_next_one_and_a_title_over_the_picture_comes_later() -> None:
    class Over(Later):
        title_over = True

    corner = slice(0, 30), slice(0, 100), slice(0, 3)
    plain = [frame[corner] for _, frame in played(Later, LATER)[0]]
    assert not np.array_equal(plain[0], plain[5])
    assert np.array_equal(plain[5], plain[-1])
    longer = plan("later", "first", before=EARLIER, frames=80)
    over = [frame[corner] for _, frame in played(Over, longer)[0]]
    assert np.array_equal(over[0], plain[0]), "the old title is there at the cut"
    assert over[5].max() < over[0].max() - 20, "it is gone when the voice begins"
    assert np.array_equal(over[-1], plain[-1]), "the new one ends in the corner"


def test_a_title_over_the_end_of_the_scene_before_goes_as_well() -> None:
    class Over(Earlier):
        title_over = True

    class After(Later):
        continues: ClassVar[type[Lesson]] = Over
        titled = False

    short = plan("earlier", "first", "second", frames=10)  # in its end, the title stands
    later = replace(LATER, before=short)
    assert np.array_equal(last(Over, short), first(After, later))
    frames, told = played(After, later)
    corner = frames[-1][1][:40, :120, :3]
    assert (corner == corner[0, 0]).all()
    assert told["first"][1] == {"earlier/first", "earlier/second"}, "as long as that stands"


def test_it_depends_on_lengths_for_which_the_scene_before_has_asked() -> None:
    assert played(Later, LATER)[1]["first"][1] == set()

    class Asking(Earlier):
        def construct(self) -> None:
            super().construct()
            self.square.shift(UP * self.slot("first").frames / 100)

    class After(Later):
        continues: ClassVar[type[Lesson]] = Asking

    class AfterThat(Last):
        continues: ClassVar[type[Lesson]] = After

    assert played(After, LATER)[1]["first"][1] == {"earlier/first"}
    assert played(AfterThat, LAST)[1]["first"][1] == {"earlier/first"}


def test_lengths_that_it_asks_the_scene_before_for_count_as_well() -> None:
    class Asking(Later):
        def construct(self) -> None:
            with self.beat("first"):
                self.previous.square.move_to(
                    ORIGIN + UP * self.previous.slot("second").frames / 100
                )

    assert played(Asking, LATER)[1]["first"][1] == {"earlier/second"}


def test_nothing_is_played_any_more_in_the_scene_before() -> None:
    class Astray(Later):
        def construct(self) -> None:
            self.previous.play(FadeOut(self.previous.square))

    with pytest.raises(StudioError, match="'earlier': something is played outside a beat"):
        played(Astray, LATER)


def test_a_plan_without_the_scene_before_is_an_error() -> None:
    with pytest.raises(StudioError, match="'later' goes on from Earlier, which is not planned"):
        played(Later, replace(LATER, before=None))


def test_it_has_no_card() -> None:
    assert Earlier.card
    assert not Later.card


def test_a_variation_that_does_not_go_on_has_its_card_again():
    class Alone(Lesson):
        pass

    class GoesOn(Alone):
        continues = Alone

    class Varied(GoesOn):
        continues = None

    class WithoutCard(Alone):
        card = False

    class StillWithout(WithoutCard):
        pass

    cards = [each.card for each in (Alone, GoesOn, Varied, WithoutCard, StillWithout)]
    assert cards == [True, False, True, False, False]
