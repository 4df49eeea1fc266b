from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnviz.samples import SAMPLE_RATE
from cnnviz.script.timeline import Pace, SceneTiming, Slot, lay_out

FPS = st.sampled_from([15, 30, 60])
SAMPLES = st.integers(1, 20 * SAMPLE_RATE)


@st.composite
def films(draw: st.DrawFn) -> list[SceneTiming]:
    scenes = []
    for number in range(draw(st.integers(1, 4))):
        beats = {f"b{index}": draw(SAMPLES) for index in range(draw(st.integers(1, 4)))}
        minimum = draw(st.dictionaries(st.sampled_from(sorted(beats)), st.floats(0, 30)))
        thinking = draw(st.dictionaries(st.sampled_from(sorted(beats)), st.floats(0.001, 10)))
        scenes.append(
            SceneTiming(f"s{number}", beats, draw(st.booleans()), minimum, thinking=thinking)
        )
    return scenes


def timing(*seconds: float, card: bool = False, **minimum: float) -> SceneTiming:
    beats = {f"b{index}": round(each * SAMPLE_RATE) for index, each in enumerate(seconds)}
    return SceneTiming("scene", beats, card, minimum)


def lengths(slots: list[Slot], fps: int) -> list[tuple[float, float, float]]:
    return [(slot.lead / fps, slot.speech / fps, slot.rest / fps) for slot in slots]


@given(films(), FPS)
def test_every_beat_stands_on_the_clock_once_and_in_order(
    scenes: list[SceneTiming], fps: int
) -> None:
    slots = lay_out(scenes, fps)
    assert [(slot.scene, slot.beat) for slot in slots] == [
        (scene.scene, beat) for scene in scenes for beat in scene.samples
    ]


@given(films(), FPS)
def test_beats_follow_each_other_without_gap_from_frame_0(
    scenes: list[SceneTiming], fps: int
) -> None:
    at = 0
    for slot in lay_out(scenes, fps):
        assert slot.start == at
        assert slot.end == at + slot.frames
        assert slot.frames == slot.lead + slot.speech + slot.rest
        at = slot.end


@given(films(), FPS)
def test_the_clock_counts_whole_frames_and_no_part_is_negative(
    scenes: list[SceneTiming], fps: int
) -> None:
    for slot in lay_out(scenes, fps):
        for part in (slot.start, slot.lead, slot.speech, slot.rest):
            assert type(part) is int
            assert part >= 0


@given(films(), FPS)
def test_speech_has_the_fewest_frames_that_hold_all_its_samples(
    scenes: list[SceneTiming], fps: int
) -> None:
    a_frame = SAMPLE_RATE // fps
    samples = [length for scene in scenes for length in scene.samples.values()]
    for slot, length in zip(lay_out(scenes, fps), samples, strict=True):
        assert 0 <= slot.speech * a_frame - length < a_frame


@given(films(), FPS)
def test_a_beat_never_ends_before_its_shortest_length(scenes: list[SceneTiming], fps: int) -> None:
    shortest = {(scene.scene, beat): s for scene in scenes for beat, s in scene.minimum.items()}
    for slot in lay_out(scenes, fps):
        assert slot.frames >= round(shortest.get((slot.scene, slot.beat), 0) * fps)


@given(films(), FPS)
def test_time_to_think_comes_on_top_of_what_a_beat_lasts_without_it(
    scenes: list[SceneTiming], fps: int
) -> None:
    without = lay_out([replace(scene, thinking={}) for scene in scenes], fps)
    asked = {(scene.scene, beat): s for scene in scenes for beat, s in scene.thinking.items()}
    for slot, plain in zip(lay_out(scenes, fps), without, strict=True):
        seconds = asked.get((slot.scene, slot.beat), 0)
        assert slot.thinking == (max(1, round(seconds * fps)) if seconds else 0)
        assert replace(slot, start=0, rest=slot.rest - slot.thinking, thinking=0) == replace(
            plain, start=0
        )
        assert sum(slot.lengths) == slot.frames


@given(films())
def test_twice_the_frames_a_second_never_shift_a_beat_by_more_than_a_frame_a_beat(
    scenes: list[SceneTiming],
) -> None:
    pairs = zip(lay_out(scenes, 30), lay_out(scenes, 60), strict=True)
    for count, (coarse, fine) in enumerate(pairs):
        # A beat has at most five parts that are rounded, each by no more than a frame.
        assert abs(coarse.start / 30 - fine.start / 60) <= 5 * count / 30


def test_the_pauses_are_those_of_the_pace() -> None:
    film = [timing(1.0, 2.0, card=True), timing(1.0), timing(1.0, card=True)]
    assert lengths(lay_out(film, 60), 60) == [
        (2.2, 1.0, 0.4),
        (0.0, 2.0, 0.7),
        (0.8, 1.0, 0.7),
        (2.2, 1.0, 0.7),
    ]


def test_a_film_that_opens_without_a_card_has_no_crossfade_to_wait_for() -> None:
    assert lengths(lay_out([timing(1.0)], 60), 60) == [(0.3, 1.0, 0.7)]


def test_a_minimum_lengthens_the_rest_and_nothing_else() -> None:
    plain, longer = (lay_out([timing(1.0, 1.0, **extra)], 60) for extra in ({}, {"b0": 5.0}))
    assert longer[0].frames == 300
    assert (longer[0].lead, longer[0].speech) == (plain[0].lead, plain[0].speech)
    assert longer[1].frames == plain[1].frames


def test_time_to_think_is_the_same_for_a_fast_and_a_slow_voice() -> None:
    slow, fast = (
        lay_out([SceneTiming("s", {"b": samples}, False, {"b": 4.0}, thinking={"b": 2.5})], 60)[0]
        for samples in (5 * SAMPLE_RATE, SAMPLE_RATE)
    )
    assert (slow.frames / 60, fast.frames / 60) == (0.3 + 5.0 + 0.7 + 2.5, 4.0 + 2.5)
    assert slow.thinking == fast.thinking == 150


def test_one_sample_too_many_takes_one_frame_more() -> None:
    def frames(samples: int) -> int:
        return lay_out([SceneTiming("s", {"b": samples}, False, {})], 60)[0].speech

    assert (frames(800), frames(801)) == (1, 2)


def test_a_rate_that_does_not_divide_the_samples_is_refused() -> None:
    with pytest.raises(ValueError, match="do not divide"):
        lay_out([timing(1.0)], 29)


def test_another_pace_is_followed() -> None:
    pace = Pace(opening=1.0, crossfade=0.0, card=0.0, rest=0.0, scene_rest=0.0)
    assert lengths(lay_out([timing(1.0, 1.0)], 30, pace), 30) == [(1.0, 1.0, 0.0), (0.0, 1.0, 0.0)]
