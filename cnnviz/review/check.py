"""All rules of the review, asked of one film."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from cnnviz.bundle_files import FILM
from cnnviz.review import (
    caption_rules,
    chapter_rules,
    claim_rules,
    film_rules,
    layout_rules,
    number_rules,
    script_rules,
    silence,
    sound_rules,
)
from cnnviz.review.caption_rules import caption_findings
from cnnviz.review.chapter_rules import chapter_findings
from cnnviz.review.claim_rules import claim_findings
from cnnviz.review.film_rules import film_findings
from cnnviz.review.finding import Finding
from cnnviz.review.layout_rules import layout_findings
from cnnviz.review.made import film_made
from cnnviz.review.number_rules import number_findings
from cnnviz.review.passes import look_at_stages
from cnnviz.review.script_rules import script_findings
from cnnviz.review.silence import silenced
from cnnviz.review.sound_rules import sound_findings
from cnnviz.review.stage import StageFacts
from cnnviz.studio.production import Production
from cnnviz.studio.site import Site

__all__ = ["RULES", "check"]

_OWN_RULES = {
    "stale-film": "the film in the bundle says what the script says now",
    "stale-picture": "the film in the bundle shows what its scenes show now",
    "ledger": "the film has a list of its numbers",
}
_FILM_RULES = {**film_rules.RULES, **sound_rules.RULES, **_OWN_RULES}
"""Asked only where there is a film."""

RULES: Mapping[str, str] = {
    **script_rules.RULES,
    **caption_rules.RULES,
    **chapter_rules.RULES,
    **layout_rules.RULES,
    **number_rules.RULES,
    **claim_rules.RULES,
    **_FILM_RULES,
    **silence.RULES,
}
"""Every rule's name, and what it wants."""


def check(production: Production, site: Site, bundle: Path | None) -> list[Finding]:
    """Ask every rule about a film, in the order of its clock; what the script silences is left out.

    Parameters
    ----------
    production
        The film as it is planned.
    site
        Where scenes are looked at, and who is told of it.
    bundle
        The folder of its bundle. What lies there is looked at if it is a film in the same language.

    Raises
    ------
    StudioError
        A scene raised, or the disk is full.
    """
    made = film_made(bundle, production.language)
    stale = list(_stale(production, made, bundle)) if made and bundle else []
    # An old film has old captions; one finding says so, and not a hundred.
    current = bundle if made and not stale and _is_same_clock(production, made) else None
    stages = look_at_stages(production, site)
    found = [
        *script_findings(production),
        *claim_findings(production),
        *caption_findings(production, current),
        *chapter_findings(production, current),
        *layout_findings(production, stages),
    ]
    if made is None or bundle is None:
        numbers = _numbers_to_be(production, stages)
        found += number_findings(numbers, production.episode.root)
    else:
        found += stale or _redrawn(production, made, bundle)
        found += film_findings(bundle)
        found += sound_findings(bundle)
        found += _number_findings(bundle)
    used = RULES.keys() - (_FILM_RULES.keys() if made is None else ())
    return _in_order(silenced(found, production.script, RULES, used), production)


def _is_same_clock(production: Production, made: Mapping[str, Any]) -> bool:
    """Whether quality and voice, and with them all times, are those of the film."""
    return bool(made.get("quality") == production.quality.name) and bool(
        made.get("voice") == production.voice
    )


def _stale(production: Production, made: Mapping[str, Any], bundle: Path) -> Iterator[Finding]:
    """That the film was made of other words, or to another clock, than there are now."""
    timed = _is_same_clock(production, made)
    now = [
        (slot.scene, slot.beat, production.words(slot), slot.frames if timed else None)
        for slot in production.slots
    ]
    try:
        then = [
            (one["scene"], one["beat"], one["said"], one["frames"] if timed else None)
            for one in made["beats"]
        ]
    except (KeyError, TypeError):
        then = []  # no list of beats, or a damaged one
    if then != now:
        scene, beat = next(((one[0], one[1]) for one in now if one not in then), (None, None))
        yield Finding(
            "stale-film",
            "error",
            "the film was made before script or voice changed",
            f"make it again: render.py episode {production.episode.name}",
            scene,
            beat,
            bundle / FILM,
        )


def _redrawn(production: Production, made: Mapping[str, Any], bundle: Path) -> Iterator[Finding]:
    """That beats would be drawn anew if the film, whose words are the same, were made again."""
    keys = made.get("keys")
    if not _is_same_clock(production, made) or not isinstance(keys, list):
        return  # their frames are others, or it is not known what they were drawn from
    now = [production.key(slot) for slot in production.slots]
    changed = [
        slot for slot, key, was in zip(production.slots, now, keys, strict=False) if key != was
    ]
    if changed:
        beats = "one beat" if len(changed) == 1 else f"{len(changed)} beats"
        yield Finding(
            "stale-picture",
            "warning",
            f"what draws {beats} has changed since the film was made: scene, label or library",
            f"make it again: render.py episode {production.episode.name}",
            changed[0].scene,
            changed[0].beat,
            bundle / FILM,
        )


def _numbers_to_be(
    production: Production, stages: Mapping[tuple[str, str], StageFacts]
) -> list[dict[str, Any]]:
    """The ledger of a film that is not made yet."""
    spoken = [
        number.as_json() for slot in production.slots for number in production.spoken_numbers(slot)
    ]
    claims = [claim.as_json() for slot in production.slots for claim in production.claims_of(slot)]
    seen = [dict(entry) for facts in stages.values() for entry in facts.ledger]
    return [*spoken, *claims, *seen]


def _number_findings(bundle: Path) -> list[Finding]:
    path = bundle / "numbers.json"
    try:
        entries = json.loads(path.read_bytes())
    except (OSError, ValueError):
        entries = None
    if isinstance(entries, list):
        return number_findings(entries, bundle)
    message, advice = "no list of the film's numbers can be read", "render the episode again"
    return [Finding("ledger", "error", message, advice, file=path)]


def _in_order(findings: Sequence[Finding], production: Production) -> list[Finding]:
    """What concerns the whole film first, then scene by scene and beat by beat."""
    times: dict[tuple[str | None, str | None], int] = {(None, None): -1}
    for slot in production.slots:
        times.setdefault((slot.scene, None), slot.start)
        times[slot.scene, slot.beat] = slot.start
    end = production.frames  # beats that an old film has

    def time(finding: Finding) -> tuple[int, bool]:
        place = finding.scene, finding.beat
        return times.get(place, times.get((finding.scene, None), end)), finding.beat is not None

    return sorted(findings, key=time)
