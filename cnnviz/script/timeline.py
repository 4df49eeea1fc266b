"""When each beat begins and how long it lasts, in whole frames: the film's only clock.

A beat is a lead (the chapter card, or the crossfade from the scene before), the speech, and a
rest. Speech is measured in samples; everything after that is integers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from cnnviz.samples import SAMPLE_RATE

__all__ = ["Pace", "SceneTiming", "Slot", "lay_out"]


@dataclass(frozen=True)
class Pace:
    """The pauses of the film, in seconds."""

    opening: float = 0.3  # before the first word of a scene without a card, or that goes on
    crossfade: float = 0.5  # the length of the crossfade, before a scene without a card speaks
    card: float = 2.2  # chapter card, crossfade included
    rest: float = 0.4  # after a beat
    scene_rest: float = 0.7  # after the last beat of a scene


@dataclass(frozen=True)
class Slot:
    """One beat on the clock; all lengths in frames.

    `start` counts from the beginning of the film, `lead + speech + rest == frames`. Of the rest,
    `thinking` frames are for the viewer, who has been asked something.
    """

    scene: str
    beat: str
    start: int
    lead: int
    speech: int
    rest: int
    thinking: int = 0

    @property
    def lengths(self) -> tuple[int, ...]:
        """The parts of which the beat consists; all on which its picture depends."""
        return self.lead, self.speech, self.rest - self.thinking, self.thinking

    @property
    def frames(self) -> int:
        """The whole length."""
        return self.lead + self.speech + self.rest

    @property
    def end(self) -> int:
        """The first frame after this beat."""
        return self.start + self.frames


@dataclass(frozen=True)
class SceneTiming:
    """What the layout needs to know of a scene.

    Parameters
    ----------
    scene
        Its id.
    samples
        Beat → length of its speech in samples at 48 kHz, in order.
    card
        Whether the scene opens with a chapter card.
    minimum
        Beat → shortest length in seconds, for beats that must not be cut short by a fast voice.
    continues
        Whether it goes on from the scene before, without a crossfade.
    thinking
        Beat → seconds for the viewer to think in, which come on top of all else.
    """

    scene: str
    samples: Mapping[str, int]
    card: bool
    minimum: Mapping[str, float]
    continues: bool = False
    thinking: Mapping[str, float] = field(default_factory=dict)


def lay_out(scenes: Sequence[SceneTiming], fps: int, pace: Pace | None = None) -> list[Slot]:
    """Place every beat of every scene one after the other.

    Parameters
    ----------
    scenes
        In watching order.
    fps
        Frames a second; must divide 48,000.

    Returns
    -------
    list of Slot
        Contiguous from frame 0: each slot starts where the one before ends.
    """
    if SAMPLE_RATE % fps:
        raise ValueError(f"{fps} frames a second do not divide {SAMPLE_RATE} samples")
    pace = pace or Pace()
    slots: list[Slot] = []
    for scene in scenes:
        for index, (beat, samples) in enumerate(scene.samples.items()):
            last = index == len(scene.samples) - 1
            lead = _lead(pace, scene, first_of_film=not slots) if index == 0 else 0.0
            slots.append(
                _slot(
                    scene,
                    beat,
                    start=slots[-1].end if slots else 0,
                    lead=round(lead * fps),
                    speech=-(-samples * fps // SAMPLE_RATE),
                    rest=round((pace.scene_rest if last else pace.rest) * fps),
                    fps=fps,
                )
            )
    return slots


def _lead(pace: Pace, scene: SceneTiming, *, first_of_film: bool) -> float:
    if scene.card:
        return pace.card
    return pace.opening if first_of_film or scene.continues else pace.crossfade + pace.opening


def _slot(
    scene: SceneTiming, beat: str, *, start: int, lead: int, speech: int, rest: int, fps: int
) -> Slot:
    missing = round(scene.minimum.get(beat, 0.0) * fps) - (lead + speech + rest)
    thinking = _frames_to_think(scene.thinking.get(beat, 0.0), fps)
    rest += max(0, missing) + thinking
    return Slot(scene.scene, beat, start, lead, speech, rest, thinking)


def _frames_to_think(seconds: float, fps: int) -> int:
    return max(1, round(seconds * fps)) if seconds else 0
