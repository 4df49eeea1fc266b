"""The installation that every `make` target begins with, and the Makefile's own promises."""

from __future__ import annotations

import ast
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable
from itertools import chain
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from cnnviz import bootstrap
from cnnviz.bootstrap import Need

HOUSE = Path(__file__).resolve().parent.parent


class Commands:
    """Stands in for running programs: notes each command, answers as told."""

    def __init__(self) -> None:
        self.ran: list[list[str]] = []
        self.answers: list[tuple[str, int | BaseException, str]] = []

    def answer(self, containing: str, code: int | BaseException, output: str = "") -> None:
        self.answers.append((containing, code, output))

    def __call__(
        self, command: list[str], log: Path, heard: Callable[[str], None] | None = None
    ) -> tuple[int, str]:
        self.ran.append(command)
        for number, (containing, code, output) in enumerate(self.answers):
            if containing in " ".join(command):
                del self.answers[number]
                if isinstance(code, BaseException):
                    raise code
                return code, output
        return 0, ""

    def matching(self, part: str) -> list[str]:
        return [line for line in map(" ".join, self.ran) if part in line]


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout whose `.venv` looks usable, on a machine that lacks nothing."""
    (tmp_path / "cnnviz").mkdir()
    (tmp_path / "pyproject.toml").write_text("[project]\n")
    (tmp_path / "cnnviz/constraints.txt").write_text("")
    (tmp_path / ".venv/bin").mkdir(parents=True)
    (tmp_path / ".venv/bin/python").symlink_to(sys.executable)
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    monkeypatch.setattr(bootstrap, "debian_needs", list)
    monkeypatch.setattr(bootstrap, "testing_needs", list)
    monkeypatch.setattr(bootstrap, "_succeeds", lambda *command: True)
    return tmp_path


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch) -> Commands:
    commands = Commands()
    monkeypatch.setattr(bootstrap, "_logged", commands)
    return commands


def stamps(house: Path) -> list[str]:
    return sorted(path.name for path in house.glob(".venv/*.stamp"))


# The stamp ----------------------------------------------------------------------------------


def test_a_second_call_runs_nothing(
    house: Path, commands: Commands, capsys: pytest.CaptureFixture[str]
) -> None:
    assert bootstrap.main([]) == 0
    assert len(commands.matching("pip install")) == 1
    commands.ran.clear()
    capsys.readouterr()
    assert bootstrap.main([]) == 0
    assert commands.ran == []
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("changed", ["pyproject.toml", "cnnviz/constraints.txt"])
def test_changed_requirements_are_installed(house: Path, commands: Commands, changed: str) -> None:
    bootstrap.main([])
    (house / changed).write_text("[project]\nname = 'other'\n")
    assert not bootstrap.fresh("run")
    bootstrap.main([])
    assert len(commands.matching("pip install")) == 2


def test_another_python_makes_a_new_environment(
    house: Path, commands: Commands, monkeypatch: pytest.MonkeyPatch
) -> None:
    bootstrap.main([])
    monkeypatch.setattr(sys, "version_info", (3, 99, 0))
    assert not bootstrap.fresh("run")
    monkeypatch.setattr(bootstrap, "_succeeds", lambda *command: False)  # .venv has the old one
    bootstrap.main([])
    assert len(commands.matching("-m venv --clear")) == 1


def test_a_moved_checkout_is_installed_again(
    house: Path, commands: Commands, monkeypatch: pytest.MonkeyPatch
) -> None:
    bootstrap.main([])
    moved = house.rename(house.with_name("moved"))
    monkeypatch.setattr(bootstrap, "ROOT", moved)
    assert not bootstrap.fresh("run")


def test_a_removed_interpreter_is_noticed(house: Path, commands: Commands) -> None:
    bootstrap.main([])
    (house / ".venv/bin/python").unlink()
    (house / ".venv/bin/python").symlink_to(house / "gone")
    assert not bootstrap.fresh("run")


def test_the_test_tools_include_what_films_need(house: Path, commands: Commands) -> None:
    bootstrap.main([])
    assert not bootstrap.fresh("dev")
    bootstrap.main(["--dev"])
    assert bootstrap.fresh("dev")
    assert bootstrap.fresh("run")
    assert commands.matching(",dev]")


@pytest.mark.parametrize("end", [KeyboardInterrupt(), OSError(28, "No space left on device"), 1])
def test_an_install_that_does_not_finish_leaves_no_stamp(
    house: Path, commands: Commands, end: int | BaseException
) -> None:
    bootstrap.main([])
    before = (house / "pyproject.toml").read_text()
    (house / "pyproject.toml").write_text("[project]\nname = 'new'\n")
    commands.answer("pip install", end, "ERROR: broken")
    assert bootstrap.main([]) == (130 if isinstance(end, KeyboardInterrupt) else 1)
    assert stamps(house) == []
    # Half of the new packages may be in there: the old requirements do not hold any more either.
    (house / "pyproject.toml").write_text(before)
    assert not bootstrap.fresh("run")
    assert bootstrap.main([]) == 0
    assert stamps(house) == ["cnnviz-run.stamp"]


# pip ----------------------------------------------------------------------------------------


def test_pip_failing_names_the_reason_and_the_log(
    house: Path, commands: Commands, capsys: pytest.CaptureFixture[str]
) -> None:
    commands.answer("pip install", 1, "…\nERROR: no space for torch\nnote: see above\n")
    assert bootstrap.main([]) == 1
    last = capsys.readouterr().err.splitlines()[-1]
    assert last == "setup: pip failed: no space for torch; see build/setup.log"


def test_an_unreachable_registry_is_called_that(
    house: Path, commands: Commands, capsys: pytest.CaptureFixture[str]
) -> None:
    output = (
        "WARNING: Retrying after connection broken by 'NewConnectionError(…)'\n"
        "ERROR: No matching distribution found for hatchling>=1.26\n"
    )
    commands.answer("pip install", 1, output)
    assert bootstrap.main([]) == 1
    assert "cannot reach the package registry" in capsys.readouterr().err
    assert len(commands.matching("pip install")) == 1


def test_versions_that_do_not_fit_are_not_insisted_on(house: Path, commands: Commands) -> None:
    commands.answer("--constraint", 1, "ERROR: ResolutionImpossible: for help visit …")
    assert bootstrap.main([]) == 0
    first, second = commands.matching("pip install")
    assert "--constraint" in first
    assert "--constraint" not in second


def test_of_pips_lines_only_the_long_waits_are_said(capsys: pytest.CaptureFixture[str]) -> None:
    for line in (
        "  Downloading https://host/a/torch-2.13.0-cp311.whl (526.6 MB)",
        "  Downloading srt-3.5.3.tar.gz (28 kB)",
        "  Downloading regex-2026.whl (1.1 MB)",
        "  Building wheel for pycairo (pyproject.toml): started",
        "  Building wheel for pycairo (pyproject.toml): finished with status 'done'",
        "Installing collected packages: a, b, c",
    ):
        bootstrap._say_pip(line + "\n")
    assert capsys.readouterr().err.splitlines() == [
        "setup:   downloading torch-2.13.0-cp311.whl (526.6 MB)",
        "setup:   building pycairo",
        "setup:   installing 3 packages",
    ]


def test_other_programs_run_here_in_plain_english_and_are_logged(
    house: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANGUAGE", "bn")
    monkeypatch.setenv("PYTHONPATH", "/elsewhere")
    heard: list[str] = []
    log = house / "log"
    code, output = bootstrap._logged(
        ["sh", "-c", 'pwd; echo "${LANGUAGE-unset} ${PYTHONPATH-unset} $LC_ALL"; read x; exit 3'],
        log,
        heard.append,
    )
    assert code == 3
    assert output == f"{house}\nunset unset C.UTF-8\n" == "".join(heard)
    assert log.read_text().endswith(output)


# Debian packages ----------------------------------------------------------------------------


def lacking(*names: str, once: bool = False) -> Callable[[], list[Need]]:
    """Needs that are not met; with `once`, they are from the second look on."""
    looks = dict.fromkeys(names, 0)

    def met(name: str) -> bool:
        looks[name] += 1
        return once and looks[name] > 1

    return lambda: [
        Need(name, (f"lib{name}-dev",), lambda name=name: met(name), True)  # type: ignore[misc]
        for name in names
    ]


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Fill the PATH with programs that do nothing and end as told."""
    folder = tmp_path / "programs"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))

    def put(**programs: int) -> None:
        for name, code in programs.items():
            program = folder / name.replace("_", "-")
            program.write_text(f"#!/bin/sh\nexit {code}\n")
            program.chmod(0o755)

    return put


def as_user(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: number)


def really_succeeds(monkeypatch: pytest.MonkeyPatch) -> None:
    def succeeds(*command: str) -> bool:
        return subprocess.run(command, check=False).returncode == 0

    monkeypatch.setattr(bootstrap, "_succeeds", succeeds)


def test_what_is_missing_is_found_by_looking_not_by_asking_dpkg(
    path: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    path(cc=0, pkg_config=1)
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(bootstrap, "_has_python_h", lambda: False)
    monkeypatch.setattr(bootstrap, "_loads", lambda library: library != "libGL.so.1")
    found = {need.name for need in bootstrap.missing(bootstrap.debian_needs())}
    assert found - {"Python venv"} == {
        "cairo headers",
        "pango headers",
        "Python headers",
        "libGL",
        "Xvfb",
    }


def test_nothing_is_asked_of_other_systems(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    assert bootstrap.debian_needs() == []
    assert bootstrap.testing_needs() == []


def test_debians_python_gets_debians_headers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(Path, "resolve", lambda self: Path("/usr/bin/python3"))
    packages = {need.name: need.packages for need in bootstrap.debian_needs()}
    version = f"python3.{sys.version_info[1]}"
    assert packages["Python headers"] == (f"{version}-dev",)
    assert packages["Python venv"] == (f"{version}-venv",)


def test_root_installs_without_sudo(
    house: Path, commands: Commands, path: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    path(apt_get=0, sudo=0)
    as_user(monkeypatch, 0)
    monkeypatch.setattr(bootstrap, "debian_needs", lacking("pango", "cairo", once=True))
    assert bootstrap.main([]) == 0
    assert commands.ran[0][-1] == "update"
    assert commands.ran[1][0] == "env"
    assert commands.ran[1][-2:] == ["libcairo-dev", "libpango-dev"]


def test_the_tests_alone_get_a_browser(
    house: Path, commands: Commands, path: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    path(apt_get=0)
    as_user(monkeypatch, 0)
    monkeypatch.setattr(bootstrap, "testing_needs", lacking("browser", once=True))
    assert bootstrap.main([]) == 0
    assert not commands.matching("libbrowser-dev")
    assert bootstrap.main(["--dev"]) == 0
    assert commands.matching("libbrowser-dev")


def test_a_browser_is_two_programs(
    path: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    path(chromium=0)
    [need] = bootstrap.missing(bootstrap.testing_needs())
    assert need.packages == ("chromium", "chromium-driver")
    path(chromedriver=0)
    assert bootstrap.missing(bootstrap.testing_needs()) == []


def test_others_install_with_sudo_which_must_not_ask_when_nobody_is_there(
    house: Path, commands: Commands, path: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    path(apt_get=0, sudo=0)
    as_user(monkeypatch, 1000)
    monkeypatch.setattr(sys, "stdin", None)
    monkeypatch.setattr(bootstrap, "debian_needs", lacking("cairo", once=True))
    assert bootstrap.main([]) == 0
    assert Path(commands.ran[1][0]).name == "sudo"
    assert commands.ran[1][1:3] == ["-n", "env"]


@pytest.mark.parametrize("programs", [{}, {"sudo": 1}], ids=["no sudo", "sudo refuses"])
def test_where_nothing_works_one_line_says_what_to_type(
    house: Path,
    commands: Commands,
    path: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    programs: dict[str, int],
) -> None:
    path(apt_get=0, **programs)
    as_user(monkeypatch, 1000)
    really_succeeds(monkeypatch)
    monkeypatch.setattr(sys, "stdin", None)
    monkeypatch.setattr(bootstrap, "debian_needs", lacking("cairo", "pango"))
    assert bootstrap.main([]) == 1
    assert commands.ran == []
    assert capsys.readouterr().err == (
        "setup: missing: cairo, pango; neither root nor a working sudo, so please run: "
        "sudo apt-get install --no-install-recommends libcairo-dev libpango-dev\n"
    )


def test_where_there_is_no_apt_the_line_points_to_the_page(
    house: Path,
    path: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path()
    monkeypatch.setattr(bootstrap, "debian_needs", lacking("cairo"))
    assert bootstrap.main([]) == 1
    assert "docs/setup.md" in capsys.readouterr().err


def test_apt_failing_says_why(
    house: Path,
    commands: Commands,
    path: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path(apt_get=0)
    as_user(monkeypatch, 0)
    monkeypatch.setattr(bootstrap, "debian_needs", lacking("cairo"))
    commands.answer("apt-get --yes --quiet install", 100, "E: Unable to locate package\n")
    assert bootstrap.main([]) == 1
    assert "apt-get failed: Unable to locate package" in capsys.readouterr().err


def test_what_apt_installed_in_vain_is_named(
    house: Path,
    commands: Commands,
    path: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path(apt_get=0)
    as_user(monkeypatch, 0)
    monkeypatch.setattr(bootstrap, "debian_needs", lacking("cairo"))
    assert bootstrap.main([]) == 1
    assert "still not found: cairo" in capsys.readouterr().err


def test_a_python_without_headers_that_debian_does_not_know(
    house: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    need = Need("Python headers", (), lambda: False, True)
    monkeypatch.setattr(bootstrap, "debian_needs", lambda: [need])
    assert bootstrap.main([]) == 1
    assert "comes without Python headers" in capsys.readouterr().err


# Any Python ---------------------------------------------------------------------------------


def test_an_old_python_says_so(
    path: Callable[..., None], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path()
    monkeypatch.setattr(bootstrap, "OLDEST", (9, 9))
    assert bootstrap.main([]) == 1
    assert "Python 9.9 or newer is needed" in capsys.readouterr().err


def test_an_old_python_hands_over_to_a_new_one_that_works(
    path: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    path(**{"python3.13": 127, "python3.12": 0})
    monkeypatch.setattr(bootstrap, "OLDEST", (9, 9))
    handed: list[str] = []

    def execv(program: str, arguments: list[str]) -> None:
        handed.extend([Path(program).name, *arguments[1:]])
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "execv", execv)
    with pytest.raises(KeyboardInterrupt):
        bootstrap.main(["--dev"])
    assert handed == ["python3.12", bootstrap.__file__, "--dev"]


@pytest.mark.parametrize(
    "name", ["bootstrap.py", "doctor.py", "installed.py", "errors.py", "__init__.py"]
)
def test_an_old_python_gets_far_enough_to_complain(name: str) -> None:
    source = (HOUSE / "cnnviz" / name).read_text("utf-8")
    tree = ast.parse(source, feature_version=(3, 7))
    if name == "bootstrap.py":
        imported = {
            alias.name.split(".")[0]
            for node in ast.walk(tree)
            if isinstance(node, ast.Import)
            for alias in node.names
        } | {
            (node.module or "").split(".")[0]
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom)
        }
        assert imported <= sys.stdlib_module_names


# What is asked for --------------------------------------------------------------------------


def project() -> dict[str, list[str]]:
    """Every list of requirements in pyproject.toml, by its extra's name."""
    table = tomllib.loads((HOUSE / "pyproject.toml").read_text("utf-8"))["project"]
    return {"": table["dependencies"], **table["optional-dependencies"]}


def test_torch_is_pinned_or_pip_would_prefer_a_newer_build_with_cuda() -> None:
    assert [line for line in project()[""] if line.startswith("torch")] == ["torch==2.13.0"]


def test_every_requirement_has_a_tested_version_that_it_allows() -> None:
    lines = (HOUSE / bootstrap.CONSTRAINTS).read_text().splitlines()
    pins = dict(line.lower().split("==") for line in lines if not line.startswith("#"))
    for requirement in map(Requirement, chain.from_iterable(project().values())):
        if requirement.name != "torch":
            assert requirement.specifier.contains(pins[requirement.name.lower()]), requirement


def test_gpl_code_is_an_extra() -> None:
    core = " ".join(project()[""])
    assert not re.search(r"espeak|piper", core)


# The Makefile -------------------------------------------------------------------------------

make = pytest.mark.skipif(shutil.which("make") is None, reason="there is no make")


def dry_run(*arguments: str, **environment: str) -> str:
    """What `make` would run, in one line."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("MAKE", "MFLAGS"))}
    result = subprocess.run(
        ["make", "-n", *arguments],
        cwd=HOUSE,
        env={**clean, **environment},
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return " ".join(result.stdout.split())


@make
def test_one_command_makes_the_film() -> None:
    assert dry_run("episode").endswith(
        ".venv/bin/python render.py episode 'convolution' --quality 'full' --language 'bn'"
    )


@make
def test_whatever_is_typed_arrives_as_one_word() -> None:
    odd = "it's  a \"class\"; 'two'"
    result = subprocess.run(
        ["make", "-n", "publish", f"PLAYLIST={odd}", f"OUT={odd}", f"EPISODE={odd}"],
        cwd=HOUSE,
        env={k: v for k, v in os.environ.items() if not k.startswith(("MAKE", "MFLAGS"))},
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    *_, check, publish = result.stdout.splitlines()
    for line in (check, publish):
        words = shlex.split(line)
        assert words[3] == odd
        assert words[words.index("--out") + 1] == odd
    assert shlex.split(publish)[-1] == odd


@make
def test_settings_of_the_environment_are_not_taken_for_the_users() -> None:
    environment = {"LANGUAGE": "en_US:en", "OUT": "/", "VOICE": "x", "QUALITY": "y"}
    assert dry_run("episode", **environment) == dry_run("episode")


@make
def test_settings_on_the_command_line_are_passed_on() -> None:
    line = dry_run(
        "episode", "EPISODE=pooling", "LANGUAGE=en", "QUALITY=draft", "VOICE=espeak", "OUT=my film"
    )
    assert line.endswith(
        "episode 'pooling' --quality 'draft' --language 'en' --voice 'espeak' --out 'my film'"
    )
    line = dry_run("scene", "SCENE=convolution/padding", "WORKERS=1", LANGUAGE="de")
    assert line.endswith(
        "scene 'convolution/padding' --quality 'full' --language 'bn' --workers '1'"
    )


@make
def test_a_new_episode_takes_its_name_origin_and_title() -> None:
    assert dry_run("new", "NAME=my_film", "FROM=convolution", "TITLE=A film").endswith(
        ".venv/bin/python render.py new 'my_film' --from 'convolution' --title 'A film'"
    )


@make
def test_a_film_is_checked_before_it_is_published() -> None:
    film = "'pooling' --language 'en' --out 'my film'"
    said = ("EPISODE=pooling", "LANGUAGE=en", "OUT=my film", "PRIVACY=public")
    check, publish = f"render.py check {film}", f"render.py publish {film} --privacy 'public'"
    assert dry_run("publish", *said).endswith(f"{check} .venv/bin/python {publish}")
    # It sends nothing, and is to tell all that is wrong.
    assert dry_run("publish", *said, "DRY_RUN=1").endswith(
        f"{check} || true .venv/bin/python {publish} --dry-run"
    )


@make
def test_make_alone_explains_itself_and_installs_nothing() -> None:
    assert "bootstrap" not in dry_run()
    assert "bootstrap" not in dry_run("doctor")
    assert dry_run("clean") == "rm -rf build"


@pytest.mark.parametrize("code", [0, 7])
def test_the_automatic_check_is_make_test_with_nobody_there(tmp_path: Path, code: int) -> None:
    program = tmp_path / "make"
    program.write_text(
        f'#!/bin/sh\n[ -e pyproject.toml ] && echo "$@ $CI"; read x && echo heard\nexit {code}\n'
    )
    program.chmod(0o755)
    result = subprocess.run(
        [HOUSE / ".ci/run"],
        cwd=tmp_path,
        env={**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"},
        input="typed",
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert (result.returncode, result.stdout) == (code, "test true\n")
