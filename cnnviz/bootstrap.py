"""Install all that cnnviz needs: Debian packages, `.venv`, Python packages.

`make` runs this file before each job, with whatever `python3` there is and with nothing
installed; so it knows the standard library alone, imports nothing from cnnviz, and is written
so that an old Python gets far enough to say that it is too old.

A finished installation leaves a stamp, written last. While the stamp holds, a call ends after
reading four small files: no pip, no apt.
"""

from __future__ import annotations

import hashlib
import os
import re
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, NamedTuple

__all__ = [
    "Need",
    "SetupError",
    "apt_install",
    "debian_needs",
    "fresh",
    "main",
    "missing",
    "testing_needs",
]

ROOT = Path(__file__).resolve().parent.parent
OLDEST = (3, 11)
# The versions that were tested together; pyproject.toml says which ones are allowed.
CONSTRAINTS = "cnnviz/constraints.txt"
EXTRAS = {"run": "offline-voice,publish", "dev": "offline-voice,publish,cluster,dev"}


class SetupError(Exception):
    """Why the installation cannot go on, in one line."""


class Need(NamedTuple):
    """Something that no Python package brings along."""

    name: str
    packages: tuple[str, ...]
    """Debian's names for it; empty where Debian cannot help."""
    met: Callable[[], bool]
    building: bool
    """Needed only while Python packages are installed, not when they run."""
    optional: bool = False
    """Installed with the rest, but films come about without it."""


def say(line: str) -> None:
    """Tell the person who waits; results belong to stdout, so this goes to stderr."""
    print(f"setup: {line}", file=sys.stderr, flush=True)


# What the system must have ------------------------------------------------------------------


def debian_needs() -> list[Need]:
    """What must be there before pip can build and the program can run."""
    if not sys.platform.startswith("linux"):
        return []  # elsewhere most of it comes with the wheels; docs/setup.md has the rest
    # A Python that Debian did not install (pyenv's, uv's) brings its own headers or none.
    from_debian = Path(sys.executable).resolve().parent == Path("/usr/bin")
    version = "python{}.{}".format(*sys.version_info[:2])
    return [
        Need("C compiler", ("gcc", "libc6-dev"), _has_compiler, True),
        Need("pkg-config", ("pkg-config",), _has_pkg_config, True),
        Need("cairo headers", ("libcairo2-dev",), lambda: _pkg_config("cairo"), True),
        Need("pango headers", ("libpango1.0-dev",), lambda: _pkg_config("pangocairo"), True),
        Need("Python headers", (f"{version}-dev",) if from_debian else (), _has_python_h, True),
        Need("Python venv", (f"{version}-venv",) if from_debian else (), _has_ensurepip, True),
        # opencv-python loads these; on trixie libglib2.0-0 stands for libglib2.0-0t64.
        Need("libGL", ("libgl1",), lambda: _loads("libGL.so.1"), False),
        Need("GLib", ("libglib2.0-0",), lambda: _loads("libgthread-2.0.so.0"), False),
        Need("libSM", ("libsm6",), lambda: _loads("libSM.so.6"), False),
        Need("libXext", ("libxext6",), lambda: _loads("libXext.so.6"), False),
        # The recognizer's window is recorded on a screen of its own where there is none.
        Need("Xvfb", ("xvfb",), lambda: shutil.which("Xvfb") is not None, False, True),
    ]


def testing_needs() -> list[Need]:
    """What the tests need besides: a browser, which opens the pages that films come with."""
    if not sys.platform.startswith("linux"):
        return []
    return [Need("Chromium", ("chromium", "chromium-driver"), _has_chromium, False, True)]


def _has_chromium() -> bool:
    return all(shutil.which(name) for name in ("chromium", "chromedriver"))


def missing(needs: list[Need]) -> list[Need]:
    """Those of `needs` that this machine does not meet."""
    return [need for need in needs if not need.met()]


def _has_compiler() -> bool:
    return any(shutil.which(name) for name in (os.environ.get("CC") or "cc", "gcc", "clang"))


def _has_pkg_config() -> bool:
    return shutil.which("pkg-config") is not None


def _pkg_config(library: str) -> bool:
    return _has_pkg_config() and _succeeds("pkg-config", "--exists", library)


def _has_python_h() -> bool:
    import sysconfig

    return Path(sysconfig.get_paths()["include"], "Python.h").is_file()


def _has_ensurepip() -> bool:
    from importlib.util import find_spec

    return find_spec("venv") is not None and find_spec("ensurepip") is not None


def _loads(library: str) -> bool:
    import ctypes

    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _succeeds(*command: str) -> bool:
    quiet = subprocess.DEVNULL
    try:
        return subprocess.run(command, stdin=quiet, stdout=quiet, stderr=quiet).returncode == 0
    except OSError:
        return False


def apt_install(needs: list[Need]) -> str:
    """The command that installs `needs`, as a person would type it."""
    packages = sorted({package for need in needs for package in need.packages})
    sudo = "" if os.geteuid() == 0 else "sudo "
    return f"{sudo}apt-get install --no-install-recommends {' '.join(packages)}"


def install_debian(kind: str, log: Path) -> None:
    """Install the Debian packages that `kind` needs and that are missing, if there are any.

    Raises
    ------
    SetupError
        They cannot be installed from here; names them and the command.
    """
    lacking = missing([*debian_needs(), *(testing_needs() if kind == "dev" else ())])
    if not lacking:
        return
    names = ", ".join(need.name for need in lacking)
    homeless = [need.name for need in lacking if not need.packages]
    if homeless:
        raise SetupError(
            f"{sys.executable} comes without {' and '.join(homeless)}; "
            "use another Python: make PYTHON=/usr/bin/python3 …"
        )
    command = apt_install(lacking)
    if shutil.which("apt-get") is None:
        raise SetupError(
            f"missing: {names}; on Debian this would be `{command}`, "
            "for other systems see docs/setup.md"
        )
    root = _as_root()
    if root is None:
        raise SetupError(
            f"missing: {names}; neither root nor a working sudo, so please run: {command}"
        )
    say(f"Debian packages for {names}: {command}")
    apt = [*root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "--yes", "--quiet"]
    _logged([*apt, "update"], log)  # where it fails, the lists may still be good enough
    packages = command.split("--no-install-recommends ")[1].split()
    code, output = _logged([*apt, "install", "--no-install-recommends", *packages], log)
    if code != 0:
        raise SetupError(f"apt-get failed: {_reason(output, 'E: ')}; please run: {command}")
    lacking = missing(lacking)
    if lacking:
        names = ", ".join(need.name for need in lacking)
        raise SetupError(f"installed, and still not found: {names}; see {_within_root(log)}")


def _as_root() -> list[str] | None:
    """What to put before a command that needs root; None where nothing helps."""
    if os.geteuid() == 0:
        return []
    sudo = shutil.which("sudo")
    if sudo is None:
        return None
    if sys.stdin is not None and sys.stdin.isatty():
        return [sudo]  # it may ask for the password
    return [sudo, "-n"] if _succeeds(sudo, "-n", "true") else None


# The virtual environment --------------------------------------------------------------------


def _key(kind: str) -> str:
    """What an installation depends on: its place, the Python, the packages asked for."""
    parts = [str(ROOT).encode(), str(sys.version_info[:2]).encode(), EXTRAS[kind].encode()]
    parts += [(ROOT / name).read_bytes() for name in ("pyproject.toml", CONSTRAINTS)]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def _stamp(kind: str) -> Path:
    return ROOT / ".venv" / f"cnnviz-{kind}.stamp"


def fresh(kind: str) -> bool:
    """Whether `.venv` already holds what `kind` ("run", or "dev" with the test tools) needs."""
    if not (ROOT / ".venv/bin/python").exists():
        return False
    for enough in {kind, "dev"}:
        try:
            if _stamp(enough).read_text() == _key(enough):
                return True
        except OSError:
            pass
    return False


def install_python(kind: str, log: Path) -> None:
    """Make `.venv` and install cnnviz into it, in place; leave the stamp.

    Raises
    ------
    SetupError
        pip gave up; says why.
    """
    venv = ROOT / ".venv"
    python = str(venv / "bin" / "python")
    for name in EXTRAS:
        if _stamp(name).exists():
            _stamp(name).unlink()  # from here on, until the new stamp, .venv may be half done
    same = f"import pip, sys; sys.exit(sys.version_info[:2] != {sys.version_info[:2]})"
    if not _succeeds(python, "-c", same):
        say(f"virtual environment .venv, Python {sys.version.split()[0]}")
        code, output = _logged([sys.executable, "-m", "venv", "--clear", str(venv)], log)
        if code != 0:
            reason = _reason(output, "Error: ")
            raise SetupError(f"no virtual environment: {reason}; see {_within_root(log)}")
    say("Python packages, a few minutes the first time")
    pip = [python, "-m", "pip", "install", "--no-input", "--disable-pip-version-check"]
    pip += ["--progress-bar", "off", "--editable", f".[{EXTRAS[kind]}]"]
    code, output = _logged([*pip, "--constraint", CONSTRAINTS], log, _say_pip)
    unreachable = "connection broken by" in output
    misfit = "ResolutionImpossible" in output or "No matching distribution" in output
    if code != 0 and misfit and not unreachable:
        say("the tested versions do not fit this machine; trying the newest that should")
        code, output = _logged(pip, log, _say_pip)
    if code != 0:
        if unreachable:
            raise SetupError(
                "pip cannot reach the package registry (PyPI, or what PIP_INDEX_URL names); "
                f"the same command goes on from here once it can; see {_within_root(log)}"
            )
        raise SetupError(f"pip failed: {_reason(output, 'ERROR: ')}; see {_within_root(log)}")
    written = _stamp(kind).with_suffix(".part")
    written.write_text(_key(kind))
    written.replace(_stamp(kind))


def _say_pip(line: str) -> None:
    """Let through the few of pip's lines that explain a wait."""
    big = re.match(r"\s*Downloading (\S+) \((\d{2,}\.\d+ [MG]B|\d+\.\d+ GB)\)", line)
    built = re.match(r"\s*Building wheel for (\S+)", line)
    if big:
        say(f"  downloading {big[1].rsplit('/')[-1]} ({big[2]})")
    elif built and "started" in line:
        say(f"  building {built[1]}")
    elif line.startswith("Installing collected packages:"):
        say(f"  installing {line.count(',') + 1} packages")


# Running other programs ---------------------------------------------------------------------


def _logged(
    command: list[str], log: Path, heard: Callable[[str], None] | None = None
) -> tuple[int, str]:
    """Run `command` with its output in the log; return its exit status and output."""
    environment = {**os.environ, "LC_ALL": "C.UTF-8", "PIP_USER": "0"}
    for name in ("LANGUAGE", "PYTHONPATH", "PYTHONHOME"):
        environment.pop(name, None)
    lines = []
    with log.open("a", encoding="utf-8") as file:
        file.write(f"$ {' '.join(map(shlex.quote, command))}\n")
        with subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
        ) as process:
            stdout: IO[str] = process.stdout  # type: ignore[assignment] # it is a pipe
            try:
                for line in stdout:
                    file.write(line)
                    file.flush()
                    lines.append(line)
                    if heard is not None:
                        heard(line)
            except BaseException:
                process.terminate()
                raise
    return process.returncode, "".join(lines)


def _reason(output: str, mark: str) -> str:
    """The last line that begins with `mark`, or the last line at all."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    marked = [line[len(mark) :] for line in lines if line.startswith(mark)]
    return (marked or lines or ["it said nothing"])[-1]


def _within_root(path: Path) -> str:
    return str(path.relative_to(ROOT))


# The whole ----------------------------------------------------------------------------------


def _other_python() -> str | None:
    """A Python that is new enough, from the PATH."""
    test = f"import sys; sys.exit(sys.version_info < {OLDEST})"
    for minor in (13, 12, 11, 14):
        path = shutil.which(f"python3.{minor}")
        if path is not None and _succeeds(path, "-c", test):  # pyenv's shims exist and fail
            return path
    return None


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Keep a second `make` waiting until the first has finished installing."""
    import fcntl

    with (folder / "setup.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def set_up(kind: str) -> None:
    """Bring the machine to where `kind` can run; does nothing where it already can.

    Raises
    ------
    SetupError
        It cannot be done; says what a person can do.
    """
    if fresh(kind):
        return
    log = ROOT / "build" / "setup.log"
    log.parent.mkdir(exist_ok=True)
    with _alone(log.parent):
        if fresh(kind):
            return
        started = time.monotonic()
        log.write_text("")
        install_debian(kind, log)
        install_python(kind, log)
        say(f"ready after {time.monotonic() - started:.0f} s")


def main(arguments: list[str]) -> int:
    """`bootstrap.py [--dev]`: install what the films need, or the test tools as well."""
    if arguments not in ([], ["--dev"]):
        print("usage: python3 cnnviz/bootstrap.py [--dev]", file=sys.stderr)
        return 2
    if sys.version_info < OLDEST:
        found = _other_python()
        if found is None:
            needed = ".".join(map(str, OLDEST))
            say(
                f"Python {needed} or newer is needed, and {sys.executable} is "
                f"{sys.version.split()[0]}; name another: make PYTHON=/path/to/python3 …"
            )
            return 1
        os.execv(found, [found, __file__, *arguments])
    try:
        set_up("dev" if arguments else "run")
    except SetupError as error:
        say(str(error))
        return 1
    except OSError as error:
        say(f"{error.filename}: {error.strerror}" if error.filename else str(error))
        return 1
    except KeyboardInterrupt:
        say("interrupted; the same command goes on from here")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
