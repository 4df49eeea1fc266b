"""What a viewer cannot read, or has to look at for too long, judged from what passes have seen.

What is wrong counts when it stands for `LASTING` seconds: texts may fly over others, and give way
to each other. Text that is faint on purpose, below the opacity `FAINT`, is not there to be read
and breaks no rule.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain

from cnnviz.font_signs import with_names
from cnnviz.review.finding import Finding, Severity
from cnnviz.review.moments import Problem, lasting, moments_of
from cnnviz.review.pace import STILL, too_quick, too_still
from cnnviz.review.stage import FAINT, Glimpse, Reading, StageFacts, frame_of, safe_of
from cnnviz.script.timeline import Slot
from cnnviz.stage_format import TALL, WIDE, Format
from cnnviz.studio.production import Production

__all__ = ["RULES", "at_rest", "in_motion", "layout_findings", "scene_problems"]

COVERED = 0.02
"""Of a text, the share that may be hidden."""
CONTRAST = 4.5
"""WCAG's least contrast of text."""
MOST_GROUPS = 8
"""Seven things, and the chapter's title in the corner."""
LASTING = 0.4
"""Seconds from which on something is noticed."""

RULES: Mapping[str, str] = {
    "text-overlap": "no text stands on top of another one",
    "text-covered": "no text is partly hidden behind something",
    "text-across-edge": "no text lies across the edge of a picture or a cell",
    "outside-safe-margin": "nothing leaves the safe area of the film's format",
    "text-too-small": "no text is smaller than font size "
    f"{WIDE.least_text:g}, in a tall film {TALL.least_text:g}",
    "missing-sign": "every sign is in the film's own fonts",
    "low-contrast": f"every text has a contrast of {CONTRAST:g}:1 with what is behind it",
    "too-many-groups": f"no more than {MOST_GROUPS - 1} things are on stage at once",
    "too-quick-to-read": "every text stands long enough to be read",
    "picture-holds-still": f"no picture stands for over {STILL:g} s while the voice speaks",
}

_ADVICE = {
    "text-overlap": "move one of them, or take it off the stage first",
    "text-covered": "move it, or add it after what covers it",
    "text-across-edge": "move it beside the edge, or make the cell larger",
    "outside-safe-margin": "move it towards the middle, or make it smaller",
    "text-too-small": "make it larger, or show less of it",
    "missing-sign": "write it in other signs, or draw it as a shape",
    "low-contrast": "choose a lighter or darker colour, or a calmer ground",
    "too-many-groups": "take something off the stage, or move what belongs together closer",
    "too-quick-to-read": "show it earlier, or leave it longer",
    "picture-holds-still": "let something move, or divide the beat",
}
_WARNINGS = {"text-across-edge", "too-many-groups", "too-quick-to-read", "picture-holds-still"}


def layout_findings(
    production: Production, stages: Mapping[tuple[str, str], StageFacts]
) -> list[Finding]:
    """What is wrong with the layout of a film's scenes, each thing where it begins.

    Parameters
    ----------
    production
        The film.
    stages
        What `look_at_stages` has seen of it.
    """
    found = []
    for scene in production.script.scenes:
        slots = production.slots_of(scene.id)
        facts = [stages[slot.scene, slot.beat] for slot in slots]
        source = production.sources[scene.id]
        before = production.cast.before.get(scene.id)
        # Where it goes on from another scene, that one's title is still there at first.
        titles = [production.script.scene(one).title for one in (before, scene.id) if one]
        for beat, problem in scene_problems(
            slots, facts, "\n".join(titles), production.quality.fps, production.quality.format
        ):
            found.append(
                Finding(
                    rule=problem.rule,
                    severity=_severity(problem.rule),
                    message=problem.message,
                    advice=_ADVICE[problem.rule],
                    scene=scene.id,
                    beat=beat,
                    file=source.beats[beat].path,
                    line=source.beats[beat].line,
                )
            )
    return found


def _severity(rule: str) -> Severity:
    return "warning" if rule in _WARNINGS else "error"


def scene_problems(
    slots: Sequence[Slot],
    facts: Sequence[StageFacts],
    title: str,
    fps: int,
    format: Format = WIDE,
) -> list[tuple[str, Problem]]:
    """What is wrong in one scene: the beat in which it begins, and the problem; each once.

    Parameters
    ----------
    slots, facts
        Its beats, and what was seen of each.
    title
        Its chapter, which its card and its corner show together; and others that need not be read.
    fps
        Frames a second of the slots.
    format
        Of the frame.
    """
    moments = list(moments_of(slots, facts))
    found = chain(
        lasting(moments, lambda seen: [*at_rest(seen.texts, format), *_crowd(seen)], LASTING),
        lasting(moments, lambda seen: _leaving(seen, format), 0.0),
        too_quick(moments, title),
        too_still(slots, facts, fps),
    )
    first: dict[Problem, str] = {}
    for beat, problem in found:
        first.setdefault(replace(problem, where=()), beat)
    order = [slot.beat for slot in slots]
    return sorted(
        ((beat, problem) for problem, beat in first.items()), key=lambda one: order.index(one[0])
    )


def at_rest(texts: Iterable[Reading], format: Format = WIDE) -> list[Problem]:
    """What is wrong with texts that stand still."""
    read = [text for text in texts if text.opacity > FAINT]
    wrong = [
        Problem(rule, message, (text.box, text.covered))
        for text in read
        for rule, message in _flaws(text, format)
    ]
    return wrong + [
        Problem("text-overlap", f"{one} overlaps {other}", (one.box, other.box))
        for one, other in _overlaps(read)
    ]


def _flaws(text: Reading, format: Format) -> Iterator[tuple[str, str]]:
    """What is wrong with one text: rule and message."""
    if not text.box.within(safe_of(format)):
        yield "outside-safe-margin", f"{text} leaves the safe area"
    if text.size < format.least_text:
        yield "text-too-small", f"{text} is as small as size {text.size:.0f}"
    if text.covered > COVERED:
        yield "text-covered", f"{text} is partly covered"
    if text.straddles:
        yield "text-across-edge", f"{text} lies across an edge"
    if text.missing:
        yield "missing-sign", f"{text}: no font of the film has {with_names(text.missing)}"
    if text.contrast is not None and text.contrast < CONTRAST:
        yield "low-contrast", f"{text} has a contrast of {text.contrast:.1f}:1"


def _overlaps(texts: Sequence[Reading]) -> Iterator[tuple[Reading, Reading]]:
    """Pairs of texts of different paragraphs that stand on top of each other.

    A copy that has not left its original yet looks like one text.
    """
    from_left = sorted(texts, key=lambda text: text.box.left)
    for index, one in enumerate(from_left):
        for other in from_left[index + 1 :]:
            if other.box.left > one.box.right:
                break
            copied = one.text == other.text and one.box.within(other.box)
            if one.paragraph != other.paragraph and not copied and one.box.meets(other.box):
                yield one, other


def in_motion(texts: Iterable[Reading], format: Format = WIDE) -> list[Problem]:
    """What is wrong even with texts that are on their way."""
    return [
        Problem("outside-safe-margin", f"{text} leaves the frame")
        for text in texts
        if not text.box.within(frame_of(format))
    ]


def _leaving(glimpse: Glimpse, format: Format) -> list[Problem]:
    # A zoom carries texts out of the screen, as it is meant to.
    return [] if glimpse.zoomed else in_motion(glimpse.texts, format)


def _crowd(glimpse: Glimpse) -> Iterator[Problem]:
    """What is wrong with what is not text."""
    for shape in glimpse.outside:
        message = f"something ({shape.kind}) leaves the safe area"
        yield Problem("outside-safe-margin", message, (shape.box,))
    if glimpse.groups > MOST_GROUPS:
        yield Problem("too-many-groups", f"{glimpse.groups} things are on stage at once")
