"""Rules that a script silences for one beat, each with its reason."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from cnnviz.review.finding import Finding
from cnnviz.script.placeholders import nearest
from cnnviz.script.reader import Script

__all__ = ["RULES", "silenced"]

RULES = {
    "unknown-silence": "what is silenced is a rule, for a beat that the scene has",
    "needless-silence": "a rule is silenced only where it has something to say",
}


def silenced(
    findings: Sequence[Finding],
    script: Script,
    rules: Collection[str],
    used: Collection[str],
) -> list[Finding]:
    """`findings` less those that `script` silences, and what is wrong with its silences.

    Parameters
    ----------
    findings
        What the rules have found.
    script
        The one in the film's own language.
    rules
        All that there are.
    used
        Those that were asked this time; a silence for another one may well be needed.
    """
    silent = {
        (scene.id, beat, rule)
        for scene in script.scenes
        for beat, reasons in scene.silenced.items()
        for rule in reasons
    }
    heard = {(one.scene, one.beat, one.rule) for one in findings}
    kept = [one for one in findings if (one.scene, one.beat, one.rule) not in silent]
    return [*kept, *_wrong(script, rules, used, heard)]


def _wrong(
    script: Script,
    rules: Collection[str],
    used: Collection[str],
    heard: Collection[tuple[str | None, str | None, str]],
) -> Iterator[Finding]:
    for scene in script.scenes:
        for beat, reasons in scene.silenced.items():
            for rule, reason in reasons.items():
                place = scene.id, beat, script.path, reason.line
                if beat not in scene.beats:
                    message = f"a rule is silenced for {beat!r}, which is no beat of the scene"
                    advice = nearest(beat, list(scene.beats))
                    yield Finding("unknown-silence", "error", message, advice, *place)
                elif rule not in rules:
                    message, advice = f"there is no rule {rule!r}", nearest(rule, sorted(rules))
                    yield Finding("unknown-silence", "error", message, advice, *place)
                elif rule in used and (scene.id, beat, rule) not in heard:
                    message = f"the rule {rule!r} is silenced where it has nothing to say"
                    yield Finding("needless-silence", "warning", message, "take it out", *place)
