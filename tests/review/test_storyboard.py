"""What stands on the page, where it lies, and when it is written anew."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Callable, Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import av
import pytest
from boards import FINDINGS, board
from tiny import BUILD, OPTIONS, Done, Project, replace_in, run_jobs_here

from cnnviz.compute import conv2d, count, literal, max_pool2d, mean_pool2d, output_size, relu
from cnnviz.compute.number import Number
from cnnviz.compute.operations import operations
from cnnviz.review.finding import Finding
from cnnviz.review.storyboard.page import page
from cnnviz.review.storyboard.sums import sums
from cnnviz.review.storyboard.words import WORDS

Run = Callable[..., Done]
LOOK = ("storyboard", "tiny", "--voice", "recorded", "--workers", "1")


class Reader(HTMLParser):
    """The page's elements, by name, and its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]

    def sources(self, tag: str) -> list[str]:
        return [source for one in self.all(tag) if (source := one.get("src"))]


@pytest.fixture
def one_process(one_process: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Scenes are looked at in the test's own process, too."""
    monkeypatch.setattr("cnnviz.review.passes.run_jobs", run_jobs_here)


def storyboard(project: Project) -> Path:
    return project.bundle / "storyboard.html"


def read(project: Project) -> Reader:
    return Reader(storyboard(project).read_text(encoding="utf-8"))


# --- the page -------------------------------------------------------------------------------


def test_it_holds_all_that_it_shows(built: Project) -> None:
    found = read(built)
    assert found.sources("video") == ["episode.mp4"]
    assert not found.all("link")[1:], "a style sheet or a font lies elsewhere"
    for tag in ("img", "audio"):
        assert len(found.sources(tag)) == 5
        assert all(source.startswith("data:") for source in found.sources(tag))
    assert not found.sources("script")
    style = storyboard(built).read_text(encoding="utf-8")
    assert all(address.startswith("data:") for address in re.findall(r"url\((.{5})", style))
    assert "@import" not in style


def test_its_sounds_are_the_beats_in_small(built: Project) -> None:
    lengths = []
    for source in read(built).sources("audio"):
        data = base64.b64decode(source.removeprefix("data:audio/mp4;base64,"))
        with av.open(io.BytesIO(data)) as film:
            stream = film.streams.audio[0]
            assert (stream.codec_context.name, stream.codec_context.channels) == ("aac", 1)
            samples = sum(frame.samples for frame in film.decode(stream))
            lengths.append(samples / stream.rate)
        assert len(data) < 12_000
    assert lengths == pytest.approx([0.5, 0.8, 0.4, 0.5, 0.7], abs=0.1)


def test_its_pictures_are_640_wide(built: Project) -> None:
    for source in read(built).sources("img"):
        data = base64.b64decode(source.removeprefix("data:image/jpeg;base64,"))
        with av.open(io.BytesIO(data)) as picture:
            stream = picture.streams.video[0]
            assert (stream.width, stream.height) == (640, 360)


def test_pace_is_told_of_every_beat(built: Project) -> None:
    text = "".join(read(built).text)
    beat = built.facts["beats"][1]
    seconds = beat["frames"] / built.facts["fps"]
    words = round(60 * len(beat["said"].split()) / 0.8)
    assert f"দৈর্ঘ্য {seconds:.1f} সেকেন্ড · {words} শব্দ প্রতি মিনিটে" in text
    # 24 signs and blanks in the 13 frames that the voice takes of 15 a second, and some rest
    assert re.search(r"শব্দ প্রতি মিনিটে · [12]\d\.\d অক্ষর প্রতি সেকেন্ডে", text)


def test_without_film_still_or_check_it_says_so(built: Project) -> None:
    full = board(built)
    bare = type(full)(full.production, {}, full.sounds)
    text = page(bare)
    found = Reader(text)
    assert not found.all("video")
    assert not found.all("img")
    assert text.count("ছবি নেই") == 5
    assert "render.py episode tiny --language bn" in text
    assert "render.py storyboard tiny --language bn" in text
    assert "data-seek=" not in text.split("<script>")[0]


def test_what_a_script_says_is_text_and_never_markup(built: Project) -> None:
    replace_in(built.script, "এই হলো ফিচার ম্যাপ।", "এই <b id=evil> \"হলো\" & 'ম্যাপ'।")
    replace_in(built.english, "This is the feature map.", "</script><script>evil()</script>")
    text = page(board(built, built.bundle))
    found = Reader(text)
    assert not found.all("b")
    assert "এই <b id=evil> \"হলো\" & 'ম্যাপ'।" in "".join(found.text)
    assert "evil()" in "".join(found.text)
    assert len(found.all("script")) == 2  # the captions', and the page's own


def test_an_english_film_has_an_english_page(built: Project) -> None:
    for beat in ("first.shown", "first.summed", "first.moved", "second.drawn", "second.turned"):
        recording = built.recording(beat)
        english = recording.parents[1] / "en" / recording.name
        english.parent.mkdir(exist_ok=True)
        english.write_bytes(recording.read_bytes())
    from cnnviz.progress import Reporter
    from cnnviz.review.storyboard.page import Board
    from cnnviz.studio.make import Order, begin

    planned = begin(Order(built.root, "tiny", "en", "draft", "recorded"), Reporter())
    found = Reader(page(Board(planned, {}, {})))
    assert found.all("html")[0]["lang"] == "en"
    assert "5 beats" in "".join(found.text)
    assert [one.get("lang") for one in found.all("p") if one.get("class") == "own"] == ["en"] * 5


def test_every_language_has_every_word() -> None:
    def blanks(texts: Mapping[str, str]) -> dict[str, list[str]]:
        return {name: sorted(re.findall(r"{\w+}", text)) for name, text in texts.items()}

    assert blanks(WORDS["bn"]) == blanks(WORDS["en"])
    assert not set(WORDS["bn"]) & set(dir({})), "the template would get the mapping's method"


# --- numbers --------------------------------------------------------------------------------


def entry(number: Number, digits: str) -> dict[str, Any]:
    return {
        "scene": "s",
        "beat": "b",
        "shown": digits,
        "value": number.value,
        "op": number.op,
        "args": dict(number.args),
    }


IMAGE = [[1, 2, 3], [0, 1, 2], [1, 0, 1]]
WHOLE = conv2d(IMAGE, [[1, -1], [2, -2]], bias=5)
TURNED = conv2d(IMAGE, [[1, 2], [3, 4]], padding=1, flip=True, dilation=2)
COLOURED = conv2d([IMAGE, IMAGE], [[[1]], [[0.12345]]])


@pytest.mark.parametrize(
    ("number", "lines"),
    [
        (
            WHOLE.number(0, 1),
            [
                "output: row 1, column 2",
                "2 × 1 + 3 × (−1)",
                "+ 1 × 2 + 2 × (−2)",
                "+ 5 (bias) = 2",
            ],
        ),
        (
            TURNED.number(2, 2),
            [
                "output: row 3, column 3, dilation 2×2, padding (top, bottom, left, right)"
                " 1, 1, 1, 1, kernel turned by 180°",
                "1 × 4 + 0 × 3",
                "+ 0 × 2 + 0 × 1",
                "= 4",
            ],
        ),
        (
            COLOURED.number(0, 2),
            ["output: row 1, column 3", "3 × 1", "+ 3 × 0.1235", "≈ 3.3704"],
        ),
        (WHOLE.window(0, 0).sum_number, ["1 + (−2) + 0 + (−2) = −3"]),
        (WHOLE.window(0, 0).product(0, 1), ["2 × (−1) = −2"]),
        (relu([[-4]]).number(0, 0), ["max(0, −4) = 0"]),
        (max_pool2d([[1, 7], [3, 4]], 2).number(0, 0), ["max(1, 7, 3, 4) = 7"]),
        (mean_pool2d([[1, 7], [3, -4]], 2).number(0, 0), ["(1 + 7 + 3 + (−4)) / 4 = 1.75"]),
        (
            output_size(5, 3, stride=2, padding=1).number,
            ["⌊(n + 2p − d(k − 1) − 1) / s⌋ + 1", "⌊(5 + 2·1 − 1·(3 − 1) − 1) / 2⌋ + 1 = 3"],
        ),
        (count(["K", "Q"]), ['"K"; "Q"', "= 2"]),
        (Number(99, "measured", {"evidence": "a.json", "pointer": "/b"}), ["a.json/b"]),
    ],
)
def test_how_a_number_came_about_is_written_out(number: Number, lines: list[str]) -> None:
    [found] = sums([entry(number, "x")], "en")
    assert list(found.lines) == lines
    assert found.what == operations()[number.op].words["en"]
    assert sums([entry(number, "x")], "bn")[0].what == operations()[number.op].words["bn"]


def test_a_number_stands_once_and_inputs_are_gathered() -> None:
    total = entry(WHOLE.window(0, 0).sum_number, "−3")
    inputs = [entry(literal(1, of="input", row=0, column=column), "1") for column in (0, 1, 1)]
    weight = entry(literal(1, of="kernel", row=1, column=2), "1")
    found = sums([total, *inputs, weight, total], "en")
    assert [(one.shown, one.what, list(one.lines)) for one in found] == [
        ("−3", "sum", ["1 + (−2) + 0 + (−2) = −3"]),
        ("1", "chosen by the lesson: input", ["in 2 places"]),
        ("1", "chosen by the lesson: kernel", ["row 2, column 3"]),
    ]


def test_a_long_sum_ends_in_how_many_there_are() -> None:
    [found] = sums([entry(Number(500, "sum", {"terms": [1] * 500}), "500")], "en")
    assert found.lines[0].endswith("1 + … (500) = 500")
    assert len(found.lines[0]) < 400


# --- the verb, and the page beside a film ---------------------------------------------------


def test_the_verb_needs_no_film(tiny_project: Project, run: Run, one_process: None) -> None:
    done = run(tiny_project, *LOOK)
    assert done.code == 0, done.err
    assert {path.name for path in tiny_project.bundle.iterdir()} == {"storyboard.html"}
    found = read(tiny_project)
    assert len(found.sources("img")) == len(found.sources("audio")) == 5
    assert not found.all("video")
    text = "".join(found.text)
    assert "1 + (−2) + 0 + (−2) = −3" in text  # spoken
    assert "আউটপুট: সারি 2, কলাম 2" in text  # seen
    assert WORDS["bn"]["unchecked"].split(".")[0] not in text
    assert "5 beats" in done.err.splitlines()[-1]


def test_what_was_checked_is_asked_again_when_something_changes(
    built: Project, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def check(*things: object) -> list[Finding]:
        asked.append(things)
        return list(FINDINGS)

    monkeypatch.setattr("cnnviz.review.check.check", check)
    assert run(built, *LOOK).code == 0
    first = storyboard(built).read_bytes()
    assert "24 signs at once" in first.decode()
    assert run(built, *LOOK).code == 0
    assert len(asked) == 1
    assert storyboard(built).read_bytes() == first
    changes = [
        lambda: built.script.write_text("# another line\n" + built.script.read_text("utf-8")),
        lambda: (built.bundle / "numbers.json").write_text("[]"),
        lambda: built.record("first.shown", 0.6),
    ]
    for number, change in enumerate(changes, start=2):
        change()
        assert run(built, *LOOK).code == 0
        assert len(asked) == number


def test_a_film_keeps_the_page_that_was_made_of_it(built: Project, run: Run) -> None:
    assert run(built, *LOOK).code == 0
    checked = storyboard(built).read_bytes()
    assert run(built, *BUILD).code == 0
    assert storyboard(built).read_bytes() == checked


def test_an_unchanged_film_leaves_the_page_alone(built: Project, run: Run) -> None:
    before = storyboard(built).stat()
    assert run(built, *BUILD).code == 0
    assert storyboard(built).stat().st_ino == before.st_ino


@pytest.mark.parametrize("change", ["damaged", "said otherwise", "captioned otherwise"])
def test_a_page_that_is_no_longer_true_is_written_anew(
    built: Project, run: Run, change: str
) -> None:
    before = storyboard(built).read_bytes()
    if change == "damaged":
        storyboard(built).write_bytes(before[:-100])
    elif change == "said otherwise":
        replace_in(built.script, "একটা চৌকো আঁকি।", "আঁকি একটা চৌকো।")
    else:
        replace_in(built.english, "Let us draw a square.", "A square, drawn.")
    assert run(built, *BUILD).code == 0
    after = storyboard(built).read_bytes()
    assert after == before if change == "damaged" else after != before


def test_a_film_of_other_words_is_still_played_and_said_to_be_old(built: Project) -> None:
    replace_in(built.script, "একটা চৌকো আঁকি।", "আঁকি একটা চৌকো।")
    text = page(board(built, built.bundle))
    assert "ভিডিওটা আগের" in text
    assert Reader(text).sources("video") == ["episode.mp4"]


@pytest.mark.parametrize("spoilt", ["bundle.json", "captions.en.srt"])
def test_a_bundle_that_cannot_be_read_has_no_film(built: Project, spoilt: str) -> None:
    (built.bundle / spoilt).write_text("{")
    assert board(built, built.bundle).film is None


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("storyboard", "tony", *OPTIONS), 2, "tiny"),
        (("storyboard", "tiny", "--quality", "huge"), 2, "huge"),
        (("watch", "tiny", "--port", "66000"), 2, "66000"),
        (("watch", "tony"), 2, "tiny"),
    ],
)
def test_mistakes_are_one_clear_line(
    tiny_project: Project, run: Run, words: tuple[str, ...], code: int, said: str
) -> None:
    done = run(tiny_project, *words)
    assert done.code == code
    assert said in done.error
