from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cnnviz.script.timeline import Slot
from cnnviz.studio.shares import SHORTEST, shares

FPS = 30


def film(scenes: list[list[int]]) -> list[Slot]:
    """A film whose scenes' beats are so many frames long."""
    slots, start = [], 0
    for number, lengths in enumerate(scenes):
        for index, frames in enumerate(lengths):
            slots.append(Slot(f"scene{number}", f"beat{index}", start, 0, frames, 0))
            start += frames
    return slots


films = st.lists(st.lists(st.integers(1, 900), min_size=1, max_size=9), min_size=1, max_size=6).map(
    film
)


@given(films, st.data(), st.integers(1, 16))
def test_every_wanted_beat_is_drawn_once_in_order_within_its_scene(
    slots: list[Slot], data: st.DataObject, workers: int
) -> None:
    wanted = data.draw(st.sets(st.sampled_from(slots)))
    found = shares(slots, wanted, workers, FPS)
    assert sorted(slot.start for share in found for slot in share) == sorted(
        slot.start for slot in wanted
    )
    for share in found:
        assert len({slot.scene for slot in share}) == 1
        assert share == sorted(share, key=lambda slot: slot.start)


@given(films, st.integers(1, 16))
def test_the_longest_comes_first(slots: list[Slot], workers: int) -> None:
    lengths = [sum(slot.frames for slot in share) for share in shares(slots, slots, workers, FPS)]
    assert lengths == sorted(lengths, reverse=True)


def test_a_long_scene_is_divided_for_two_workers_and_a_short_one_is_not() -> None:
    long, short = [300] * 12, [60] * 3
    found = shares(film([long, short]), film([long, short]), 2, FPS)
    assert {len(share) for share in found if share[0].scene == "scene0"} == {1, 2}
    assert [len(share) for share in found if share[0].scene == "scene1"] == [3]


def test_scenes_are_not_cut_into_crumbs_however_many_workers_there_are() -> None:
    slots = film([[FPS] * 20])
    found = shares(slots, slots, 64, FPS)
    assert all(sum(slot.frames for slot in share) >= SHORTEST * FPS / 2 for share in found)
    assert len(found) > 1


def test_nothing_to_draw_gives_no_shares() -> None:
    assert shares(film([[10]]), [], 2, FPS) == []
