"""Every mistake and every failure ends in one line that says what, where, and what to do."""

from __future__ import annotations

import errno
import os
import pickle
import subprocess
import tempfile
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from tiny import BENGALI, BUILD, Command, Done, Edit, Project, files_below, replace_in

from cnnviz.errors import StudioError, UserError, shown_path
from cnnviz.visuals import fonts
from cnnviz.visuals.glyphs import laid_out

Run = Callable[..., Done]

pytestmark = pytest.mark.usefixtures("one_process")


def mistake(done: Done) -> str:
    assert done.code == 2, done.err
    return done.error


def failure(done: Done) -> str:
    assert done.code == 1, done.err
    return done.error


def finished_files(project: Project) -> list[str]:
    """What lies in the bundle; temporary files, too."""
    return sorted(path.name for path in project.bundle.rglob("*") if path.is_file())


# --- what was typed -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("episode", "tinny"), "no episode 'tinny' — did you mean 'tiny'?"),
        (("episode", "../tiny"), "no episode '../tiny'"),
        (("scene", "tiny/frist"), "no scene 'frist' — did you mean 'first'?"),
        (("scene", "tinny/first"), "no episode 'tinny' — did you mean 'tiny'?"),
        (("scene", "first"), "'first' is not NAME/SCENE — for example"),
        (("scene", "/first"), "'/first' is not NAME/SCENE"),
        (("scene", "tiny/"), "'tiny/' is not NAME/SCENE"),
        (("episode", "tiny", "--language", "english"), "'english' — there are: bn, en"),
        (("episode", "tiny", "--language", "xx"), "'xx' — there are: bn, en"),
        (("episode", "tiny", "--language", "../tiny/bn"), "'../tiny/bn' — "),
        (("episode", "tiny", "--quality", "ful"), "“ful” — choose one of draft, preview, full, 4k"),
        (
            ("episode", "tiny", "--voice", "espeek", "--quality", "draft"),
            "'espeek' — one of auto, gtts, espeak, recorded, piper",
        ),
        (("episode", "tiny", "--workers", "0"), "'0' is not a whole number above 0 — see"),
        (("episode", "tiny", "--workers", "two"), "'two' is not a whole number above 0 — see"),
        (("episode",), "NAME — see"),
        (("epsode", "tiny"), "'epsode'"),
        (("episode", "tiny", "--qualty", "draft"), "--qualty draft — see"),
        ((), "VERB — see"),
    ],
)
def test_a_wrong_word_is_answered_with_the_right_ones(
    tiny_project: Project, run: Run, words: tuple[str, ...], says: str
) -> None:
    done = run(tiny_project, *words)
    assert says in mistake(done)
    assert done.err.count("\n") == 1, "it was found out only after some work"
    assert finished_files(tiny_project) == []


# --- scripts --------------------------------------------------------------------------------

SCRIPT_MISTAKES = {
    "a duplicate key": ("      moved: ", "      shown: ", "duplicate key"),
    "an unknown key": ("tags: [", "tag: [", "unknown key 'tag'"),
    "a tab": ("      drawn: ", "\t  drawn: ", "a tab — use spaces"),
    "a text that is a number": ("একটা চৌকো আঁকি।", "42", "'drawn' must be a text"),
    "YAML that cannot be read": ("একটা চৌকো আঁকি।", "একটা: চৌকো", "not readable as YAML"),
    "a lone brace": ("একটা চৌকো আঁকি।", "একটা { চৌকো", "a brace without its partner"),
    "an unknown beat": ("      drawn: ", "      drown: ", "beat 'drawn' is missing"),
    "a missing label": ("      name: চৌকো", "      nome: চৌকো", "label 'name' is missing"),
    "a wrong number in a beat": ("{first.sum}", "{frist.sum}", "did you mean 'first.sum'?"),
    "a wrong number in a label": ('"মাপ: {output.size}"', '"{size}"', "no number {size}"),
}


@pytest.mark.parametrize("what", SCRIPT_MISTAKES)
def test_a_mistake_in_a_script_is_named_with_file_and_line(
    tiny_project: Project, run: Run, what: str
) -> None:
    old, new, says = SCRIPT_MISTAKES[what]
    edit = replace_in(tiny_project.script, old, new)
    error = mistake(run(tiny_project, *BUILD))
    assert says in error
    place = f"{edit.path}:"
    if what in ("an unknown beat", "a missing label"):
        scene = BENGALI[: BENGALI.index("  - id: second")].count("\n") + 1
        place += str(scene)
    else:
        place += str(edit.line)
    assert error.startswith(place + ": ")
    assert finished_files(tiny_project) == []


@pytest.mark.parametrize("content", [b"", "ছোট".encode("utf-16"), "title: café".encode("cp1252")])
def test_a_file_that_is_no_script_is_named(tiny_project: Project, run: Run, content: bytes) -> None:
    tiny_project.script.write_bytes(content)
    error = mistake(run(tiny_project, *BUILD))
    assert error.startswith(f"{tiny_project.script}:1: ")
    assert "empty" in error if not content else "UTF-8" in error


def test_beats_in_another_order_than_they_are_played_are_named(
    tiny_project: Project, run: Run
) -> None:
    lines = BENGALI.splitlines(keepends=True)
    at = next(index for index, line in enumerate(lines) if "shown:" in line)
    lines[at : at + 2] = lines[at + 1], lines[at]
    tiny_project.script.write_text("".join(lines), encoding="utf-8")
    error = mistake(run(tiny_project, *BUILD))
    assert error.startswith(f"{tiny_project.script}:{at + 1}: ")
    assert "beat 'summed' stands where first.py plays 'shown'" in error


def test_a_beat_that_no_scene_plays_is_named(tiny_project: Project, run: Run) -> None:
    edit = replace_in(tiny_project.script, "      turned:", "      tuned: আরেকটা।\n      turned:")
    error = mistake(run(tiny_project, *BUILD))
    assert error.startswith(str(edit))
    assert "beat 'tuned' is not played by second.py — did you mean 'turned'?" in error


def test_a_scene_without_a_script_is_named(tiny_project: Project, run: Run) -> None:
    third = tiny_project.scene("third")
    third.write_text("class Third: pass\n", encoding="utf-8")
    error = mistake(run(tiny_project, *BUILD))
    assert error.startswith(f"{third}: this scene is not in bn.yaml")
    assert "_third.py" in error


def test_a_script_without_a_scene_is_named(tiny_project: Project, run: Run) -> None:
    tiny_project.scene("second").unlink()
    line = BENGALI[: BENGALI.index("  - id: second")].count("\n") + 1
    error = mistake(run(tiny_project, *BUILD))
    assert error.startswith(f"{tiny_project.script}:{line}: ")
    assert "scene 'second' has no file scenes/tiny/second.py" in error


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("      turned: Now let us turn it.\n", "", "beat 'turned' is missing"),
        ("      name: A square", "      nam: A square", "label 'name' is missing"),
        ("  - id: second", "  - id: third", "scene 'second' is missing"),
        ("sum is {first.sum}", "sum is 3", "'summed' lacks the number {first.sum}"),
    ],
)
def test_what_english_lacks_is_named_in_the_english_script(
    tiny_project: Project, run: Run, old: str, new: str, says: str
) -> None:
    replace_in(tiny_project.english, old, new)
    error = mistake(run(tiny_project, *BUILD))
    assert error.startswith(f"{tiny_project.english}:")
    assert says in error
    assert "it stands in bn.yaml:" in error


@pytest.mark.parametrize("words", [BUILD, ("check", "tiny")])
def test_a_language_that_an_episode_lacks_is_said_to_be_lacking(
    tiny_project: Project, run: Run, words: tuple[str, ...]
) -> None:
    tiny_project.english.unlink()
    error = mistake(run(tiny_project, *words, "--language", "en"))
    assert "no script in the language 'en'" in error


# --- scenes ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("scene", "old", "new", "says"),
    [
        ("first", "    def setup_stage(self):", "    def setup_stage(self:", "not valid Python"),
        ("_example", "TRACE = conv2d(", "TRACE = conv2d)", "not valid Python"),
        ("second", "class Second(Lesson)", "class Secund(Lesson)", "no class Second in it"),
        ("second", "class Second(Lesson)", "class Second", "Second is not a Lesson"),
        ("second", 'self.beat("turned")', 'self.beat("drawn")', "beat 'drawn' is played twice"),
        ("second", 'self.beat("turned")', "self.beat(str())", "name must be written out"),
    ],
)
def test_a_scene_that_cannot_be_read_is_the_users_to_mend(
    tiny_project: Project, run: Run, scene: str, old: str, new: str, says: str
) -> None:
    edit = replace_in(tiny_project.scene(scene), old, new)
    error = mistake(run(tiny_project, *BUILD))
    assert says in error
    place = str(edit) if "class" not in says and "Lesson" not in says else f"{edit.path}: "
    assert error.startswith(place)


def test_a_scene_in_another_encoding_is_named(tiny_project: Project, run: Run) -> None:
    scene = tiny_project.scene("second")
    scene.write_bytes(scene.read_bytes() + '\nPLACE = "café"\n'.encode("cp1252"))
    error = mistake(run(tiny_project, *BUILD))
    assert error.startswith(f"{scene}:")
    assert "not valid Python" in error


RAISING = {
    "at import": ("second", "class Second(Lesson):", "1 / 0\n\n\nclass Second(Lesson):"),
    "in numbers": ("first", "        return {", '        return {"a": 1 / 0,'),
    "in setup_stage": ("second", "Square(2)", "Square(2 / 0)"),
    "in construct": ("second", "Rotate(self.square, 1.0)", "Rotate(self.square, 1 / 0)"),
    "in a shared module": ("_example", "STRIDE = ", "STRIDE = 1 / 0 and "),
}


@pytest.mark.parametrize("where", RAISING)
def test_a_scene_that_raises_is_named_with_its_line(
    tiny_project: Project, run: Run, where: str
) -> None:
    scene, old, new = RAISING[where]
    edit = replace_in(tiny_project.scene(scene), old, new)
    error = failure(run(tiny_project, *BUILD))
    assert error.startswith(f"{edit}ZeroDivisionError: division by zero")
    assert finished_files(tiny_project) == []


def test_arrays_that_do_not_fit_are_named_with_the_scenes_line(
    tiny_project: Project, run: Run
) -> None:
    edit = replace_in(tiny_project.scene("_example"), "padding=0", "padding=-1")
    assert mistake(run(tiny_project, *BUILD)).startswith(f"{edit}padding must be at least 0")


@pytest.mark.parametrize("value", ["-3", "SIZE[:1]", "None", '"three"'])
def test_a_number_that_was_not_computed_is_refused(
    tiny_project: Project, run: Run, value: str
) -> None:
    edit = replace_in(tiny_project.scene("first"), '"output.size": SIZE', f'"output.size": {value}')
    error = mistake(run(tiny_project, *BUILD))
    assert error.startswith(f"{edit.path}: ")
    assert "output.size" in error


def test_an_operation_that_nobody_knows_is_named_with_the_scenes_line(
    tiny_project: Project, run: Run
) -> None:
    scene = tiny_project.scene("first")
    replace_in(
        scene,
        "from cnnviz.stage.lesson",
        "from cnnviz.compute import Number\nfrom cnnviz.stage.lesson",
    )
    edit = replace_in(scene, '"output.size": SIZE', '"output.size": Number(3, "softmx")')
    assert mistake(run(tiny_project, *BUILD)).startswith(f"{edit}unknown operation 'softmx'")


def test_a_number_whose_origin_cannot_be_written_down_is_refused(
    tiny_project: Project, run: Run
) -> None:
    scene = tiny_project.scene("first")
    replace_in(
        scene,
        "from cnnviz.stage.lesson",
        "from cnnviz.compute import literal\nfrom cnnviz.stage.lesson",
    )
    replace_in(scene, '"output.size": SIZE', '"output.size": literal(3, of=TRACE)')
    error = failure(run(tiny_project, *BUILD))
    assert error.startswith(f"{scene}: TypeError: ")
    assert "not JSON serializable" in error


def test_what_raises_in_the_middle_of_a_beat_leaves_the_beats_before_and_no_half_one(
    tiny_project: Project, run: Run, fresh_cache: Path
) -> None:
    edit = replace_in(tiny_project.scene("second"), "shift(RIGHT)", "shift(RIGHT * (1 / 0))")
    error = failure(run(tiny_project, *BUILD))
    assert error.startswith(f"{edit}ZeroDivisionError")
    left = [path.suffix for path in (fresh_cache / "segments").rglob("*") if path.is_file()]
    assert sorted(left) == [".json"] * 4 + [".mp4"] * 4


def test_a_beat_that_overruns_is_named_with_its_frames(tiny_project: Project, run: Run) -> None:
    replace_in(
        tiny_project.scene("second"), "run_time=beat.part(0.4)", "run_time=beat.duration + 2"
    )
    error = failure(run(tiny_project, *BUILD))
    assert "scene 'second', beat 'turned': its animations take 41 frames, the beat has 21" in error
    assert "shorten run_time" in error
    assert finished_files(tiny_project) == []


def test_an_animation_outside_a_beat_is_refused(tiny_project: Project, run: Run) -> None:
    edit = replace_in(
        tiny_project.scene("second"),
        "    def construct(self):\n",
        "    def construct(self):\n        self.wait(1)\n",
    )
    error = failure(run(tiny_project, *BUILD))
    assert error.startswith(f"{Edit(edit.path, edit.line + 1)}")
    assert "scene 'second': something is played outside a beat" in error


def test_a_beat_that_is_skipped_at_run_time_is_named(tiny_project: Project, run: Run) -> None:
    replace_in(
        tiny_project.scene("second"),
        '        with self.beat("turned") as beat:',
        '        if not hasattr(self, "square"):\n          with self.beat("turned") as beat:',
    )
    scene = tiny_project.scene("second")
    indented = scene.read_text(encoding="utf-8").replace(
        "            self.play(Rotate", "              self.play(Rotate"
    )
    scene.write_text(
        indented.replace(
            "            self.play(self.square.animate.shift",
            "              self.play(self.square.animate.shift",
        ),
        encoding="utf-8",
    )
    error = failure(run(tiny_project, *BUILD))
    assert "scene 'second' does not play its beats 'turned'" in error


def test_a_label_whose_name_is_computed_is_missed_at_run_time(
    tiny_project: Project, run: Run
) -> None:
    replace_in(tiny_project.scene("second"), 'self.label("name")', 'self.label("na" + "mes")')
    line = BENGALI[: BENGALI.index("  - id: second")].count("\n") + 1
    error = mistake(run(tiny_project, *BUILD))
    assert error == f"{tiny_project.script}:{line}: label 'names' is missing in scene 'second'"


def test_a_shortest_length_for_a_beat_that_does_not_exist_is_refused(
    tiny_project: Project, run: Run
) -> None:
    edit = replace_in(
        tiny_project.scene("second"),
        "    titled = False",
        '    titled = False\n    minimum_seconds = {"truned": 3.0}',
    )
    error = mistake(run(tiny_project, *BUILD))
    assert error.startswith(f"{edit.path}: ")
    assert "'truned'" in error
    assert "did you mean 'turned'?" in error


@pytest.mark.parametrize(
    ("thinking", "says"),
    [
        ('{"turned": 0}', "thinking gives 'turned' 0, not a number of seconds above 0"),
        ('{"turned": 10.5}', "thinking gives 'turned' 10.5, not a number of seconds above 0"),
        ('{"turned": "2 s"}', "thinking gives 'turned' '2 s', not a number of seconds above 0"),
        ('{"turned": float("nan")}', "thinking gives 'turned' nan, not a number of seconds"),
        ("2.5", "thinking is of type float, not beat → seconds"),
    ],
)
def test_a_time_to_think_that_is_none_is_refused(
    tiny_project: Project, run: Run, thinking: str, says: str
) -> None:
    scene = tiny_project.scene("second")
    replace_in(scene, "    titled = False", f"    titled = False\n    thinking = {thinking}")
    assert mistake(run(tiny_project, *BUILD)).startswith(f"{scene}: {says}")


# --- voices, fonts, disks -------------------------------------------------------------------


def test_a_recording_that_is_missing_is_named(tiny_project: Project, run: Run) -> None:
    tiny_project.recording("first.summed").unlink()
    error = mistake(run(tiny_project, *BUILD))
    assert "no recording first.summed.wav" in error
    assert "or choose another --voice" in error


def test_without_any_voice_each_ones_reason_is_told(
    tiny_project: Project, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    tiny_project.recording("first.summed").unlink()
    hide("espeakng_loader", monkeypatch)
    error = failure(run(tiny_project, *BUILD, "--voice", "auto"))
    assert "no voice can speak this" in error
    assert "recordings lack 1 of 5 beats, first first/summed" in error
    assert "gTTS does not answer" in error
    assert "espeak-ng is not installed" in error
    assert 'pip install "cnnviz[offline-voice]"' in error


def hide(package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def without(name: str, *rest: Any) -> Any:
        return None if name == package else find_spec(name, *rest)

    monkeypatch.setattr("importlib.util.find_spec", without)


def test_a_missing_font_is_named_with_what_to_install(
    tiny_project: Project, run: Run, fresh_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cnnviz.font_files.find_spec", lambda name: None)
    fonts.register_fonts.cache_clear()
    error = failure(run(tiny_project, *BUILD))
    assert error == "the font Hind Siliguri is missing — pip install fontpkg-hind-siliguri"
    fonts.register_fonts.cache_clear()


def full(*_: Any, **__: Any) -> Any:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="writes to /dev/full")
@pytest.mark.parametrize(
    "suffix", [".wav", ".json", ".mp4", ".pickle", ".srt", ".png", ".jpg", ".html"]
)
def test_a_full_disk_is_named_whatever_is_written(
    tiny_project: Project,
    run: Run,
    fresh_cache: Path,
    monkeypatch: pytest.MonkeyPatch,
    suffix: str,
) -> None:
    mkstemp = tempfile.mkstemp

    def on_full_disk(*rest: Any, **options: Any) -> tuple[int, str]:
        handle, name = mkstemp(*rest, **options)
        if name.endswith(suffix):
            Path(name).unlink()
            Path(name).symlink_to("/dev/full")
        return handle, name

    monkeypatch.setattr("cnnviz.files.tempfile.mkstemp", on_full_disk)
    laid_out.cache_clear()  # or this process would remember its texts, and keep none
    error = failure(run(tiny_project, *BUILD))
    assert f"{suffix}: no space left on the disk — free some and run again" in error
    assert not [path for path in fresh_cache.rglob("*") if path.suffix == suffix]
    left = [path for path in tiny_project.root.parent.rglob("*") if path.name.startswith(".part-")]
    assert left == []
    assert "bundle.json" not in finished_files(tiny_project)


@pytest.mark.slow
def test_a_disk_that_is_really_full_is_named(
    tiny_project: Project, fresh_cache: Path, start: Callable[..., Command]
) -> None:
    """A file system of 330 kB has room for the spoken words, and not for the pictures."""
    fresh_cache.mkdir()
    mounted = [
        "unshare",
        "--mount",
        "sh",
        "-c",
        'mount -t tmpfs -o size=330k none "$0" && exec "$@"',
    ]
    mounted.append(str(fresh_cache))
    if not works([*mounted, "true"]):
        pytest.skip("may not mount a small file system")
    # What is left is told by the same process, because nobody else sees the file system.
    look = [
        "sh",
        "-c",
        '"$@"; code=$?; find "$0" -name ".part-*" >&2; exit $code',
        str(fresh_cache),
    ]
    done = start(tiny_project, *BUILD, before=[*mounted, *look]).finish()
    assert done.code == 1
    # The last bytes of a film file are lost without an error; that it is not whole is seen then.
    named = ("no space left on the disk — free some and run again", "is the disk full?")
    assert any(words in done.error for words in named), done.error
    assert "Traceback" not in done.error


def works(command: list[str]) -> bool:
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


def test_a_disk_that_is_full_while_manim_works_is_not_the_scenes_fault(
    tiny_project: Project, run: Run, fresh_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.TemporaryDirectory", full)
    error = failure(run(tiny_project, *BUILD))
    assert "no space left on the disk — free some and run again" in error


def test_a_disk_that_is_full_at_the_end_leaves_the_old_bundle_whole(
    built: Project, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = files_below(built.bundle)
    replace_in(built.script, "একটা চৌকো আঁকি।", "এবার একটা চৌকো আঁকি।")
    monkeypatch.setattr(Path, "write_text", full)
    error = failure(run(built, *BUILD))
    assert error.endswith("no space left on the disk — free some and run again")
    assert files_below(built.bundle) == before


@pytest.mark.parametrize("place", ["film", "film/deeper"])
def test_an_output_folder_that_is_a_file_is_refused_before_any_work(
    tiny_project: Project, run: Run, fresh_cache: Path, tmp_path: Path, place: str
) -> None:
    (tmp_path / "film").write_text("holiday")
    error = mistake(run(tiny_project, *BUILD, "--out", str(tmp_path / place)))
    assert error == (
        f"{tmp_path / place}: a file is in the way of this folder — choose another with --out"
    )
    assert (tmp_path / "film").read_text() == "holiday"
    assert [path.name for path in fresh_cache.iterdir()] == [".lock"]


def test_a_folder_in_the_place_of_a_file_is_named(tiny_project: Project, run: Run) -> None:
    (tiny_project.bundle / "numbers.json").mkdir(parents=True)
    assert f"{tiny_project.bundle / 'numbers.json'}: " in run(tiny_project, *BUILD).error


def test_a_folder_that_may_not_be_written_to_is_refused_with_advice(
    tiny_project: Project, run: Run, fresh_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: Any, **__: Any) -> Any:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr("cnnviz.files.tempfile.mkstemp", refused)
    error = mistake(run(tiny_project, *BUILD))
    assert error == f"{tiny_project.bundle}: not writable — choose another place with --out"


@pytest.mark.parametrize("spoil", ["script", "scene", "voice"])
def test_a_mistake_leaves_the_finished_bundle_as_it_was(
    built: Project, run: Run, spoil: str
) -> None:
    before = files_below(built.bundle)
    if spoil == "script":
        replace_in(built.script, "      drawn: ", "\t drawn: ")
    elif spoil == "scene":
        replace_in(built.scene("second"), "Square(2)", "Square(2 / 0)")
    else:
        built.recording("second.drawn").write_bytes(b"no sound at all")
    assert run(built, *BUILD).error
    assert files_below(built.bundle) == before


# --- the errors themselves ------------------------------------------------------------------


@pytest.mark.parametrize("kind", [StudioError, UserError])
def test_an_error_crosses_processes_whole(kind: type[StudioError]) -> None:
    error = kind("broken", file=Path("a.py"), line=3, hint="mend it")
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is kind
    assert vars(again) == vars(error)
    assert str(again) == "a.py:3: broken — mend it"


def test_mistakes_exit_with_2_and_failures_with_1() -> None:
    assert (UserError("x").exit_code, StudioError("x").exit_code) == (2, 1)


def test_paths_are_shown_as_one_would_type_them(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    assert shown_path(tmp_path / "a" / "b.py") == "a/b.py"
    assert shown_path("a/b.py") == "a/b.py"
    assert shown_path(Path("/elsewhere/b.py")) == "/elsewhere/b.py"
