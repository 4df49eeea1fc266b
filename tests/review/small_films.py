"""Bundles with films of a few seconds, made in half a second, and spoiled as a test asks for."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.video.reformatter import ColorPrimaries, ColorRange, ColorTrc, VideoReformatter
from scipy import signal

from cnnviz.files import file_digest, write_json, write_text
from cnnviz.media.container import film_options
from cnnviz.media.quality import quality
from cnnviz.media.sound import normalise
from cnnviz.review.finding import Finding
from cnnviz.samples import SAMPLE_RATE, Samples
from cnnviz.script.captions import Cue, to_srt

DRAFT = quality("draft")
BEAT = 2.0  # seconds
LEAD, SPEECH = 0.4, 1.2
X264 = {
    "profile": "high",
    "preset": "veryfast",
    "crf": "18",
    "x264-params": "bframes=2:b-adapt=0:b-pyramid=none:scenecut=0:rc-lookahead=0",
}
Picture = Callable[[int], np.ndarray]


def moving(index: int) -> np.ndarray:
    """A square on its way over the film's ground."""
    picture = np.full((DRAFT.height, DRAFT.width, 3), 27, np.uint8)
    left = 20 + 4 * index % 700
    picture[200:260, left : left + 60] = 220
    return picture


def voice(seconds: float = SPEECH, seed: int = 0) -> Samples:
    """Something like speech, (n, 2): vowels of sharp pulses, hisses between, and stops."""
    rng = np.random.default_rng(seed)
    count = round(seconds * SAMPLE_RATE)
    pulses = np.zeros(count)
    pulses[:: SAMPLE_RATE // 110] = 1
    pulses = np.convolve(pulses, np.hanning(24), "same")
    vowels = sum(signal.lfilter([1], _resonance(hertz), pulses) for hertz in (700, 1200, 2600))
    time = np.arange(count) / SAMPLE_RATE
    open_mouth = (time % 0.3 < 0.2).astype(float)
    hisses = signal.lfilter([1, -0.9], [1], rng.normal(size=count)) * (1 - open_mouth) * 0.3
    # A stop, as in ত: a burst of a few milliseconds.
    bursts = rng.normal(size=count) * np.exp(-(time % 0.3) / 0.004) * 0.6
    spoken = vowels / np.abs(vowels).max() * open_mouth + hisses + bursts
    edge = np.minimum(1, np.minimum(time, time[::-1]) / 0.005)
    return np.repeat((0.3 * spoken * edge)[:, None], 2, axis=1).astype(np.float32)


def _resonance(hertz: float) -> list[float]:
    radius = np.exp(-np.pi * 90 / SAMPLE_RATE)
    return [1, -2 * radius * np.cos(2 * np.pi * hertz / SAMPLE_RATE), radius**2]


@cache
def speech(beats: int) -> Samples:
    """A film's sound: each beat's voice after its lead, at the loudness of a film."""
    track = np.zeros((round(beats * BEAT * SAMPLE_RATE), 2), np.float32)
    for beat in range(beats):
        spoken = voice(seed=beat)
        at = round((beat * BEAT + LEAD) * SAMPLE_RATE)
        track[at : at + len(spoken)] = spoken
    sound = np.array(normalise(track))
    sound.flags.writeable = False
    return sound


@dataclass(frozen=True)
class SmallFilm:
    """How a film is made; what is not said is as the studio does it.

    `sound` has a sample rate of `sound_options["rate"]`; None for a mute film. `picture_times`
    gives a frame's place from its index, in frames.
    """

    beats: int = 2
    picture: Picture = moving
    size: tuple[int, int] = (DRAFT.width, DRAFT.height)
    frames: int | None = None
    sound: Samples | None = field(default_factory=lambda: speech(2))
    codec: str = "libx264"
    x264: Mapping[str, str] = field(default_factory=dict)
    pixel_format: str = "yuv420p"
    gop: int = DRAFT.gop
    tagged: bool = True
    picture_times: Callable[[int], float] = float
    sound_codec: str = "aac"
    sound_options: Mapping[str, Any] = field(default_factory=dict)
    sound_start: int = 0
    container: Mapping[str, str] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)

    def write(self, bundle: Path) -> Path:
        """Make the film and all that tells of it; gives the bundle."""
        bundle.mkdir(parents=True, exist_ok=True)
        path = bundle / "episode.mp4"
        options = film_options(DRAFT, moov_first=True) | dict(self.container)
        with av.open(str(path), "w", options=options) as film:
            packets = [*self._pictures(film)]
            if self.sound is not None:
                packets += self._sounds(film)
            film.start_encoding()
            for packet in sorted(packets, key=lambda it: float(it.dts * it.time_base)):
                film.mux(packet)
        frames = round(BEAT * DRAFT.fps)
        facts = {
            "quality": DRAFT.name,
            "fps": DRAFT.fps,
            "language": "bn",
            "digest": file_digest(path),
            "beats": [
                {"scene": "one", "beat": f"b{n}", "start_frame": n * frames, "frames": frames}
                for n in range(self.beats)
            ],
        }
        write_json(bundle / "bundle.json", facts | dict(self.facts))
        begins = [n * BEAT + LEAD for n in range(self.beats)]
        cues = [Cue(begin, begin + SPEECH, ("কথা",)) for begin in begins]
        write_text(bundle / "captions.bn.srt", to_srt(cues))
        return bundle

    def _pictures(self, film: av.container.OutputContainer) -> Iterable[Any]:
        x264 = self.codec == "libx264"
        options = {**X264, "g": str(self.gop), "bf": "2", **self.x264} if x264 else {}
        stream = film.add_stream(self.codec, rate=DRAFT.fps, options=options)
        stream.width, stream.height = self.size
        stream.pix_fmt = self.pixel_format
        stream.codec_context.time_base = Fraction(1, DRAFT.fps * 512)
        stream.thread_count = 1
        if self.tagged:
            stream.color_primaries, stream.color_trc = ColorPrimaries.BT709, ColorTrc.BT709
            stream.colorspace, stream.color_range = 1, ColorRange.MPEG
        reformatter = VideoReformatter()
        count = self.frames or round(self.beats * BEAT * DRAFT.fps)
        for index in range(count):
            frame = av.VideoFrame.from_ndarray(self.picture(index), format="rgb24")
            frame = reformatter.reformat(frame, format=self.pixel_format)
            frame.pts = round(self.picture_times(index) * 512)
            frame.time_base = stream.codec_context.time_base
            yield from stream.encode(frame)
        yield from stream.encode(None)

    def _sounds(self, film: av.container.OutputContainer) -> Iterable[Any]:
        settings = {"rate": SAMPLE_RATE, "layout": "stereo", "bit_rate": 384_000}
        settings |= dict(self.sound_options)
        quick = {"aac_coder": "fast"} if self.sound_codec == "aac" else {}
        stream = film.add_stream(self.sound_codec, rate=settings["rate"], options=quick)
        stream.layout, stream.bit_rate = settings["layout"], settings["bit_rate"]
        resampler = av.AudioResampler(
            format=stream.format, layout=settings["layout"], rate=settings["rate"]
        )
        assert self.sound is not None
        # The encoder starts with 1,024 samples of its own, which leave with its first packet.
        frame = av.AudioFrame.from_ndarray(self.sound.reshape(1, -1), "flt", "stereo")
        frame.rate, frame.pts = SAMPLE_RATE, 0
        packets = []
        for part in (*resampler.resample(frame), *resampler.resample(None)):
            packets += stream.encode(part)
        packets = [*packets, *stream.encode(None)][1:]
        start = packets[0].pts - self.sound_start
        count = round(len(self.sound) / SAMPLE_RATE * settings["rate"])
        for packet in packets:
            packet.pts = packet.dts = packet.pts - start
            packet.duration = min(1024, count - (packet.pts - self.sound_start))
        return [packet for packet in packets if packet.duration > 0]


def rules(findings: Iterable[Finding]) -> set[str]:
    return {finding.rule for finding in findings}


def edit_facts(bundle: Path, **changes: Any) -> None:
    path = bundle / "bundle.json"
    write_json(path, json.loads(path.read_bytes()) | changes)
