"""What a viewer has too little time to read, or has to look at for too long."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from cnnviz.review.moments import Moment, Problem
from cnnviz.review.stage import FAINT, Reading, StageFacts
from cnnviz.script.timeline import Slot

__all__ = ["STILL", "too_quick", "too_still"]

NOTICED, SIGNS_A_SECOND = 0.4, 17.0
"""Seconds to find a text; signs that are read in a second, a formula's glyphs among them."""
SAMPLE = 0.25
"""Seconds between two looks: by so much a text may have been on stage longer than was seen."""
STILL = 8.0
"""Seconds for which a picture may stand while the voice speaks."""


def too_quick(moments: Sequence[Moment], title: str) -> Iterator[tuple[str, Problem]]:
    """Texts that never stand long enough to be read; numbers are seen at a glance."""
    longest: dict[str, tuple[float, float, str]] = {}  # what was seen, what it takes, where
    began: dict[str, Moment] = {}
    for moment in moments:
        read = _paragraphs(moment.glimpse.texts)
        began = {text: began.get(text, moment) for text in read}
        for text, signs in read.items():
            seen = moment.end - began[text].start
            if seen >= longest.get(text, (0.0, 0.0, ""))[0]:
                longest[text] = seen, signs, began[text].beat
    for text, (seen, needed, beat) in longest.items():
        if seen + SAMPLE < needed and text not in title:
            message = f"“{text}” is shown for {seen:.1f} s and takes {needed:.1f} s to read"
            yield beat, Problem("too-quick-to-read", message)


def _paragraphs(texts: Iterable[Reading]) -> dict[str, float]:
    """Each paragraph that can be read, and how many seconds that takes."""
    lines: dict[int, list[Reading]] = {}
    for text in texts:
        if text.opacity > 2 * FAINT and text.covered < 0.5:
            lines.setdefault(text.paragraph, []).append(text)
    found = {}
    for paragraph in lines.values():
        said = " ".join(line.text for line in paragraph)
        if any(sign.isalpha() for sign in said):
            found[said] = NOTICED + sum(line.signs / SIGNS_A_SECOND for line in paragraph)
    return found


def too_still(
    slots: Sequence[Slot], facts: Sequence[StageFacts], fps: int
) -> Iterator[tuple[str, Problem]]:
    """Stretches in which nothing changes though the voice speaks, also over beats' borders."""
    clock = 0.0
    stretches: list[tuple[float, float, str]] = []
    spoken: list[tuple[float, float]] = []
    for slot, seen in zip(slots, facts, strict=True):
        for start, end in seen.still:
            begin = clock + start
            if stretches and seen.as_before and start == 0 and stretches[-1][1] == clock:
                begin, _, first = stretches.pop()
            else:
                first = slot.beat
            stretches.append((begin, clock + end, first))
        spoken.append((clock + slot.lead / fps, clock + (slot.lead + slot.speech) / fps))
        clock += seen.seconds
    for begin, end, beat in stretches:
        heard = [(max(begin, one), min(end, other)) for one, other in spoken]
        heard = [(one, other) for one, other in heard if other > one]
        if heard and heard[-1][1] - heard[0][0] > STILL:
            seconds = heard[-1][1] - heard[0][0]
            message = f"nothing moves for {seconds:.1f} s while the voice speaks"
            yield beat, Problem("picture-holds-still", message)
