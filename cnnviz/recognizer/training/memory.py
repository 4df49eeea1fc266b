"""How this process keeps the memory of large arrays, where that is worth time."""

from __future__ import annotations

import ctypes
import sys

__all__ = ["keep_freed_memory"]

# Names and numbers of glibc's malloc.h.
_TRIM_THRESHOLD, _TOP_PAD, _MMAP_MAX = -1, -2, -4

_NEVER = -1  # in place of the free bytes at the heap's end from which on they are given back
_AHEAD = 2**28  # bytes by which the heap grows beyond what is asked for


def keep_freed_memory() -> bool:
    """Let freed arrays lie ready for the next ones in place of giving them back to the kernel.

    glibc maps every array of more than 32 MB anew and unmaps it when it is freed, so in each step
    of a training the kernel clears gigabytes, page by page: a third of the step's time. Afterwards
    all arrays come from the heap, and the heap never shrinks. So the process keeps the most memory
    that it ever had, which is right for one that does the same again and again, and for no other.

    Returns
    -------
    bool
        Whether this could be asked for; with other systems and libraries nothing changes.
    """
    if not sys.platform.startswith("linux"):
        return False
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)  # glibc alone has it
    if mallopt is None:
        return False
    settings = ((_MMAP_MAX, 0), (_TRIM_THRESHOLD, _NEVER), (_TOP_PAD, _AHEAD))
    return all(mallopt(name, value) == 1 for name, value in settings)
