"""Rules for captions: they can be read in the time that they are shown, and the files hold them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import regex
import srt

from cnnviz.review.finding import Finding, Severity
from cnnviz.script.captions import (
    CALM,
    FLICKER,
    LINE_LENGTH,
    LONGEST,
    SHORTEST,
    Cue,
    graphemes,
    to_srt,
)
from cnnviz.script.timeline import Slot
from cnnviz.studio.film_texts import beat_captions, captions
from cnnviz.studio.production import Production

__all__ = ["RULES", "caption_findings"]

RULES = {
    "caption-lines": "a caption has at most two lines of at most 42 signs",
    "caption-speed": "a caption is read at 17 signs a second or less; 22 is the limit",
    "caption-time": "a caption is shown for five sixths of a second to seven seconds",
    "caption-order": "captions follow each other, do not overlap and end with the film",
    "caption-gap": "between two captions is no gap, or one that does not flicker",
    "caption-markup": "captions hold words alone, no markup",
    "caption-file": "the caption files are UTF-8 SRT and say what the script says",
}

LINES = 2
FASTEST = 22.0
"""Signs a second that nobody reads any more."""
_ROUNDING = 0.002
"""Seconds by which an SRT file's milliseconds may miss."""
_MARKUP = regex.compile(r"</?\p{L}[^<>]*>|\{\\[^{}]*\}|&(?:\w+|#\d+);")

_Say = Callable[[str, Severity, str, str], Finding]
"""Makes a finding at a caption's place of rule, severity, message and advice."""


def caption_findings(production: Production, bundle: Path | None = None) -> list[Finding]:
    """All that the rules object to in the captions of a film, of every language.

    Parameters
    ----------
    production
        The film.
    bundle
        Its bundle, with the files of captions in it; None leaves files alone.
    """
    found: list[Finding] = []
    for language in production.scripts:
        found += _written_findings(production, language)
        if bundle is not None:
            found += _file_findings(production, language, bundle / f"captions.{language}.srt")
    return found


def _written_findings(production: Production, language: str) -> Iterator[Finding]:
    """Findings in captions as the script gives them."""
    script = production.scripts[language]
    placed: list[tuple[Cue, _Say]] = []
    for slot in production.slots:
        line = script.scene(slot.scene).beats[slot.beat].line
        say = _at(slot, script.path, line)
        placed += [(cue, say) for cue in beat_captions(production, slot, language)]
    yield from _cue_findings(placed, _length(production))


def _file_findings(production: Production, language: str, path: Path) -> Iterator[Finding]:
    """That a file of captions cannot be read, or is another than the script gives, and its faults.

    Of reading in time, the script's own captions have told.
    """
    advice = f"make the film again: render.py episode {production.episode.name}"
    say = _at(None, path)
    try:
        text = path.read_text(encoding="utf-8")
        read = [_cue(one) for one in srt.parse(text)]
    except OSError as error:
        yield say("caption-file", "error", f"cannot be read: {error.strerror}", advice)
        return
    except UnicodeDecodeError:
        yield say("caption-file", "error", "is not UTF-8 text", advice)
        return
    except (srt.SRTParseError, srt.TimestampParseError, ValueError):
        yield say("caption-file", "error", "cannot be read as SRT", advice)
        return
    if text != to_srt(captions(production, language)):
        yield say("caption-file", "error", "does not say what the script says now", advice)
        placed = [(cue, _at(_slot_at(production, cue.start), path)) for cue in read]
        found = _cue_findings(placed, _length(production))
        yield from (one for one in found if one.rule not in ("caption-speed", "caption-time"))


def _at(slot: Slot | None, file: Path, line: int | None = None) -> _Say:
    def say(rule: str, severity: Severity, message: str, advice: str) -> Finding:
        scene, beat = (slot.scene, slot.beat) if slot else (None, None)
        return Finding(rule, severity, message, advice, scene, beat, file, line)

    return say


def _cue(subtitle: srt.Subtitle) -> Cue:
    start, end = subtitle.start.total_seconds(), subtitle.end.total_seconds()
    return Cue(start, end, tuple(subtitle.content.split("\n")))


def _slot_at(production: Production, seconds: float) -> Slot | None:
    frame = seconds * production.quality.fps
    return next((slot for slot in production.slots if slot.start <= frame < slot.end), None)


def _length(production: Production) -> float:
    return production.frames / production.quality.fps


def _cue_findings(placed: Sequence[tuple[Cue, _Say]], film: float) -> Iterator[Finding]:
    """What is wrong with captions and with what lies between them; `film` is its length."""
    for cue, say in placed:
        yield from _line_findings(cue, say)
        yield from _time_findings(cue, say, film)
    for (before, _), (after, say) in pairwise(placed):
        yield from _gap_findings(before, after, say)


def _line_findings(cue: Cue, say: _Say) -> Iterator[Finding]:
    shown = _beginning(cue)
    if len(cue.lines) > LINES:
        message = f"the caption “{shown}” has {len(cue.lines)} lines"
        yield say("caption-lines", "error", message, "two are enough: shorten it")
    for line in cue.lines:
        if graphemes(line) > LINE_LENGTH:
            message = f"the caption's line “{line}” has {graphemes(line)} signs"
            advice = f"a line has {LINE_LENGTH} at most, and words are not cut: use shorter ones"
            yield say("caption-lines", "error", message, advice)
    if _MARKUP.search(" ".join(cue.lines)):
        message = f"there is markup in the caption “{shown}”"
        yield say("caption-markup", "error", message, "write words alone")


def _time_findings(cue: Cue, say: _Say, film: float) -> Iterator[Finding]:
    shown, seconds = _beginning(cue), cue.end - cue.start
    if seconds <= 0 or cue.end > film + _ROUNDING:
        message = f"the caption “{shown}” ends " + (
            "before it begins" if seconds <= 0 else "after the film"
        )
        yield say("caption-order", "error", message, "make the film again")
        return
    speed = graphemes(" ".join(cue.lines)) / seconds
    # What is read in time with rounding to milliseconds and frames is read in time.
    if speed > CALM + 0.05:
        yield say(
            "caption-speed",
            "error" if speed > FASTEST + 0.05 else "warning",
            f"the caption “{shown}” has {speed:.1f} signs a second; {CALM:.0f} are read with ease",
            "say it in fewer words",
        )
    if seconds < SHORTEST - _ROUNDING:
        message = f"the caption “{shown}” is shown for {seconds:.2f} s only"
        yield say("caption-time", "warning", message, "say a little more in this beat")
    if seconds > LONGEST + FLICKER:
        message = f"the caption “{shown}” is shown for {seconds:.1f} s"
        advice = f"nothing need be read for more than {LONGEST:.0f} s: is the voice that slow?"
        yield say("caption-time", "warning", message, advice)


def _gap_findings(before: Cue, after: Cue, say: _Say) -> Iterator[Finding]:
    gap, shown = after.start - before.end, _beginning(after)
    if gap < -_ROUNDING:
        message = f"the caption “{shown}” begins before the one before it ends"
        yield say("caption-order", "error", message, "make the film again")
    elif _ROUNDING < gap < FLICKER:
        message = f"there is a gap of {gap:.2f} s before the caption “{shown}”"
        yield say("caption-gap", "warning", message, "make the film again")


def _beginning(cue: Cue) -> str:
    """The caption's beginning, to recognize it by."""
    words = " ".join(cue.lines).split()
    return " ".join(words[:5]) + (" …" if len(words) > 5 else "")
