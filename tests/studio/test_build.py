"""What is drawn, what is not drawn again, and what survives an interruption, on a tiny film."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from tiny import (
    BUILD,
    HOUSE,
    OPTIONS,
    Command,
    Done,
    Project,
    changed,
    drawn,
    files_below,
    replace_in,
)

from cnnviz.episode.episode import find_episode
from cnnviz.media.decode import last_frame, read_frames
from cnnviz.media.quality import quality
from cnnviz.progress import Reporter
from cnnviz.store import KINDS
from cnnviz.studio.production import prepare

Run = Callable[..., Done]
FIRST = {"first.shown", "first.summed", "first.moved"}
SECOND = {"second.drawn", "second.turned"}
PATIENCE = 120.0


def cache_of(project: Project) -> Path:
    return project.root.parent / "cache"


def entries(project: Project) -> dict[str, int]:
    """The finished segments, and where each was written: its time tells when it was used."""
    found = {path.stem: path for path in (cache_of(project) / "segments").rglob("*.json")}
    for key, path in found.items():
        held = project.root.parent / "held" / f"{key}-{path.stat().st_ino}"
        held.parent.mkdir(exist_ok=True)
        if not held.exists():
            os.link(path, held)  # or the place of one that is gone might be given to a new one
    return {key: path.stat().st_ino for key, path in found.items()}


def keys_of(project: Project) -> dict[str, str]:
    """`scene.beat` → its key in the cache."""
    episode = find_episode(project.root, "tiny")
    report = Reporter(io.StringIO())
    production = prepare(episode, "bn", quality("draft"), "recorded", report)
    return {f"{slot.scene}.{slot.beat}": production.key(slot) for slot in production.slots}


def temporary_files(*folders: Path) -> list[Path]:
    return [path for folder in folders for path in folder.rglob(".*")]


def from_scratch(project: Project, run: Run, monkeypatch: pytest.MonkeyPatch) -> bytes:
    """The film as a machine makes it that never made one before."""
    with monkeypatch.context() as patch:
        patch.setenv("CNNVIZ_CACHE_DIR", str(project.root.parent / "another cache"))
        out = project.root.parent / "another bundle"
        assert drawn(run(project, *BUILD, "--out", str(out))) == 5
    return (out / "episode.mp4").read_bytes()


# --- nothing twice --------------------------------------------------------------------------


def test_a_second_run_draws_and_joins_nothing_and_gives_the_same_bundle(
    built: Project, run: Run
) -> None:
    before, written = files_below(built.bundle), (built.bundle / "episode.mp4").stat()
    done = run(built, *BUILD)
    assert drawn(done) == 0
    assert "drawing" not in done.err
    assert "joining" not in done.err
    assert files_below(built.bundle) == before
    assert (built.bundle / "episode.mp4").stat().st_mtime_ns == written.st_mtime_ns


def test_a_lost_film_is_joined_again_to_the_same_bytes(built: Project, run: Run) -> None:
    before = built.film
    (built.bundle / "episode.mp4").unlink()
    assert drawn(run(built, *BUILD)) == 0
    assert built.film == before


def test_a_film_that_somebody_has_changed_is_joined_again(built: Project, run: Run) -> None:
    before = built.film
    (built.bundle / "episode.mp4").write_bytes(before[:-100])
    assert drawn(run(built, *BUILD)) == 0
    assert built.film == before


def test_without_its_cache_the_film_comes_out_the_same(
    built: Project, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert from_scratch(built, run, monkeypatch) == built.film


def test_two_bundles_share_one_cache(built: Project, run: Run, tmp_path: Path) -> None:
    assert drawn(run(built, *BUILD, "--out", str(tmp_path / "elsewhere"))) == 0
    assert files_below(tmp_path / "elsewhere") == files_below(built.bundle)


# --- what a change costs --------------------------------------------------------------------


def test_a_changed_sentence_draws_its_beat_alone(
    built: Project, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = built.segments
    replace_in(built.script, "এবার একটু নিচে নামাই।", "এবার এটাকে একটুখানি নিচে নামাই।")
    built.record("first.moved", 0.9)
    assert drawn(run(built, *BUILD)) == 1
    assert changed(before, built.segments) == {"first.moved"}
    assert from_scratch(built, run, monkeypatch) == built.film


def test_a_changed_beat_in_the_middle_leaves_those_behind_it_alone(
    built: Project, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = built.segments
    built.record("first.shown", 0.7)
    assert drawn(run(built, *BUILD)) == 1
    assert changed(before, built.segments) == {"first.shown"}
    assert from_scratch(built, run, monkeypatch) == built.film


def test_words_that_take_as_long_as_before_draw_nothing(built: Project, run: Run) -> None:
    replace_in(built.script, "একটা চৌকো আঁকি।", "আঁকি একটা চৌকো।")
    assert drawn(run(built, *BUILD)) == 0
    captions = (built.bundle / "captions.bn.srt").read_text(encoding="utf-8")
    assert "আঁকি একটা চৌকো।" in captions
    assert "একটা চৌকো আঁকি।" not in captions


@pytest.mark.parametrize(
    ("old", "new", "scene"),
    [("name: চৌকো", "name: বর্গ", SECOND), ("title: প্রথম দৃশ্য", "title: শুরুর দৃশ্য", FIRST)],
)
def test_a_changed_text_on_screen_draws_its_scene_alone(
    built: Project, run: Run, old: str, new: str, scene: set[str]
) -> None:
    before = built.segments
    replace_in(built.script, old, new)
    assert drawn(run(built, *BUILD)) == len(scene)
    assert changed(before, built.segments) == scene


def test_a_changed_scene_is_drawn_alone(built: Project, run: Run) -> None:
    before = built.segments
    replace_in(built.scene("second"), "shift(RIGHT)", "shift(RIGHT * 2)")
    assert drawn(run(built, *BUILD)) == len(SECOND)
    assert changed(before, built.segments) == {"second.turned"}


def test_a_changed_shared_part_draws_the_scenes_that_import_it(built: Project, run: Run) -> None:
    before = built.segments
    replace_in(built.scene("_example"), "[[1, 2, 3],", "[[4, 2, 3],")
    assert drawn(run(built, *BUILD)) == len(FIRST)
    assert changed(before, built.segments) == FIRST
    [first_sum] = {entry["value"] for entry in ledger(built) if entry["op"] == "sum"}
    assert first_sum == 4 - 2 + 2 * 0 - 2 * 1
    assert str(first_sum) in built.facts["beats"][1]["caption"]


def ledger(project: Project) -> list[dict[str, object]]:
    read: list[dict[str, object]] = json.loads((project.bundle / "numbers.json").read_bytes())
    return read


# --- one scene ------------------------------------------------------------------------------


def test_a_scene_is_drawn_anew_alone_and_the_film_is_joined(built: Project, run: Run) -> None:
    keys = keys_of(built)
    before, film, segments = entries(built), built.film, built.segments
    done = run(built, "scene", "tiny/first", *OPTIONS)
    assert done.code == 0
    assert "drawing 3 beats" in done.err
    anew = {key for key, written in entries(built).items() if before.get(key) != written}
    assert anew == {keys[beat] for beat in FIRST}
    assert built.film == film
    assert built.segments == segments
    alone = list(read_frames(built.bundle / "scenes" / "first.mp4"))
    beats = [beat for beat in built.facts["beats"] if beat["scene"] == "first"]
    assert len(alone) == sum(beat["frames"] for beat in beats)


def test_a_changed_scene_reaches_the_film(built: Project, run: Run) -> None:
    film = built.film
    replace_in(built.scene("second"), "shift(RIGHT)", "shift(RIGHT * 2)")
    assert run(built, "scene", "tiny/second", *OPTIONS).code == 0
    assert built.film != film
    alone = last_frame(built.bundle / "scenes" / "second.mp4")
    assert np.array_equal(alone, last_frame(built.bundle / "episode.mp4"))


def test_a_scene_before_its_film_is_ready_and_the_film_is_not_joined(
    tiny_project: Project, run: Run, fresh_cache: Path, one_process: None
) -> None:
    done = run(tiny_project, "scene", "tiny/second", *OPTIONS)
    assert done.code == 0
    assert "scenes/second.mp4 is ready" in done.err
    assert "the episode is not joined again: 3 beats of other scenes are not drawn" in done.err
    assert list(files_below(tiny_project.bundle)) == ["scenes/second.mp4"]
    assert drawn(run(tiny_project, *BUILD)) == 3


# --- damage ---------------------------------------------------------------------------------


def cut_in_half(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def one_byte_wrong(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def garbage(path: Path) -> None:
    path.write_bytes(b"\xff\xfe garbage {")


def other_json(path: Path) -> None:
    path.write_text("[1]")


@pytest.mark.parametrize(
    ("pattern", "spoil"),
    [
        ("segments/*/*.mp4", cut_in_half),
        ("segments/*/*.mp4", one_byte_wrong),
        ("segments/*/*.mp4", Path.unlink),
        ("segments/*/*.json", garbage),
        ("segments/*/*.json", other_json),
        ("segments/*/*.json", Path.unlink),
    ],
)
def test_a_damaged_segment_is_drawn_again(
    built: Project, run: Run, pattern: str, spoil: Callable[[Path], None]
) -> None:
    film = built.film
    (built.bundle / "episode.mp4").unlink()
    spoil(sorted(cache_of(built).glob(pattern))[0])
    assert drawn(run(built, *BUILD)) == 1
    assert built.film == film


BINARY = (
    "crossfades/*/*.mp4",
    "sound/*/*.wav",
    "speech/sound/*/*.wav",
    "stills/*/*.jpg",
    "stills/*/*.png",
    "glyphs/*/*.pickle",
)
TEXT = (
    *(f"{kind}/*/*.json" for kind in KINDS if kind not in {"segments", "speech"}),
    "speech/entries/*/*.json",
    "speech/sound/*/*.json",
)
UNUSED = ("stages", "evidence", "sent", "findings")
"""What a build of this film makes nothing of."""


@pytest.mark.parametrize(
    ("patterns", "spoil"),
    [
        *product([BINARY], [cut_in_half, one_byte_wrong, Path.unlink]),
        *product([TEXT], [cut_in_half, garbage, other_json, Path.unlink]),
    ],
)
@pytest.mark.parametrize("film_is_lost", [False, True])
def test_other_damage_in_the_cache_is_mended_without_drawing(
    built: Project,
    run: Run,
    patterns: tuple[str, ...],
    spoil: Callable[[Path], None],
    film_is_lost: bool,
) -> None:
    before = files_below(built.bundle)
    if film_is_lost:
        (built.bundle / "episode.mp4").unlink()
    for pattern in patterns:
        found = sorted(cache_of(built).glob(pattern))
        assert bool(found) != pattern.startswith(UNUSED), pattern
        for path in found:
            spoil(path)
    assert drawn(run(built, *BUILD)) == 0
    assert files_below(built.bundle) == before


def test_every_folder_of_the_cache_may_be_emptied(built: Project, run: Run) -> None:
    film = built.film
    (built.bundle / "episode.mp4").unlink()
    for path in files_below(cache_of(built)):
        if not path.startswith("segments"):
            (cache_of(built) / path).unlink()
    assert drawn(run(built, *BUILD)) == 0
    assert built.film == film


# --- interruptions --------------------------------------------------------------------------

GATE = "TINY_GATE"


@pytest.fixture
def gated(tiny_project: Project, fresh_cache: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The second scene stops in its last beat, one animation drawn, until the gate is there."""
    scene = tiny_project.scene("second")
    replace_in(scene, "from manim import", "import os\nimport time\n\nfrom manim import")
    replace_in(
        scene,
        "            self.play(self.square.animate.shift(RIGHT)",
        f'            while not os.path.exists(os.environ["{GATE}"]):\n'
        "                time.sleep(0.05)\n"
        "            self.play(self.square.animate.shift(RIGHT)",
    )
    gate = tiny_project.root / "gate"
    monkeypatch.setenv(GATE, str(gate))
    return gate


def wait_for_the_gate(command: Command, cache: Path) -> None:
    """Until all beats but the last are finished and the last one is being written."""
    end = time.monotonic() + PATIENCE
    while True:
        folder = cache / "segments"
        if len(list(folder.rglob("*.json"))) == 4 and list(folder.rglob(".part-*.mp4")):
            return
        assert command.process.poll() is None, command.finish().err
        assert time.monotonic() < end, "the scene never came to the gate"
        time.sleep(0.05)


def wait_for_nobody(command: Command) -> None:
    end = time.monotonic() + PATIENCE
    while command.members():
        assert time.monotonic() < end, f"left over: {command.members()}"
        time.sleep(0.05)


@pytest.mark.slow
def test_an_interrupt_loses_one_beat_and_leaves_nothing_behind(
    tiny_project: Project,
    start: Callable[..., Command],
    run: Run,
    gated: Path,
    fresh_cache: Path,
    request: pytest.FixtureRequest,
) -> None:
    command = start(tiny_project, *BUILD)
    wait_for_the_gate(command, fresh_cache)
    command.signal(signal.SIGINT)
    done = command.finish()
    assert done.code == 130
    assert done.out == ""
    last = done.err.splitlines()[-1]
    assert last == "interrupted; what was finished is kept, run again to go on"
    assert "Traceback" not in done.err
    assert done.err.count("interrupted") == 1
    wait_for_nobody(command)
    assert temporary_files(fresh_cache, tiny_project.bundle) == [fresh_cache / ".lock"]
    assert files_below(tiny_project.bundle) == {}
    gated.touch()
    request.getfixturevalue("one_process")
    assert drawn(run(tiny_project, *BUILD)) == 1


@pytest.mark.slow
def test_a_killed_build_goes_on_where_it_was_and_its_workers_do_not_stay(
    tiny_project: Project,
    start: Callable[..., Command],
    run: Run,
    gated: Path,
    fresh_cache: Path,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    command = start(tiny_project, *BUILD)
    wait_for_the_gate(command, fresh_cache)
    command.signal(signal.SIGKILL, group=False)
    assert command.finish().code == -signal.SIGKILL
    wait_for_nobody(command)
    assert temporary_files(fresh_cache) == [fresh_cache / ".lock"]
    gated.touch()
    request.getfixturevalue("one_process")
    assert drawn(run(tiny_project, *BUILD)) == 1
    assert from_scratch(tiny_project, run, monkeypatch) == tiny_project.film


def test_what_a_killed_build_left_is_swept_up_and_what_another_writes_is_not(
    built: Project, run: Run
) -> None:
    scenes, segments = built.bundle / "scenes", cache_of(built) / "segments" / "00"
    folders = built.bundle, scenes, segments
    for folder in folders:
        folder.mkdir(exist_ok=True)
        for name, hours in ((".part-old.mp4", 2), (".part-new.mp4", 0)):
            (folder / name).write_bytes(b"half a film")
            os.utime(folder / name, (time.time() - hours * 3600,) * 2)
    assert drawn(run(built, *BUILD)) == 0
    for folder in folders:
        assert [path.name for path in folder.glob(".part-*")] == [".part-new.mp4"]


@pytest.mark.slow
@pytest.mark.parametrize("workers", ["1", "3"])
def test_worker_processes_give_the_film_that_one_process_gives(
    built: Project, start: Callable[..., Command], tmp_path: Path, workers: str
) -> None:
    cache, out = tmp_path / "another cache", tmp_path / "another bundle"
    words = (*BUILD, "--workers", workers, "--out", str(out))
    done = start(built, *words, CNNVIZ_CACHE_DIR=str(cache)).finish()
    assert drawn(done) == 5
    assert done.out == ""
    assert "\x1b" not in done.err, "no bar where there is no terminal"
    assert files_below(out) == files_below(built.bundle)


@pytest.mark.slow
def test_two_runs_at_once_do_not_hurt_each_other(
    built: Project, start: Callable[..., Command], tmp_path: Path
) -> None:
    cache, outs = tmp_path / "another cache", [tmp_path / "one bundle", tmp_path / "other bundle"]
    commands = [
        start(built, *BUILD, "--out", str(out), CNNVIZ_CACHE_DIR=str(cache)) for out in outs
    ]
    for command, out in zip(commands, outs, strict=True):
        done = command.finish()
        assert done.code == 0, done.err
        assert files_below(out) == files_below(built.bundle)


# --- Manim by itself ------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("scene", ["first", "second"])
def test_plain_manim_plays_every_beat_as_long_as_the_film_does(built: Project, scene: str) -> None:
    subprocess.run(
        [
            *(sys.executable, "-m", "manim", "render", "--quality", "l", "--save_sections"),
            *("--progress_bar", "none", "--media_dir", "media"),
            *(f"scenes/tiny/{scene}.py", scene.capitalize()),
        ],
        cwd=built.root,
        env=os.environ | {"PYTHONPATH": str(HOUSE)},
        check=True,
        capture_output=True,
    )
    [sections] = built.root.glob(f"media/videos/{scene}/*/sections/{scene.capitalize()}.json")
    played = {
        section["name"]: int(section["nb_frames"]) for section in json.loads(sections.read_bytes())
    }
    beats = [beat for beat in built.facts["beats"] if beat["scene"] == scene]
    assert played == {beat["beat"]: beat["frames"] for beat in beats}
    [film] = built.root.glob(f"media/videos/{scene}/*/{scene.capitalize()}.mp4")
    end = beats[-1]["start_frame"] + beats[-1]["frames"]
    ours = next(read_frames(built.bundle / "episode.mp4", end - 1, 1))
    assert np.abs(last_frame(film).astype(int) - ours).mean() < 1
