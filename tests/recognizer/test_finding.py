from __future__ import annotations

from itertools import combinations
from pathlib import Path

import cv2
import numpy as np
import pytest
from drawn_frames import Picture, Quad, apart, lay, noisy, quad, table

from cnnviz.capture.simulated import PHOTOGRAPHS
from cnnviz.errors import UserError
from cnnviz.recognizer import finding
from cnnviz.recognizer.finding import MODES, check_mode, cut_out, find_cards
from cnnviz.recognizer.frames import WIDTH, fitted
from cnnviz.recognizer.training.dataset import Photograph, read_photographs, read_picture

ROOT = Path(__file__).parents[2]
ORIGINALS = ROOT.parent / "shared" / "cards" / "photos" / "labels.csv"


def find(frame: Picture) -> list[Quad]:
    return find_cards(frame, "auto-detect")


def only(frame: Picture) -> Quad:
    (found,) = find(frame)
    return found


def nearest(found: list[Quad], wanted: Quad) -> float:
    return min((apart(each, wanted) for each in found), default=np.inf)


@pytest.mark.parametrize("court", [False, True], ids=["plain", "court"])
@pytest.mark.parametrize(
    ("degrees", "tilt"), [(0, 0), (12, 0), (-35, 0), (60, 0), (0, 50), (0, -50), (30, 35)]
)
def test_a_card_is_found_to_half_a_pixel_however_it_lies(
    degrees: float, tilt: float, court: bool
) -> None:
    wanted = quad(320, 240, 180, degrees, tilt)
    assert apart(only(lay(table(), wanted, court=court)), wanted) < 0.5


@pytest.mark.parametrize("height", [110, 250, 420])
def test_near_and_far_cards_are_found(height: float) -> None:
    wanted = quad(320, 240, height, 5)
    assert apart(only(lay(table(), wanted)), wanted) < 0.5


def test_a_rounded_corner_is_where_it_would_be_if_it_were_not_rounded() -> None:
    wanted = quad(320, 240, 200, 20)
    rounded, sharp = (only(lay(table(), wanted, rounded=each)) for each in (True, False))
    assert apart(rounded, sharp) < 0.3


def test_several_cards_are_found_at_once() -> None:
    wanted = [quad(120, 130, 150, -20), quad(330, 150, 160, 3), quad(520, 300, 180, 75)]
    frame = table()
    for each in wanted:
        frame = lay(frame, each)
    found = find(frame)
    assert len(found) == 3
    assert max(nearest(found, each) for each in wanted) < 0.5


def test_the_upper_one_of_two_overlapping_cards_is_found() -> None:
    below, above = quad(270, 240, 200, -15), quad(350, 250, 200, 10)
    # It throws a shadow, as thin as a card: without one, white on white could not be seen.
    frame = lay(table(), below)
    frame = lay(frame, above + np.float32([-2, 2]), light=0.5)
    assert nearest(find(lay(frame, above)), above) < 1.5


def test_touching_cards_are_parted_by_the_hairline_between_them() -> None:
    left, right = quad(252, 240, 190), quad(252 + 190 * 63 / 88 + 3, 240, 190)
    found = find(lay(lay(table(), left), right, court=True))
    assert len(found) == 2
    assert max(nearest(found, left), nearest(found, right)) < 1


def test_a_white_card_on_a_white_table_is_found_by_its_shadow() -> None:
    wanted = quad(320, 240, 200, 25)
    white = np.full((480, 640, 3), 230, np.uint8)
    about = np.float32(wanted.mean(axis=0))
    shadow = lay(white, about + (wanted - about) * np.float32(1.02), light=0.75)
    assert apart(only(lay(shadow, wanted, light=0.94)), wanted) < 2


@pytest.mark.parametrize("light", [0.3, 0.6])
def test_dark_cards_in_noise_are_found(light: float) -> None:
    wanted = quad(320, 240, 200, 25)
    frame = noisy(lay(table(25), wanted, light=light), 4)
    assert apart(only(frame), wanted) < 1


def test_cards_on_patterned_cloth_are_found() -> None:
    rows, columns = np.mgrid[:480, :640]
    checked = ((rows // 24 + columns // 24) % 2).astype(np.uint8)[..., None]
    cloth = np.where(checked == 1, np.uint8([60, 110, 30]), np.uint8([150, 170, 140]))
    wanted = quad(300, 230, 220, 17)
    assert apart(only(lay(cloth, wanted)), wanted) < 1


def test_a_thumb_on_the_edge_does_not_bend_the_outline() -> None:
    wanted = quad(320, 240, 260, 8)
    frame = lay(table(), wanted)
    cv2.ellipse(frame, (int(wanted[3, 0]) + 10, 300), (38, 16), 0, 0, 360, (120, 150, 210), -1)
    assert apart(only(frame), wanted) < 1


def test_the_frame_printed_on_a_court_card_is_not_taken_for_a_card() -> None:
    # The outer edge is hard to see, the printed one is not.
    wanted = quad(320, 240, 260)
    pale = np.full((480, 640, 3), 195, np.uint8)
    assert apart(only(lay(pale, wanted, court=True)), wanted) < 0.5


@pytest.mark.parametrize(
    "frame",
    [
        np.zeros((480, 640, 3), np.uint8),
        np.full((480, 640, 3), 255, np.uint8),
        table(),
        noisy(np.full((480, 640, 3), 90, np.uint8), 25),
    ],
    ids=["black", "white", "table", "noise"],
)
def test_nothing_is_found_where_nothing_is(frame: Picture) -> None:
    assert find(frame) == []


def blank(corners: Quad) -> Picture:
    """A frame with a sheet of blank paper in it."""
    frame = table()
    cv2.fillConvexPoly(frame, np.rint(corners).astype(np.int32), (245, 245, 245), cv2.LINE_AA)
    return frame


def test_blank_paper_of_a_cards_shape_is_no_card() -> None:
    assert find(blank(quad(320, 240, 200, 10))) == []


def test_a_printed_square_is_no_card() -> None:
    square = np.float32([[220, 140], [420, 140], [420, 340], [220, 340]])
    frame = blank(square)
    cv2.circle(frame, (320, 240), 40, (20, 20, 20), -1)
    assert find(frame) == []


def test_found_cards_lie_beside_each_other() -> None:
    frame = table()
    for x in (150, 290, 430):
        frame = lay(frame, quad(x, 240, 180, x / 10), court=True)
    found = find(frame)
    assert len(found) >= 2
    for one, other in combinations(found, 2):
        shared, _ = cv2.intersectConvexConvex(one, other)
        assert shared < 0.3 * min(cv2.contourArea(one), cv2.contourArea(other))


def test_larger_frames_give_corners_in_their_own_pixels() -> None:
    wanted = quad(320, 240, 200, 15)
    frame = lay(table(), wanted)
    large = cv2.resize(frame, (1920, 1440), interpolation=cv2.INTER_LINEAR)
    assert apart(only(np.asarray(large, np.uint8)) / 3, wanted) < 1


def test_a_card_that_is_followed_is_found_without_a_contour(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    none = np.zeros((0, 4, 2), np.float32)
    monkeypatch.setattr(finding, "possible_cards", lambda frame: none)
    wanted = quad(320, 240, 240)
    frame = lay(table(), wanted)
    assert find(frame) == []
    near = find_cards(frame, "auto-detect", [wanted + np.float32([4, -3])])
    assert nearest(near, wanted) < 0.5


def test_while_all_followed_cards_are_there_others_need_a_search() -> None:
    old, new = quad(180, 240, 200), quad(450, 240, 200)
    frame = lay(lay(table(), old), new)
    (followed,) = find_cards(frame, "auto-detect", [old + np.float32(2)], search=False)
    assert apart(followed, old) < 0.5
    assert len(find_cards(frame, "auto-detect", [old], search=True)) == 2


def test_when_a_followed_card_is_lost_all_are_searched() -> None:
    old, new = quad(180, 240, 200), quad(450, 240, 200)
    found = find_cards(lay(table(), new), "auto-detect", [old], search=False)
    assert len(found) == 1
    assert apart(found[0], new) < 0.5


def test_a_card_that_was_taken_away_is_not_found_where_it_was() -> None:
    assert find_cards(table(), "auto-detect", [quad(320, 240, 200)]) == []


def test_the_corners_begin_at_the_top_left_of_the_upright_card() -> None:
    for degrees in (-80, -40, 0, 40, 80):
        wanted = quad(320, 240, 200, degrees)
        found = only(lay(table(), wanted))
        assert apart(found, wanted) < 0.5
        assert np.linalg.norm(found[1] - found[0]) < np.linalg.norm(found[3] - found[0])


def test_a_foreshortened_card_keeps_its_long_sides_vertical() -> None:
    wanted = quad(320, 240, 260, 0, 58)
    height = np.linalg.norm(wanted[3] - wanted[0])
    assert height < np.linalg.norm(wanted[2] - wanted[3])  # it looks broader than it is high
    assert apart(only(lay(table(), wanted)), wanted) < 1


def test_full_frame_is_one_card_shaped_box_in_the_middle() -> None:
    for height, width in ((480, 640), (720, 1280), (640, 200)):
        (box,) = find_cards(np.zeros((height, width, 3), np.uint8), "full-frame")
        assert box.mean(axis=0).tolist() == pytest.approx([width / 2, height / 2])
        (left, top), (right, bottom) = box[0], box[2]
        assert (right - left) / (bottom - top) == pytest.approx(63 / 88)
        assert 0 < left < right < width
        assert 0 < top < bottom < height
        assert box[1].tolist() == [right, top]


@pytest.mark.parametrize("mode", ["auto", "", "Full-Frame"])
def test_an_unknown_mode_is_named_with_the_known_ones(mode: str) -> None:
    for call in (lambda: check_mode(mode), lambda: find_cards(table(), mode)):
        with pytest.raises(UserError, match="choose auto-detect or full-frame") as caught:
            call()
        assert f"“{mode}”" in str(caught.value)
    for known in MODES:
        check_mode(known)


@pytest.mark.parametrize("degrees", [0, 35, -70])
@pytest.mark.parametrize("height", [150, 400])
def test_a_cut_out_card_stands_upright_and_fills_the_square(height: float, degrees: float) -> None:
    wanted = quad(320, 240, height, degrees)
    cut = cut_out(lay(table(), wanted), only(lay(table(), wanted)))
    assert cut.shape == (224, 224, 3)
    assert cut.dtype == np.uint8
    red, black = cut[47, 65].astype(int), cut[177, 65].astype(int)  # a pip's middle each
    assert red[2] > 150
    assert red[0] < 90
    assert black.max() < 90
    assert (cut[[8, 112, 215]][:, [18, 112, 205]] > 200).all()  # white nearly to its edges


def test_a_large_card_is_made_smaller_without_losing_fine_lines() -> None:
    frame = np.full((2000, 1500, 3), 255, np.uint8)
    frame[::8] = 0  # every eighth row: one of eight parts of black is left of it
    corners = np.float32([[0, 0], [1500, 0], [1500, 2000], [0, 2000]]) - np.float32(0.5)
    cut = cut_out(frame, corners)
    assert cut.mean() == pytest.approx(255 * 7 / 8, abs=3)
    assert cut.std() < 25


def clear_boxes(photograph: Photograph) -> tuple[Picture, list[np.ndarray], list[np.ndarray]]:
    """The photograph as a camera's frame, the boxes of all cards and of the clear ones."""
    picture = read_picture(photograph.path)
    frame = fitted(picture)
    scale = WIDTH / picture.shape[1]
    every = [np.array([box.x0, box.y0, box.x1, box.y1]) * scale for box in photograph.boxes]
    clear = [box for box, row in zip(every, photograph.boxes, strict=True) if row.clear]
    return frame, every, clear


def share(quad: Quad, box: np.ndarray) -> float:
    """Intersection over union of a quadrangle's box and `box`."""
    low, high = quad.min(axis=0), quad.max(axis=0)
    common = np.maximum(0, np.minimum(high, box[2:]) - np.maximum(low, box[:2])).prod()
    return float(common / ((high - low).prod() + (box[2:] - box[:2]).prod() - common))


def measured(photographs: list[Photograph]) -> tuple[float, float]:
    """The share of clear cards that are found, and what else is found, a photograph."""
    hits, false = [], 0
    for photograph in photographs:
        frame, every, clear = clear_boxes(photograph)
        found = find(frame)
        hits += [max((share(each, box) for each in found), default=0) >= 0.7 for box in clear]
        false += sum(max(share(each, box) for box in every) < 0.5 for each in found)
    return float(np.mean(hits)), false / len(photographs)


def test_cards_are_found_in_real_photographs() -> None:
    recall, false = measured(read_photographs(PHOTOGRAPHS))
    assert recall >= 0.9
    assert false <= 0.3


@pytest.mark.skipif(not ORIGINALS.exists(), reason="the original photographs are not here")
def test_cards_are_found_in_many_photographs() -> None:
    recall, false = measured(read_photographs(ORIGINALS)[::4])
    assert recall >= 0.9
    assert false <= 0.3
