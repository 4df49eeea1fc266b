"""The figures of each lesson, worked out by hand, in the scenes where they belong."""

from __future__ import annotations

import math
from collections.abc import Iterable

import pytest
from manim import tempconfig
from staging import EPISODES, expected, main_script, played, scripts

from cnnviz.review.stage import Reading

FIGURES = [
    (episode, scene, figure)
    for episode in EPISODES
    for scene, figures in expected(episode).get("figures", {}).items()
    for figure in figures
]
SPELLED = [
    (episode, scene, line)
    for episode in EPISODES
    for scene, line in expected(episode).get("spelled", {}).items()
]


@pytest.fixture(scope="module", autouse=True)
def _no_manim_files(tmp_path_factory):
    with tempconfig({"media_dir": str(tmp_path_factory.mktemp("manim")), "verbosity": "WARNING"}):
        yield


def rows(text: str) -> list[list[str]]:
    """A matrix as it reads on screen."""
    return [row.split() for row in text.replace("-", "\N{MINUS SIGN}").split("/")]


def is_seen(matrix: list[list[str]], texts: Iterable[Reading]) -> bool:
    """Whether the matrix can be read in one place, its cells at equal distances."""
    places: dict[str, list[tuple[float, float]]] = {}
    for text in texts:
        if text.numbers and text.opacity > 0.3:
            middle = (text.box.left + text.box.right) / 2, (text.box.bottom + text.box.top) / 2
            places.setdefault(text.text, []).append(middle)
    return any(
        _fits(matrix, places, corner, beside[0] - corner[0])
        for corner in places.get(matrix[0][0], [])
        for beside in places.get(matrix[0][1], [])
        if beside[0] > corner[0] and abs(beside[1] - corner[1]) < 0.05
    )


def _fits(matrix, places, corner, step: float) -> bool:
    return all(
        any(
            math.dist((corner[0] + c * step, corner[1] - r * step), place) < 0.1 * step
            for place in places.get(cell, [])
        )
        for r, row in enumerate(matrix)
        for c, cell in enumerate(row)
    )


def stands_in(episode: str, scene: str, language: str, matrix: list[list[str]]) -> bool:
    rest = (glimpse for glimpse in played(episode, scene, language).glimpses if glimpse.still)
    return any(is_seen(matrix, glimpse.texts) for glimpse in rest)


@pytest.mark.parametrize(("episode", "scene", "figure"), FIGURES)
def test_the_figures_of_the_lesson_can_be_read_in_their_scene(episode, scene, figure):
    for language in scripts(episode):
        assert stands_in(episode, scene, language, rows(figure)), language


@pytest.mark.parametrize(("episode", "scene", "figure"), FIGURES)
def test_a_figure_with_one_wrong_cell_would_be_noticed(episode, scene, figure):
    language = main_script(episode).language
    height, width = len(rows(figure)), len(rows(figure)[0])
    for row, column in ((0, 0), (height // 2, width // 2), (height - 1, width - 1)):
        wrong = rows(figure)
        wrong[row][column] = "9"
        assert not stands_in(episode, scene, language, wrong)


@pytest.mark.parametrize(("episode", "scene", "line"), SPELLED)
def test_a_sum_is_spelled_out(episode, scene, line):
    lines = []
    for glimpse in played(episode, scene, main_script(episode).language).glimpses:
        low = sorted(
            (text for text in glimpse.texts if text.box.top < -2.2 and text.opacity > 0.9),
            key=lambda text: text.box.left,
        )
        lines.append("".join(text.text for text in low).replace(" ", ""))
    assert line in lines
