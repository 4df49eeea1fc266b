"""How the beats that have to be drawn are divided among workers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

from cnnviz.script.timeline import Slot

__all__ = ["shares"]

SHARES_A_WORKER = 5
"""Enough that all workers end at about the same time; each share has to be started once."""
SHORTEST = 8.0
"""Seconds of film below which dividing a scene costs more than it saves."""


def shares(
    slots: Sequence[Slot], wanted: Iterable[Slot], workers: int, fps: int
) -> list[list[Slot]]:
    """Divide `wanted` beats into shares of one scene each, the longest first.

    A long scene is divided between its beats: whoever draws a later share skips the beats before
    it, which costs a small part of drawing them.

    Parameters
    ----------
    slots
        All beats in their order.
    wanted
        Those to draw.
    workers
        How many shares are drawn at once.
    fps
        Frames a second of the slots.
    """
    missing = set(wanted)
    longest = max(
        SHORTEST * fps, sum(slot.frames for slot in missing) / (workers * SHARES_A_WORKER)
    )
    found: list[list[Slot]] = []
    for _, beats in groupby((slot for slot in slots if slot in missing), lambda slot: slot.scene):
        found += _divided(list(beats), longest)
    return sorted(found, key=lambda share: -_frames(share))


def _divided(beats: list[Slot], longest: float) -> list[list[Slot]]:
    """`beats` of one scene in as many parts of about equal length as `longest` asks for."""
    count = max(1, round(_frames(beats) / longest))
    target = _frames(beats) / count
    parts: list[list[Slot]] = [[]]
    before = 0
    for slot in beats:
        # A beat belongs to the part in which its middle lies.
        if parts[-1] and before + slot.frames / 2 > target * len(parts):
            parts.append([])
        parts[-1].append(slot)
        before += slot.frames
    return parts


def _frames(beats: Iterable[Slot]) -> int:
    return sum(slot.frames for slot in beats)
