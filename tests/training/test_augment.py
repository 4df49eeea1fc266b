from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest
from numpy.random import Generator

from cnnviz.recognizer.training import augment
from cnnviz.recognizer.training.augment import fitted, light, place, random_angle, random_quad, warp

SQUARE = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32)


def picture_of(seed: int, size: int = 96) -> np.ndarray:
    coarse = np.random.default_rng(seed).integers(0, 256, (6, 6, 3)).astype(np.uint8)
    return cv2.resize(coarse, (size, size), interpolation=cv2.INTER_CUBIC)


# --- light ----------------------------------------------------------------------------------


@pytest.mark.parametrize("change", [change for _, change in augment._CHANGES])
@pytest.mark.parametrize("size", [112, 224])
def test_every_change_keeps_size_and_kind_and_changes_something(
    change: Callable[[Generator, np.ndarray], np.ndarray], size: int
) -> None:
    picture = picture_of(1, size)
    before = picture.copy()
    different = 0
    for seed in range(5):
        changed = change(np.random.default_rng(seed), picture)
        assert changed.shape == (size, size, 3)
        assert changed.dtype == np.uint8
        different += not np.array_equal(changed, before)
    assert different
    assert np.array_equal(picture, before)  # the one given stays as it was


def test_light_is_the_same_for_the_same_seed_and_another_for_another() -> None:
    picture = picture_of(2)
    first, again, other = (light(np.random.default_rng(seed), picture) for seed in (3, 3, 4))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_without_strength_light_leaves_the_picture_alone() -> None:
    picture = picture_of(2)
    for seed in range(20):
        assert np.array_equal(light(np.random.default_rng(seed), picture, 0), picture)


def test_less_strength_spoils_fewer_pictures() -> None:
    picture = picture_of(2, 48)

    def spoilt(strength: float) -> int:
        lit = (light(np.random.default_rng(seed), picture, strength) for seed in range(60))
        return sum(not np.array_equal(each, picture) for each in lit)

    assert 5 < spoilt(0.1) < spoilt(1) - 10


def test_a_card_stays_recognizable_in_most_light() -> None:
    """Bright and dark places stay what they are: the network must have something to go by."""
    picture = picture_of(5)
    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY).astype(float).ravel()
    alike = []
    for seed in range(60):
        lit = light(np.random.default_rng(seed), picture)
        seen = cv2.cvtColor(lit, cv2.COLOR_BGR2GRAY).astype(float).ravel()
        alike.append(np.corrcoef(grey, seen)[0, 1])
    assert np.median(alike) > 0.8


# --- geometry -------------------------------------------------------------------------------


def test_angles_are_mostly_upright_but_all_of_them_occur() -> None:
    rng = np.random.default_rng(1)
    angles = np.array([random_angle(rng) for _ in range(4000)])
    from_upright = np.abs((angles + 180) % 360 - 180)
    assert 0.55 < (from_upright < 20).mean() < 0.8
    for quarter in (90, 180, 270):
        distance = np.abs((angles - quarter + 180) % 360 - 180)
        assert (distance < 20).mean() > 0.05


def test_a_card_before_the_camera_is_convex_and_never_seen_from_behind() -> None:
    for seed in range(300):
        rng = np.random.default_rng(seed)
        quad = random_quad(rng, 0.7, 1)
        assert quad.shape == (4, 2)
        edges = np.roll(quad, -1, axis=0) - quad
        following = np.roll(edges, -1, axis=0)
        turns = edges[:, 0] * following[:, 1] - edges[:, 1] * following[:, 0]
        assert (turns > 0).all()  # clockwise, as y grows downwards


@pytest.mark.parametrize(("tightest", "widest"), [(-0.05, -0.02), (0.0, 0.0), (0.05, 0.2)])
def test_a_fitted_card_has_the_wanted_margins(tightest: float, widest: float) -> None:
    size = 200
    for seed in range(100):
        rng = np.random.default_rng(seed)
        goal = fitted(rng, random_quad(rng, 0.7, 1), size, tightest, widest)
        low, high = goal.min(axis=0), goal.max(axis=0)
        extent = high - low
        # One axis always fills the picture but for its margins; the other may be given more room.
        margins = np.stack([low, size - high]) / extent
        assert (margins > tightest - 1e-4).all()
        assert margins.max(axis=0).min() < widest + 1e-4


def test_warping_onto_the_same_place_changes_nothing() -> None:
    picture = picture_of(3)
    corners = SQUARE * np.float32(96)
    assert np.array_equal(warp(picture, corners, 96, corners, cv2.BORDER_REPLICATE), picture)


def test_warping_brings_the_corners_to_their_goals() -> None:
    picture = np.zeros((100, 100, 3), np.uint8)
    picture[:50, :50] = (0, 0, 255)  # top left
    picture[50:, 50:] = (255, 0, 0)  # bottom right
    corners = SQUARE * np.float32(100)
    turned = np.roll(corners, -1, axis=0)  # a quarter clockwise: top left goes to top right
    moved = warp(picture, corners, 100, turned, cv2.BORDER_REPLICATE)
    assert moved[20, 80].tolist() == [0, 0, 255]
    assert moved[80, 20].tolist() == [255, 0, 0]
    assert moved[20, 20].tolist() == [0, 0, 0]


def test_fine_lines_turn_grey_when_shrunk_instead_of_being_skipped_over() -> None:
    lines = np.zeros((960, 960, 3), np.uint8)
    lines[::2] = 255
    small = warp(lines, SQUARE * np.float32(960), 60, SQUARE * np.float32(60), cv2.BORDER_REPLICATE)
    assert 100 < small[10:-10, 10:-10].mean() < 155
    assert small[10:-10, 10:-10].std() < 20


def test_only_the_opaque_part_of_a_card_covers_the_ground() -> None:
    ground = np.full((80, 80, 3), 100, np.uint8)
    card = np.full((40, 40, 4), (0, 0, 250, 255), np.uint8)
    card[:, 20:, 3] = 0
    placed = place(ground, card, SQUARE * np.float32(40) + np.float32(20))
    assert placed[40, 30].tolist() == [0, 0, 250]
    assert placed[40, 50].tolist() == [100, 100, 100]
    assert placed[5, 5].tolist() == [100, 100, 100]
