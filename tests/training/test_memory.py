from __future__ import annotations

import os
import subprocess
import sys

import pytest

from cnnviz.recognizer.training import memory

# The loop of a training: large arrays that are filled, freed and wanted again.
PROGRAM = """
import resource, sys
from cnnviz.recognizer.training.memory import keep_freed_memory
done = keep_freed_memory() if sys.argv[1] == "kept" else None
for again in range(21):
    if again == 1:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    large = b"x" * (64 << 20)
    del large
print(done, resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


def faults(how: str) -> tuple[str, int]:
    """What the function said, and how many pages the kernel had to find after the first array."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, how],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        capture_output=True,
        text=True,
        check=True,
    )
    said, count = done.stdout.split()
    return said, int(count)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="of Linux with glibc")
def test_large_arrays_are_not_given_back() -> None:
    said, kept = faults("kept")
    if said == "False":
        pytest.skip("not glibc")
    _, usual = faults("usual")
    if not usual:
        pytest.skip("page faults are not counted here")
    assert kept < usual / 10


def test_on_other_systems_nothing_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory.sys, "platform", "darwin")
    monkeypatch.setattr(memory.ctypes, "CDLL", lambda _: pytest.fail("looked for a library"))
    assert memory.keep_freed_memory() is False


def test_with_other_libraries_nothing_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory.sys, "platform", "linux")
    monkeypatch.setattr(memory.ctypes, "CDLL", lambda _: object())
    assert memory.keep_freed_memory() is False
