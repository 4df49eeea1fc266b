"""The two jobs that people come for: an episode, and one scene of it."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from cnnviz.bundle_files import FILM
from cnnviz.episode.episode import Episode, find_episode
from cnnviz.errors import UserError, shown_path
from cnnviz.languages import DEFAULT
from cnnviz.media.quality import quality
from cnnviz.progress import Reporter
from cnnviz.stage_format import WIDE, Format
from cnnviz.studio.build import build_film, build_scene, missing_beats
from cnnviz.studio.bundle import PageWriter, write_bundle
from cnnviz.studio.cache import in_use, limit, prune, size_text
from cnnviz.studio.film_texts import clock
from cnnviz.studio.production import Production, prepare
from cnnviz.studio.site import Site, check_writable, sweep
from cnnviz.voice_engines import VOICES

__all__ = ["Order", "begin", "make_episode", "make_scene", "prepared", "require_known"]


@dataclass(frozen=True)
class Order:
    """What somebody asked for.

    Parameters
    ----------
    root
        The project's folder.
    name, language, quality, voice
        Which film, as typed.
    workers
        Processes that draw; as many as processors where it is 0.
    out
        The bundle's folder; `build/NAME/LANGUAGE` where it is None.
    recording
        MP4 or sidecar to show in place of the scenes' own recordings.
    cluster
        Address of the Dask scheduler whose workers draw; None draws on this machine.
    explain
        Whether to say of each beat why it is drawn or reused.
    format
        The shape of its frame.
    """

    root: Path
    name: str
    language: str = DEFAULT
    quality: str = "full"
    voice: str = "auto"
    workers: int = 0
    out: Path | None = None
    recording: Path | None = None
    cluster: str | None = None
    explain: bool = False
    format: Format = WIDE

    @property
    def folder(self) -> Path:
        """Where the bundle belongs."""
        return self.out or self.root / "build" / self.name / self.language


def make_episode(order: Order, write_page: PageWriter) -> Path:
    """Render an episode into a bundle, with its page, and say where it lies.

    Returns
    -------
    Path
        The bundle's folder.

    Raises
    ------
    UserError, StudioError
        Something is wrong with what was asked for, or with the machine.
    """
    started = time.time()
    report = Reporter()
    with in_use():
        production = begin(order, report)
        _finish_film(production, order, report, write_page)
    _keep_to_limit(started, report)
    spent = clock(time.time() - started)
    report.line(f"{shown_path(order.folder)} is complete after {spent} minutes")
    return order.folder


def make_scene(order: Order, scene: str, write_page: PageWriter) -> Path:
    """Render one scene anew, alone, and join the episode again if all else of it was drawn.

    Returns
    -------
    Path
        The scene's film.

    Raises
    ------
    UserError, StudioError
        As for `make_episode`; also where there is no such scene.
    """
    find_episode(order.root, order.name).script(order.language).scene(scene)
    started = time.time()
    report = Reporter()
    with in_use():
        alone = _make_scene(order, scene, report, write_page)
    _keep_to_limit(started, report)
    return alone


def _make_scene(order: Order, scene: str, report: Reporter, write_page: PageWriter) -> Path:
    production = begin(order, report)
    alone = order.folder / "scenes" / f"{scene}.mp4"
    build_scene(production, scene, alone, _site(order, report))
    report.line(f"{shown_path(alone)} is ready")
    missing = missing_beats(production, production.slots)
    if missing:
        report.line(
            f"the episode is not joined again: {len(missing)} beats of other scenes are not drawn"
            f" in this quality yet (render.py episode {order.name} draws them)"
        )
    else:
        _finish_film(production, order, report, write_page)
    return alone


def begin(order: Order, report: Reporter) -> Production:
    """Plan the film that was asked for, once its folder is known to be writable.

    Raises
    ------
    UserError, StudioError
        As in `prepare`; also where there is no such episode, quality or voice, or no writable
        folder.
    """
    episode = find_episode(order.root, order.name)
    require_known(order)
    episode.script(order.language)
    check_writable(order.folder)
    sweep(order.folder)
    return prepared(episode, order, report)


def require_known(order: Order) -> None:
    """See that there is such a quality, and such a voice.

    Raises
    ------
    UserError
        There is none.
    """
    quality(order.quality)
    if order.voice not in VOICES:
        raise UserError(f"unknown voice {order.voice!r}", hint=f"one of {', '.join(VOICES)}")


def prepared(episode: Episode, order: Order, report: Reporter) -> Production:
    """Plan the film of `episode` that was asked for; raises as `prepare`."""
    return prepare(
        episode,
        order.language,
        quality(order.quality),
        order.voice,
        report,
        order.workers,
        order.recording,
        order.format,
    )


def _keep_to_limit(started: float, report: Reporter) -> None:
    """Prune the cache of what this run has not used, unless another one is at work."""
    with suppress(UserError):
        freed = prune(limit(), spare_since=started)
        if freed:
            report.line(f"the cache is full: {size_text(freed)} of what was oldest are taken out")


def _site(order: Order, report: Reporter) -> Site:
    return Site(report, order.workers, order.cluster, order.explain)


def _finish_film(
    production: Production, order: Order, report: Reporter, write_page: PageWriter
) -> None:
    film = build_film(production, order.folder / FILM, _site(order, report))
    write_bundle(production, film, order.folder, order.recording, write_page)
    length = clock(production.frames / production.quality.fps)
    report.line(
        f"{len(production.slots)} beats, {film.drawn} drawn now; {length} minutes long, "
        f"voice {production.voice}"
    )
