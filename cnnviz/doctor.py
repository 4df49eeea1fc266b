"""`python render.py doctor`: what this machine has and lacks, and the command that mends it.

It must be of use exactly where the installation failed, so it needs the standard library alone
and looks at packages without importing them (`installed.py`). Whether the compiled ones really load
is found out by a second Python process, which may crash.
"""

from __future__ import annotations

import os
import shutil
import sys
import threading
import urllib.error
import urllib.request
from importlib.util import find_spec
from pathlib import Path

from cnnviz import bootstrap, installed
from cnnviz.errors import shown_path
from cnnviz.installed import SET_UP, Finding

__all__ = ["examine", "main", "report"]

ENOUGH_DISK = 3 * 2**30
ENOUGH_MEMORY = 3 * 2**30


def examine() -> list[Finding]:
    """Look at everything; takes a few seconds at most, changes nothing."""
    found = installed.packages()
    return [
        _python(),
        *_debian(),
        *found,
        *installed.loading(found),
        _fonts(),
        *_voices(),
        _ffmpeg(),
        _folder("cache", _cache_dir(), "CNNVIZ_CACHE_DIR=/another/folder make episode"),
        _folder("build", bootstrap.ROOT / "build", "make episode OUT=/another/folder"),
        _memory(),
        _cores(),
        _display(),
        _camera(),
        *_browser(),
    ]


def report(findings: list[Finding]) -> str:
    """Findings as aligned lines and a closing one that sums them up."""
    width = max((len(finding.name) for finding in findings), default=0)
    marks = {True: "ok", None: "--", False: "NO"}
    lines = []
    for ok, name, detail, mend in ((f.ok, f.name, f.detail, f.mend) for f in findings):
        remedy = f" → {mend}" if mend and not ok else ""
        lines.append(f"{marks[ok]}  {name:<{width}}  {detail}{remedy}")
    bad = sum(finding.ok is False for finding in findings)
    lines.append("")
    lines.append(f"{bad} of these must be mended first" if bad else "all that a film needs is here")
    return "\n".join(lines)


def main() -> int:
    """Print the report; 0 if all that is required is there."""
    findings = examine()
    print(report(findings))
    return int(any(finding.ok is False for finding in findings))


# Python and what the system brings ----------------------------------------------------------


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    oldest = ".".join(map(str, bootstrap.OLDEST))
    return Finding(
        "Python",
        sys.version_info >= bootstrap.OLDEST,
        f"{version}, {sys.executable}",
        f"install Python {oldest} or newer, then: make setup PYTHON=/path/to/it",
    )


def _debian() -> list[Finding]:
    built = all(installed.version_of(name) for name in ("pycairo", "ManimPango"))
    findings = []
    for need in bootstrap.debian_needs():
        if need.optional:
            continue  # looked at below, with what it is for
        mend = bootstrap.apt_install([need]) if need.packages else "make PYTHON=/usr/bin/python3"
        if need.met():
            findings.append(Finding(need.name, True, "found"))
        elif need.building and built:
            findings.append(Finding(need.name, None, "missing; for a new installation only", mend))
        else:
            findings.append(Finding(need.name, False, "missing", mend))
    return findings


# What a film is made of ---------------------------------------------------------------------


def _fonts() -> Finding:
    folder = installed.folder_of("fontpkg_hind_siliguri")
    files = sorted(folder.glob("files/*.ttf")) if folder else []
    if not files:
        return Finding("fonts", False, "Hind Siliguri is missing", SET_UP)
    return Finding("fonts", True, f"Hind Siliguri, {len(files)} weights")


def _voices() -> list[Finding]:
    silent = _unreachable(_gtts_url(), seconds=3)
    google = Finding(
        "voice gTTS",
        None if silent else True,
        f"does not answer ({silent})" if silent else "answers",
    )
    folder = installed.folder_of("espeakng_loader")
    found = folder is not None and any(folder.glob("*espeak-ng*"))
    offline = Finding(
        "voice espeak",
        True if found else None,
        "found" if found else "missing: without it a film needs the network",
        SET_UP,
    )
    if found or not silent:
        return [google, offline]
    return [google, offline._replace(ok=False, detail="missing, and no other voice is at hand")]


def _gtts_url() -> str:
    return os.environ.get("CNNVIZ_GTTS_URL") or "https://translate.google.com"


def _unreachable(url: str, seconds: float) -> str | None:
    """Why nothing answers at `url`, or None. Any answer counts, a refusal as well."""
    # Looking up a name knows no time limit, so all of it happens in a thread that may be left.
    reasons = [f"not within {seconds:g} s"]

    def probe() -> None:
        try:
            urllib.request.urlopen(url, timeout=seconds).close()
        except urllib.error.HTTPError as error:
            error.close()
        except (OSError, ValueError) as error:
            reasons.append(str(getattr(error, "reason", error)))
            return
        reasons.clear()

    thread = threading.Thread(target=probe, daemon=True)
    thread.start()
    thread.join(seconds)
    return reasons[-1] if reasons else None


def _ffmpeg() -> Finding:
    """The program that MoviePy calls: the one it is told, or the one that its package brings."""
    folder = installed.folder_of("imageio_ffmpeg")
    bundled = sorted(folder.glob("binaries/ffmpeg*")) if folder else []
    told = os.environ.get("IMAGEIO_FFMPEG_EXE")
    program = told or (str(bundled[0]) if bundled else shutil.which("ffmpeg"))
    if program is None:
        return Finding("ffmpeg", False, "missing", SET_UP)
    result = installed.ask(program, "-version")
    if result is None or result.returncode != 0:
        return Finding("ffmpeg", False, f"{program} does not run", SET_UP)
    return Finding("ffmpeg", True, " ".join(result.stdout.split()[:3]))


# The machine --------------------------------------------------------------------------------


def _cache_dir() -> Path:
    if find_spec("platformdirs") is not None:
        from cnnviz.files import cache_dir

        return cache_dir()
    own = os.environ.get("CNNVIZ_CACHE_DIR")
    user = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(own) if own else Path(user, "cnnviz")


def _folder(name: str, folder: Path, elsewhere: str) -> Finding:
    """Whether `folder`, which need not exist yet, can be written to and has room."""
    present = folder
    while not present.exists() and present != present.parent:
        present = present.parent
    shown = shown_path(folder)
    if not (present.is_dir() and os.access(present, os.W_OK | os.X_OK)):
        return Finding(name, False, f"{shown} is not writable", elsewhere)
    free = shutil.disk_usage(present).free
    detail = f"{shown}, {_gib(free)} free"
    if free < ENOUGH_DISK:
        return Finding(name, False, f"{detail}, {_gib(ENOUGH_DISK)} are needed", elsewhere)
    return Finding(name, True, detail)


def _memory() -> Finding:
    try:
        total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError):
        return Finding("memory", None, "unknown")
    scarce = total < ENOUGH_MEMORY
    detail = f"{_gib(total)}{', which is scarce' if scarce else ''}"
    return Finding("memory", None if scarce else True, detail, "make episode WORKERS=1")


def _cores() -> Finding:
    affinity = getattr(os, "sched_getaffinity", None)  # Linux has it, macOS has not
    cores = len(affinity(0)) if affinity else os.cpu_count() or 1
    return Finding("processor", True, f"{cores} core{'s' if cores > 1 else ''}")


def _gib(count: int) -> str:
    return f"{count / 2**30:.1f} GiB"


def _display() -> Finding:
    for variable in ("DISPLAY", "WAYLAND_DISPLAY"):
        if os.environ.get(variable):
            return Finding("display", True, f"{variable}={os.environ[variable]}")
    if sys.platform == "darwin" or shutil.which("Xvfb"):
        return Finding("display", True, "none needed" if sys.platform == "darwin" else "Xvfb")
    lacking = [need for need in bootstrap.debian_needs() if need.name == "Xvfb"]
    mend = bootstrap.apt_install(lacking)
    return Finding("display", None, "none; the live window and recordings need one", mend)


def _camera() -> Finding:
    devices = sorted(Path("/dev").glob("video*"))
    if devices:
        return Finding("camera", True, ", ".join(map(str, devices)))
    return Finding("camera", None, "none seen; a file or `--camera simulated` stands in for one")


def _browser() -> list[Finding]:
    """The browser that opens pages in the tests; of no interest where they cannot run."""
    if installed.version_of("selenium") is None:
        return []
    lacking = bootstrap.missing(bootstrap.testing_needs())
    detail = "missing; the tests need it, films do not" if lacking else "found"
    mend = bootstrap.apt_install(lacking) if lacking else None
    return [Finding("Chromium", None if lacking else True, detail, mend)]


if __name__ == "__main__":
    sys.exit(main())
