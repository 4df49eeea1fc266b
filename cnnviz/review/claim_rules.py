"""Rules for claims: what a sentence says without a digit is computed to be true."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from cnnviz.review.finding import Finding
from cnnviz.review.recompute import NoProofError, UnknownOperationError
from cnnviz.review.recompute_claims import WrongInputError, holds_again
from cnnviz.script.reader import Line, SceneScript, Script
from cnnviz.studio.production import Production

__all__ = ["RULES", "claim_findings", "claim_flaws"]

RULES: Mapping[str, str] = {
    "false-claim": "what a sentence says of numbers is true, also when it is computed again",
    "unspoken-claim": "a claim that a scene gives is made by one of its beats",
    "one-sided-claim": "the sentences of all languages make the same claims",
}

_MEND = "render the beat again; if it stays, make the claim with cnnviz.compute"


def claim_findings(production: Production) -> Iterator[Finding]:
    """What a script that fits its scenes leaves to be said of its claims."""
    script = production.script
    for scene in script.scenes:
        yield from _unspoken(production, scene)
        for other in production.scripts.values():
            if other is not script:
                yield from _one_sided(script, scene, other)


def _unspoken(production: Production, scene: SceneScript) -> Iterator[Finding]:
    if scene.scene is not None:
        return  # a ready scene offers claims, and every script makes those that it needs
    named = {name.text for names in scene.claims.values() for name in names}
    for claim in production.facts[scene.id].claims:
        if claim not in named:
            yield Finding(
                "unspoken-claim",
                "warning",
                f"no beat makes the claim {claim!r}",
                "name it in the scene's claims, at the beat that says so, or take it out",
                scene.id,
                None,
                production.script.path,
                scene.line,
            )


def _one_sided(script: Script, scene: SceneScript, other: Script) -> Iterator[Finding]:
    theirs = other.scene(scene.id)
    for beat, line in scene.beats.items():
        here, there = _names(scene, beat), _names(theirs, beat)
        for name in dict.fromkeys((*here, *there)):
            if name in here and name in there:
                continue
            lacking, at = (script, line) if name in there else (other, theirs.beats[beat])
            naming = other if name in there else script
            yield Finding(
                "one-sided-claim",
                "warning",
                f"the claim {name!r} is not named here, as it is in {naming.path.name}",
                "name it here as well, or silence this if the sentences say different things",
                scene.id,
                beat,
                lacking.path,
                _place(lacking, scene.id, beat, at),
            )


def _names(scene: SceneScript, beat: str) -> list[str]:
    return [name.text for name in scene.claims.get(beat, ())]


def _place(script: Script, scene: str, beat: str, sentence: Line) -> int:
    """The line where the beat's claims are named, or its sentence where there are none."""
    names = script.scene(scene).claims.get(beat)
    return names[0].line if names else sentence.line


def claim_flaws(entry: Mapping[str, Any], base: Path) -> Iterator[tuple[str, str, str]]:
    """Rule, message and advice for all that is wrong with a claim in a ledger."""
    name = entry["shown"]
    if not isinstance(name, str) or not name:
        yield "number-without-proof", f"a claim is called {name!r}, which is no name", _MEND
    if entry["value"] is not True:
        yield "false-claim", f"the claim {name!r} is not true: {entry['value']!r}", _MEND
        return
    try:
        holds = holds_again(entry["args"], base)
    except UnknownOperationError as error:
        yield "unknown-operation", f"{name!r}: {error}", "use one of those in docs/numbers.md"
    except (NoProofError, ArithmeticError, RecursionError) as error:
        yield "number-without-proof", f"{name!r} cannot be computed again: {error}", _MEND
    except WrongInputError as error:
        yield "wrong-number", f"{name!r}: {error}", _MEND
    else:
        if not holds:
            yield "false-claim", f"the claim {name!r} is false when it is computed again", _MEND
