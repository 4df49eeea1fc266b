"""What a frame costs to draw: on a stage that stands still, with a moving part, and in a zoom.

python benchmarks/zoom.py [--seconds 3] [--draft]

The stage is a photograph with the numbers of some of its pixels, an outline and a text.
Milliseconds of one processor, drawing alone, at full quality; the ratio is to the moving part.
"""

from __future__ import annotations

import argparse
import time
from typing import Any

import numpy as np
from manim import DOWN, RIGHT, UR

from cnnviz.media.quality import quality
from cnnviz.script.timeline import Slot
from cnnviz.stage.draw import play_scene
from cnnviz.stage.lesson import Lesson
from cnnviz.stage.plan import ScenePlan
from cnnviz.visuals.photograph import Photograph
from cnnviz.visuals.text import words


def pixels() -> np.ndarray:
    """A grey picture of 360×480 pixels with hills and some noise."""
    down, across = np.mgrid[:360, :480]
    hills = 120 + 60 * np.sin(down / 23) + 50 * np.cos(across / 31)
    return np.rint(hills + np.random.default_rng(1).uniform(-20, 20, hills.shape)).astype(int)


class Zoom(Lesson):
    """Four beats that draw the same stage in four ways."""

    card = False

    def setup_stage(self) -> None:
        self.photo = Photograph(pixels(), 6.0, name="hills")
        self.spot = self.photo.block(180, 240, 3, 5)
        self.mark = words("3×5").to_corner(UR, buff=0.8)
        numbers = self.photo.numbers(range(178, 186), range(234, 252))
        self.add(self.photo, numbers, self.spot, self.mark)

    def construct(self) -> None:
        with self.beat("part") as beat:
            self.play(self.mark.animate.shift(0.4 * DOWN), run_time=beat.whole)
        with self.beat("zoom") as beat:
            self.play(self.frame.animate.zoom_to(self.spot, fill=0.6), run_time=beat.whole)
        with self.beat("pan") as beat:
            self.play(self.frame.animate.shift(self.photo.side * RIGHT), run_time=beat.whole)
        with self.beat("rest") as beat:
            self.play(self.spot.animate.shift(self.photo.side * DOWN), run_time=beat.whole)


def frames(seconds: float, size: str) -> dict[str, list[float]]:
    """Beat → milliseconds of each of its frames but the first, which sets the stage up."""
    chosen = quality(size)
    each = round(seconds * chosen.fps)
    names = ("part", "zoom", "pan", "rest")
    slots = tuple(Slot("zoom", name, at * each, 0, each, 0) for at, name in enumerate(names))
    plan = ScenePlan("zoom", "Zoom", {}, slots, chosen.fps, card=False, draw=frozenset(names))
    found: dict[str, list[float]] = {name: [] for name in names}
    last = time.process_time()

    def sink(beat: str, picture: Any, repeat: int) -> None:
        nonlocal last
        now = time.process_time()
        found[beat].append(1000 * (now - last))
        last = now

    play_scene(Zoom, plan, chosen, sink)
    return {name: taken[1:] for name, taken in found.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description="Frames, still and zoomed.")
    parser.add_argument("--seconds", type=float, default=3.0, help="of each beat")
    parser.add_argument("--draft", action="store_true", help="at draft quality")
    options = parser.parse_args()
    taken = frames(options.seconds, "draft" if options.draft else "full")
    base = float(np.mean(taken["part"]))
    for beat, told in (
        ("part", "frame at rest, a part moves"),
        ("zoom", "frame zooms"),
        ("pan", "frame pans over numbers"),
        ("rest", "frame at rest, zoomed in, a part moves"),
    ):
        mean = float(np.mean(taken[beat]))
        print(f"{told:40} {mean:6.1f} ms a frame  ×{mean / base:.1f}")


if __name__ == "__main__":
    main()
