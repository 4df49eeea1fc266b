"""Rules for the finished film's sound: as loud as it should be, whole, and on time.

The voice is held against the captions, which begin with it on the film's clock.
"""

from __future__ import annotations

import itertools
import math
import statistics
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path

import numpy as np
import numpy.typing as npt
import srt

from cnnviz.errors import StudioError
from cnnviz.media.inspect_film import inspect_film
from cnnviz.media.loudness import measure
from cnnviz.media.sound import TARGET_LUFS
from cnnviz.review.film_listen import BLOCK_SECONDS, clicks, hear, levels, overs
from cnnviz.review.finding import Finding, Severity
from cnnviz.review.finished import RENDER_AGAIN, FinishedBeat, FinishedFilm, read_finished, reading
from cnnviz.samples import SAMPLE_RATE, Samples
from cnnviz.studio.film_texts import clock

__all__ = ["RULES", "sound_findings"]

RULES: Mapping[str, str] = {
    "loudness": "the film's integrated loudness is −14 LUFS, give or take 1",
    "true-peak": "no true peak is above −1 dBTP",
    "clipped-sound": "no sound is cut off at full scale",
    "long-silence": "the film is never silent for more than 2.5 seconds, time to think aside",
    "click": "the sound does not click, least of all where beats meet",
    "voice-off-caption": "each beat's voice begins within 0.1 s of its first caption",
    "damaged-sound": "the film's sound can be read to its end",
}

LOUDNESS_TOLERANCE = 1.0
HIGHEST_PEAK_DBTP = -1.0
LONGEST_SILENCE = 2.5
SILENT_DBFS = -50.0
CLIPPED = 3
"""Samples at full scale within 10 ms that are a wave cut off, and not one high peak."""
JOIN = 0.05
"""Seconds around a beat's border within which a click is the film's fault, not the speaker's."""
OFF_CAPTION = 0.1
VOICE_DBFS = -40.0
_BEFORE, _AFTER = 0.35, 0.6  # seconds around a caption's begin in which its voice is looked for

_Levels = npt.NDArray[np.float64]


@dataclass(frozen=True)
class _Heard:
    """A film, its sound, and how loud each 10 ms of it is."""

    film: FinishedFilm
    samples: Samples
    levels: _Levels

    def found(
        self,
        rule: str,
        severity: Severity,
        said: str,
        advice: str,
        beat: FinishedBeat | None = None,
    ) -> Finding:
        scene, name = (beat.scene, beat.beat) if beat else (None, None)
        return Finding(rule, severity, said, advice, scene, name, self.film.path)


def sound_findings(bundle: Path) -> list[Finding]:
    """What is wrong with the sound of the film in the folder `bundle`.

    Nothing where the film cannot be opened or is mute: `film_findings` says so.
    """
    try:
        film = read_finished(bundle)
        with reading(film.path):
            inspect_film(film.path)
    except StudioError:
        return []
    try:
        with reading(film.path):
            samples = hear(film.path)
    except StudioError as error:
        said = "the film's sound is damaged"
        return [Finding("damaged-sound", "error", said, error.hint or RENDER_AGAIN, file=film.path)]
    if not len(samples):
        return []
    heard = _Heard(film, samples, levels(samples))
    rules = (_loudness, _clipped, _silences, _clicks, _voices)
    return [finding for rule in rules for finding in rule(heard)]


def _loudness(heard: _Heard) -> Iterator[Finding]:
    loudness = measure(heard.samples)
    off = loudness.integrated - TARGET_LUFS
    # What is silent, or too short to have a loudness, is not judged by it.
    if math.isfinite(off) and abs(off) > LOUDNESS_TOLERANCE:
        said = f"{loudness.integrated:.1f} LUFS in place of {TARGET_LUFS:.0f}"
        yield heard.found("loudness", "warning", said, RENDER_AGAIN)
    if loudness.true_peak > HIGHEST_PEAK_DBTP:
        said = (
            f"a true peak of {loudness.true_peak:.1f} dBTP, and {HIGHEST_PEAK_DBTP:.0f} is allowed"
        )
        loudest = int(np.abs(heard.samples).max(axis=1).argmax())
        beat = heard.film.at(loudest / SAMPLE_RATE)
        yield heard.found("true-peak", "warning", said, RENDER_AGAIN, beat)


def _clipped(heard: _Heard) -> Iterator[Finding]:
    places = np.flatnonzero(overs(heard.samples) >= CLIPPED) * BLOCK_SECONDS
    for beat, times in _by_beat(heard.film, places.tolist()):
        said = f"the sound is cut off at full scale {_often(times)}"
        yield heard.found("clipped-sound", "error", said, RENDER_AGAIN, beat)


def _silences(heard: _Heard) -> Iterator[Finding]:
    at = 0
    for silent, run in itertools.groupby((heard.levels < SILENT_DBFS).tolist()):
        start, at = at, at + len(list(run))
        seconds = (at - start) * BLOCK_SECONDS
        begin, end = start * BLOCK_SECONDS, at * BLOCK_SECONDS
        if silent and seconds > LONGEST_SILENCE + _thinking(heard.film, begin, end):
            said = f"silent for {seconds:.1f} s from {clock(begin)} on"
            advice = (
                "say more, or shorten the scene's minimum_seconds for this beat; if the viewer is"
                " to think there, say so in the scene's thinking"
            )
            beat = heard.film.at(begin)
            yield heard.found("long-silence", "warning", said, advice, beat)


def _thinking(film: FinishedFilm, begin: float, end: float) -> float:
    """How many seconds of a silence their scenes have meant for thinking."""
    return sum(
        beat.thinking for beat in film.beats if begin < beat.end and beat.end - beat.thinking < end
    )


def _clicks(heard: _Heard) -> Iterator[Finding]:
    borders = [beat.start for beat in heard.film.beats]
    for beat, times in _by_beat(heard.film, clicks(heard.samples)):
        joins = [time for time in times if min(abs(time - each) for each in borders) <= JOIN]
        if joins:
            said = f"the sound clicks {_often(joins)}, where two beats meet"
            yield heard.found("click", "error", said, RENDER_AGAIN, beat)
        elsewhere = [time for time in times if time not in joins]
        if elsewhere:
            said = f"the sound clicks {_often(elsewhere)}"
            advice = "listen there; if the voice clicks, record or speak this beat again"
            yield heard.found("click", "warning", said, advice, beat)


def _by_beat(film: FinishedFilm, times: list[float]) -> Iterator[tuple[FinishedBeat, list[float]]]:
    """`times` in order, by the beats in which they lie."""
    for beat, group in itertools.groupby(times, key=film.at):
        yield beat, list(group)


def _often(times: list[float]) -> str:
    seconds, hundredths = divmod(round(times[0] * 100), 100)
    first = f"{clock(seconds)}.{hundredths:02}"
    return f"at {first}" if len(times) == 1 else f"{len(times)} times, first at {first}"


def _voices(heard: _Heard) -> Iterator[Finding]:
    """Beats in which the voice is off its caption; one finding if that is so in most of them."""
    path = heard.film.path.with_name(f"captions.{heard.film.language}.srt")
    try:
        text = path.read_text(encoding="utf-8")
        captions = [cue.start.total_seconds() for cue in srt.parse(text)]
    except (OSError, ValueError, srt.SRTParseError) as error:
        said = f"no captions to hold the voice against ({error})"
        yield Finding("voice-off-caption", "error", said, "render the episode again", file=path)
        return
    begins = _first_captions(heard.film, captions)
    offsets = {beat: _offset(heard.levels, begin) for beat, begin in begins.items()}
    off = {beat: by for beat, by in offsets.items() if by is None or abs(by) > OFF_CAPTION}
    shifts = [by for by in off.values() if by is not None]
    if shifts and len(shifts) > len(offsets) / 2:
        said = f"{_shift(statistics.median(shifts))}, in {len(off)} of {len(offsets)} beats"
        yield heard.found("voice-off-caption", "error", said, RENDER_AGAIN, next(iter(off)))
        return
    for beat, by in off.items():
        said = "no voice is heard where its caption appears" if by is None else _shift(by)
        advice = "listen there; a recording may begin with a noise or with silence"
        yield heard.found("voice-off-caption", "warning", said, advice, beat)


def _first_captions(film: FinishedFilm, captions: list[float]) -> dict[FinishedBeat, float]:
    """When the first caption of each beat appears, to the millisecond of the file."""
    inside = ((film.at(begin + 0.001), begin) for begin in captions)
    return {beat: next(group)[1] for beat, group in itertools.groupby(inside, itemgetter(0))}


def _offset(levels: _Levels, caption: float) -> float | None:
    """Seconds from a caption to its voice; None where there is none nearby."""
    first = max(0, round((caption - _BEFORE) / BLOCK_SECONDS))
    last = round((caption + _AFTER) / BLOCK_SECONDS)
    loud = np.flatnonzero(levels[first:last] > VOICE_DBFS)
    return float((first + loud[0]) * BLOCK_SECONDS - caption) if loud.size else None


def _shift(seconds: float) -> str:
    return (
        f"the voice begins {abs(seconds):.2f} s {'after' if seconds > 0 else 'before'} its caption"
    )
