"""What a film's clock makes of its scripts: captions, chapters, the description."""

from __future__ import annotations

from cnnviz.script.captions import Cue, cues
from cnnviz.script.chapters import Chapter, join_short
from cnnviz.script.timeline import Slot
from cnnviz.studio.production import Production

__all__ = ["beat_captions", "captions", "chapters", "clock", "description"]


def captions(production: Production, language: str) -> list[Cue]:
    """The whole film's captions in `language`, on the film's own clock."""
    return [cue for slot in production.slots for cue in beat_captions(production, slot, language)]


def beat_captions(production: Production, slot: Slot, language: str) -> list[Cue]:
    """One beat's captions in `language`, on the film's own clock."""
    fps = production.quality.fps
    start = (slot.start + slot.lead) / fps
    return cues(production.text(slot, language), start, slot.speech / fps, slot.end / fps)


def chapters(production: Production) -> tuple[Chapter, ...]:
    """The film's chapters: its scenes, of which those that are too short have joined others."""
    scenes = production.script.scenes
    starts = ((production.slots_of(scene.id)[0].start, scene.title) for scene in scenes)
    return join_short(starts, production.frames, production.quality.fps)


def clock(seconds: float) -> str:
    """A time as YouTube writes it: 0:00, 12:34, 1:02:03."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def description(production: Production) -> str:
    """What stands below the film on YouTube, its chapters included."""
    lines = [f"{clock(chapter.shown)} {chapter.title}" for chapter in chapters(production)]
    return production.script.description + "\n\n" + "\n".join(lines) + "\n"
