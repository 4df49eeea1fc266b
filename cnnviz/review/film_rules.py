"""Rules for the finished film's file and picture: what YouTube asks for, and what the clock says.

A picture that does not change is judged within a beat before anything is drawn, on the stage. Here
it is judged as it is seen: over beats and scenes, however it came to stand still. Black is never
explained: no scene's ground is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from pathlib import Path

from cnnviz.errors import StudioError
from cnnviz.files import file_digest
from cnnviz.media.inspect_film import FilmFacts, PictureFacts, SoundFacts, inspect_film
from cnnviz.review.film_watch import Watched, watch
from cnnviz.review.finding import Finding, Severity
from cnnviz.review.finished import RENDER_AGAIN, FinishedFilm, read_finished, reading
from cnnviz.samples import SAMPLE_RATE
from cnnviz.studio.film_texts import clock

__all__ = ["RULES", "film_findings"]

RULES: Mapping[str, str] = {
    "damaged-film": "episode.mp4 and bundle.json are there and can be read to their ends",
    "stale-bundle": "bundle.json describes this very film: its digest, its frames",
    "picture-format": "H.264 High, 4:2:0, progressive, CABAC, of its quality's size in its format",
    "colour-tags": "the picture is tagged BT.709, limited range",
    "keyframes": "closed groups of half the frame rate, at most 2 B-frames",
    "frame-rate": "every frame lasts as long as bundle.json says",
    "start-time": "picture and sound begin at 0, without edit lists",
    "index-first": "the file's index stands before its data",
    "sound-format": "the sound is AAC-LC, stereo, 48,000 samples a second, at a good bit rate",
    "film-length": "picture and sound are equally long, to a frame",
    "black-picture": "the picture is never black for more than half a second",
    "frozen-picture": "the picture never stands still for more than 8 seconds",
}

LONGEST_BLACK = 0.5
LONGEST_STILL = 8.0
LEAST_BIT_RATE = 96_000
"""YouTube asks for 384,000, which our encoder spends on noise alone; a mere tone needs 107,000."""

_Flaw = tuple[str, str]  # rule, message


def film_findings(bundle: Path) -> list[Finding]:
    """What is wrong with the film in the folder `bundle`; one finding if it cannot be read."""
    try:
        film = read_finished(bundle)
        with reading(film.path):
            facts = inspect_film(film.path)
            watched = watch(film.path, film.fps, film.frames)
    except StudioError as error:
        file = Path(error.file) if error.file else None
        advice = error.hint or RENDER_AGAIN
        return [Finding("damaged-film", "error", error.message, advice, file=file, line=error.line)]
    flaws = [*_of_file(film, facts), *_of_picture(film, facts.picture), *_of_sound(facts)]
    of_file = [Finding(rule, "error", said, RENDER_AGAIN, file=film.path) for rule, said in flaws]
    return [*of_file, *_of_what_is_seen(film, watched)]


def _of_file(film: FinishedFilm, facts: FilmFacts) -> Iterator[_Flaw]:
    if file_digest(film.path) != film.digest:
        yield "stale-bundle", "this is not the film that bundle.json was written for"
    if facts.picture.frames != film.frames:
        said = f"the film has {facts.picture.frames} frames, its beats in bundle.json {film.frames}"
        yield "stale-bundle", said
    if not facts.moov_first:
        yield "index-first", "the index (moov) stands behind the data"
    if facts.edit_lists:
        yield "start-time", f"it has {facts.edit_lists} edit lists"
    starts = {"picture": facts.picture.start, "sound": facts.sound.start if facts.sound else 0}
    for name, start in starts.items():
        if start:
            yield "start-time", f"the {name} begins at {float(start):.3f} s in place of 0"


def _of_picture(film: FinishedFilm, picture: PictureFacts) -> Iterator[_Flaw]:
    quality = film.quality
    size = f"{picture.width}×{picture.height}"
    asked = f"{quality.width}×{quality.height}"
    wrong = {
        f"{picture.codec} in place of h264": picture.codec != "h264",
        f"profile {picture.profile} in place of High": picture.profile != "High",
        f"{picture.pixel_format} in place of yuv420p": picture.pixel_format != "yuv420p",
        f"{size} in place of {asked}": size != asked,
        "not marked as progressive": not picture.progressive,
        "coded without CABAC": picture.codec == "h264" and not picture.cabac,
    }
    yield from (("picture-format", f"the picture: {what}") for what, so in wrong.items() if so)
    if not picture.bt709:
        yield (
            "colour-tags",
            "the picture is not tagged BT.709 throughout: YouTube shifts its colours",
        )
    if picture.fps != film.fps:
        yield "frame-rate", f"{_rate(picture.fps)} frames a second in place of {film.fps}"
    if not picture.constant_rate:
        yield "frame-rate", "frames do not follow one another evenly"
    yield from _of_groups(film, picture)


def _of_groups(film: FinishedFilm, picture: PictureFacts) -> Iterator[_Flaw]:
    longest, wanted = max(picture.gops, default=0), min(film.fps // 2, picture.frames)
    if longest != wanted:
        yield "keyframes", f"a keyframe every {longest} frames in place of {wanted}"
    if not picture.closed_gops:
        yield "keyframes", "frames before a keyframe need it (open groups)"
    if picture.b_frames > 2:
        yield "keyframes", f"{picture.b_frames} B-frames in a row in place of 2"


def _of_sound(facts: FilmFacts) -> Iterator[_Flaw]:
    sound = facts.sound
    if sound is None:
        yield "sound-format", "the film has no sound"
        return
    yield from (("sound-format", f"the sound {what}") for what in _wrong_with(sound))
    apart = facts.picture.duration - sound.duration
    if abs(apart) * (facts.picture.fps or 1) > 1:
        said = f"the sound ends {abs(float(apart)):.2f} s {'before' if apart > 0 else 'after'}"
        yield "film-length", f"{said} the picture"


def _wrong_with(sound: SoundFacts) -> Iterator[str]:
    if (sound.codec, sound.profile) != ("aac", "LC"):
        yield f"is {sound.codec} ({sound.profile}) in place of AAC-LC"
    if sound.rate != SAMPLE_RATE:
        yield f"has {sound.rate} samples a second in place of {SAMPLE_RATE}"
    if sound.channels != 2:
        yield f"has {sound.channels} channels in place of 2"
    if sound.bit_rate < LEAST_BIT_RATE:
        yield f"has only {sound.bit_rate // 1000} kbit/s, and 384 are asked for"


def _rate(fps: Fraction) -> str:
    return f"{float(fps):.3f}".rstrip("0").rstrip(".")


def _of_what_is_seen(film: FinishedFilm, watched: Watched) -> Iterator[Finding]:
    for stretch in watched.black:
        if stretch.seconds > LONGEST_BLACK:
            said = f"black for {stretch.seconds:.1f} s from {clock(stretch.start)} on"
            advice = "look at the scene there, and render it again"
            yield _placed(film, "black-picture", "error", said, advice, stretch.start)
    for stretch in watched.still:
        # A film that is black does not move either, which need not be said twice.
        covered = any(black.start <= stretch.start < black.end for black in watched.black)
        if stretch.seconds > LONGEST_STILL and not covered:
            said = f"nothing moves for {stretch.seconds:.1f} s from {clock(stretch.start)} on"
            advice = "let something move while the voice goes on, or say less"
            yield _placed(film, "frozen-picture", "warning", said, advice, stretch.start)


def _placed(
    film: FinishedFilm, rule: str, severity: Severity, said: str, advice: str, seconds: float
) -> Finding:
    beat = film.at(seconds)
    return Finding(rule, severity, said, advice, beat.scene, beat.beat, film.path)
