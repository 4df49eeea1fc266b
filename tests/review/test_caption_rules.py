"""What the review objects to in captions and in files of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from planned import of_rule, place, planned
from tiny import Project, replace_in

from cnnviz.review.caption_rules import caption_findings
from cnnviz.review.finding import Finding
from cnnviz.script.captions import to_srt
from cnnviz.studio.film_texts import captions
from cnnviz.studio.production import Production

pytestmark = pytest.mark.usefixtures("one_process")

DRAWN = "একটা চৌকো আঁকি।"


@pytest.fixture
def calm(tiny_project: Project) -> Project:
    """The tiny project, said slowly enough for everybody to read along."""
    for beat in ("first.shown", "first.summed", "first.moved", "second.drawn", "second.turned"):
        tiny_project.record(beat, 3.0)
    return tiny_project


def written(production: Production, folder: Path) -> Path:
    for language in production.scripts:
        text = to_srt(captions(production, language))
        (folder / f"captions.{language}.srt").write_text(text, encoding="utf-8")
    return folder


def test_good_captions_are_left_in_peace(calm: Project, tmp_path: Path) -> None:
    for language in ("bn", "en"):
        production = planned(calm, language)
        assert caption_findings(production, written(production, tmp_path)) == []


# --- as the script gives them -----------------------------------------------------------------


def test_a_word_that_no_line_can_hold(calm: Project) -> None:
    edit = replace_in(calm.script, DRAWN, "ক" * 42 + " " + "ক" * 43)
    found = of_rule("caption-lines", caption_findings(planned(calm)))
    assert [place(one) for one in found] == [("second", "drawn", "bn.yaml", edit.line)]
    assert "has 43 signs" in found[0].message
    assert found[0].severity == "error"


# Its 28 signs stay for the pause after the words, too, which is 0.4 seconds.
@pytest.mark.parametrize(
    ("seconds", "severity"), [(0.6, "error"), (1.0, "warning"), (1.1, "warning"), (1.3, None)]
)
def test_words_that_pass_too_quickly(calm: Project, seconds: float, severity: str | None) -> None:
    edit = replace_in(calm.english, "Let us draw a square.", "We draw a square here, see i")
    calm.record("second.drawn", seconds)
    found = of_rule("caption-speed", caption_findings(planned(calm)))
    assert [(one.severity, *place(one)) for one in found] == (
        [(severity, "second", "drawn", "en.yaml", edit.line)] if severity else []
    )


def test_a_word_that_flashes_by(calm: Project) -> None:
    edit = replace_in(calm.script, DRAWN, "না।")
    calm.record("second.drawn", 0.3)
    found = of_rule("caption-time", caption_findings(planned(calm)))
    bengali = [one for one in found if one.file == calm.script]
    assert [place(one) for one in bengali] == [("second", "drawn", "bn.yaml", edit.line)]
    assert "is shown for 0.7" in bengali[0].message


def test_a_word_that_stays_too_long(calm: Project) -> None:
    replace_in(calm.script, DRAWN, "না।")
    calm.record("second.drawn", 8.0)
    [told] = of_rule("caption-time", caption_findings(planned(calm)))
    assert told.file == calm.script
    assert "is shown for 8.0 s" in told.message


@pytest.mark.parametrize("markup", ["<i>square</i>", "square &amp; circle"])
def test_markup(calm: Project, markup: str) -> None:
    replace_in(calm.english, "draw a square", f"draw a {markup}")
    [told] = of_rule("caption-markup", caption_findings(planned(calm)))
    assert (told.scene, told.beat, told.severity) == ("second", "drawn", "error")


def test_what_only_looks_like_markup(calm: Project) -> None:
    replace_in(calm.english, "draw a square", "draw a square, 1 < 2 > 0 & so on")
    assert of_rule("caption-markup", caption_findings(planned(calm))) == []


# --- files ------------------------------------------------------------------------------------

Spoil = Callable[[str], str | bytes]

FILES: dict[str, tuple[Spoil, str]] = {
    "another encoding": (lambda text: text.encode("utf-16"), "is not UTF-8 text"),
    "no times in it": (lambda text: "Just words.\n", "cannot be read as SRT"),
    "half of it": (lambda text: text[: len(text) // 2 + 7], "does not say what the script says"),
    "empty": (lambda text: "", "does not say what the script says"),
    "other words": (lambda text: text.replace("square", "box"), "does not say what"),
    "another time": (lambda text: text.replace("00:00:0", "00:00:1", 1), "does not say what"),
}


@pytest.mark.parametrize("spoiled", FILES)
def test_a_file_that_is_not_the_scripts(calm: Project, tmp_path: Path, spoiled: str) -> None:
    production = planned(calm)
    path = written(production, tmp_path) / "captions.en.srt"
    spoil, says = FILES[spoiled]
    text = spoil(path.read_text(encoding="utf-8"))
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    [told] = of_rule("caption-file", caption_findings(production, tmp_path))
    assert says in told.message
    assert (told.severity, told.file) == ("error", path)


def test_a_file_that_is_missing(calm: Project, tmp_path: Path) -> None:
    production = planned(calm)
    (written(production, tmp_path) / "captions.bn.srt").unlink()
    [told] = caption_findings(production, tmp_path)
    assert (told.rule, told.file) == ("caption-file", tmp_path / "captions.bn.srt")
    assert told.message == "cannot be read: No such file or directory"


def spoil_file(production: Production, folder: Path, rule: str, old: str, new: str) -> Finding:
    path = written(production, folder) / "captions.en.srt"
    replace_in(path, old, new)
    [told] = of_rule(rule, caption_findings(production, folder))
    assert told.file == path
    assert told.severity == ("warning" if rule == "caption-gap" else "error")
    return told


def test_captions_of_a_file_that_overlap(calm: Project, tmp_path: Path) -> None:
    production = planned(calm)
    second = captions(production, "en")[1]
    at, early = f"{second.start:06.3f}".replace(".", ","), f"{second.start - 0.6:06.3f}"
    told = spoil_file(
        production, tmp_path, "caption-order", f"00:00:{at} -->", f"00:00:{early} -->"
    )
    assert "begins before the one before it ends" in told.message
    assert (told.scene, told.beat) == ("first", "shown")


def test_captions_of_a_file_that_flicker(calm: Project, tmp_path: Path) -> None:
    production = planned(calm)
    first, second, *_ = captions(production, "en")
    end, late = (f"{at:06.3f}".replace(".", ",") for at in (first.end, second.start - 0.05))
    told = spoil_file(production, tmp_path, "caption-gap", f"--> 00:00:{end}", f"--> 00:00:{late}")
    assert "a gap of 0.05 s" in told.message
    assert (told.scene, told.beat) == ("first", "summed")


def test_a_caption_of_a_file_that_outlives_the_film(calm: Project, tmp_path: Path) -> None:
    production = planned(calm)
    end = f"{captions(production, 'en')[-1].end:06.3f}".replace(".", ",")
    told = spoil_file(production, tmp_path, "caption-order", f"--> 00:00:{end}", "--> 00:00:59,000")
    assert "ends after the film" in told.message
    assert (told.scene, told.beat) == ("second", "turned")


def test_a_caption_of_a_file_that_ends_before_it_begins(calm: Project, tmp_path: Path) -> None:
    production = planned(calm)
    end = f"{captions(production, 'en')[-1].end:06.3f}".replace(".", ",")
    told = spoil_file(production, tmp_path, "caption-order", f"--> 00:00:{end}", "--> 00:00:01,000")
    assert "ends before it begins" in told.message


def test_a_caption_of_a_file_with_three_lines(calm: Project, tmp_path: Path) -> None:
    old, new = "Let us draw a square.", "Let us\ndraw\na square."
    told = spoil_file(planned(calm), tmp_path, "caption-lines", old, new)
    assert "has 3 lines" in told.message
    assert (told.scene, told.beat) == ("second", "drawn")


def test_markup_in_a_file(calm: Project, tmp_path: Path) -> None:
    old, new = "Let us draw", "{\\an8}Let us draw"
    told = spoil_file(planned(calm), tmp_path, "caption-markup", old, new)
    assert (told.scene, told.beat) == ("second", "drawn")
