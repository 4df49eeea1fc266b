"""The recording and the cards beside it, arranged by the format that is on stage."""

from __future__ import annotations

import pytest
from manim import RIGHT, UP, Group, tempconfig
from staging import HOUSE

from cnnviz.stage_format import TALL, WIDE
from cnnviz.visuals import words
from cnnviz.visuals.arrange import in_format
from scenes.shared._recognizer import ROWS, Watching, recognition

SEEN = HOUSE / "recordings" / "demo.json"


@pytest.fixture(scope="module", autouse=True)
def _no_manim_files(tmp_path_factory):
    with tempconfig({"media_dir": str(tmp_path_factory.mktemp("manim")), "verbosity": "WARNING"}):
        yield


def watching(language="bn"):
    watched = Watching(recognition(SEEN), 24, language)
    heading, origin = words("যা চিনল", 30), Group(words("Simulated", 30), words("Photographs", 25))
    watched.arrange(heading, origin)
    return watched, heading, origin


@pytest.mark.parametrize("format", [WIDE, TALL], ids=lambda format: format.name)
@pytest.mark.parametrize("language", ["bn", "en"])
def test_recording_texts_and_as_many_cards_as_have_room_are_in_the_safe_area(format, language):
    with in_format(format):
        watched, heading, origin = watching(language)
        watched.roll.place(0.0, [1.0] * len(watched.roll.moments))
        left, bottom, right, top = format.safe
        for part in (watched.screen, heading, origin, *watched.roll):
            assert part.get_left()[0] >= left - 2e-3
            assert part.get_right()[0] <= right + 2e-3
            assert part.get_bottom()[1] >= bottom
            assert part.get_top()[1] <= top
        assert 1 <= watched.roll.rows <= ROWS
        assert len(watched.roll) == min(watched.roll.rows, len(watched.roll.moments))
        parts = [watched.screen, heading, origin, watched.roll]
        assert not any(overlap(one, other) for one in parts for other in parts if one is not other)


def overlap(one, other):
    return all(
        min(one.get_corner(UP + RIGHT)[axis], other.get_corner(UP + RIGHT)[axis])
        > max(one.get_corner(-UP - RIGHT)[axis], other.get_corner(-UP - RIGHT)[axis])
        for axis in (0, 1)
    )


def test_in_the_wide_format_the_recording_is_shown_pixel_by_pixel_in_full():
    with in_format(WIDE):
        screen, _, _ = watching()
        rows, columns = screen.screen.pixel_array.shape[:2]
        assert screen.screen.height * 1080 / WIDE.height == pytest.approx(rows)
        assert screen.screen.width * 1080 / WIDE.height == pytest.approx(columns)
