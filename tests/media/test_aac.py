from __future__ import annotations

import os
import threading
from pathlib import Path

import av
import numpy as np
import pytest

from cnnviz.media import aac
from cnnviz.media.aac import aac_packets, aac_stream
from cnnviz.samples import SAMPLE_RATE, Samples


def tone(seconds: float, level: float, hertz: float) -> Samples:
    time = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    return (level * np.sin(2 * np.pi * hertz * time)).astype(np.float32)[:, None]


def words(seconds: float) -> Samples:
    """A tone in bursts of half a second with as long pauses between them."""
    sound = tone(seconds, 0.3, 440)
    sound[np.arange(len(sound)) // (SAMPLE_RATE // 2) % 2 == 1] = 0
    return sound


def packets(sound: Samples, path: Path, count: int | None = None) -> list[bytes]:
    """Encode `sound` into a film without a picture; gives its packets as well."""
    with av.open(str(path), "w", format="mp4", options={"use_editlist": "0"}) as film:
        stream = aac_stream(film)
        film.start_encoding()
        made = []
        for packet in aac_packets(sound, len(sound) if count is None else count, stream):
            made.append(bytes(packet))
            film.mux(packet)
    return made


def heard(sound: Samples, path: Path) -> Samples:
    packets(sound, path)
    with av.open(str(path)) as film:
        blocks = [frame.to_ndarray() for frame in film.decode(audio=0)]
    return np.concatenate(blocks, axis=1).T[: len(sound)]


@pytest.fixture
def short_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aac, "_PART", 40)


@pytest.mark.usefixtures("short_parts")
def test_parts_join_without_a_seam(tmp_path: Path) -> None:
    sound = words(5)
    cuts = aac._cuts(sound, len(sound))
    assert len(cuts) > 3
    assert all(not sound[cut - 1024 : cut + 1024].any() for cut in cuts[1:-1])
    decoded = heard(sound, tmp_path / "a.mp4")
    assert len(decoded) == len(sound)
    # But for the first frames, which nothing stands before.
    assert np.abs(decoded - sound)[2048:].max() < 0.03
    for cut in cuts[1:-1]:
        assert not decoded[cut - 1024 : cut + 1024].any()


def test_cuts_have_silence_on_both_sides(monkeypatch: pytest.MonkeyPatch) -> None:
    sound = words(3)
    for frames in range(2, 60):
        monkeypatch.setattr(aac, "_PART", frames)
        for cut in aac._cuts(sound, len(sound))[1:-1]:
            assert cut % 1024 == 0
            assert not sound[cut - 2048 : cut + 2048].any()


@pytest.mark.usefixtures("short_parts")
def test_sound_without_pauses_is_not_cut(tmp_path: Path) -> None:
    sound = tone(3, 0.3, 440)
    assert aac._cuts(sound, len(sound)) == [0, len(sound)]
    assert np.abs(heard(sound, tmp_path / "a.mp4") - sound)[2048:].max() < 0.003


@pytest.mark.usefixtures("short_parts")
def test_packets_do_not_depend_on_the_number_of_processors(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = []
    for processors in (1, 5):
        monkeypatch.setattr(os, "cpu_count", lambda processors=processors: processors)
        made.append(packets(words(4), tmp_path / "a.mp4"))
    assert made[0] == made[1]


@pytest.mark.parametrize("hertz", [110, 480, 1000, 7043])
@pytest.mark.parametrize("level", [0.3, 0.41, 0.44, 0.46, 0.84])
def test_tones_of_any_strength_keep_their_level(tmp_path: Path, hertz: float, level: float) -> None:
    # The fast coder loses a fifth of the strongest.
    sound = tone(1, level, hertz)
    error = (heard(sound, tmp_path / "a.mp4") - sound)[4096:-4096]
    assert 20 * np.log10(level / np.abs(error).max()) > 45


def test_a_hard_onset_is_not_heard_before_it_comes(tmp_path: Path) -> None:
    sound = np.zeros((SAMPLE_RATE, 1), dtype=np.float32)
    sound[24_000:] = np.random.default_rng(1).normal(0, 0.2, (24_000, 1))
    decoded = heard(sound, tmp_path / "a.mp4")
    assert not decoded[4096 : 24_000 - 2048].any()
    before = decoded[24_000 - 1024 : 24_000 - 10, 0]
    assert 20 * np.log10(before.std()) < -70


def test_both_channels_keep_their_own_sound(tmp_path: Path) -> None:
    sound = np.concatenate((tone(1, 0.3, 440), tone(1, 0.2, 1000)), axis=1)
    assert np.abs(heard(sound, tmp_path / "a.mp4") - sound)[4096:-4096].max() < 0.003


def test_sound_is_cut_or_filled_to_the_length_asked_for(tmp_path: Path) -> None:
    for count in (1, 1024, 1025, 100_000):
        assert len(packets(words(1), tmp_path / "a.mp4", count)) == -(-count // 1024)


@pytest.mark.usefixtures("short_parts")
def test_what_is_not_taken_is_not_encoded(tmp_path: Path) -> None:
    before = threading.active_count()
    with av.open(str(tmp_path / "a.mp4"), "w", format="mp4") as film:
        stream = aac_stream(film)
        film.start_encoding()
        made = aac_packets(words(20), 20 * SAMPLE_RATE, stream)
        film.mux(next(made))
        made.close()
    assert threading.active_count() == before
