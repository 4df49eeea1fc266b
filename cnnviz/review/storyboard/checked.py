"""What `check` has found, kept until something changes: listening to a whole film takes a while."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from cnnviz.files import file_digest
from cnnviz.ingredients.record import Ingredients, maker, versions
from cnnviz.names import visible
from cnnviz.review.finding import Finding
from cnnviz.review.sealed import NAME
from cnnviz.store import Shelf
from cnnviz.studio.production import Production
from cnnviz.studio.site import Site

__all__ = ["checked"]


def checked(production: Production, site: Site, bundle: Path | None) -> list[Finding]:
    """The findings of `check`, asked again only where anything that it looks at has changed.

    Raises
    ------
    StudioError
        As `check`.
    """
    shelf, key = Shelf("findings"), _key(production, bundle)
    entry = shelf.get(key)
    if entry is not None:
        return [_finding(data) for data in entry.facts]
    # Late: it brings all rules along.
    from cnnviz.review.check import check

    found = check(production, site, bundle)
    shelf.seal(key, facts=[asdict(one) | {"file": one.file and str(one.file)} for one in found])
    return found


def _finding(data: dict[str, Any]) -> Finding:
    return Finding(**data | {"file": data["file"] and Path(data["file"])})


def _key(production: Production, bundle: Path | None) -> str:
    scripts = production.episode.scripts
    record = Ingredients(
        "findings",
        {
            "beats": [
                [
                    production.key(slot),
                    slot.start,
                    production.words(slot),
                    production.spoken[slot.scene, slot.beat].digest,
                ]
                for slot in production.slots
            ],
            "of": [production.language, production.voice, production.quality.name],
            "written": _digests([*scripts.glob("*.yaml"), *scripts.parent.glob("lexicon.*.yaml")]),
            "made": _digests(_made(bundle)),
            "rules": maker("review/check.py", "review/looking.py", "review/recompute/*.py"),
            "versions": versions(),
        },
    )
    return record.key


def _made(bundle: Path | None) -> Iterator[Path]:
    if bundle is not None and bundle.is_dir():
        yield from bundle.iterdir()
        yield from bundle.glob("recordings/*.json")


def _digests(files: Iterable[Path]) -> list[tuple[str, str]]:
    """Paths and digests of those that are files, but for what is itself written after a check."""
    return [
        (str(path), file_digest(path))
        for path in visible(files)
        if path.is_file() and path.suffix != ".html" and path.name != NAME
    ]
