"""Files are held to their shapes, and what does not fit is said with its place."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest

from cnnviz.errors import UserError
from cnnviz.models import (
    Amount,
    Count,
    Flag,
    Is,
    Number,
    Positive,
    Share,
    Text,
    read_json,
    read_shape,
    shaped,
)


@dataclass(frozen=True)
class Card:
    number: Positive
    name: Text | None
    sure: Share
    corner: tuple[Number, Number]


@dataclass(frozen=True)
class Film:
    fps: Positive
    seconds: Amount
    shown: Count
    simulated: Flag
    versions: dict[str, Text]
    cards: Annotated[tuple[Card, ...], Is("a list of two", lambda cards: len(cards) == 2)]
    kind: Literal["film"] = "film"


CARD = {"number": 1, "name": None, "sure": 0.5, "corner": [1, 2.5]}
FILM = {
    "fps": 30,
    "seconds": 2,
    "shown": 0,
    "simulated": True,
    "versions": {"a": "1"},
    "cards": [CARD, CARD],
}


def written(folder: Path, value: Any) -> Path:
    path = folder / "film.json"
    path.write_text(json.dumps(value), encoding="utf-8")
    return path


def test_a_file_is_read_as_its_shape_and_other_keys_are_passed_over(tmp_path: Path) -> None:
    film = read_shape(written(tmp_path, FILM | {"more": 1}), Film, "make it again")
    card = Card(1, None, 0.5, (1.0, 2.5))
    assert film == Film(30, 2.0, 0, True, {"a": "1"}, (card, card))


@pytest.mark.parametrize("holder", [FILM | {"more": 1}, FILM | {"cards": [CARD | {"more": 1}] * 2}])
def test_where_a_shape_is_meant_exactly_other_keys_are_mistakes(holder: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="more"):
        shaped(holder, Film, exact=True)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"fps": 0}, "fps is not a whole number from 1"),
        ({"fps": "30"}, "fps is not a whole number from 1"),
        ({"fps": 30.0}, "fps is not a whole number from 1"),
        ({"fps": True}, "fps is not a whole number from 1"),
        ({"seconds": -0.1}, "seconds is not a number from 0"),
        ({"seconds": float("nan")}, "seconds is not a number from 0"),
        ({"seconds": float("inf")}, "seconds is not a number from 0"),
        ({"shown": -1}, "shown is not a whole number from 0"),
        ({"simulated": 1}, "simulated is not true or false"),
        ({"versions": []}, "versions is not an object"),
        ({"versions": {"a": ""}}, "versions.a is not a text"),
        ({"versions": {"a": 1}}, "versions.a is not a text"),
        ({"cards": {}}, "cards is not a list of two"),
        ({"cards": [CARD]}, "cards is not a list of two"),
        ({"cards": [CARD, 3]}, "cards[1] is not an object"),
        ({"cards": [CARD, CARD | {"name": 3}]}, "cards[1].name is not a text"),
        ({"cards": [CARD, CARD | {"sure": 1.5}]}, "cards[1].sure is not a number from 0 to 1"),
        ({"cards": [CARD | {"corner": [1, 2, 3]}, CARD]}, "cards[0].corner is not a list of 2"),
        ({"cards": [CARD | {"corner": [1]}, CARD]}, "cards[0].corner[1] is missing"),
        ({"cards": [CARD | {"corner": [1, None]}, CARD]}, "cards[0].corner[1] is not a number"),
        ({"kind": "song"}, "kind is not 'film'"),
    ],
)
def test_what_does_not_fit_is_said_in_one_line_with_its_place(
    tmp_path: Path, change: dict[str, Any], said: str
) -> None:
    path = written(tmp_path, FILM | change)
    with pytest.raises(UserError) as caught:
        read_shape(path, Film, "make it again")
    assert str(caught.value) == f"{path}: {said} — make it again"


@pytest.mark.parametrize("value", [None, 3, "film", []])
def test_a_file_of_something_else_is_said(tmp_path: Path, value: Any) -> None:
    with pytest.raises(UserError, match=r"film\.json: this is not an object — make it again$"):
        read_shape(written(tmp_path, value), Film, "make it again")


def test_the_first_of_many_mistakes_is_said(tmp_path: Path) -> None:
    path = written(tmp_path, {"fps": 0})
    with pytest.raises(UserError, match="fps is not"):
        read_shape(path, Film, "make it again")


@pytest.mark.parametrize(
    ("data", "line"), [(b'{\n"a": 1,\n}', 3), (b"", 1), (b"\xff", None), (b"[" * 100_000, None)]
)
def test_damaged_json_is_said_with_its_line_where_it_has_one(
    tmp_path: Path, data: bytes, line: int | None
) -> None:
    path = tmp_path / "film.json"
    path.write_bytes(data)
    with pytest.raises(UserError) as caught:
        read_json(path, "make it again")
    error = caught.value
    assert (error.message, error.file, error.line) == ("damaged JSON", path, line)
    assert error.hint == "make it again"


def test_a_file_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="Is a directory"):
        read_json(tmp_path, "make it again")


def test_shapes_are_written_down_without_waiting_for_the_library() -> None:
    program = (
        "import sys, cnnviz.capture.sidecar, cnnviz.review.finished, cnnviz.review.sealed\n"
        "import cnnviz.publish.journal, cnnviz.studio.listing, cnnviz.studio.make\n"
        "sys.exit('pydantic' in sys.modules)"
    )
    path = os.pathsep.join(filter(None, sys.path))
    done = subprocess.run(
        [sys.executable, "-c", program], env={**os.environ, "PYTHONPATH": path}, check=False
    )
    assert done.returncode == 0
