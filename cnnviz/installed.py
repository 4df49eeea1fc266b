"""Python packages, looked at without importing them: asked for, installed, able to load.

For the doctor, which must be of use where the installation failed: the standard library alone.
"""

from __future__ import annotations

import importlib.metadata
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from cnnviz import bootstrap

__all__ = [
    "EXTRA",
    "SET_UP",
    "Finding",
    "ask",
    "declared",
    "folder_of",
    "loading",
    "package",
    "packages",
    "version_of",
]

SET_UP = "make setup"
EXTRA = f".venv/bin/python -m pip install -c {bootstrap.CONSTRAINTS} -e '.[{{}}]'"
# Each loads libraries that pip does not bring: a missing one shows up here, not in mid-film.
COMPILED = ("cv2", "cairo", "manimpango", "av")


class Finding(NamedTuple):
    """One thing that was looked at.

    `ok` is None where the thing is missing and the films come about without it.
    """

    name: str
    ok: bool | None
    detail: str
    mend: str | None = None


def version_of(package: str) -> str | None:
    """The version of a package; None where it is not installed."""
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


def declared() -> tuple[list[str], dict[str, list[str]]]:
    """The requirements of pyproject.toml: those of every film, and each extra's."""
    import tomllib

    project = tomllib.loads((bootstrap.ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return project["dependencies"], project["optional-dependencies"]


def packages() -> list[Finding]:
    """Those of every film, each by itself, and the extras."""
    try:
        needed, extras = declared()
    except (ImportError, OSError, ValueError) as error:
        return [Finding("Python packages", False, f"cannot tell: {error}", SET_UP)]
    findings = [package(requirement) for requirement in needed]
    for extra, requirements in extras.items():
        each = [package(requirement) for requirement in requirements]
        lacking = [f"{finding.name} {finding.detail}" for finding in each if not finding.ok]
        mend = {"offline-voice": SET_UP, "dev": "make setup-dev"}.get(extra, EXTRA.format(extra))
        detail = ", ".join(lacking) or "complete"
        findings.append(Finding(f"extra {extra}", None if lacking else True, detail, mend))
    if version_of("opencv-python-headless") and version_of("opencv-python"):
        findings.append(
            Finding(
                "one OpenCV",
                False,
                "opencv-python-headless overwrites opencv-python, whose windows are needed",
                "rm -r .venv && make setup",
            )
        )
    return findings


def package(requirement: str) -> Finding:
    """Whether what a requirement wants is installed."""
    match = re.match(r"[\w.-]+", requirement)
    name = match[0] if match else requirement
    version = version_of(name)
    if version is None:
        return Finding(name, False, "missing", SET_UP)
    if find_spec("packaging") is not None:
        from packaging.requirements import Requirement

        wanted = Requirement(requirement).specifier
        if not wanted.contains(version, prereleases=True):
            return Finding(name, False, f"{version}, which is not {wanted}", SET_UP)
    return Finding(name, True, version)


def loading(packages: list[Finding]) -> list[Finding]:
    """Whether the compiled packages find their libraries; silent about those not installed."""
    present = [module for module in COMPILED if find_spec(module) is not None]
    findings = []
    for module in present:
        result = ask(sys.executable, "-c", f"import {module}")
        if result is None or result.returncode != 0:
            said = result.stderr.strip().splitlines() if result else []
            findings.append(
                Finding(f"import {module}", False, said[-1] if said else "no answer", SET_UP)
            )
    if present and not findings:
        findings.append(Finding("libraries", True, f"{', '.join(present)} load"))
    return findings


def ask(*command: str) -> subprocess.CompletedProcess[str] | None:
    """What a program answers; None where it does not within 20 s, or is not there."""
    try:
        return subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=20,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None


def folder_of(module: str) -> Path | None:
    """Where a package lies; None where it is not installed."""
    spec = find_spec(module)
    folders = spec.submodule_search_locations if spec else None
    return Path(next(iter(folders))) if folders else None
