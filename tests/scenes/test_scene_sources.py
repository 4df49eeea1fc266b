"""No result is typed into a scene or a script: what can be computed comes from a trace."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from cnnviz.compute import KERNELS
from cnnviz.script.placeholders import PLACEHOLDER
from cnnviz.script.reader import read_script

HOUSE = Path(__file__).resolve().parents[2]
SOURCES = sorted((HOUSE / "scenes").rglob("*.py"))
SCRIPTS = sorted(path for path in (HOUSE / "narration").glob("*/*.yaml"))

# Manim's own ways of writing on screen, which know nothing of traces, fonts and least sizes.
FORBIDDEN = {
    "Code",
    "DecimalMatrix",
    "DecimalNumber",
    "DecimalTable",
    "Integer",
    "IntegerMatrix",
    "IntegerTable",
    "MarkupText",
    "MathTable",
    "MathTex",
    "MathTypst",
    "Matrix",
    "MobjectMatrix",
    "Paragraph",
    "SingleStringMathTex",
    "Table",
    "Tex",
    "Text",
    "Title",
    "Typst",
    "Variable",
}

# String constants with digits that are meant, each with its reason.
STRINGS = {
    '"ReLU"(x) = max(0, x)': "the zero belongs to the rule; it is not computed",
}
LABELS = {
    "RF100 poker-cards": "the name of a data set",
    "CC BY 4.0": "the name of a licence",
}


def ids(paths: list[Path]) -> list[str]:
    return [str(path.relative_to(HOUSE)) for path in paths]


def nodes(source: str) -> Iterator[ast.AST]:
    """All nodes of a source but those of docstrings."""
    tree = ast.parse(source)
    docstrings = {
        id(body.body[0].value)
        for body in ast.walk(tree)
        if isinstance(body, ast.Module | ast.ClassDef | ast.FunctionDef)
        and body.body
        and isinstance(body.body[0], ast.Expr)
        and isinstance(body.body[0].value, ast.Constant)
    }
    return (node for node in ast.walk(tree) if id(node) not in docstrings)


def called(node: ast.AST) -> str:
    """The name of what is called, without what it is an attribute of."""
    if not isinstance(node, ast.Call):
        return ""
    if isinstance(node.func, ast.Attribute):
        return node.func.attr
    return node.func.id if isinstance(node.func, ast.Name) else ""


def has_digit(text: str) -> bool:
    return any(character.isdigit() for character in text)


def is_numeric_text(value: object) -> bool:
    known = value in STRINGS or value in KERNELS
    return isinstance(value, str) and has_digit(value) and not known


def typed_numbers(source: str) -> list[str]:
    """What in a scene's source puts a number on screen that no trace has given."""
    found = []
    for node in nodes(source):
        line = getattr(node, "lineno", 0)
        name = called(node)
        if name in FORBIDDEN:
            found.append(f"line {line}: {name}(…)")
        elif name == "Number":
            found.append(f"line {line}: a Number that no trace has made")
        elif name == "literal" and isinstance(node.args[0], ast.Constant | ast.UnaryOp):
            found.append(f"line {line}: literal({ast.unparse(node.args[0])})")
        elif name in ("words", "formula", "with_title", "SideBySide", "sign_legend"):
            parts = [part for argument in node.args for part in ast.walk(argument)]
            if any(
                isinstance(part, ast.JoinedStr) or called(part) in ("str", "format", "shown")
                for part in parts
            ):
                found.append(f"line {line}: {name}(…) of a text made on the spot")
        elif isinstance(node, ast.ImportFrom) and node.module and "manim" in node.module:
            names = sorted(FORBIDDEN & {alias.name for alias in node.names})
            found += [f"line {line}: {name} is imported" for name in names]
        elif isinstance(node, ast.Constant) and is_numeric_text(node.value):
            found.append(f"line {line}: a number in the text {node.value!r}")
    return found


@pytest.mark.parametrize("path", SOURCES, ids=ids(SOURCES))
def test_no_result_is_typed_into_a_scene(path):
    assert typed_numbers(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", SCRIPTS, ids=ids(SCRIPTS))
def test_no_number_is_typed_into_a_script(path):
    found = []
    for scene in read_script(path).scenes:
        for line in (*scene.labels.values(), *scene.beats.values()):
            text = PLACEHOLDER.sub("", line.text)
            for name in LABELS:
                text = text.replace(name, "")
            if has_digit(text):
                found.append(f"line {line.line}: {line.text}")
    assert found == []


def test_every_exemption_is_still_needed():
    code = "".join(path.read_text(encoding="utf-8") for path in SOURCES)
    assert all(text in code for text in STRINGS)
    scripts = "".join(path.read_text(encoding="utf-8") for path in SCRIPTS)
    assert all(text in scripts for text in LABELS)


@pytest.mark.parametrize(
    "source",
    [
        "from manim import Text",
        "import manim\nmanim.Integer(4)",
        "MathTex('x')",
        "words('−4')",
        "words('৪')",
        "words(f'{total}')",
        "words(str(total), BODY)",
        "with_title(grid, shown(total))",
        "number_text(literal(-4))",
        "number_text(literal(7))",
        "Number(-4, 'sum', {})",
        "formula('x = 4')",
        "CODE = 'x = 4'",
    ],
)
def test_a_typed_number_would_be_noticed(source):
    assert typed_numbers(source)


@pytest.mark.parametrize(
    "source",
    [
        '"""Part 2."""',
        "def five():\n    '''The 5×5 picture.'''",
        "from manim import DOWN, FadeIn",
        "words('×', TITLE)",
        "self.label('size', 25)",
        "kernel('laplacian_8')",
        "number_text(TRACE.number(0, 1))",
        "literal(BIAS, of='bias')",
        "literal(int(PATCH[r, c]), row=3)",
    ],
)
def test_what_comes_from_traces_passes(source):
    assert typed_numbers(source) == []
