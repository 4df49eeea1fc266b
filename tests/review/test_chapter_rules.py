"""What YouTube would object to in a film's chapters."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import accumulate
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from planned import of_rule, planned
from tiny import Project, replace_in

from cnnviz.review.chapter_rules import chapter_findings
from cnnviz.review.finding import Finding
from cnnviz.script.chapters import SHORTEST_CHAPTER
from cnnviz.studio.film_texts import chapters, description
from cnnviz.studio.production import Production

pytestmark = pytest.mark.usefixtures("one_process")

THIRD = """\
  - id: third
    title: TITLE
    beats:
      last: TEXT
"""
SCENE = """\
from cnnviz.stage.lesson import Lesson


class Third(Lesson):
    def construct(self):
        with self.beat("last"):
            pass
"""


@pytest.fixture
def long(tiny_project: Project) -> Project:
    """The tiny project with a third scene; every scene is longer than ten seconds."""
    for path, title, text in (
        (tiny_project.script, "তৃতীয় দৃশ্য", "এই হলো শেষ।"),
        (tiny_project.english, "The third scene", "This is the end."),
    ):
        scene = THIRD.replace("TITLE", title).replace("TEXT", text)
        path.write_text(path.read_text(encoding="utf-8") + scene, encoding="utf-8")
    tiny_project.scene("third").write_text(SCENE, encoding="utf-8")
    for beat in ("first.shown", "second.drawn", "third.last"):
        tiny_project.record(beat, 10.0)
    return tiny_project


def rules(findings: list[Finding]) -> set[str]:
    return {finding.rule for finding in findings}


def test_good_chapters_are_left_in_peace(long: Project) -> None:
    for language in ("bn", "en"):
        assert chapter_findings(planned(long, language)) == []


def test_a_film_of_two_chapters(long: Project) -> None:
    long.record("third.last", 2.0)
    [told] = chapter_findings(planned(long))
    assert (told.rule, told.severity, told.file) == ("chapter-count", "error", long.script)
    assert told.message.endswith("here are 2")


def test_a_film_that_is_one_short_chapter(tiny_project: Project) -> None:
    assert rules(chapter_findings(planned(tiny_project))) == {"chapter-count", "chapter-length"}


def test_two_chapters_of_one_name(long: Project) -> None:
    replace_in(long.script, "title: দ্বিতীয় দৃশ্য", "title: প্রথম দৃশ্য")
    [told] = chapter_findings(planned(long))
    assert (told.rule, told.message) == ("chapter-title", "2 chapters are called “প্রথম দৃশ্য”")


@pytest.mark.parametrize(
    ("line", "broken"),
    [
        ("0:00 শুরু", {"chapter-list", "chapter-length"}),
        ("0:20 মাঝখান", {"chapter-list", "chapter-start", "chapter-order"}),
        ("0:00", {"chapter-list", "chapter-length", "chapter-title"}),
    ],
)
def test_a_time_that_somebody_wrote_into_the_description(
    long: Project, line: str, broken: set[str]
) -> None:
    replace_in(long.script, "  দুই দৃশ্যের একটা ছোট ছবি।", f"  ছোট ছবি।\n  {line}")
    found = chapter_findings(planned(long))
    assert rules(found) == broken
    [told] = of_rule("chapter-list", found)
    assert line in told.message


@pytest.mark.parametrize("line", ["ক্লাস 10:30 থেকে", "1:1 মাপে", "3:4:5 ত্রিভুজ"])
def test_what_is_no_time_at_the_beginning_of_a_line(long: Project, line: str) -> None:
    replace_in(long.script, "  দুই দৃশ্যের একটা ছোট ছবি।", f"  ছোট ছবি।\n  {line}")
    assert chapter_findings(planned(long)) == []


def test_a_chapter_that_is_too_short(long: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    long.record("third.last", 2.0)
    monkeypatch.setattr("cnnviz.script.chapters.SHORTEST_CHAPTER", 1)
    [told] = chapter_findings(planned(long))
    assert told.rule == "chapter-length"
    assert told.message == "the chapter “তৃতীয় দৃশ্য” lasts 5 s"


@st.composite
def films(draw: st.DrawFn) -> Production:
    """A film of which nothing is known but its clock: scenes that differ, many near ten seconds."""
    fps = draw(st.sampled_from([15, 30, 60]))
    near = st.integers(-2, 2).map(lambda frames: SHORTEST_CHAPTER * fps + frames)
    lengths = draw(st.lists(st.integers(1, 40 * fps) | near, min_size=1, max_size=12))
    *starts, end = accumulate(lengths, initial=0)
    names = [f"scene {number}" for number in range(len(lengths))]
    slots = {name: (SimpleNamespace(start=at),) for name, at in zip(names, starts, strict=True)}
    script = SimpleNamespace(
        scenes=[SimpleNamespace(id=name, title=name) for name in names],
        description="A film.",
        path=Path("bn.yaml"),
    )
    film = SimpleNamespace(
        quality=SimpleNamespace(fps=fps), script=script, slots_of=slots.get, frames=end
    )
    return cast(Production, film)


@given(films())
def test_chapters_that_the_studio_lists_never_break_a_rule(film: Production) -> None:
    too_few = {"chapter-count"} if len(chapters(film)) < 3 else set()
    too_short = {"chapter-length"} if film.frames < SHORTEST_CHAPTER * film.quality.fps else set()
    assert rules(chapter_findings(film)) == too_few | too_short


# --- the bundle -------------------------------------------------------------------------------


def bundled(production: Production, folder: Path) -> Path:
    text = json.dumps({"description": description(production)})
    (folder / "bundle.json").write_text(text, encoding="utf-8")
    return folder


def test_a_bundle_with_the_same_chapters(long: Project, tmp_path: Path) -> None:
    production = planned(long)
    assert chapter_findings(production, bundled(production, tmp_path)) == []


SPOILS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "another title": lambda data: {"description": data["description"].replace("প্রথম", "শেষ")},
    "another time": lambda data: {"description": data["description"].replace("0:00 ", "0:01 ")},
    "no chapters": lambda data: {"description": "A film."},
    "no description": lambda data: {},
    "no mapping": lambda data: [],
}


@pytest.mark.parametrize("spoiled", SPOILS)
def test_a_bundle_with_other_chapters(long: Project, tmp_path: Path, spoiled: str) -> None:
    production = planned(long)
    path = bundled(production, tmp_path) / "bundle.json"
    path.write_text(json.dumps(SPOILS[spoiled](json.loads(path.read_bytes()))), encoding="utf-8")
    [told] = chapter_findings(production, tmp_path)
    assert (told.rule, told.severity, told.file) == ("chapter-list", "error", path)


@pytest.mark.parametrize("content", [None, b"", b"{", b"\xff"])
def test_a_bundle_that_cannot_be_read(long: Project, tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "bundle.json").write_bytes(content)
    [told] = chapter_findings(planned(long), tmp_path)
    assert told.message == "it has no description that can be read"
