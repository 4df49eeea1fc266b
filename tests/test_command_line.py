"""What a person types and what comes back."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tiny import BUILD, COMMAND, HOUSE, OPTIONS, Done, Project, replace_in

from cnnviz import __version__
from cnnviz.commands import command_line
from cnnviz.progress import Reporter
from cnnviz.studio.make import Order

Run = Callable[..., Done]
VERBS = ("list", "episode", "scene", "watch", "doctor")


def render(*words: str, cwd: Path = HOUSE) -> subprocess.CompletedProcess[str]:
    """The real `render.py`, as a person calls it."""
    return subprocess.run(
        [sys.executable, str(HOUSE / "render.py"), *words],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
    )


# --- help -----------------------------------------------------------------------------------


def test_help_lists_every_verb_with_what_it_does(tiny_project: Project, run: Run) -> None:
    done = run(tiny_project, "--help")
    assert done.code == 0
    for verb in VERBS:
        [line] = [line for line in done.out.splitlines() if line.split()[:1] == [verb]]
        assert len(line.split()) > 2


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_help(tiny_project: Project, run: Run, verb: str) -> None:
    done = run(tiny_project, verb, "--help")
    assert done.code == 0
    assert f"render.py {verb}" in done.out


@pytest.mark.parametrize("verb", ["episode", "scene"])
def test_builds_take_the_promised_options(tiny_project: Project, run: Run, verb: str) -> None:
    text = run(tiny_project, verb, "--help").out
    for option in ("--language", "--quality", "--voice", "--workers", "--out"):
        assert option in text


def test_the_version_is_the_packages(tiny_project: Project, run: Run) -> None:
    assert run(tiny_project, "--version").out == f"cnnviz {__version__}\n"


def test_render_py_works_from_any_folder_and_help_needs_no_library(tmp_path: Path) -> None:
    program = (
        f"import runpy, sys; sys.path.insert(0, {str(HOUSE)!r})\n"
        "from cnnviz.commands.command_line import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "heavy = {'manim', 'torch', 'numpy', 'av', 'cv2', 'moviepy', 'pydantic'}\n"
        "heavy &= set(sys.modules)\n"
        "sys.exit(f'imported {heavy}' if heavy else 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    real = render("--help", cwd=tmp_path)
    assert real.returncode == 0
    assert "episode" in real.stdout


def test_a_wrong_word_exits_with_2_in_a_real_process() -> None:
    done = render("episode", "no such film")
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("error: no episode 'no such film'")
    assert done.stderr.count("\n") == 1


# --- what is asked for ----------------------------------------------------------------------


@pytest.fixture
def orders(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Order, str | None]]:
    """What the command line orders, nothing of which is made."""
    made: list[tuple[Order, str | None]] = []
    monkeypatch.setattr(
        "cnnviz.studio.make.make_episode", lambda order, page: made.append((order, None))
    )
    monkeypatch.setattr(
        "cnnviz.studio.make.make_scene", lambda order, scene, page: made.append((order, scene))
    )
    return made


def test_what_is_not_typed_is_what_most_people_want(
    tiny_project: Project, run: Run, orders: list[tuple[Order, str | None]]
) -> None:
    assert run(tiny_project, "episode", "tiny").code == 0
    [(order, _)] = orders
    assert order == Order(tiny_project.root, "tiny", "bn", "full", "auto", 0, None)
    assert order.folder == tiny_project.root / "build" / "tiny" / "bn"


def test_everything_that_is_typed_counts(
    tiny_project: Project, run: Run, orders: list[tuple[Order, str | None]]
) -> None:
    options = ("--language", "en", "--quality", "4k", "--voice", "espeak", "--workers", "3")
    assert run(tiny_project, "scene", "tiny/first", *options, "--out", "there").code == 0
    [(order, scene)] = orders
    assert scene == "first"
    assert order == Order(tiny_project.root, "tiny", "en", "4k", "espeak", 3, Path("there"))
    assert order.folder == Path("there")


def test_the_doctors_verdict_is_the_exit_status(
    tiny_project: Project, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    for verdict in (0, 1):
        monkeypatch.setattr("cnnviz.doctor.main", lambda verdict=verdict: verdict)
        assert run(tiny_project, "doctor").code == verdict


def test_an_interrupt_is_one_line_and_130(
    tiny_project: Project, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(order: Order, page: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("cnnviz.studio.make.make_episode", interrupted)
    done = run(tiny_project, "episode", "tiny")
    assert done.code == command_line.INTERRUPTED == 130
    assert done.err == "interrupted; what was finished is kept, run again to go on\n"


def test_a_bug_is_not_dressed_up_as_somebodys_mistake(
    tiny_project: Project, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(order: Order, page: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("cnnviz.studio.make.make_episode", broken)
    with pytest.raises(ZeroDivisionError):
        run(tiny_project, "episode", "tiny")


# --- list -----------------------------------------------------------------------------------


def test_list_shows_scenes_and_beats_in_order(tiny_project: Project, run: Run) -> None:
    done = run(tiny_project, "list")
    assert done.code == 0
    lines = done.out.splitlines()
    assert lines[0] == "tiny  ছোট ছবি"
    assert lines[1].startswith("  2 scenes, 5 beats, ~0:")
    names = ["first", "shown", "summed", "moved", "second", "drawn", "turned"]
    found = [word for line in lines[2:] for word in line.split() if word in names]
    assert found == names


def test_list_estimates_until_the_film_is_built_and_then_knows(built: Project, run: Run) -> None:
    lines = run(built, "list").out.splitlines()
    assert "~" not in "".join(lines)
    assert lines[1] == "  2 scenes, 5 beats, 0:08"
    beats = {f"{beat['frames'] / 15:.1f}" for beat in built.facts["beats"]}
    assert beats == {line.split()[0] for line in lines if " s  " in line}
    replace_in(built.script, "      turned: ", "      spun: নতুন।\n      turned: ")
    assert "~" in run(built, "list").out.splitlines()[1]


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"beats": [1]}', '{"beats": 3}', "\xff"])
def test_list_estimates_where_the_bundle_is_damaged(built: Project, run: Run, content: str) -> None:
    (built.bundle / "bundle.json").write_text(content, encoding="latin-1")
    done = run(built, "list")
    assert done.code == 0
    assert "~" in done.out


def test_list_names_a_mistake_in_a_script(tiny_project: Project, run: Run) -> None:
    edit = replace_in(tiny_project.script, "      drawn: ", "\t     drawn: ")
    done = run(tiny_project, "list")
    assert done.code == 2
    assert done.error.startswith(str(edit))


def test_list_of_nothing_says_so(tmp_path: Path, run: Run) -> None:
    done = run(Project(tmp_path), "list")
    assert done.code == 0
    assert done.out == f"no episodes in {tmp_path}\n"


def test_a_script_in_a_language_that_nobody_speaks_makes_no_episode(
    tiny_project: Project, run: Run
) -> None:
    tiny_project.script.rename(tiny_project.script.with_name("hi.yaml"))
    tiny_project.english.unlink()
    done = run(tiny_project, "list")
    assert done.code == 0
    assert done.out == f"no episodes in {tiny_project.root}\n"


@pytest.mark.parametrize("length", ["a few lines", "more than a buffer"])
def test_a_reader_that_has_seen_enough_does_no_harm(tiny_project: Project, length: str) -> None:
    if length == "more than a buffer":
        replace_in(tiny_project.script, "title: ছোট ছবি", f"title: {'ছোট ' * 5000}")
    program = (
        "import sys, pathlib; from cnnviz.commands.command_line import main;"
        " sys.exit(main(['list'], pathlib.Path('.')))"
    )
    # Unbuffered, print itself would fail; usually it is Python, after all else is over.
    environment = {**os.environ, "PYTHONPATH": str(HOUSE)}
    environment.pop("PYTHONUNBUFFERED", None)
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tiny_project.root,
        env=environment,
        stdout=writing,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, "")


def shell(project: Project, words: str, streams: str) -> subprocess.CompletedProcess[str]:
    """`render.py WORDS` on the project, its streams as a shell's `streams` has them."""
    program = project.root / "command.py"
    program.write_text(COMMAND, encoding="utf-8")
    return subprocess.run(
        ["sh", "-c", f'"$0" "$1" "$2" {words} {streams}', sys.executable, program, project.root],
        env=os.environ | {"PYTHONPATH": str(HOUSE)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("words", ["list", "list --help"])
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a full device")
def test_output_that_cannot_be_written_is_one_line(tiny_project: Project, words: str) -> None:
    done = shell(tiny_project, words, ">/dev/full")
    assert done.returncode == 1
    said = "error: standard output cannot be written to: No space left on device\n"
    assert done.stderr == said


@pytest.mark.parametrize("streams", [">&-", "2>&-", ">&- 2>&-", "<&- >&- 2>&-", "2>/dev/full"])
def test_closed_streams_are_no_failure(tiny_project: Project, streams: str) -> None:
    done = shell(tiny_project, "list", streams)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("streams", ["2>&-", "2>/dev/full"])
def test_a_mistake_that_cannot_be_said_is_still_the_exit_status(
    tiny_project: Project, streams: str
) -> None:
    assert shell(tiny_project, "check nothing", streams).returncode == 2


def test_what_is_opened_does_not_become_a_closed_stream(tiny_project: Project) -> None:
    program = (
        "import sys, os, pathlib; from cnnviz.commands.streams import usable_streams\n"
        "with usable_streams():\n"
        "    sys.exit(0 if open(sys.argv[1], 'w').fileno() > 2 else 1)"
    )
    done = subprocess.run(
        ["sh", "-c", '"$0" -c "$1" "$2" <&- >&- 2>&-', sys.executable, program, "/dev/null"],
        env=os.environ | {"PYTHONPATH": str(HOUSE)},
        check=False,
    )
    assert done.returncode == 0


def test_progress_that_nobody_reads_does_not_end_the_work() -> None:
    program = (
        "import sys; from cnnviz.commands.streams import usable_streams\n"
        "from cnnviz.progress import Reporter\n"
        "with usable_streams():\n"
        "    report = Reporter()\n"
        "    for number in range(100): report.line('drawing ' * 100)\n"
        "print('done')"
    )
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=os.environ | {"PYTHONPATH": str(HOUSE)},
        stdout=subprocess.PIPE,
        stderr=writing,
        text=True,
        check=False,
    )
    os.close(writing)
    assert (done.returncode, done.stdout) == (0, "done\n")


def test_bengali_can_be_listed_where_the_terminal_cannot_show_it() -> None:
    done = subprocess.run(
        [sys.executable, str(HOUSE / "render.py"), "list"],
        env=os.environ | {"PYTHONIOENCODING": "ascii"},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert b"convolution" in done.stdout


# --- progress -------------------------------------------------------------------------------


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_elsewhere_than_on_a_terminal_progress_is_plain_lines(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = [0.0]
    monkeypatch.setattr("cnnviz.progress.time.monotonic", lambda: now[0])
    stream = io.StringIO()
    with Reporter(stream).bar("drawing", 100, "beats") as done:
        for beats in range(100):
            now[0] += 1.0
            done(beats)
    lines = stream.getvalue().splitlines()
    assert lines[0] == "drawing: 9 of 100"
    assert len(lines) == 10
    assert "\x1b" not in stream.getvalue()


def test_work_that_is_done_at_once_needs_no_line() -> None:
    stream = io.StringIO()
    with Reporter(stream).bar("drawing", 3, "beats") as done:
        done(3)
    assert stream.getvalue() == ""


def test_on_a_terminal_a_bar_says_how_much_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "100")
    stream = Terminal()
    with Reporter(stream).bar("drawing", 3, "beats") as done:
        done(2)
    assert "drawing" in stream.getvalue()
    assert "2/3" in stream.getvalue()


@pytest.mark.parametrize("text", ["[red]scene[/red]", "beat :smile: {x}", "a" * 500, "কনভোলিউশন"])
def test_lines_are_printed_as_they_are(text: str) -> None:
    stream = io.StringIO()
    Reporter(stream).line(text)
    assert stream.getvalue() == text + "\n"


def test_a_build_reports_on_standard_error_alone(built: Project, run: Run) -> None:
    for words in (BUILD, ("scene", "tiny/second", *OPTIONS)):
        done = run(built, *words)
        assert done.code == 0
        assert done.out == ""
        assert "voice: recorded" in done.err
