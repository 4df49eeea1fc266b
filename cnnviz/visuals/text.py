"""Words and numbers on screen. Pango shapes each text whole, so conjuncts stay intact."""

from __future__ import annotations

from functools import cache

from manim import BOLD, NORMAL, RIGHT, SEMIBOLD, UP, Text, VGroup

from cnnviz.compute.number import Number
from cnnviz.script.numerals import shown
from cnnviz.visuals.fonts import FAMILY, register_fonts
from cnnviz.visuals.theme import BODY, SMALL, TEXT

__all__ = ["BOLD", "NORMAL", "SEMIBOLD", "number_text", "put_on_baseline", "size_text", "words"]


@cache
def _laid_out(text: str, size: float, weight: str) -> Text:
    register_fonts()
    return Text(text, font=FAMILY, font_size=size, weight=weight)


@cache
def _descent(text: str, size: float, weight: str) -> float:
    """How far `text` reaches below its baseline, in Manim units.

    Manim places texts by their outlines and forgets the baseline; an H in front, which stands on
    it, shows where it was.
    """
    measured = _laid_out(f"H{text}", size, weight)
    rest = min(glyph.get_bottom()[1] for glyph in measured[1:])
    return float(measured[0].get_bottom()[1] - rest)


def _text(text: str, size: float, weight: str, colour: str) -> Text:
    # Laying text out is slow and the same digits come again and again: copy the glyphs.
    copy = _laid_out(text, size, weight).copy().set_color(colour)
    copy.descent = _descent(text, size, weight)
    return copy


def words(
    text: str,
    size: float = BODY,
    *,
    colour: str = TEXT,
    weight: str = NORMAL,
    width: float | None = None,
    numbers: tuple[Number, ...] = (),
) -> VGroup:
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
    VGroup
        One `Text` a line, centred below each other.

    Raises
    ------
    ValueError
        `size` is too small to read on a telephone.
    """
    if size < SMALL:
        raise ValueError(f"text of size {size} is too small to read; the least is {SMALL}")
    lines = [
        line for part in text.split("\n") for line in _broken(part, size, weight, width)
    ]
    group = VGroup(*(_text(line, size, weight, colour) for line in lines))
    group.numbers = numbers
    return _stacked(group, size)


def _stacked(lines: VGroup, size: float) -> VGroup:
    """Lines with their baselines at equal distances, whatever reaches above and below."""
    step = size / 48 * 0.78
    for index, line in enumerate(lines):
        line.set_x(0)
        put_on_baseline(line, -step * index)
    return lines.center()


def put_on_baseline(text: Text | VGroup, y: float) -> Text | VGroup:
    """Move a text of one line, or the first line of several, so that it stands on height `y`."""
    first = text if isinstance(text, Text) else text[0]
    return text.shift(UP * (y - first.descent - first.get_bottom()[1]))


def _broken(text: str, size: float, weight: str, width: float | None) -> list[str]:
    if width is None or _laid_out(text, size, weight).width <= width:
        return [text]
    lines: list[str] = []
    line = ""
    for word in text.split():
        longer = f"{line} {word}".strip()
        if line and _laid_out(longer, size, weight).width > width:
            lines.append(line)
            longer = word
        line = longer
    return [*lines, line]


def number_text(
    number: Number, size: float = BODY, *, colour: str = TEXT, weight: str = SEMIBOLD
) -> Text:
    """A number's digits; the mobject carries its `numbers`, and so enters the ledger."""
    text = _text(shown(number.value), size, weight, colour)
    text.numbers = (number,)
    return text


def size_text(
    rows: Number, columns: Number, size: float = BODY, *, colour: str = TEXT
) -> VGroup:
    """A matrix size, rows × columns, made of two numbers."""
    parts = VGroup(
        number_text(rows, size, colour=colour),
        _text("×", size, NORMAL, colour),
        number_text(columns, size, colour=colour),
    )
    return parts.arrange(RIGHT, buff=0.12 * size / BODY)
