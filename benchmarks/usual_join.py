"""Scenes to a film as it is usually done: MoviePy reads them, joins them, writes them anew.

python benchmarks/usual_join.py --fps 60 --sound sound.wav --out film.mp4 first.mp4 second.mp4 …
"""

from __future__ import annotations

import argparse

from moviepy import AudioFileClip, VideoFileClip, concatenate_videoclips


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("scenes", nargs="+")
    parser.add_argument("--fps", type=int, required=True)
    parser.add_argument("--sound", required=True)
    parser.add_argument("--out", required=True)
    options = parser.parse_args()
    clips = [VideoFileClip(scene) for scene in options.scenes]
    sound = AudioFileClip(options.sound)
    film = concatenate_videoclips(clips).with_audio(sound)
    film.write_videofile(options.out, fps=options.fps, logger=None)
    for clip in (*clips, sound):
        clip.close()


if __name__ == "__main__":
    main()
