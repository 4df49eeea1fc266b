"""The stage keeps to its plan, to the frame, and remembers every number that was seen on it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from manim import (
    DOWN,
    RIGHT,
    UP,
    AnimationGroup,
    Create,
    FadeIn,
    FadeOut,
    LaggedStart,
    ReplacementTransform,
    Rotate,
    Square,
    Succession,
    Transform,
    VGroup,
)
from numpy.typing import NDArray

from cnnviz.compute import Number, conv2d, count, literal
from cnnviz.errors import StudioError, UserError
from cnnviz.media.quality import Quality
from cnnviz.script.timeline import Slot
from cnnviz.stage.beat import BeatOverrunError
from cnnviz.stage.draw import play_scene
from cnnviz.stage.lesson import Lesson
from cnnviz.stage.plan import ScenePlan, ShownNumber
from cnnviz.visuals import SweepReplace, SweepWindow, WindowView, input_grid, output_grid
from cnnviz.visuals.text import number_text

Frames = list[tuple[str, NDArray[np.uint8], int]]
Ledger = dict[str, list[ShownNumber]]


def slots(*lengths: tuple[int, int, int]) -> tuple[Slot, ...]:
    """Beats "a", "b", … of so many frames of lead, speech and rest."""
    found: list[Slot] = []
    for name, (lead, speech, rest) in zip("abcdefgh", lengths, strict=False):
        found.append(Slot("tried", name, found[-1].end if found else 0, lead, speech, rest))
    return tuple(found)


def plan_of(
    *lengths: tuple[int, int, int], fps: int = 15, card: bool = False, **settings: Any
) -> ScenePlan:
    beats = slots(*lengths)
    known = {
        "scene": "tried",
        "title": "চেষ্টা",
        "labels": {},
        "slots": beats,
        "fps": fps,
        "card": card,
        "draw": frozenset(slot.beat for slot in beats),
    }
    return ScenePlan(**known | settings)


def play(
    lesson: type[Lesson], plan: ScenePlan, size: tuple[int, int] = (64, 36)
) -> tuple[Frames, Ledger]:
    frames: Frames = []
    ledger: Ledger = {}
    play_scene(
        lesson,
        plan,
        Quality("tiny", *size, plan.fps),
        lambda beat, frame, repeat: frames.append((beat, frame[..., :3].copy(), repeat)),
        lambda beat, shown, asked: ledger.update({beat: shown}),
    )
    return frames, ledger


def lesson_of(construct: Callable[[Any], None], **attributes: Any) -> type[Lesson]:
    return type("Tried", (Lesson,), {"titled": False, "construct": construct, **attributes})


def lengths_by_beat(frames: Frames) -> dict[str, int]:
    found: dict[str, int] = {}
    for beat, _, repeat in frames:
        found[beat] = found.get(beat, 0) + repeat
    return found


# --- frames -----------------------------------------------------------------------------------


def fade_and_wait(self: Lesson) -> None:
    for slot in self.plan.slots:
        with self.beat(slot.beat) as beat:
            self.play(FadeIn(Square()), run_time=beat.part(0.3))
            if beat.remaining > 0.2:
                self.wait(0.1)


@given(
    fps=st.sampled_from([15, 24, 30, 60]),
    lengths=st.lists(
        st.tuples(st.integers(0, 40), st.integers(1, 200), st.integers(0, 60)),
        min_size=1,
        max_size=4,
    ),
)
@example(fps=60, lengths=[(0, 1, 0)])
@example(fps=24, lengths=[(1, 7, 1), (0, 13, 0)])
@example(fps=15, lengths=[(123, 1, 246)])  # 123 / 15 * 15 is a little less than 123
@settings(max_examples=20, deadline=None)
def test_every_beat_has_exactly_its_frames(fps, lengths):
    plan = plan_of(*lengths, fps=fps)
    frames, _ = play(lesson_of(fade_and_wait), plan)
    assert lengths_by_beat(frames) == {slot.beat: slot.frames for slot in plan.slots}


@pytest.mark.parametrize("fps", [15, 30, 60])
def test_long_animations_do_not_gain_or_lose_a_frame(fps):
    def construct(self):
        with self.beat("a") as beat:
            self.play(FadeIn(Square()), run_time=beat.duration)
        with self.beat("b") as beat:
            for _ in range(7):
                self.play(Rotate(Square(), 1), run_time=beat.part(1 / 7))
            self.play(Rotate(Square(), 1), run_time=beat.remaining)

    plan = plan_of((0, 10 * fps + 1, 0), (0, 211, 0), fps=fps)
    frames, _ = play(lesson_of(construct), plan)
    assert lengths_by_beat(frames) == {"a": 10 * fps + 1, "b": 211}


def test_beats_come_in_order_and_never_mix():
    frames, _ = play(lesson_of(fade_and_wait), plan_of((2, 9, 1), (0, 5, 3), (0, 4, 0)))
    names = [beat for beat, _, _ in frames]
    assert names == sorted(names)


def test_a_beat_tells_how_long_the_voice_speaks():
    told = []

    def construct(self):
        with self.beat("a") as beat:
            told.append((beat.duration, beat.remaining, beat.part(0.52), beat.part(0.001)))
            self.wait(1.0)
            told.append(beat.remaining)
            self.wait(2.5)
            told.append(beat.remaining)

    play(lesson_of(construct), plan_of((4, 30, 30), fps=15))
    assert told == [(2.0, 2.0, 16 / 15, 1 / 15), 1.0, 0.0]


def test_a_beat_can_be_filled_to_its_end():
    def construct(self):
        with self.beat("a") as beat:
            self.wait(0.4)
            self.play(Rotate(Square(), 1), run_time=beat.whole)
            assert beat.whole == 0
        with self.beat("b") as beat:
            self.play(Rotate(Square(), 1), run_time=beat.whole)

    frames, _ = play(lesson_of(construct), plan_of((4, 30, 11), (0, 7, 3), fps=15))
    assert lengths_by_beat(frames) == {"a": 45, "b": 10}
    assert [repeat for _, _, repeat in frames].count(1) == 45 - 4 - 6 + 10, "nothing is held"


def test_times_are_rounded_to_whole_frames_and_never_to_none():
    played = []

    def construct(self):
        with self.beat("a") as beat:
            for seconds in (0.001, 0.1, 0.5):
                self.wait(seconds)
                played.append(beat.played)
            self.play(FadeIn(Square()), run_time=0.001)
            played.append(beat.played)

    play(lesson_of(construct), plan_of((0, 30, 0), fps=15))
    assert played == [1, 3, 11, 12]


# --- mistakes ---------------------------------------------------------------------------------


def test_a_beat_that_overruns_is_named_with_its_frames():
    def construct(self):
        with self.beat("a"):
            self.wait(1.0)
            self.play(FadeIn(Square()), run_time=2.0)

    with pytest.raises(BeatOverrunError) as told:
        play(lesson_of(construct), plan_of((0, 15, 5), fps=15))
    assert "scene 'tried', beat 'a'" in str(told.value)
    assert "take 45 frames, the beat has 20" in str(told.value)


def test_filling_a_beat_to_its_last_frame_is_no_overrun():
    def construct(self):
        with self.beat("a"):
            self.play(FadeIn(Square()), run_time=20 / 15)

    frames, _ = play(lesson_of(construct), plan_of((0, 15, 5), fps=15))
    assert lengths_by_beat(frames) == {"a": 20}


@pytest.mark.parametrize("what", ["play", "wait"])
def test_nothing_is_played_outside_a_beat(what):
    def construct(self):
        with self.beat("a"):
            pass
        if what == "play":
            self.play(FadeIn(Square()))
        else:
            self.wait(1)

    with pytest.raises(StudioError, match="scene 'tried': something is played outside a beat"):
        play(lesson_of(construct), plan_of((0, 5, 0), (0, 5, 0)))


def test_a_beat_that_the_script_lacks_is_named():
    def construct(self):
        with self.beat("missing"):
            pass

    with pytest.raises(StudioError, match="scene 'tried': no beat 'missing' to play here"):
        play(lesson_of(construct), plan_of((0, 5, 0)))


def test_a_beat_is_played_once():
    def construct(self):
        for _ in range(2):
            with self.beat("a"):
                pass

    with pytest.raises(StudioError, match="no beat 'a' to play here"):
        play(lesson_of(construct), plan_of((0, 5, 0)))


def test_beats_that_are_left_out_are_named():
    def construct(self):
        with self.beat("b"):
            pass

    with pytest.raises(StudioError, match="does not play its beats 'a', 'c'"):
        play(lesson_of(construct), plan_of((0, 5, 0), (0, 5, 0), (0, 5, 0)))


def test_an_error_inside_a_beat_comes_out_as_it_is():
    def construct(self):
        with self.beat("a"):
            raise ZeroDivisionError("my own")

    with pytest.raises(ZeroDivisionError, match="my own"):
        play(lesson_of(construct), plan_of((0, 5, 0)))


@pytest.mark.parametrize("asked", ["label", "label_text"])
def test_a_missing_label_is_named_with_its_place_in_the_script(asked):
    def setup_stage(self):
        getattr(self, asked)("size")

    lesson = lesson_of(fade_and_wait, setup_stage=setup_stage)
    with pytest.raises(UserError) as told:
        play(lesson, plan_of((0, 5, 0), labels={"name": "x"}, script=(Path("bn.yaml"), 12)))
    assert "label 'size' is missing in scene 'tried'" in str(told.value)
    assert (told.value.file, told.value.line) == (Path("bn.yaml"), 12)


# --- drawing some of the beats ----------------------------------------------------------------


def eventful(self: Lesson) -> None:
    trace = conv2d([[1, 2, 3], [0, 1, 2], [1, 0, 1]], [[1, -1], [2, -2]])
    seen, output = input_grid(trace), output_grid(trace).empty()
    VGroup(seen, output).arrange(RIGHT, buff=1.5)
    window = WindowView(trace, seen, output)
    with self.beat("a") as beat:
        self.play(FadeIn(seen, shift=UP), run_time=beat.part(0.5))
        self.play(Create(window), run_time=beat.part(0.3))
    with self.beat("b") as beat:
        self.play(SweepWindow(window, [(0, 1), (1, 0), (1, 1)]), run_time=beat.duration)
    with self.beat("c") as beat:
        self.play(seen.animate.scale(0.5), FadeOut(window), run_time=beat.part(0.4))
        self.play(Transform(seen, Square()), Rotate(output, 0.3), run_time=beat.part(0.4))
    with self.beat("d") as beat:
        self.play(LaggedStart(FadeOut(seen), FadeIn(Square())), run_time=beat.remaining)


@pytest.mark.parametrize("card", [False, True])
@pytest.mark.parametrize("wanted", ["a", "b", "d", "bd", "ac"])
def test_beats_drawn_alone_are_the_same_to_the_bit(wanted, card):
    lengths = ((30, 12, 3), (0, 10, 2), (0, 11, 0), (0, 6, 4))
    whole, ledger = play(lesson_of(eventful), plan_of(*lengths, card=card))
    some, ledger_of_some = play(
        lesson_of(eventful), plan_of(*lengths, card=card, draw=frozenset(wanted))
    )
    expected = [(beat, frame, repeat) for beat, frame, repeat in whole if beat in wanted]
    assert [(beat, repeat) for beat, _, repeat in some] == [(b, r) for b, _, r in expected]
    assert all(
        np.array_equal(one, other)
        for (_, one, _), (_, other, _) in zip(some, expected, strict=True)
    )
    assert ledger_of_some == ledger, "numbers are noted in beats that are not drawn, too"


def test_a_beats_frames_do_not_depend_on_the_lengths_of_others():
    short, _ = play(lesson_of(eventful), plan_of((0, 12, 3), (0, 10, 2), (0, 11, 0), (0, 6, 4)))
    long, _ = play(lesson_of(eventful), plan_of((0, 25, 9), (0, 10, 2), (0, 40, 1), (0, 6, 4)))
    for name in "bd":
        one, other = ([f for b, f, _ in frames if b == name] for frames in (short, long))
        assert np.array_equal(one, other)


# --- the card and the title -------------------------------------------------------------------


def setup_white_stage(self: Lesson) -> None:
    self.add(Square(20, fill_color="#FFFFFF", fill_opacity=1, stroke_width=0))


def still(self: Lesson) -> None:
    with self.beat("a"):
        self.wait(1)


@pytest.mark.parametrize("titled", [False, True])
def test_the_card_hides_the_stage_during_the_lead_and_then_gives_way(titled):
    lesson = lesson_of(still, setup_stage=setup_white_stage, titled=titled)
    frames, _ = play(lesson, plan_of((30, 20, 4), fps=15, card=True), size=(160, 90))
    (_, bare, dark), *moving, (_, stage, _) = frames
    appearing, (_, card, held), fading = moving[:4], moving[4], moving[5:]
    assert dark == 7, "bare for the half second in which the film crossfades into it"
    assert bare.max() < 50, "dark, nothing on it yet"
    assert held == 30 - 7 - len(appearing) - 8, "the rest of the lead is the title's"
    assert card[:5].max() < 50, "dark up to the corners"
    assert (card.min(axis=2) > 150).any(), "with its title on it"
    assert stage.min() == 255, "nothing of it is left"
    brightness = [int(frame[0, 0, 0]) for _, frame, _ in fading[:8]]
    assert brightness == sorted(brightness)
    assert brightness[0] < 60 < brightness[-1]


def test_without_a_card_the_stage_is_seen_from_the_first_frame():
    lesson = lesson_of(still, setup_stage=setup_white_stage)
    frames, _ = play(lesson, plan_of((30, 20, 4), fps=15))
    assert all(frame.min() == 255 for _, frame, _ in frames)
    assert frames[0][2] == 30, "the lead is held"


def test_the_title_stays_in_the_corner_of_a_titled_scene():
    corner = slice(4, 14), slice(8, 40)
    for titled in (True, False):
        frames, _ = play(lesson_of(still, titled=titled), plan_of((0, 20, 0)), size=(160, 90))
        assert all((frame[corner].max() > 100) == titled for _, frame, _ in frames)


# --- the ledger -------------------------------------------------------------------------------


def shown_in(ledger: Ledger, beat: str) -> set[float]:
    return {entry.number.value for entry in ledger[beat]}


def digit(value: float) -> Any:
    return number_text(literal(value))


def ledger_of(construct: Callable[[Any], None], beats: int = 1, **attributes: Any) -> Ledger:
    plan = plan_of(*[(0, 20, 2)] * beats)
    return play(lesson_of(construct, **attributes), plan)[1]


def test_what_was_on_stage_before_the_first_word_is_noted():
    def setup_stage(self):
        self.add(VGroup(digit(7), VGroup(digit(8))))

    assert shown_in(ledger_of(still, setup_stage=setup_stage), "a") == {7, 8}


def test_a_number_is_noted_in_every_beat_in_which_it_is_seen():
    def construct(self):
        number = digit(7)
        with self.beat("a"):
            self.play(FadeIn(number), run_time=0.2)
        with self.beat("b"):
            pass
        with self.beat("c"):
            self.play(FadeOut(number), run_time=0.2)
        with self.beat("d"):
            self.play(FadeIn(digit(9)), run_time=0.2)

    ledger = ledger_of(construct, beats=4)
    assert [shown_in(ledger, beat) for beat in "abcd"] == [{7}, {7}, {7}, {9}]


def test_a_number_that_comes_and_goes_within_a_beat_is_noted():
    def construct(self):
        number = digit(7)
        with self.beat("a"):
            self.play(FadeIn(number), run_time=0.2)
            self.play(FadeOut(number), run_time=0.2)

    assert shown_in(ledger_of(construct), "a") == {7}


@pytest.mark.parametrize("transform", [Transform, ReplacementTransform])
def test_a_number_that_another_turns_into_is_noted(transform):
    def construct(self):
        with self.beat("a"):
            self.play(transform(digit(3), digit(5)), run_time=0.2)

    assert shown_in(ledger_of(construct), "a") == {3, 5}


@pytest.mark.parametrize("group", [AnimationGroup, LaggedStart, Succession])
def test_numbers_inside_groups_of_animations_are_noted(group):
    def construct(self):
        with self.beat("a"):
            moves = AnimationGroup(Transform(digit(1), digit(2)), FadeOut(digit(3)))
            self.play(group(moves, FadeIn(digit(4))), run_time=0.4)

    assert shown_in(ledger_of(construct), "a") == {1, 2, 3, 4}


def test_numbers_that_an_animation_reveals_are_noted_and_hidden_ones_are_not():
    trace = conv2d([[1, 2, 3], [5, 8, 13]], [[1, 1]])
    output = output_grid(trace).empty()
    assert trace.output[0].tolist() == [[3, 5], [13, 21]]

    def setup_stage(self):
        self.add(output)

    def construct(self):
        window = WindowView(trace, input_grid(trace).shift([-4, 0, 0]), output)
        with self.beat("a"):
            pass
        with self.beat("b"):
            output.reveal(0, 0)
            self.play(SweepWindow(window, [(0, 1), (1, 0)]), run_time=0.4)
        with self.beat("c"):
            output.reveal(1, 1)
            self.wait(0.2)

    ledger = ledger_of(construct, beats=3, setup_stage=setup_stage)
    assert shown_in(ledger, "a") == set()
    assert shown_in(ledger, "b") == {3, 5, 13}
    assert shown_in(ledger, "c") == {3, 5, 13, 21}


def test_numbers_that_an_animation_takes_away_are_noted_in_its_beat():
    before = output_grid(conv2d([[1, 2, 4]], [[1]]))
    after = output_grid(conv2d([[8, 16, 32]], [[1]]))

    def setup_stage(self):
        self.add(before)

    def construct(self):
        with self.beat("a"):
            self.play(SweepReplace(before, after), run_time=0.5)
        with self.beat("b"):
            pass

    ledger = ledger_of(construct, beats=2, setup_stage=setup_stage)
    assert shown_in(ledger, "a") == {1, 2, 4, 8, 16, 32}
    assert shown_in(ledger, "b") == {8, 16, 32}


def test_one_number_seen_in_two_places_is_noted_once():
    def setup_stage(self):
        self.add(digit(7).shift(UP), digit(7).shift(DOWN), number_text(count([1] * 7)))

    ledger = ledger_of(still, setup_stage=setup_stage)
    assert [(entry.shown, entry.number.op) for entry in ledger["a"]] == [
        ("7", "literal"),
        ("7", "count"),
    ]


def numbers(cls: Any) -> dict[str, Number | tuple[Number, Number]]:
    return {"sum": literal(-4, of="sum"), "size": (literal(5), literal(3))}


def test_labels_are_filled_with_numbers_that_are_noted():
    texts = []

    def setup_stage(self):
        label = self.label("note")
        texts.append(label[0].original_text)
        self.add(label)

    plan = plan_of((0, 20, 2), labels={"note": "যোগফল {sum}, মাপ {size}", "raw": "{sum}"})
    lesson = lesson_of(still, setup_stage=setup_stage, numbers=classmethod(numbers))
    _, ledger = play(lesson, plan)
    assert texts == ["যোগফল −4, মাপ 5×3"]
    assert [(entry.shown, entry.number) for entry in ledger["a"]] == [
        ("−4", literal(-4, of="sum")),
        ("5", literal(5)),
        ("3", literal(3)),
    ]


def test_ledger_entries_say_where_and_what_as_plain_json():
    def setup_stage(self):
        self.add(digit(-4))

    entry = ledger_of(still, setup_stage=setup_stage)["a"][0]
    assert entry.as_json() == {
        "scene": "tried",
        "beat": "a",
        "shown": "−4",
        "value": -4,
        "op": "literal",
        "args": {},
    }


def test_numbers_are_told_beat_by_beat():
    told: list[tuple[str, Sequence[ShownNumber]]] = []
    plan = plan_of((0, 6, 0), (0, 6, 0), draw=frozenset("b"))
    play_scene(
        lesson_of(fade_and_wait),
        plan,
        Quality("tiny", 64, 36, 15),
        lambda beat, frame, repeat: None,
        lambda beat, shown, asked: told.append((beat, shown)),
    )
    assert told == [("a", []), ("b", [])]


# --- other beats' lengths ---------------------------------------------------------------------


def asked_by(
    construct: Callable[[Any], None], plan: ScenePlan | None = None, **attributes: Any
) -> dict[str, set[str]]:
    """Beat → the other beats on whose lengths its picture is said to depend."""
    told: dict[str, set[str]] = {}
    plan = plan or plan_of((0, 6, 0), (0, 6, 0), (0, 6, 0))
    play_scene(
        lesson_of(construct, **attributes),
        plan,
        Quality("tiny", 64, 36, 15),
        lambda beat, frame, repeat: None,
        lambda beat, shown, asked: told.update({beat: set(asked)}),
    )
    return told


def test_a_beat_that_knows_only_itself_depends_on_itself_alone():
    def construct(self):
        square = Square()
        for name in "abc":
            with self.beat(name) as beat:
                self.play(FadeIn(square), run_time=beat.part(0.4))
                self.wait(0.1)
                assert beat.slot.frames == 6
                self.play(FadeOut(square), run_time=beat.remaining)

    assert asked_by(construct) == {"a": set(), "b": set(), "c": set()}


@pytest.mark.parametrize(
    ("ask", "beats"),
    [
        (lambda self: self.slot("c"), "c"),
        (lambda self: self.slot("a"), "a"),
        (lambda self: self.plan.slots[2], "c"),
        (lambda self: self.plan.slots[-1], "c"),
        (lambda self: self.plan.slots[:2], "ab"),
        (lambda self: next(iter(self.plan.slots)), "a"),
        (lambda self: list(self.plan.slots), "abc"),
        (lambda self: list(reversed(self.plan.slots)), "abc"),
        (lambda self: sorted(self.plan.slots, key=lambda slot: slot.beat), "abc"),
        (lambda self: (self.plan.title, self.plan.fps, len(self.plan.slots)), ""),
    ],
)
def test_whose_lengths_a_scene_looks_at_is_told_from_then_on(ask, beats):
    def construct(self):
        for name in "abc":
            with self.beat(name):
                if name == "b":
                    ask(self)
                self.wait(0.1)

    asked = set(beats)
    assert asked_by(construct) == {"a": set(), "b": asked - {"b"}, "c": asked - {"c"}}


def test_what_is_asked_before_the_first_beat_counts_for_all():
    def setup_stage(self):
        self.slot("b")

    assert asked_by(fade_all, setup_stage=setup_stage) == {"a": {"b"}, "b": set(), "c": {"b"}}


def fade_all(self: Lesson) -> None:
    for name in "abc":
        with self.beat(name) as beat:
            self.play(FadeIn(Square()), run_time=beat.duration)


def test_a_slot_is_what_it_is_and_a_missing_one_is_told():
    plan = plan_of((0, 6, 0), (2, 6, 1), (0, 6, 0))

    def construct(self):
        assert self.slot("b") == plan.slots[1] == self.plan.slots[1]
        with pytest.raises(StudioError, match="scene 'tried': no beat 'nobody'"):
            self.slot("nobody")
        fade_all(self)

    asked_by(construct, plan)


@pytest.mark.parametrize(
    "use",
    [
        lambda beat: beat.slot,
        lambda beat: beat.duration,
        lambda beat: beat.remaining,
        lambda beat: beat.whole,
        lambda beat: beat.part(0.5),
    ],
)
def test_a_beat_that_is_over_does_not_tell_its_length_any_more(use):
    def construct(self):
        with self.beat("a") as first:
            self.wait(0.1)
        with self.beat("b"):
            use(first)

    with pytest.raises(StudioError, match="scene 'tried': beat 'a' is over") as told:
        asked_by(construct)
    assert "ask for it with self.slot('a')" in str(told.value)


def test_what_moves_by_itself_lets_later_beats_depend_on_the_length_of_those_it_moves_in():
    def construct(self):
        square = Square()
        with self.beat("a"):
            self.add(square)
            self.wait(0.1)
        with self.beat("b"):
            square.add_updater(lambda mobject, dt: mobject.shift(dt))
            self.wait(0.1)
            square.clear_updaters()
        with self.beat("c"):
            self.wait(0.1)

    assert asked_by(construct) == {"a": set(), "b": set(), "c": {"b"}}


def test_what_only_follows_others_keeps_no_time():
    def construct(self):
        square, other = Square(), Square()
        other.add_updater(lambda mobject: mobject.next_to(square))
        self.add(square, other)
        fade_all(self)

    assert asked_by(construct) == {"a": set(), "b": set(), "c": set()}


def test_numbers_are_computed_once_a_run_and_not_once_a_label():
    computed: list[None] = []

    def numbers(cls):
        computed.append(None)
        return {"sum": literal(-4, of="sum")}

    def construct(self):
        with self.beat("a"):
            for _ in range(3):
                self.add(self.label("total"))

    play(
        lesson_of(construct, numbers=classmethod(numbers)),
        plan_of((0, 6, 0), labels={"total": "যোগফল {sum}"}),
    )
    assert len(computed) == 1
