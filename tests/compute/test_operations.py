"""Every operation has all its pieces, in the one place and in the other."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from examples import examples, put_evidence

from cnnviz.compute import Number, Operation, activation, operations
from cnnviz.compute.writing import as_written
from cnnviz.errors import UserError
from cnnviz.review.number_rules import number_findings
from cnnviz.review.recompute import again, ways
from cnnviz.review.storyboard.sums import sums
from cnnviz.review.storyboard.words import WORDS
from cnnviz.script.numerals import as_digits

HOUSE = Path(__file__).parents[2]
LANGUAGES = sorted(WORDS)
NAMES = sorted(operations())


def rows_of_the_docs() -> dict[str, str]:
    """Operation → its row in docs/numbers.md."""
    rows = {}
    for line in (HOUSE / "docs" / "numbers.md").read_text(encoding="utf-8").splitlines():
        first, *rest = re.split(r"(?<!\\)\|", line.removeprefix("|"))
        if line.startswith("| `") and len(rest) == 3:
            rows |= dict.fromkeys(re.findall(r"`(\w+)`", first), "|".join(rest))
    return rows


def of(name: str) -> list[Number]:
    """The examples of one operation."""
    return [number for number in examples() if number.op == name]


def entry(number: Number) -> dict[str, Any]:
    return {
        "scene": "s",
        "beat": "b",
        "shown": as_digits(number.value),
        "value": number.value,
        "op": number.op,
        "args": dict(number.args),
    }


def test_each_is_computed_again_and_nothing_else_is() -> None:
    assert sorted(ways()) == NAMES


def test_each_has_a_row_in_the_docs_and_nothing_else_has() -> None:
    assert sorted(rows_of_the_docs()) == NAMES


def test_each_has_an_example() -> None:
    assert sorted({number.op for number in examples()}) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_each_has_words_in_every_language(name: str) -> None:
    words = operations()[name].words
    assert sorted(words) == LANGUAGES
    assert all(text.strip() for text in words.values())
    assert re.search("[\u0980-\u09ff]", words["bn"])
    assert not re.search("[\u0980-\u09ff]", words["en"])


def test_no_two_have_the_same_words() -> None:
    for language in LANGUAGES:
        assert len({one.words[language] for one in operations().values()}) == len(NAMES)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_each_is_written_out_down_to_its_value(name: str, language: str) -> None:
    operation = operations()[name]
    for number in of(name):
        lines = operation.written(number.args, number.value, language)
        assert lines
        assert all(isinstance(line, str) and line.strip() == line != "" for line in lines)
        if name not in ("literal", "measured"):
            value = re.compile(rf"(?<![\d.]){re.escape(as_digits(number.value))}(?![\d.])")
            assert any(map(value.search, lines))
        [told] = sums([entry(number)], language)
        assert told.lines == lines
        assert told.what.startswith(operation.words[language])


@pytest.mark.parametrize("name", NAMES)
def test_each_is_without_findings_and_a_wrong_one_is_found(tmp_path: Path, name: str) -> None:
    put_evidence(tmp_path)
    for number in of(name):
        assert number_findings([entry(number)], tmp_path) == []
        value = number.value + 1e-3
        found = number_findings(
            [entry(number) | {"value": value, "shown": as_digits(value)}], tmp_path
        )
        assert [one.rule for one in found] == ["wrong-number"] * (name != "literal")


@pytest.mark.parametrize("name", NAMES)
def test_each_argument_stands_in_the_docs_and_is_missed(tmp_path: Path, name: str) -> None:
    put_evidence(tmp_path)
    row = rows_of_the_docs()[name]
    for number in of(name):
        for argument in number.args.keys() - {"row", "column"}:  # where a literal stands
            assert f"`{argument}`" in row
            rest = {key: value for key, value in number.args.items() if key != argument}
            found = number_findings([entry(number) | {"args": rest}], tmp_path)
            said = "wrong-number" if argument == "decimals" and name == "accuracy" else ""
            assert [one.rule for one in found] == [said or "number-without-proof"]


def test_an_unknown_operation_is_refused_when_its_number_is_made() -> None:
    with pytest.raises(UserError, match=r"unknown operation 'softmx' of a number — .*softmax"):
        Number(1, "softmx")
    with pytest.raises(UserError, match=r"unknown operation 'xyz' of a number — .*conv2d"):
        Number(1, "xyz")


def test_two_operations_of_one_name_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    twin = Operation("conv2d", {}, lambda args, value, language: ())
    monkeypatch.setattr(activation, "TWIN", twin, raising=False)
    with pytest.raises(ValueError, match="two operations are called 'conv2d'"):
        operations.__wrapped__()


def test_two_ways_of_one_operation_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def twin() -> None: ...

    twin.operation = "conv2d"  # type: ignore[attr-defined]
    monkeypatch.setattr(again, "twin", twin, raising=False)
    with pytest.raises(ValueError, match="two functions compute 'conv2d' again"):
        ways.__wrapped__()


def imports(path: Path) -> set[str]:
    """Our own modules that a file imports."""
    found = set()
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0
            found.add(node.module or "")
        elif isinstance(node, ast.Import):
            found |= {one.name for one in node.names}
    return {name for name in found if name.split(".")[0] == "cnnviz"}


@pytest.mark.parametrize(
    ("folder", "known"),
    [
        ("compute", ("cnnviz.compute", "cnnviz.errors", "cnnviz.languages")),
        ("review/recompute", ("cnnviz.review.recompute",)),
    ],
)
def test_neither_place_knows_anything_else_of_ours(folder: str, known: tuple[str, ...]) -> None:
    files = sorted((HOUSE / "cnnviz" / folder).glob("*.py"))
    assert files
    for path in files:
        assert {name for name in imports(path) if not name.startswith(known)} == set()


def test_neither_torch_nor_opencv_is_loaded_before_something_is_computed() -> None:
    code = (
        "import sys\n"
        "from cnnviz.compute import literal, operations\n"
        "literal(1, of='x'), operations()\n"
        "assert not {'torch', 'cv2'} & set(sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=HOUSE, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_sums_write_numbers_as_the_screen_does() -> None:
    for value in (0, -0.0, -0.00001, -4, 0.5, 100, 43_352_064, -1234.56789, 0.10284, 1e20):
        assert as_written(value) == as_digits(value)
