"""What `check` has found, kept until something changes: listening to a whole film takes a while."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from cnnviz.files import cache_dir, file_digest, write_json
from cnnviz.review.finding import Finding
from cnnviz.studio.build import Site
from cnnviz.studio.digests import json_digest, versions
from cnnviz.studio.production import Production

__all__ = ["checked"]

REVIEW = Path(__file__).parents[1]


def checked(production: Production, site: Site, bundle: Path | None) -> list[Finding]:
    """The findings of `check`, asked again only where anything that it looks at has changed.

    Raises
    ------
    StudioError
        As `check`.
    """
    note = cache_dir() / "findings" / f"{_key(production, bundle)}.json"
    try:
        return [_finding(data) for data in json.loads(note.read_text(encoding="utf-8"))]
    except (OSError, ValueError, TypeError):
        pass  # not there, or damaged: it is asked again
    # Late: it brings all rules along.
    from cnnviz.review.check import check

    found = check(production, site, bundle)
    write_json(note, [asdict(one) | {"file": one.file and str(one.file)} for one in found])
    return found


def _finding(data: dict[str, Any]) -> Finding:
    return Finding(**data | {"file": data["file"] and Path(data["file"])})


def _key(production: Production, bundle: Path | None) -> str:
    scripts = production.episode.scripts
    return json_digest(
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
            "made": _digests(bundle.iterdir() if bundle and bundle.is_dir() else ()),
            "rules": _digests([*REVIEW.glob("*.py"), *REVIEW.glob("recompute/*.py")]),
            "versions": versions(),
        }
    )


def _digests(files: Iterable[Path]) -> list[tuple[str, str]]:
    """Paths and digests of those that are files, the page itself aside."""
    return [
        (str(path), file_digest(path))
        for path in sorted(files)
        if path.is_file() and path.suffix != ".html"
    ]
