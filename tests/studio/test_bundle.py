"""The bundle holds what was promised, and every word and number in it is true of the film."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import av
import cv2
import numpy as np
import pytest
import srt
from tiny import BUILD, OPTIONS, Done, Project, files_below, let_think, replace_in

from cnnviz.files import file_digest, write_json
from cnnviz.media.decode import read_frames
from cnnviz.media.inspect_film import inspect_film
from cnnviz.review.number_rules import number_findings
from cnnviz.review.sound_rules import sound_findings
from cnnviz.studio.film_texts import chapters, clock
from cnnviz.studio.production import Production

Run = Callable[..., Done]
FILES = {
    "bundle.json",
    "captions.bn.srt",
    "captions.en.srt",
    "episode.mp4",
    "numbers.json",
    "storyboard.html",
    "thumbnail.png",
}
FIELDS = {
    "title",
    "description",
    "tags",
    "language",
    "voice",
    "quality",
    "format",
    "recording",
    "fps",
    "duration",
    "chapters",
    "beats",
    "digest",
    "keys",
    "evidence",
}
BEAT_FIELDS = {
    "scene",
    "beat",
    "start_frame",
    "frames",
    "thinking_frames",
    "said",
    "caption",
    "segment",
}

needs_espeak = pytest.mark.skipif(
    # Looked for and not imported: nothing but espeak's own process may load it.
    find_spec("espeakng_loader") is None,
    reason="espeak-ng is not installed",
)


def numbers(project: Project) -> list[dict[str, Any]]:
    read: list[dict[str, Any]] = json.loads((project.bundle / "numbers.json").read_bytes())
    return read


def captions(project: Project, language: str) -> list[srt.Subtitle]:
    text = (project.bundle / f"captions.{language}.srt").read_text(encoding="utf-8")
    return list(srt.parse(text))


# --- files and fields -----------------------------------------------------------------------


def test_a_bundle_has_the_promised_files_and_no_others(built: Project) -> None:
    assert set(files_below(built.bundle)) == FILES


def test_a_bundle_says_the_promised_things(built: Project) -> None:
    facts = built.facts
    assert set(facts) == FIELDS
    assert all(set(beat) == BEAT_FIELDS for beat in facts["beats"])
    assert facts["title"] == "ছোট ছবি"
    assert facts["tags"] == ["ছোট", "tiny"]
    assert (facts["language"], facts["voice"]) == ("bn", "recorded")
    assert (facts["quality"], facts["fps"]) == ("draft", 15)
    assert facts["recording"] is None


def test_the_files_are_readable_for_everyone(built: Project) -> None:
    for name in FILES:
        assert (built.bundle / name).stat().st_mode & 0o777 == 0o644


def test_beats_are_contiguous_and_make_up_the_film(built: Project) -> None:
    facts = built.facts
    film = inspect_film(built.bundle / "episode.mp4")
    at = 0
    for beat in facts["beats"]:
        assert beat["start_frame"] == at
        at += beat["frames"]
    assert at == film.picture.frames
    assert at / facts["fps"] == facts["duration"]
    assert film.picture.constant_rate
    assert film.sound is not None
    assert film.sound.duration == film.picture.duration
    assert film.title == facts["title"]


def test_digests_are_those_of_the_files(built: Project, tmp_path: Path) -> None:
    facts = built.facts
    assert facts["digest"] == file_digest(built.bundle / "episode.mp4")
    segments = {file_digest(path) for path in (tmp_path / "cache" / "segments").rglob("*.mp4")}
    assert {beat["segment"] for beat in facts["beats"]} == segments


def test_words_and_digits_stand_where_they_belong(built: Project) -> None:
    beat = built.facts["beats"][1]
    assert beat["said"] == "প্রথম যোগফল মাইনাস তিন, মাপ দুই বাই দুই।"
    assert beat["caption"] == "প্রথম যোগফল −3, মাপ 2×2।"


# --- captions and sound ---------------------------------------------------------------------


@pytest.mark.parametrize("language", ["bn", "en"])
def test_captions_begin_with_their_beats_and_end_before_the_next(
    built: Project, language: str
) -> None:
    beats, fps = built.facts["beats"], built.facts["fps"]
    cues = captions(built, language)
    assert len(cues) == len(beats)
    for cue, beat in zip(cues, beats, strict=True):
        begin, end = beat["start_frame"] / fps, (beat["start_frame"] + beat["frames"]) / fps
        assert begin - 0.001 <= cue.start.total_seconds()
        assert cue.end.total_seconds() <= end + 0.001
        if language == "bn":
            assert cue.content.replace("\n", " ") == beat["caption"]
    for before, after in pairwise(cues):
        assert before.end <= after.start


def loudness(film: Path) -> np.ndarray:
    """The loudest sample of each millisecond."""
    with av.open(str(film)) as container:
        blocks = [frame.to_ndarray() for frame in container.decode(audio=0)]
    sound = np.abs(np.concatenate(blocks, axis=1)).max(axis=0)
    return sound[: len(sound) // 48 * 48].reshape(-1, 48).max(axis=1)


def test_each_voice_is_heard_when_its_caption_appears(built: Project) -> None:
    heard = loudness(built.bundle / "episode.mp4")
    for cue in captions(built, "bn"):
        at = round(cue.start.total_seconds() * 1000)
        # A chapter card's bell may still ring; the voice is much louder.
        assert heard[at - 60 : at - 25].max() < 0.05
        assert heard[at + 25 : at + 200].min() > 0.05


# --- numbers --------------------------------------------------------------------------------


def test_every_number_in_the_ledger_computes_again(built: Project) -> None:
    entries = numbers(built)
    assert entries
    for entry in entries:
        assert set(entry) == {"scene", "beat", "shown", "value", "op", "args"}
    assert number_findings(entries, built.bundle) == []


def test_the_ledger_has_what_is_seen_and_what_is_said_beat_by_beat(built: Project) -> None:
    found = {(entry["beat"], entry["op"], entry["shown"]) for entry in numbers(built)}
    feature_map = {("conv2d", digits) for digits in ("−3", "1")}
    size, total = ("count", "2"), ("sum", "−3")
    assert {(op, digits) for beat, op, digits in found if beat == "shown"} == feature_map
    assert {("summed", *total), ("summed", *size)} <= found
    assert not {entry["beat"] for entry in numbers(built)} & {"drawn", "turned"}


def test_no_entry_stands_twice(built: Project) -> None:
    entries = [json.dumps(entry, sort_keys=True) for entry in numbers(built)]
    assert len(set(entries)) == len(entries)


# --- chapters -------------------------------------------------------------------------------

FPS = 30


def film_of(seconds: list[float]) -> Production:
    """Scenes of these lengths, in two beats each."""
    slots, at = [], 0
    for scene, length in enumerate(seconds):
        half = round(length * FPS) // 2
        for frames in (half, round(length * FPS) - half):
            slots.append(SimpleNamespace(scene=f"s{scene}", start=at, end=at + frames))
            at += frames
    scenes = [SimpleNamespace(id=f"s{n}", title=f"Scene {n}") for n in range(len(seconds))]
    return cast(
        Production,
        SimpleNamespace(
            quality=SimpleNamespace(fps=FPS),
            script=SimpleNamespace(scenes=scenes),
            slots_of=lambda scene: tuple(slot for slot in slots if slot.scene == scene),
            frames=at,
        ),
    )


@pytest.mark.parametrize(
    ("seconds", "starts"),
    [
        ([12, 15, 20], {0: "Scene 0", 12: "Scene 1", 27: "Scene 2"}),
        ([12, 5, 20], {0: "Scene 0", 17: "Scene 2"}),
        ([5, 12, 20], {0: "Scene 1", 17: "Scene 2"}),
        ([5, 4, 20], {0: "Scene 2"}),
        ([12, 20, 3], {0: "Scene 0", 12: "Scene 1"}),
        ([4], {0: "Scene 0"}),
    ],
)
def test_a_short_scene_joins_its_neighbour(seconds: list[float], starts: dict[int, str]) -> None:
    assert {one.seconds: one.title for one in chapters(film_of(seconds))} == starts


@pytest.mark.parametrize(
    ("seconds", "written"),
    [(0, "0:00"), (9.99, "0:09"), (61, "1:01"), (754, "12:34"), (3723, "1:02:03")],
)
def test_times_are_written_as_youtube_reads_them(seconds: float, written: str) -> None:
    assert clock(seconds) == written


def test_the_description_ends_in_the_chapters(built: Project) -> None:
    facts = built.facts
    lines = [f"{clock(one['start'])} {one['title']}" for one in facts["chapters"]]
    assert facts["description"] == "দুই দৃশ্যের একটা ছোট ছবি।\n\n" + "\n".join(lines) + "\n"
    assert lines[0].startswith("0:00 ")


# --- thumbnail, languages, voices -----------------------------------------------------------

THUMBNAIL = """\
from manim import Square

from cnnviz.stage.lesson import Lesson
from scenes.tiny.first import First


class Thumbnail(Lesson):
    card = False
    titled = False
    numbers = First.numbers

    def setup_stage(self):
        self.add(Square(20, fill_color="#ff0000", fill_opacity=1), self.label("size"))

    def construct(self):
        with self.beat("moved"):
            pass
"""


def thumbnail(project: Project) -> np.ndarray:
    return cast(np.ndarray, cv2.imread(str(project.bundle / "thumbnail.png")))


def test_the_thumbnail_is_the_first_scenes_last_picture(built: Project) -> None:
    picture = thumbnail(built)
    assert picture.shape == (720, 1280, 3)
    end = sum(beat["frames"] for beat in built.facts["beats"] if beat["scene"] == "first")
    frame = next(read_frames(built.bundle / "episode.mp4", end - 1, 1))
    small = cv2.resize(picture, (frame.shape[1], frame.shape[0]), interpolation=cv2.INTER_AREA)
    assert np.abs(small[..., ::-1].astype(int) - frame).mean() < 2


def test_a_thumbnail_scene_takes_its_place_and_is_no_part_of_the_film(
    built: Project, run: Run
) -> None:
    film = built.film
    built.scene("_thumbnail").write_text(THUMBNAIL, encoding="utf-8")
    done = run(built, *BUILD)
    assert done.code == 0, done.err
    assert thumbnail(built)[0, 0].tolist() == [0, 0, 255]
    assert built.film == film
    replace_in(built.scene("_thumbnail"), "#ff0000", "#0000ff")
    assert run(built, *BUILD).code == 0
    assert thumbnail(built)[0, 0].tolist() == [255, 0, 0]


def test_a_thumbnail_that_raises_is_named(built: Project, run: Run) -> None:
    built.scene("_thumbnail").write_text(THUMBNAIL, encoding="utf-8")
    edit = replace_in(built.scene("_thumbnail"), "Square(20,", "Square(20 / 0,")
    done = run(built, *BUILD)
    assert done.code == 1
    assert done.error.startswith(f"{edit}ZeroDivisionError")


def test_time_to_think_is_told_by_the_bundle_so_that_it_is_not_taken_for_a_silence(
    built: Project, run: Run
) -> None:
    before = built.facts
    let_think(built, 3.0)
    assert run(built, *BUILD).code == 0
    thinking = {beat["beat"]: beat["thinking_frames"] for beat in built.facts["beats"]}
    assert thinking == {"shown": 0, "summed": 0, "moved": 0, "drawn": 3 * 15, "turned": 0}
    assert built.facts["duration"] == before["duration"] + 3
    assert sound_findings(built.bundle) == []
    facts = built.facts
    for beat in facts["beats"]:
        del beat["thinking_frames"]
    write_json(built.bundle / "bundle.json", facts)
    assert [finding.rule for finding in sound_findings(built.bundle)] == ["long-silence"]


@needs_espeak
def test_an_english_film_with_a_synthetic_voice_lies_beside_the_bengali_one(
    built: Project, run: Run
) -> None:
    before = files_below(built.bundle)
    done = run(
        built, "episode", "tiny", "--language", "en", "--quality", "draft", "--voice", "auto"
    )
    assert done.code == 0, done.err
    assert "voice: espeak, because" in done.err
    assert files_below(built.bundle) == before
    english = built.bundle.with_name("en")
    facts = json.loads((english / "bundle.json").read_bytes())
    assert (facts["language"], facts["voice"]) == ("en", "espeak")
    assert facts["title"] == "A tiny film"
    assert facts["beats"][1]["said"] == "The first sum is minus three, the size two by two."
    assert facts["beats"][1]["caption"] == "The first sum is −3, the size 2×2."
    assert {path.name for path in english.iterdir()} == FILES
    film = inspect_film(english / "episode.mp4")
    assert film.picture.frames == sum(beat["frames"] for beat in facts["beats"])


def test_bundle_json_is_written_last(
    built: Project, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever finds the new one finds all the rest."""
    replace_in(built.script, "একটা চৌকো আঁকি।", "আঁকি একটা চৌকো।")
    written: list[str] = []
    replace = Path.replace

    def noted(source: Path, target: Path) -> Path:
        if target.parent == built.bundle:
            written.append(target.name)
        return replace(source, target)

    monkeypatch.setattr(Path, "replace", noted)
    (built.bundle / "episode.mp4").unlink()
    assert run(built, *BUILD).code == 0
    assert written[-1] == "bundle.json"
    assert set(written) - {".writable"} == FILES


def test_a_scenes_film_has_its_own_sound(built: Project, run: Run) -> None:
    assert run(built, "scene", "tiny/second", *OPTIONS).code == 0
    alone = built.bundle / "scenes" / "second.mp4"
    facts = inspect_film(alone)
    beats = [beat for beat in built.facts["beats"] if beat["scene"] == "second"]
    assert facts.picture.frames == sum(beat["frames"] for beat in beats)
    assert facts.title == "দ্বিতীয় দৃশ্য"
    begin = round(beats[0]["start_frame"] / 15 * 1000)
    heard, whole = loudness(alone), loudness(built.bundle / "episode.mp4")[begin:]
    length = min(len(heard), len(whole))
    assert abs(len(heard) - len(whole)) < 1024 / 48
    assert ((heard[:length] > 0.05) == (whole[:length] > 0.05)).mean() > 0.99
