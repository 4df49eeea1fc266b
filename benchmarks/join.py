"""Joining finished segments: MoviePy's usual way against ours, on the same files, in one run.

python benchmarks/join.py [--quality preview] [--seconds 20]
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from moviepy import VideoFileClip, concatenate_videoclips

from cnnviz.media.encode import SegmentEncoder
from cnnviz.media.join import Piece, join
from cnnviz.media.quality import Quality, quality


def make_segments(folder: Path, picture: Quality, seconds: int) -> list[Path]:
    """Two segments in which a bright square moves over a gradient."""
    ramp = np.linspace(20, 90, picture.width, dtype=np.uint8)
    ground = np.repeat(np.tile(ramp, (picture.height, 1))[..., None], 3, axis=2)
    paths = []
    for number in range(2):
        path = folder / f"{number}.mp4"
        with SegmentEncoder(path, picture) as segment:
            for index in range(seconds * picture.fps // 2):
                frame = ground.copy()
                left = index * 3 % (picture.width - 100)
                frame[100:200, left : left + 100] = 230
                segment.write(frame)
        paths.append(path)
    return paths


def usual_way(segments: list[Path], out: Path) -> None:
    clips = [VideoFileClip(str(path)) for path in segments]
    film = concatenate_videoclips(clips, method="chain")
    film.write_videofile(str(out), audio=False, logger=None)
    for clip in clips:
        clip.close()


def our_way(segments: list[Path], out: Path, picture: Quality) -> None:
    join([Piece(path) for path in segments], None, out, picture)


def timed(work: Callable[[], None]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quality", default="preview")
    parser.add_argument("--seconds", type=int, default=20)
    options = parser.parse_args()
    picture = quality(options.quality)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        segments = make_segments(folder, picture, options.seconds)
        usual = timed(lambda: usual_way(segments, folder / "usual.mp4"))
        ours = timed(lambda: our_way(segments, folder / "ours.mp4", picture))
    print(f"joining {options.seconds} s at {picture.name}")
    print(f"MoviePy, decoded and encoded again  {usual:8.2f} s")
    print(f"stream copy                         {ours:8.2f} s")
    print(f"ratio                               {usual / ours:8.1f}")


if __name__ == "__main__":
    main()
