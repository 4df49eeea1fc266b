"""On what a benchmark ran: without it, its numbers mean nothing."""

from __future__ import annotations

import os
import platform
import subprocess
from importlib.metadata import version
from pathlib import Path
from typing import Any

from cnnviz.studio.pool import default_workers

__all__ = ["busy", "machine"]

HOUSE = Path(__file__).resolve().parents[1]
LIBRARIES = ("manim", "moviepy", "av", "numpy")
QUIET = 0.5
"""Load per processor above which a machine is too busy to be measured on."""


def machine() -> dict[str, Any]:
    """Processors, versions, the commit that is measured, and how busy the machine is now."""
    return {
        "processors": default_workers(),
        "processor": _processor(),
        "system": platform.platform(),
        "python": platform.python_version(),
        **{name: version(name) for name in LIBRARIES},
        "commit": _commit(),
        "load": os.getloadavg()[0],
    }


def busy(notes: dict[str, Any]) -> str | None:
    """One line that says so where the machine had other work, None where it was quiet."""
    if notes["load"] <= QUIET * notes["processors"]:
        return None
    return (
        f"warning: the machine is busy, load {notes['load']:.1f} on {notes['processors']}"
        " processors: seconds and ratios will be off"
    )


def _processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def _commit() -> str | None:
    """The checkout's commit, with a plus where files differ from it."""
    try:
        commit, changes = (
            subprocess.run(
                ["git", "-C", str(HOUSE), *words], capture_output=True, text=True, check=True
            ).stdout.strip()
            for words in (["rev-parse", "HEAD"], ["status", "--porcelain", "-uno"])
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return commit + ("+" if changes else "")
