from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest
import srt
from hypothesis import example, given
from hypothesis import strategies as st

from cnnviz.script.captions import (
    CALM,
    FLICKER,
    LINE_LENGTH,
    LONGEST,
    SHORTEST,
    Cue,
    cues,
    graphemes,
    to_srt,
)

LETTERS = "কখগঘচছজঝটঠডঢতথদধনপফবভমযরলশষসহ"
SYLLABLES = st.tuples(
    st.sampled_from(LETTERS), st.sampled_from(["", "া", "ি", "ী", "ু", "ে", "ো", "্ষ", "ং", "়"])
).map("".join)
WORDS = st.tuples(
    st.lists(SYLLABLES, min_size=1, max_size=9).map("".join),
    st.sampled_from(["", "", "", "", ",", "।", "?", "!", ".", ";"]),
).map("".join)
TEXTS = st.lists(WORDS, min_size=1, max_size=60).map(" ".join)
SPEECH = st.floats(0.3, 25)
# Nobody speaks faster than 20 signs a second, nor, without pausing, slower than 4.
PACES = st.floats(1 / 20, 1 / 4)


def made(text: str, speech: float, start: float = 10.0, rest: float = 0.4) -> list[Cue]:
    return cues(text, start, speech, start + speech + rest)


def shown(captions: list[Cue]) -> str:
    return " ".join(line for cue in captions for line in cue.lines)


def test_the_limits_are_those_that_readers_need() -> None:
    assert (LINE_LENGTH, SHORTEST, LONGEST) == (42, 5 / 6, 7)


@given(TEXTS, SPEECH)
def test_all_words_are_kept_in_their_order(text: str, speech: float) -> None:
    assert shown(made(text, speech)).split() == text.split()


@given(TEXTS, SPEECH)
def test_a_cue_has_at_most_two_lines_of_42_signs(text: str, speech: float) -> None:
    for cue in made(text, speech):
        assert 1 <= len(cue.lines) <= 2
        assert all(0 < graphemes(line) <= LINE_LENGTH for line in cue.lines)


@given(TEXTS, SPEECH, st.floats(0, 3600), st.floats(0, 3))
def test_cues_follow_each_other_and_stay_in_their_beat(
    text: str, speech: float, start: float, rest: float
) -> None:
    captions = made(text, speech, start, rest)
    assert captions[0].start == start
    for before, after in pairwise(captions):
        assert before.end == after.start
    for cue in captions:
        assert cue.start < cue.end
    assert captions[-1].end <= start + speech + rest + 1e-6


@given(TEXTS, PACES)
@example("এক দুই তিন। " + "চার পাঁচ ছয় সাত আট নয় দশ এগারো বারো " * 2, 1 / 5)
def test_no_cue_stays_for_more_than_seven_seconds(text: str, pace: float) -> None:
    speech = graphemes(text) * pace
    for cue in made(text, speech):
        # A single word cannot be cut.
        assert cue.end - cue.start <= LONGEST + 1e-6 or len(cue.lines[0].split()) == 1


@given(TEXTS, SPEECH)
@example("ক ক কক ককককককক কককককককক ককককককককক ককককককককক ক ক ককককককক ককককককককক, ককককককককক,", 1.0)
def test_the_last_cue_stays_for_five_sixths_of_a_second_where_the_beat_does(
    text: str, speech: float
) -> None:
    last = made(text, speech, rest=SHORTEST)[-1]
    assert last.end - last.start >= SHORTEST - 1e-6


@given(TEXTS, st.floats(1 / 20, 1 / 8))
def test_no_cue_flashes_by_at_a_usual_pace(text: str, pace: float) -> None:
    speech = graphemes(text) * pace
    captions = made(text, speech, rest=SHORTEST)
    for cue in captions:
        assert cue.end - cue.start >= min(SHORTEST, speech) - 1e-6


@pytest.mark.parametrize("text", ["ছোট কথা।", "এই লাইনটা একচল্লিশ অক্ষরের চেয়ে একটুও বড় নয়।"])
def test_what_fits_on_one_line_stays_on_one(text: str) -> None:
    assert made(text, 3.0)[0].lines == (text,)


def test_two_sentences_are_cut_where_the_first_one_ends() -> None:
    first = "কার্নেলটা দেখো, বাঁ দিকের পিক্সেল যোগ হয়, ডান দিকেরগুলো বিয়োগ।"
    second = "তাই দুই পাশে তফাত থাকলে, মানে খাড়া কিনারা থাকলে, সে টের পায়।"
    captions = made(f"{first} {second}", 10.0)
    assert [" ".join(cue.lines) for cue in captions] == [first, second]


def test_a_line_ends_at_a_comma_where_one_is_near_the_middle() -> None:
    above, below = "ছোট ছবির ওপর ছোট্ট একটা কার্নেল বসাও,", "ঘরে ঘরে গুণ করো আর সবগুলো একসাথে যোগ করো"
    [cue] = made(f"{above} {below}", 5.0)
    assert cue.lines == (above, below)


def test_what_is_said_faster_than_it_is_read_stays_for_the_pause() -> None:
    text = "There are many minus numbers in the feature map. Do we need all of them?"
    [cue] = made(text, 3.5, rest=1.5)
    assert cue.end - cue.start == pytest.approx(1.05 * len(text) / CALM)
    assert cue.end - cue.start > 4
    [cue] = made(text, 5.0, rest=1.5)
    assert cue.end - cue.start == pytest.approx(5.0)


@given(TEXTS, SPEECH, st.floats(0, 3))
def test_no_gap_before_the_next_beat_flickers(text: str, speech: float, rest: float) -> None:
    until = 10.0 + speech + rest
    gap = until - made(text, speech, rest=rest)[-1].end
    assert gap == 0 or gap >= FLICKER - 1e-6


def test_a_long_part_is_shown_longer() -> None:
    captions = made("এক। " + "দুইটা বড় কথা বলা হলো এখানে, " * 4, 10.0)
    lengths = [graphemes("".join(cue.lines).replace(" ", "")) for cue in captions]
    seconds = [cue.end - cue.start for cue in captions]
    assert len(captions) > 1
    for length, shown_for in zip(lengths[:-1], seconds[:-1], strict=True):
        assert shown_for == pytest.approx(10.0 * length / sum(lengths))


def test_a_letter_with_its_signs_is_one_sign() -> None:
    assert graphemes("কি") == 1
    assert graphemes("কার্নেল") < len("কার্নেল")
    assert graphemes("abc") == 3


@given(st.lists(st.tuples(TEXTS, st.floats(0.5, 12)), min_size=1, max_size=5))
def test_the_srt_file_reads_back_with_every_cue_in_its_time(
    beats: list[tuple[str, float]],
) -> None:
    captions: list[Cue] = []
    at = 0.0
    for text, speech in beats:
        captions += cues(text, at, speech, at + speech + 0.4)
        at += speech + 0.4
    read = list(srt.parse(to_srt(captions)))
    assert [one.index for one in read] == list(range(1, len(captions) + 1))
    assert [tuple(one.content.split("\n")) for one in read] == [cue.lines for cue in captions]
    for one, cue in zip(read, captions, strict=True):
        assert abs(one.start.total_seconds() - cue.start) <= 0.0006
    for before, after in pairwise(read):
        assert timedelta(0) <= before.start < before.end <= after.start
