"""A whole film: the usual way against ours, cold and warm, in one run, on the same scenes.

a  `manim render` scene after scene, then MoviePy joins them and writes the film with its sound
b  ours, from nothing
c  ours, after one sentence of the middle scene was changed
d  ours again, with nothing changed
e  the floor: x264 alone, at our settings, on the film's distinct frames, all in memory

Everything happens in a copy of the project, with a cache of its own. The voice, espeak-ng, has
spoken the film beforehand, so that no way is charged for it; only c speaks its new sentence
itself. a is given the film's plan and its finished sound, and makes no crossfades, no captions and
no thumbnail. Its pictures are the film's own: the same beats, as long, and as large.

python benchmarks/film.py [--scenes relu,sliding_window] [--quality full] [--only b,c,d]
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import socket
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from copied_project import copy_project, middle_beat, say_more
from floor import encode_only
from machine import busy, machine
from processes import Spent, in_a_row, in_own_process, measured

from cnnviz.episode.episode import Episode, SceneSource
from cnnviz.errors import StudioError, UserError, shown_path
from cnnviz.files import write_json
from cnnviz.media.decode import frame_count
from cnnviz.media.quality import Quality, quality
from cnnviz.progress import Reporter
from cnnviz.studio.pool import default_workers
from cnnviz.studio.production import Production, prepare

HOUSE = Path(__file__).resolve().parents[1]
VOICE = "espeak"
WAYS = {
    "a": "manim render scene by scene, then MoviePy",
    "b": "ours, from nothing",
    "c": "ours, one sentence changed",
    "d": "ours, nothing changed",
    "e": "x264 alone",
}
TIMES_UNCHANGED = 3  # how often d runs; its median counts

Row = dict[str, Any]


@dataclass(frozen=True)
class Goal:
    """What a number made of the ways' rows should be: at least or at most `bound`."""

    name: str
    ways: str
    value: Callable[[dict[str, Row]], float | None]
    bound: float
    least: bool = False

    def judge(self, ways: dict[str, Row]) -> Row | None:
        """The number and whether it is met; None where a way did not run."""
        if not set(self.ways) <= set(ways):
            return None
        value = self.value(ways)
        met = None if value is None else value >= self.bound if self.least else value <= self.bound
        return {"goal": self.name, "value": value, "bound": self.bound, "met": met}


def _highest_peak(ways: dict[str, Row]) -> float | None:
    peaks = [ways[way]["peak_mib"] for way in "bcd" if way in ways]
    return None if None in peaks else max(peaks)


GOALS = (
    Goal("a / b, at least", "ab", lambda w: w["a"]["wall"] / w["b"]["wall"], 6, least=True),
    Goal("b / e, at most", "be", lambda w: w["b"]["wall"] / w["e"]["wall"], 2),
    Goal("b / c, at least", "bc", lambda w: w["b"]["wall"] / w["c"]["wall"], 15, least=True),
    Goal("d in seconds, at most", "d", lambda w: w["d"]["wall"], 2),
    Goal("peak MiB of ours, at most", "b", _highest_peak, 1536),
)


class Bench:
    """The film in its copied project, and the ways to make it."""

    def __init__(self, options: argparse.Namespace, folder: Path) -> None:
        self.folder, self.report = folder, Reporter()
        self.project = folder / "project"
        self.cache = folder / "cache"
        self.logs = folder / "logs"
        os.environ["CNNVIZ_CACHE_DIR"] = str(self.cache)
        self.quality = quality(options.quality)
        self.episode = copy_project(
            options.root.resolve(),
            options.episode,
            options.language,
            options.scenes,
            self.project,
        )
        self.logs.mkdir()
        self.language: str = options.language
        self.production = self._spoken()

    def _spoken(self) -> Production:
        """The film's plan; speaks it, and leaves nothing else in the cache."""
        production = in_own_process(_plan, self.episode, self.language, self.quality)
        for part in self.cache.iterdir():
            if part.name != "speech":
                shutil.rmtree(part)
        return production

    @property
    def bundle(self) -> Path:
        return self.episode.root / "build" / self.episode.name / self.language

    def run(self, ways: set[str]) -> dict[str, Row]:
        """Run `ways`, and b where another needs what it leaves; the rows by way."""
        found: dict[str, Row] = {}
        # Not in the order of their names: a is given b's sound, and c changes the script.
        for way in "baecd":
            if way in ways or (way == "b" and ways != {"e"}):
                self.report.line(f"{way}  {WAYS[way]}")
                found[way] = getattr(self, f"way_{way}")()
        return {way: found[way] for way in sorted(found)}

    def way_a(self) -> Row:
        (sound,) = (self.cache / "sound").rglob("*.wav")
        media, out = self.folder / "usual", self.folder / "usual.mp4"
        films, drawing = [], []
        for scene, source in self.production.sources.items():
            self.report.line(f"a  scene {scene}")
            drawing.append(self._measured("a", _manim(source, media, self.quality)))
            (film,) = media.rglob(f"{source.class_name}.mp4")
            films.append(film)
        self.report.line("a  joining")
        joining = self._measured(
            "a",
            [
                *(sys.executable, str(HOUSE / "benchmarks" / "usual_join.py")),
                *("--fps", str(self.quality.fps), "--sound", str(sound), "--out", str(out)),
                *map(str, films),
            ],
        )
        return {
            **_row(in_a_row([*drawing, joining])),
            "drawing": _row(in_a_row(drawing)),
            "joining": _row(joining),
            "scene_frames": sum(map(frame_count, films)),
            "frames": frame_count(out),
        }

    def way_b(self) -> Row:
        row = _row(self._ours("b"))
        return {**row, "frames": frame_count(self.bundle / "episode.mp4")}

    def way_c(self) -> Row:
        scene, beat = middle_beat(self.production.script)
        before = self._segments()
        say_more(self.production.script, scene, beat)
        row = _row(self._ours("c"))
        redrawn = len(self._segments() - before)
        if not redrawn:
            raise StudioError(f"another sentence in {scene}.{beat} changed no picture")
        return {**row, "changed": f"{scene}.{beat}", "redrawn_beats": redrawn}

    def way_d(self) -> Row:
        runs = [self._ours("d") for _ in range(TIMES_UNCHANGED)]
        median = statistics.median(run.wall for run in runs)
        middle = next(run for run in runs if run.wall == median)
        return {
            **_row(Spent(middle.wall, middle.cpu, in_a_row(runs).peak)),
            "runs": [run.wall for run in runs],
        }

    def way_e(self) -> Row:
        floor = in_own_process(encode_only, self.production)
        processors = default_workers()
        # As if the work could be spread evenly: ours uses all processors.
        return {
            "wall": floor.cpu / processors,
            "cpu": floor.cpu,
            "peak_mib": None,
            "processors": processors,
            "distinct_frames": floor.frames,
        }

    def _ours(self, way: str) -> Spent:
        return self._measured(
            way,
            [
                *(sys.executable, "render.py", "episode", self.episode.name),
                *("--language", self.language, "--quality", self.quality.name, "--voice", VOICE),
            ],
        )

    def _segments(self) -> set[str]:
        facts = json.loads((self.bundle / "bundle.json").read_text("utf-8"))
        return {beat["segment"] for beat in facts["beats"]}

    def _measured(self, way: str, command: Sequence[str]) -> Spent:
        with _deaf_address() as nobody:
            # Manim by itself would ask gTTS before it takes espeak.
            own = {"CNNVIZ_LANGUAGE": self.language, "CNNVIZ_GTTS_URL": nobody}
            log = self.logs / f"{way}.txt"
            return measured(command, self.project, os.environ | own, log)


def _plan(episode: Episode, language: str, picture: Quality) -> Production:
    return prepare(episode, language, picture, VOICE, Reporter())


def _manim(source: SceneSource, media: Path, picture: Quality) -> list[str]:
    return [
        *(sys.executable, "-m", "manim", "render", str(source.path), source.class_name),
        *("--resolution", f"{picture.width},{picture.height}", "--fps", str(picture.fps)),
        *("--disable_caching", "--media_dir", str(media), "--progress_bar", "none"),
    ]


@contextmanager
def _deaf_address() -> Iterator[str]:
    """An address that refuses every call for as long as the block lasts."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{closed.getsockname()[1]}"


def _row(spent: Spent) -> Row:
    peak = None if spent.peak is None else spent.peak / 2**20
    return {"wall": spent.wall, "cpu": spent.cpu, "peak_mib": peak}


def show(report: dict[str, Any]) -> None:
    """Print the table and the goals."""
    ways = report["ways"]
    scenes = ", ".join(report["scenes"])
    print(
        f"{report['episode']} ({scenes}), {report['seconds']:.0f} s of film in"
        f" {report['quality']} quality, on {report['machine']['processors']} processors"
    )
    print(f"{'':44}{'seconds':>10}{'CPU':>10}{'peak MiB':>10}")
    for way, row in ways.items():
        peak = "–" if row["peak_mib"] is None else f"{row['peak_mib']:.0f}"
        name = f"{way}  {WAYS[way]}"
        print(f"{name:44}{row['wall']:10.2f}{row['cpu']:10.2f}{peak:>10}")
    if "e" in ways:
        print(
            f"e: {ways['e']['distinct_frames']} distinct frames; its seconds are CPU seconds"
            f" divided by {ways['e']['processors']} processors"
        )
    if "c" in ways:
        print(f"c: changed {ways['c']['changed']}, beats drawn anew: {ways['c']['redrawn_beats']}")
    print("all: spoken beforehand by espeak-ng; a: our sound and plan given, no crossfades")
    print("\ngoals, meant for the whole film in full quality on 2 processors")
    for goal in report["goals"]:
        verdict = {True: "met", False: "missed", None: "not measured here"}[goal["met"]]
        value = "–" if goal["value"] is None else f"{goal['value']:.2f}"
        print(f"{goal['goal']:28}{goal['bound']:8}{value:>10}  {verdict}")


def benchmark(options: argparse.Namespace) -> None:
    notes = machine()
    with _working_folder(options.keep) as folder:
        bench = Bench(options, folder)
        warning = busy(notes)
        if warning:
            bench.report.line(warning)
        ways = bench.run(set(options.only))
        production = bench.production
        report = {
            "episode": options.episode,
            "scenes": list(production.sources),
            "language": options.language,
            "quality": options.quality,
            "voice": VOICE,
            "frames": production.frames,
            "seconds": production.frames / production.quality.fps,
            "machine": notes,
            "ways": ways,
            "goals": [found for goal in GOALS if (found := goal.judge(ways))],
        }
    show(report)
    write_json(options.out, report)
    print(f"all of it: {shown_path(options.out)}")


@contextmanager
def _working_folder(keep: Path | None) -> Iterator[Path]:
    if keep is None:
        with tempfile.TemporaryDirectory(prefix="cnnviz-bench-") as name:
            yield Path(name).resolve()
        return
    if keep.exists() and (not keep.is_dir() or any(keep.iterdir())):
        raise UserError("not an empty folder", file=keep, hint="choose another with --keep")
    keep.mkdir(parents=True, exist_ok=True)
    yield keep.resolve()


def _names(text: str) -> list[str]:
    return [name for part in text.split(",") if (name := part.strip())]


def _ways(text: str) -> list[str]:
    names = _names(text)
    if not names or set(names) - set(WAYS):
        raise UserError(f"no ways {text!r}", hint=f"name some of {','.join(WAYS)}")
    return names


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--episode", default="convolution", metavar="NAME")
    parser.add_argument("--scenes", type=_names, default=[], metavar="A,B", help="all if absent")
    parser.add_argument("--quality", default="full", help="draft, preview, full (default) or 4k")
    parser.add_argument("--language", default="bn", metavar="LANG", help="bn (default) or en")
    parser.add_argument(
        "--only", type=_ways, default=list(WAYS), metavar="WAYS", help="as in b,c,d"
    )
    parser.add_argument("--out", type=Path, metavar="FILE", help="build/benchmark.json if absent")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="work there, and leave it all")
    parser.add_argument("--root", type=Path, default=HOUSE, help="another project")
    options = parser.parse_args(arguments)
    options.out = options.out or options.root / "build" / "benchmark.json"
    return options


def main(arguments: Sequence[str] | None = None) -> int:
    try:
        benchmark(_options(arguments))
        return 0
    except StudioError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
