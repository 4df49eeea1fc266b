from __future__ import annotations

import dataclasses
import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML
from tiny import BENGALI, ENGLISH

from cnnviz.errors import UserError
from cnnviz.script.differences import number_differences, shape_differences
from cnnviz.script.reader import Line, Script, read_script


def written(folder: Path, text: str | bytes, name: str = "bn.yaml") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


def failure(path: Path) -> UserError:
    with pytest.raises(UserError) as caught:
        read_script(path)
    assert caught.value.file == path
    return caught.value


def test_a_script_reads_as_it_is_written(tmp_path: Path) -> None:
    script = read_script(written(tmp_path, BENGALI))
    assert script.language == "bn"
    assert script.title == "ছোট ছবি"
    assert script.description == "দুই দৃশ্যের একটা ছোট ছবি।"
    assert script.tags == ("ছোট", "tiny")
    assert [scene.id for scene in script.scenes] == ["first", "second"]
    first = script.scene("first")
    assert first.title == "প্রথম দৃশ্য"
    assert list(first.beats) == ["shown", "summed", "moved"]
    assert first.labels["size"].text == "মাপ: {output.size}"


def test_every_text_knows_its_line(tmp_path: Path) -> None:
    script = read_script(written(tmp_path, BENGALI))
    lines = BENGALI.split("\n")
    for scene in script.scenes:
        assert lines[scene.line - 1] == f"  - id: {scene.id}"
        for name, text in (*scene.labels.items(), *scene.beats.items()):
            assert lines[text.line - 1].strip().startswith(f"{name}:")


NAMES = st.from_regex(r"[a-z][a-z_]{0,8}", fullmatch=True)
PROSE = (
    st.text(
        st.characters(
            blacklist_categories=("Cc", "Cs", "Zl", "Zp"),
            blacklist_characters="{}\ufeff\ufffe\uffff",
        ),
        min_size=1,
        max_size=40,
    )
    .map(str.strip)
    .filter(bool)
)
TEXTS = st.dictionaries(NAMES, PROSE, min_size=1, max_size=4)
SCENES = st.lists(
    st.fixed_dictionaries({"id": NAMES, "title": PROSE, "labels": TEXTS, "beats": TEXTS}),
    min_size=1,
    max_size=3,
    unique_by=lambda scene: scene["id"],
)


@settings(max_examples=50, deadline=None)
@given(PROSE, PROSE, st.lists(PROSE, max_size=3), SCENES)
def test_any_text_survives_the_way_through_yaml(
    tmp_path_factory: pytest.TempPathFactory,
    title: str,
    description: str,
    tags: list[str],
    scenes: list[dict[str, object]],
) -> None:
    text = io.StringIO()
    data = {"title": title, "description": description, "tags": tags, "scenes": scenes}
    YAML().dump(data, text)
    script = read_script(written(tmp_path_factory.mktemp("script"), text.getvalue()))
    assert (script.title, script.description, list(script.tags)) == (title, description, tags)
    assert [
        {
            "id": scene.id,
            "title": scene.title,
            "labels": {name: line.text for name, line in scene.labels.items()},
            "beats": {name: line.text for name, line in scene.beats.items()},
        }
        for scene in script.scenes
    ] == scenes


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(tmp_path: Path) -> None:
    windows = "\ufeff" + BENGALI.replace("\n", "\r\n")
    plain = read_script(written(tmp_path, BENGALI))
    read = read_script(written(tmp_path, windows))
    assert read == plain


# What is changed in the script, what the message says, and where the changed line is if it is
# not where the change begins.
MISTAKES = {
    "a duplicate key": ("      moved: ", "      shown: ", "duplicate key"),
    "an unknown key of the script": ("tags: [", "tag: [", "'tag'"),
    "an unknown key of a scene": ("      name: চৌকো", "      name: চৌকো\n    music: x", "'music'"),
    "a tab": ("      drawn: ", "\t  drawn: ", "a tab"),
    "a text that is a number": ("একটা চৌকো আঁকি।", "42", "'drawn'"),
    "a text that is a list": ("একটা চৌকো আঁকি।", "[এক, দুই]", "'drawn'"),
    "a text that is nothing": ("একটা চৌকো আঁকি।", "", "'drawn'"),
    "a text that is blank": ("একটা চৌকো আঁকি।", '" "', "'drawn'"),
    "a text that begins with a brace": ("এই হলো ফিচার ম্যাপ।", "{first.sum} হলো", "YAML"),
    "a text that is one placeholder": ("এই হলো ফিচার ম্যাপ।", "{first.sum}", "'shown'"),
    "a lone opening brace": ("একটা চৌকো আঁকি।", "একটা { চৌকো", "brace"),
    "a lone closing brace": ("একটা চৌকো আঁকি।", "একটা } চৌকো", "brace"),
    "braces in braces": ("একটা চৌকো আঁকি।", "একটা {{a}} চৌকো", "brace"),
    "a colon that is YAML's": ("একটা চৌকো আঁকি।", "একটা: চৌকো", "YAML"),
    "a quote that is never closed": ("একটা চৌকো আঁকি।", '"একটা চৌকো', "YAML"),
    "a character that YAML forbids": ("একটা চৌকো", "একটা\x07চৌকো", "character"),
    "a number in a title": ("title: ছোট ছবি", "title: ছোট {size}", "'title'"),
    "a number in a scene's title": ("title: দ্বিতীয় দৃশ্য", "title: দৃশ্য {size}", "'title'"),
    "a scene that stands twice": ("id: second", "id: first", "second time"),
    "tags that are a text": ("tags: [ছোট, tiny]", "tags: ছোট", "tags"),
    "a tag that is a number": ("tags: [ছোট, tiny]", "tags: [ছোট, 3]", "tags"),
    "a scene without a title": (
        "  - id: second\n    title: দ্বিতীয় দৃশ্য",
        "  - id: second",
        "'title'",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_each_mistake_is_named_with_its_file_and_line(tmp_path: Path, mistake: str) -> None:
    old, new, says = MISTAKES[mistake]
    assert BENGALI.count(old) == 1
    spoiled = BENGALI.replace(old, new)
    error = failure(written(tmp_path, spoiled))
    assert says in error.message
    at = line_of(BENGALI, old) + (1 if mistake == "an unknown key of a scene" else 0)
    assert error.line == at
    assert error.exit_code == 2


def test_every_mistake_but_the_plainest_comes_with_advice(tmp_path: Path) -> None:
    plain = {"a scene without a title", "tags that are a text", "a tag that is a number"}
    for mistake, (old, new, _) in MISTAKES.items():
        error = failure(written(tmp_path, BENGALI.replace(old, new)))
        obvious = mistake in plain or "brace" in error.message or "character" in error.message
        assert error.hint or obvious, mistake


@pytest.mark.parametrize("key", ["title", "description", "tags", "scenes"])
def test_a_script_needs_all_its_parts(tmp_path: Path, key: str) -> None:
    kept = [part for part in BENGALI.replace("\n  ", "\0").split("\n") if part.split(":")[0] != key]
    error = failure(written(tmp_path, "\n".join(kept).replace("\0", "\n  ")))
    assert f"{key!r} is missing" in error.message


@pytest.mark.parametrize(
    ("scenes", "line"),
    [("scenes: []", 6), ("scenes: x", 6), ("scenes:\n  - one", 7), ("scenes:\n  -", 7)],
)
def test_scenes_are_a_list_of_mappings(tmp_path: Path, scenes: str, line: int) -> None:
    head = BENGALI[: BENGALI.index("scenes:")].replace("tags:", "# no more than this\ntags:")
    assert failure(written(tmp_path, head + scenes + "\n")).line == line


@pytest.mark.parametrize("key", ["beats", "labels"])
def test_an_empty_mapping_of_texts_is_a_mistake(tmp_path: Path, key: str) -> None:
    end = BENGALI.rindex(f"    {key}:")
    nothing = BENGALI[:end] + f"    {key}:\n"
    if key == "labels":
        nothing += "    beats:\n      drawn: আঁকি।\n"
    error = failure(written(tmp_path, nothing))
    assert key in error.message
    assert error.line == line_of(nothing[end:], f"{key}:") + nothing[:end].count("\n")


@pytest.mark.parametrize("text", ["", "\n", "# nothing yet\n", "- a\n- b\n", "just words\n"])
def test_a_file_without_a_mapping_is_named(tmp_path: Path, text: str) -> None:
    error = failure(written(tmp_path, text))
    assert "empty, or not a mapping" in error.message
    assert error.line == 1


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16", "utf-16-le"])
def test_a_file_in_another_encoding_is_told_which_one_to_use(tmp_path: Path, encoding: str) -> None:
    text = "title: plain\ndescription: café “quoted” — über\n"
    error = failure(written(tmp_path, text.encode(encoding)))
    assert error.line == (2 if encoding != "utf-16" else 1)
    if encoding != "utf-16-le":
        assert "UTF-8" in error.message
        assert error.hint is not None
        assert "UTF-8" in error.hint


def test_a_missing_file_and_a_folder_in_its_place_are_named(tmp_path: Path) -> None:
    assert "no such script" in failure(tmp_path / "bn.yaml").message
    (tmp_path / "en.yaml").mkdir()
    assert "cannot be read" in failure(tmp_path / "en.yaml").message


def test_texts_may_be_shared_by_an_anchor(tmp_path: Path) -> None:
    shared = BENGALI.replace("    labels:\n      size:", "    labels: &labels\n      size:")
    shared = shared.replace("      name: চৌকো", "      <<: *labels\n      name: চৌকো")
    script = read_script(written(tmp_path, shared))
    assert set(script.scene("second").labels) == {"size", "name"}
    only = shared.replace("\n      name: চৌকো", "")
    assert set(read_script(written(tmp_path, only)).scene("second").labels) == {"size"}


def test_a_wrong_scene_is_answered_with_the_nearest(tmp_path: Path) -> None:
    script = read_script(written(tmp_path, BENGALI))
    with pytest.raises(UserError, match=r"no scene 'secnd' — did you mean 'second'\?"):
        script.scene("secnd")


# --- silenced rules -------------------------------------------------------------------------

SILENCED = BENGALI + "    silenced:\n      drawn:\n        long-sentence: it is a list\n"


def test_a_silenced_rule_keeps_its_reason_and_its_line(tmp_path: Path) -> None:
    script = read_script(written(tmp_path, SILENCED))
    reason = Line("it is a list", line_of(SILENCED, "long-sentence"))
    assert script.scene("second").silenced == {"drawn": {"long-sentence": reason}}
    assert script.scene("first").silenced == {}


@pytest.mark.parametrize(
    ("silenced", "says", "lines_down"),
    [
        ("\n      drawn:\n        long-sentence:", "'long-sentence' must be a text", 2),
        ('\n      drawn:\n        long-sentence: " "', "'long-sentence' must be a text", 2),
        ("\n      drawn:\n        long-sentence: 3", "'long-sentence' must be a text", 2),
        ("\n      drawn: long-sentence", "drawn must be a mapping", 1),
        ("\n      drawn:", "drawn must be a mapping", 1),
        ("\n      - long-sentence", "silenced must be a mapping", 0),
        (" long-sentence", "silenced must be a mapping", 0),
        ("", "silenced must be a mapping", 0),
    ],
)
def test_a_rule_is_silenced_for_one_beat_and_with_a_reason(
    tmp_path: Path, silenced: str, says: str, lines_down: int
) -> None:
    error = failure(written(tmp_path, f"{BENGALI}    silenced:{silenced}\n"))
    assert says in error.message
    assert error.line == BENGALI.count("\n") + 1 + lines_down


# --- two languages --------------------------------------------------------------------------


def pair(folder: Path, english: str = ENGLISH) -> tuple[Script, Script]:
    return (
        read_script(written(folder, BENGALI)),
        read_script(written(folder, english, "en.yaml")),
    )


def test_scripts_of_one_shape_agree_whatever_they_say(tmp_path: Path) -> None:
    bengali, english = pair(tmp_path)
    turned = dataclasses.replace(english, scenes=english.scenes[::-1])
    assert [*shape_differences(bengali, english), *shape_differences(bengali, turned)] == []


# What is changed in English, what the message says, the line of it that the message names, and
# the line of the Bengali script that the advice names.
DIFFERENCES = {
    "a beat is gone": (
        "      moved: Now let us move it down a little.\n",
        "",
        "beat 'moved' is missing",
        "  - id: first",
        "      moved:",
    ),
    "a beat has another name": (
        "      shown:",
        "      shone:",
        "beat 'shown' is missing",
        "  - id: first",
        "      shown:",
    ),
    "a label has another name": (
        "      size:",
        "      sizes:",
        "label 'size' is missing",
        "  - id: first",
        "      size:",
    ),
    "a scene has another name": (
        "  - id: second",
        "  - id: third",
        "scene 'second' is missing",
        None,
        "  - id: second",
    ),
}


@pytest.mark.parametrize("difference", DIFFERENCES)
def test_the_first_difference_is_named_where_something_must_be_written(
    tmp_path: Path, difference: str
) -> None:
    old, new, says, place, there = DIFFERENCES[difference]
    assert ENGLISH.count(old) == 1
    english = ENGLISH.replace(old, new)
    bengali, other = pair(tmp_path, english)
    error = next(shape_differences(bengali, other))
    assert (error.message, error.file) == (says, other.path)
    assert error.line == (place and line_of(english, place))
    assert error.hint == f"it stands in bn.yaml:{line_of(BENGALI, there)}"


@pytest.mark.parametrize(
    ("text", "says", "hint"),
    [
        ("      more: Too much.\n", "beat 'more' is not in bn.yaml", "there are: drawn, turned"),
        (
            "  - id: third\n    title: Third\n    beats:\n      last: The end.\n",
            "scene 'third' is not in bn.yaml",
            "there are: first, second",
        ),
    ],
)
def test_what_is_too_much_is_named_with_its_line(
    tmp_path: Path, text: str, says: str, hint: str
) -> None:
    bengali, other = pair(tmp_path, ENGLISH + text)
    [error] = shape_differences(bengali, other)
    assert (error.message, error.hint) == (says, hint)
    assert error.line == ENGLISH.count("\n") + 1


def test_all_differences_are_found_and_not_only_the_first(tmp_path: Path) -> None:
    english = ENGLISH.replace("shown:", "shone:").replace("      name:", "      names:")
    english += "  - id: third\n    title: x\n    beats: {a: b}\n"
    bengali, other = pair(tmp_path, english)
    assert [error.message for error in shape_differences(bengali, other)] == [
        "beat 'shown' is missing",
        "beat 'shone' is not in bn.yaml",
        "label 'name' is missing",
        "label 'names' is not in bn.yaml",
        "scene 'third' is not in bn.yaml",
    ]


def test_scripts_that_speak_and_show_the_same_numbers_agree(tmp_path: Path) -> None:
    assert list(number_differences(*pair(tmp_path))) == []
    twice = ENGLISH.replace("The first sum is", "It is {first.sum}, the first sum is")
    assert list(number_differences(*pair(tmp_path, twice))) == []


@pytest.mark.parametrize(
    ("old", "new", "says", "lacking", "place"),
    [
        ("sum is {first.sum}", "sum is 3", "'summed' lacks the number {first.sum}", 1, "summed:"),
        ('"Size: {output.size}"', "Size", "'size' lacks the number {output.size}", 1, "size:"),
        ("turn it.", "turn it {a}.", "'turned' lacks the number {a}", 0, "turned:"),
    ],
)
def test_a_number_that_one_language_lacks_is_named_where_it_belongs(
    tmp_path: Path, old: str, new: str, says: str, lacking: int, place: str
) -> None:
    scripts = pair(tmp_path, ENGLISH.replace(old, new))
    texts = BENGALI, ENGLISH
    [error] = number_differences(*scripts)
    assert (error.message, error.file) == (says, scripts[lacking].path)
    assert error.line == line_of(texts[lacking], f"      {place}")
    other = scripts[1 - lacking].path.name
    assert error.hint == f"it stands in {other}:{line_of(texts[1 - lacking], f'      {place}')}"


# --- what YAML makes of it ------------------------------------------------------------------------

ESCAPES = ("\\ud83d\\ude00", "\\udcff", "\\0", "\\x07", "\\u009f")


@pytest.mark.parametrize("escape", ESCAPES)
@pytest.mark.parametrize(
    "place", ["title: ছোট ছবি", "tags: [ছোট, tiny]", "shown: এই হলো ফিচার ম্যাপ।", "id: second"]
)
def test_an_escape_that_stands_for_no_letter_is_named_with_its_line(
    tmp_path: Path, place: str, escape: str
) -> None:
    key = place.partition(":")[0]
    value = f'["{escape}"]' if key == "tags" else f'"a{escape}"'
    error = failure(written(tmp_path, BENGALI.replace(place, f"{key}: {value}")))
    assert "U+" in error.message
    assert error.line == line_of(BENGALI, place)
    assert error.exit_code == 2


def test_an_escaped_key_is_refused_like_a_text(tmp_path: Path) -> None:
    error = failure(written(tmp_path, BENGALI.replace("turned:", '"\\ud800":')))
    assert "U+D800" in error.message


def test_escapes_that_write_letters_are_read(tmp_path: Path) -> None:
    script = read_script(
        written(tmp_path, BENGALI.replace("title: ছোট ছবি", 'title: "\\u099B\\U0001F600\\ta"'))
    )
    assert script.title == "ছ😀\ta"


@pytest.mark.parametrize("name", ["true", "no", "null", "~", "01", "1_0", "0x1f", "1.50", "1e3"])
def test_a_beat_is_called_what_is_written(tmp_path: Path, name: str) -> None:
    text = BENGALI.replace("turned:", f"{name}:") + f"    claims:\n      {name}: [one]\n"
    scene = read_script(written(tmp_path, text)).scene("second")
    assert list(scene.beats) == ["drawn", name]
    assert list(scene.claims) == [name]


def test_keys_that_are_one_number_to_yaml_are_two_names(tmp_path: Path) -> None:
    text = BENGALI.replace("drawn:", "1:").replace("turned:", "01:")
    assert list(read_script(written(tmp_path, text)).scene("second").beats) == ["1", "01"]


@pytest.mark.parametrize("sign", ["\\n", "\\u2028", "\\r"])
@pytest.mark.parametrize(
    "place", ["title: ছোট ছবি", "title: দ্বিতীয় দৃশ্য", "id: second", "tags: [ছোট, tiny]"]
)
def test_what_stands_in_one_line_has_no_line_break(tmp_path: Path, place: str, sign: str) -> None:
    key = place.partition(":")[0]
    value = f'["a{sign}b"]' if key == "tags" else f'"a{sign}b"'
    error = failure(written(tmp_path, BENGALI.replace(place, f"{key}: {value}")))
    assert "line break" in error.message or "U+000D" in error.message
    assert error.line == line_of(BENGALI, place)
