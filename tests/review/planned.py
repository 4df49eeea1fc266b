"""The tiny film, planned, and what rules say about it."""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import replace

from tiny import Project

from cnnviz.episode.episode import find_episode
from cnnviz.media.quality import quality
from cnnviz.progress import Reporter
from cnnviz.review.finding import Finding
from cnnviz.studio.production import Production, prepare


def silent() -> Reporter:
    return Reporter(io.StringIO())


def planned(project: Project, language: str = "bn", voice: str | None = None) -> Production:
    """The tiny film at draft quality; `voice` only pretends who has spoken it."""
    recordings = project.script.parent / "recordings"
    if not (recordings / language).exists():
        (recordings / "bn").rename(recordings / language)
    episode = find_episode(project.root, "tiny")
    production = prepare(episode, language, quality("draft"), "recorded", silent())
    return replace(production, voice=voice) if voice else production


def of_rule(rule: str, findings: Iterable[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.rule == rule]


def place(finding: Finding) -> tuple[str | None, str | None, str | None, int | None]:
    """Scene, beat, the file's name, line."""
    return finding.scene, finding.beat, finding.file and finding.file.name, finding.line
