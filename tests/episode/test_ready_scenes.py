"""The table of ready scenes in docs/writing-an-episode.md says what each one wants."""

from __future__ import annotations

import re

import pytest
from tiny import HOUSE

from cnnviz.episode.episode import ready_scenes
from cnnviz.episode.scene_source import read_source

ROW = re.compile(r"\| `(\w+)` \| [^|`]+ \| (.*) \| (.*) \|")
GUIDE = (HOUSE / "docs" / "writing-an-episode.md").read_text(encoding="utf-8")
ROWS = {row[1]: (row[2], row[3]) for row in map(ROW.fullmatch, GUIDE.split("\n")) if row}


def test_every_ready_scene_has_a_row() -> None:
    assert ROWS.keys() == ready_scenes(HOUSE).keys()


@pytest.mark.parametrize("name", ROWS)
def test_a_ready_scenes_row_has_its_labels_and_beats(name: str) -> None:
    source = read_source(ready_scenes(HOUSE)[name], HOUSE)
    labels, beats = (re.findall(r"`(\w+)`", cell) for cell in ROWS[name])
    assert labels == list(source.labels)
    assert beats == list(source.beats)
