from __future__ import annotations

from itertools import combinations, pairwise

import numpy as np
import pytest
from numpy.typing import ArrayLike, NDArray

from cnnviz.visuals.theme import (
    ACCENT,
    BODY,
    GROUND,
    HEADING,
    LABEL,
    MUTED,
    PANEL,
    SMALL,
    TEXT,
    TITLE,
    Role,
    diverging,
    grey,
    hex_colour,
    readable_on,
)

# Machado, Oliveira and Fernandes, "A Physiologically-based Model for Simulation of Color Vision
# Deficiency" (2009), severity 1.0; on linear RGB.
SIGHT = {
    "common": np.eye(3),
    "protan": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deutan": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "tritan": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}
VALUES = np.linspace(-4, 4, 161)
JUST_SEEN = 2.3  # ΔE of Mahy, Van Eycken and Oosterlinck (1994)


def linear(srgb: ArrayLike) -> NDArray[np.float64]:
    share = np.asarray(srgb, dtype=float) / 255
    return np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)


def lab(linear_rgb: NDArray[np.float64]) -> NDArray[np.float64]:
    """CIELAB under D65."""
    to_xyz = np.array(
        [
            [0.4124564, 0.3575761, 0.1804375],
            [0.2126729, 0.7151522, 0.0721750],
            [0.0193339, 0.1191920, 0.9503041],
        ]
    )
    xyz = to_xyz @ np.clip(linear_rgb, 0, 1) / [0.95047, 1.0, 1.08883]
    x, y, z = np.where(xyz > 216 / 24389, np.cbrt(xyz), (24389 / 27 * xyz + 16) / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def apart(one: ArrayLike, other: ArrayLike, sight: str = "common") -> float:
    """ΔE of two sRGB triples as one kind of eye sees them."""
    matrix = SIGHT[sight]
    return float(np.linalg.norm(lab(matrix @ linear(one)) - lab(matrix @ linear(other))))


def triple(colour: str) -> tuple[int, ...]:
    return tuple(int(colour[i : i + 2], 16) for i in (1, 3, 5))


def contrast(one: str, other: str) -> float:
    """WCAG 2.2, success criterion 1.4.3."""
    light = [float(linear(triple(each)) @ [0.2126, 0.7152, 0.0722]) for each in (one, other)]
    return (max(light) + 0.05) / (min(light) + 0.05)


def test_the_measures_agree_with_published_values():
    assert contrast("#FFFFFF", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)
    assert apart((255, 255, 255), (0, 0, 0)) == pytest.approx(100, abs=0.01)
    assert apart((255, 0, 0), (0, 255, 0), "deutan") < apart((255, 0, 0), (0, 255, 0))


@pytest.mark.parametrize("vivid", [False, True])
def test_zero_is_neutral_and_no_other_value_is(vivid):
    red, green, blue = diverging(0, 4, vivid=vivid).astype(int)
    ground = np.array(triple(GROUND))
    assert max(red, green, blue) - min(red, green, blue) < 30, "close to grey"
    assert np.abs([red, green, blue] - ground).max() < 40, "close to the ground"
    for value in VALUES[np.abs(VALUES) >= 0.5]:
        assert apart(diverging(0, 4, vivid=vivid), diverging(value, 4, vivid=vivid)) > JUST_SEEN


@pytest.mark.parametrize("vivid", [False, True])
def test_below_zero_is_bluer_than_zero_and_above_is_more_orange(vivid):
    zero = diverging(0, 4, vivid=vivid).astype(int)
    for value in (0.5, 1, 3, 4):
        below, above = diverging([-value, value], 4, vivid=vivid).astype(int) - zero
        assert below[2] > below[0], "blue grows more than red"
        assert above[0] > above[1] > above[2], "red grows most, blue least"


@pytest.mark.parametrize("vivid", [False, True])
def test_both_signs_go_the_same_share_of_their_way(vivid):
    zero = diverging(0, 4, vivid=vivid).astype(float)
    for sign in (-1, 1):
        full = diverging(sign * 4, 4, vivid=vivid) - zero
        for value in (1, 2, 3):
            part = diverging(sign * value, 4, vivid=vivid) - zero
            assert part == pytest.approx(full * value / 4, abs=0.51)


@pytest.mark.parametrize("vivid", [False, True])
@pytest.mark.parametrize("sign", [-1, 1])
def test_a_larger_value_never_looks_weaker(vivid, sign):
    zero = diverging(0, 4, vivid=vivid)
    steps = [apart(zero, diverging(sign * v, 4, vivid=vivid)) for v in np.linspace(0, 4, 41)]
    assert all(later >= earlier for earlier, later in pairwise(steps))


def test_beyond_the_limit_the_colour_stays_full():
    assert np.array_equal(diverging([9, -9], 4), diverging([4, -4], 4))
    assert np.array_equal(grey([9, -9], 4), grey([4, 0], 4))


def test_a_map_of_zeros_has_a_colour_too():
    assert np.array_equal(diverging([0, 0], 0), diverging([0, 0], 1))
    assert np.array_equal(grey([0], 0), grey([0], 1))


@pytest.mark.parametrize("sight", SIGHT)
@pytest.mark.parametrize("vivid", [False, True])
def test_the_sign_is_told_by_every_kind_of_eye(sight, vivid):
    for value, least in ((0.5, 10), (1, 20), (2, 40), (4, 80)):
        signs = diverging(-value, 4, vivid=vivid), diverging(value, 4, vivid=vivid)
        assert apart(*signs, sight) > least
        for one in signs:
            assert apart(one, diverging(0, 4, vivid=vivid), sight) > JUST_SEEN


@pytest.mark.parametrize("sight", SIGHT)
def test_roles_and_emphasis_are_told_apart_by_every_kind_of_eye(sight):
    colours = {**{role.name: role.value for role in Role}, "accent": ACCENT, "text": TEXT}
    for (one, first), (other, second) in combinations(colours.items(), 2):
        assert apart(triple(first), triple(second), sight) > 10, (one, other)


def test_brightness_rises_with_the_value():
    light = [float(linear(shade) @ [0.2126, 0.7152, 0.0722]) for shade in grey(range(256), 255)]
    assert light == sorted(light)
    assert light[-1] / light[0] > 50


@pytest.mark.parametrize(
    "shades",
    [diverging(VALUES, 4), grey(VALUES, 4), [triple(GROUND), triple(PANEL)]],
    ids=["signed", "grey", "grounds"],
)
def test_digits_are_readable_on_every_cell(shades):
    for shade in shades:
        cell = hex_colour(shade)
        assert contrast(readable_on(cell), cell) >= 4.5, cell


@pytest.mark.parametrize("ground", [GROUND, PANEL])
@pytest.mark.parametrize("colour", [TEXT, MUTED, ACCENT, *(role.value for role in Role)])
def test_texts_are_readable_on_the_ground(colour, ground):
    assert contrast(colour, ground) >= 4.5


def test_colours_are_written_as_hexadecimal_triples():
    assert hex_colour((0, 15, 255)) == "#000FFF"
    assert hex_colour(diverging(0, 1)) == hex_colour(diverging([0], 1)[0])


def test_arrays_of_any_shape_get_three_bytes_a_value():
    for shape in ((), (3,), (2, 5)):
        shades = diverging(np.zeros(shape), 1)
        assert shades.shape == (*shape, 3)
        assert shades.dtype == np.uint8


def test_sizes_fall_from_title_to_small():
    sizes = [TITLE, HEADING, BODY, LABEL, SMALL]
    assert sizes == sorted(set(sizes), reverse=True)
