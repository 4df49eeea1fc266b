"""What the review objects to in scripts."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from planned import of_rule, place, planned, silent
from tiny import Edit, Project, replace_in

from cnnviz.episode.episode import find_episode
from cnnviz.errors import UserError
from cnnviz.review.finding import Finding
from cnnviz.review.script_rules import mismatch_findings, script_findings
from cnnviz.studio.production import mismatches

pytestmark = pytest.mark.usefixtures("one_process")

DRAWN = "একটা চৌকো আঁকি।"


def findings(project: Project, rule: str, language: str = "bn", voice: str = "") -> list[Finding]:
    return of_rule(rule, script_findings(planned(project, language, voice or None)))


def mismatched(project: Project) -> list[Finding]:
    episode = find_episode(project.root, "tiny")
    return mismatch_findings(mismatches(episode, "bn", silent()))


def test_a_good_script_is_left_in_peace(tiny_project: Project) -> None:
    # The recordings are tones, far too short for what they would say.
    for language in ("bn", "en"):
        found = script_findings(planned(tiny_project, language, "gtts"))
        assert {finding.rule for finding in found} <= {"speech-pace"}


# --- scripts against scenes, and against each other ------------------------------------------

Spoil = Callable[[Project], Edit]

# What is changed, what the first finding says, its scene and its beat.
MISMATCHES: dict[str, tuple[Spoil, str, str | None, str | None]] = {
    "a beat that no scene plays": (
        lambda project: replace_in(project.script, "      moved: ", "      mooved: "),
        "beat 'moved' is missing in scene 'first'",
        "first",
        None,
    ),
    "a label that the scene shows": (
        lambda project: replace_in(project.script, "      name: ", "      nome: "),
        "label 'name' is missing in scene 'second'",
        "second",
        None,
    ),
    "a scene without a file": (
        lambda project: replace_in(project.script, "  - id: second", "  - id: third"),
        "this scene is not in bn.yaml",
        "second",
        None,
    ),
    "a scene's file that is broken": (
        lambda project: replace_in(project.scene("second"), "class Second", "klass Second"),
        "not valid Python: invalid syntax",
        "second",
        None,
    ),
    "a translation without the number": (
        lambda project: replace_in(project.english, "the size {output.size}", "the size 4"),
        "'summed' lacks the number {output.size}",
        "first",
        "summed",
    ),
    "a number that nobody computes": (
        lambda project: replace_in(project.script, DRAWN, "একটা চৌকো আঁকি, {side}।"),
        "scene 'second' has no number {side}",
        "second",
        "drawn",
    ),
    "a translation without the label": (
        lambda project: replace_in(project.english, "      name: ", "      title: "),
        "label 'name' is missing",
        "second",
        None,
    ),
    "a length for a beat that there is not": (
        lambda project: replace_in(
            project.scene("second"), "titled = False", 'minimum_seconds = {"sung": 2.0}'
        ),
        "minimum_seconds names 'sung', which is no beat of scene 'second'",
        "second",
        None,
    ),
    "time to think in a beat that there is not": (
        lambda project: replace_in(
            project.scene("second"), "titled = False", 'thinking = {"asked": 2.5}'
        ),
        "thinking names 'asked', which is no beat of scene 'second'",
        "second",
        None,
    ),
}


@pytest.mark.parametrize("spoiled", MISMATCHES)
def test_what_does_not_fit_is_found_where_it_stands(tiny_project: Project, spoiled: str) -> None:
    spoil, says, scene, beat = MISMATCHES[spoiled]
    edit = spoil(tiny_project)
    first = mismatched(tiny_project)[0]
    assert (first.rule, first.severity, first.message) == ("mismatch", "error", says)
    assert (first.scene, first.beat) == (scene, beat)
    assert first.advice
    if beat or spoiled == "a scene's file that is broken":
        assert (first.file, first.line) == (edit.path, edit.line)


@pytest.mark.parametrize("spoiled", MISMATCHES)
def test_a_build_stops_at_the_first_finding(tiny_project: Project, spoiled: str) -> None:
    MISMATCHES[spoiled][0](tiny_project)
    first = mismatched(tiny_project)[0]
    with pytest.raises(UserError) as caught:
        planned(tiny_project)
    told = caught.value
    assert (told.message, told.file, told.line) == (first.message, first.file, first.line)


def test_all_that_does_not_fit_is_found_at_once(tiny_project: Project) -> None:
    replace_in(tiny_project.script, DRAWN, "একটা চৌকো আঁকি, {side}।")
    replace_in(tiny_project.script, "মাপ {output.size}।", "মাপ {output.sighs}।")
    replace_in(tiny_project.english, "      size: ", "      sizes: ")
    replace_in(tiny_project.scene("first"), 'self.beat("moved")', 'self.beat("movd")')
    told = [(one.scene, one.beat, one.message) for one in mismatched(tiny_project)]
    assert told == [
        ("first", None, "beat 'movd' is missing in scene 'first'"),
        ("first", "moved", "beat 'moved' is not played by first.py"),
        ("first", None, "label 'size' is missing"),
        ("first", None, "label 'sizes' is not in bn.yaml"),
        ("first", "summed", "scene 'first' has no number {output.sighs}"),
        ("second", "drawn", "scene 'second' has no number {side}"),
        ("first", "summed", "'summed' lacks the number {output.sighs}"),
        ("first", "summed", "'summed' lacks the number {output.size}"),
        ("second", "drawn", "'drawn' lacks the number {side}"),
    ]


# --- what a voice can say ---------------------------------------------------------------------


def words(count: int) -> str:
    return " ".join(["কথা"] * count)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (words(20) + "।", 0),
        (words(21) + "।", 1),
        (words(15) + "? " + words(15) + "।", 0),
        (words(21) + "। " + words(22) + "!", 2),
        # A size is said in three words.
        (words(17) + " {output.size}।", 0),
        (words(18) + " {output.size}।", 1),
        (words(20) + " – ?", 0),
    ],
    ids=["20", "21", "15 and 15", "21 and 22", "20 with a size", "21 with a size", "20 and a dash"],
)
def test_a_sentence_is_said_in_one_breath(tiny_project: Project, text: str, found: int) -> None:
    edit = replace_in(tiny_project.script, "এবার একটু নিচে নামাই।", text)
    if "{" in text:
        replace_in(tiny_project.english, "move it down", "move {output.size} down")
    told = findings(tiny_project, "long-sentence")
    assert len(told) == found
    for finding in told:
        assert place(finding) == ("first", "moved", "bn.yaml", edit.line)
        assert finding.severity == "warning"


@pytest.mark.parametrize(
    ("seconds", "says"), [(2.0, "too fast"), (2.4, None), (5.9, None), (6.5, "too slow")]
)
def test_a_beat_is_said_neither_in_haste_nor_drawling(
    tiny_project: Project, seconds: float, says: str | None
) -> None:
    # Eight words: "প্রথম যোগফল মাইনাস তিন, মাপ দুই বাই দুই।"
    tiny_project.record("first.summed", seconds)
    told = [one for one in findings(tiny_project, "speech-pace") if one.beat == "summed"]
    assert [one.message.rsplit(", ")[-1] for one in told] == ([says] if says else [])


def test_a_pace_of_few_words_says_nothing(tiny_project: Project) -> None:
    assert "drawn" not in {one.beat for one in findings(tiny_project, "speech-pace")}


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("এই হলো CNN।", "CNN"),
        ("একটা ×-চিহ্ন আঁকি।", "×-চিহ্ন"),
        ("দাম ৫০%।", "৫০%"),
        ("এই হলো α।", "α"),
    ],
)
def test_a_bengali_voice_gets_bengali_letters(tiny_project: Project, text: str, word: str) -> None:
    edit = replace_in(tiny_project.script, DRAWN, text)
    [told] = findings(tiny_project, "unspeakable", voice="gtts")
    assert told.message == f"the voice cannot say “{word}”"
    assert place(told) == ("second", "drawn", "bn.yaml", edit.line)
    assert told.severity == "error"
    assert findings(tiny_project, "unspeakable", voice="recorded") == []


def test_the_lexicon_is_asked_before_a_word_is_called_unspeakable(tiny_project: Project) -> None:
    replace_in(tiny_project.script, DRAWN, "এই হলো CNN।")
    lexicon = tiny_project.script.parents[1] / "lexicon.bn.yaml"
    lexicon.write_text("espeak:\n  CNN: সি এন এন\n", encoding="utf-8")
    assert findings(tiny_project, "unspeakable", voice="espeak") == []
    assert findings(tiny_project, "unspeakable", voice="gtts") != []


def test_an_english_voice_gets_latin_letters(tiny_project: Project) -> None:
    replace_in(tiny_project.english, "Let us draw a square.", "Let us draw a চৌকো, naïvely.")
    [told] = findings(tiny_project, "unspeakable", "en", "gtts")
    assert "“চৌকো”" in told.message


# --- each script in its own language ----------------------------------------------------------


@pytest.mark.parametrize("language", ["bn", "en"])
def test_bengali_is_not_left_in_the_translation(tiny_project: Project, language: str) -> None:
    beat = replace_in(tiny_project.english, "Now let us turn it.", "এবার সেটাকে ঘোরাই।")
    label = replace_in(tiny_project.english, "name: A square", "name: চৌকো")
    told = findings(tiny_project, "untranslated", language)
    assert [place(one) for one in told] == [
        ("second", "turned", "en.yaml", beat.line),
        ("second", None, "en.yaml", label.line),
    ]


def test_english_is_not_left_in_the_bengali_script(tiny_project: Project) -> None:
    edit = replace_in(tiny_project.script, "এবার সেটাকে ঘোরাই।", "Now let us turn it.")
    # A label may well be a name: CNN, ReLU.
    replace_in(tiny_project.script, "name: চৌকো", "name: CNN")
    told = findings(tiny_project, "untranslated", "en")
    assert [place(one) for one in told] == [("second", "turned", "bn.yaml", edit.line)]


# --- numbers ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "number", "severity"),
    [
        ("যোগফল 12।", "12", "error"),
        ("যোগফল ১২টা।", "১২", "error"),
        ("যোগফল −4।", "−4", "error"),
        ("মাপ 3×3 হলো।", "3×3", "error"),
        ("মাপ 3x3 হলো।", "3x3", "error"),
        ("মোট 43,352,064টা।", "43,352,064", "error"),
        ("গড় 0.5।", "0.5", "error"),
        ("মাপ তিন বাই তিন।", "তিন বাই তিন", "warning"),
        ("হলো মাইনাস চার।", "মাইনাস চার", "warning"),
        ("পাঁচ গুণ দুই কত?", "পাঁচ গুণ দুই", "warning"),
        ("শূন্য দশমিক পাঁচ।", "শূন্য দশমিক পাঁচ", "warning"),
        ("পঁচিশটা জানালা।", "পঁচিশটা", "warning"),
        ("পনেরোটা জানালা।", "পনেরোটা", "warning"),
    ],
)
def test_a_number_is_not_typed(
    tiny_project: Project, text: str, number: str, severity: str
) -> None:
    edit = replace_in(tiny_project.script, DRAWN, text)
    [told] = findings(tiny_project, "typed-number")
    assert told.message == f"the number “{number}” is typed into beat 'drawn'"
    assert place(told) == ("second", "drawn", "bn.yaml", edit.line)
    assert told.severity == severity


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("There are 9 of them.", "9"),
        ("There are twenty-five of them.", "twenty-five"),
        ("Three by three of them.", "Three by three"),
        ("It is minus four.", "minus four"),
    ],
)
def test_a_number_is_not_typed_into_a_translation(
    tiny_project: Project, text: str, number: str
) -> None:
    replace_in(tiny_project.english, "Let us draw a square.", text)
    for language in ("bn", "en"):
        [told] = findings(tiny_project, "typed-number", language)
        assert f"“{number}”" in told.message


@pytest.mark.parametrize(
    "text",
    [
        "এক কথায়, একটা একটা করে দেখো।",
        "দুই পাশে তিন রঙের দুটো চৌকো, তিন গুণ বড়।",
        "এটা নয়, সেটা। সাতসকালে বার বার।",
        "RF100 থেকে AlexNet-2 আর 3D ছবি, CC BY 4.0।",
        "প্রথম থেকে একশ বার। হাজার হাজার ছবি।",
    ],
)
def test_not_every_number_is_a_result(tiny_project: Project, text: str) -> None:
    replace_in(tiny_project.script, DRAWN, text)
    assert findings(tiny_project, "typed-number") == []


def test_english_counts_without_reckoning(tiny_project: Project) -> None:
    text = "One by one, two of them, often ten. Someone times it."
    replace_in(tiny_project.english, "Let us draw a square.", text)
    assert findings(tiny_project, "typed-number") == []


def test_a_number_is_not_typed_into_a_label_of_the_film(tiny_project: Project) -> None:
    edit = replace_in(tiny_project.script, "name: চৌকো", "name: চৌকো 2")
    replace_in(tiny_project.english, "name: A square", "name: A square 2")
    [told] = findings(tiny_project, "typed-number")
    assert told.message == "the number “2” is typed into label 'name'"
    assert place(told) == ("second", None, "bn.yaml", edit.line)
