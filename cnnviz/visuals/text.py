"""Words and numbers on screen. Pango shapes each text whole, so conjuncts stay intact."""

from __future__ import annotations

from typing import Any

from manim import BOLD, NORMAL, RIGHT, SEMIBOLD, UP, VGroup, VMobject

from cnnviz.compute.number import Number
from cnnviz.script.numerals import as_digits
from cnnviz.visuals.glyphs import Glyphs, laid_out
from cnnviz.visuals.theme import BODY, SMALL, TEXT

__all__ = [
    "BOLD",
    "NORMAL",
    "SEMIBOLD",
    "Glyphs",
    "Words",
    "number_text",
    "put_on_baseline",
    "size_text",
    "worded",
    "words",
]


class Words(VGroup):
    """One or more lines, and the numbers that are written in them."""

    numbers: tuple[Number, ...] = ()


def _text(text: str, size: float, weight: str, colour: str) -> Glyphs:
    copy = laid_out(text, size, weight).copy()
    copy.set_color(colour)
    return copy


def words(
    text: str,
    size: float = BODY,
    *,
    colour: str = TEXT,
    weight: str = NORMAL,
    width: float | None = None,
    numbers: tuple[Number, ...] = (),
) -> Words:
    """`text` in one colour, broken between words where it is wider than `width` units.

    Parameters
    ----------
    text
        Any text in Bengali or Latin script; a line feed starts a new line.
    size
        Font size in Manim's units, at least `SMALL`.
    width
        The widest a line may be, in Manim units; None for one line.
    numbers
        The numbers that are written inside `text`, for the ledger.

    Returns
    -------
    Words
        One `Glyphs` a line, centred below each other.

    Raises
    ------
    ValueError
        `size` is too small to read on a telephone.
    """
    if size < SMALL:
        raise ValueError(f"text of size {size} is too small to read; the least is {SMALL}")
    lines = [line for part in text.split("\n") for line in _broken(part, size, weight, width)]
    group = Words(*(_text(line, size, weight, colour) for line in lines))
    group.numbers = numbers
    _stack(group, size)
    return group


def _stack(lines: Words, size: float) -> None:
    """Lines with their baselines at equal distances, whatever reaches above and below."""
    step = size / 48 * 0.78
    for index, line in enumerate(lines):
        line.set_x(0)
        put_on_baseline(line, -step * index)
    lines.center()


def put_on_baseline(text: VMobject, y: float) -> None:
    """Move a line, or several with the first of them, so that it stands on height `y`."""
    first = text if isinstance(text, Glyphs) else text[0]
    assert isinstance(first, Glyphs)
    text.shift(UP * (y - first.descent - first.get_bottom()[1]))


def _broken(text: str, size: float, weight: str, width: float | None) -> list[str]:
    if width is None or _width(text, size, weight) <= width:
        return [text]
    lines: list[str] = []
    line = ""
    for word in text.split():
        longer = f"{line} {word}".strip()
        if line and _width(longer, size, weight) > width:
            lines.append(line)
            longer = word
        line = longer
    return [*lines, line]


def _width(text: str, size: float, weight: str) -> float:
    return float(laid_out(text, size, weight).width)


def worded(given: str | VMobject, size: float, **look: Any) -> VMobject:
    """What is given as words, laid out as `words` does it; any other mobject as it is."""
    return words(given, size, **look) if isinstance(given, str) else given


def number_text(
    number: Number, size: float = BODY, *, colour: str = TEXT, weight: str = SEMIBOLD
) -> Glyphs:
    """A number's digits; the mobject carries its `numbers`, and so enters the ledger."""
    text = _text(as_digits(number.value), size, weight, colour)
    text.numbers = (number,)
    return text


def size_text(rows: Number, columns: Number, size: float = BODY, *, colour: str = TEXT) -> VGroup:
    """A matrix size, rows × columns, made of two numbers."""
    parts = VGroup(
        number_text(rows, size, colour=colour),
        _text("×", size, NORMAL, colour),
        number_text(columns, size, colour=colour),
    )
    return parts.arrange(RIGHT, buff=0.12 * size / BODY)
