"""Playing a scene to look at its stage, without drawing more than each beat's last picture."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import cv2
import numpy as np
from manim import Camera, Scene, tempconfig
from manim.utils.iterables import list_update

from cnnviz.media.quality import Quality
from cnnviz.pixels import Picture
from cnnviz.review.contrast import contrasts
from cnnviz.review.layout import Stage
from cnnviz.review.lines import Owners
from cnnviz.review.stage import Glimpse, Reading, StageFacts
from cnnviz.stage.draw import FilmRenderer, play_scene
from cnnviz.stage.framed_scene import FramedScene
from cnnviz.stage.lesson import Lesson
from cnnviz.stage.plan import ScenePlan, ShownNumber

__all__ = ["Seen", "jpeg", "look_at_scene"]

LONG, SHORT = 640, 360
"""Sides of the last pictures, in pixels."""
LOOKS = 4
"""How many times a second a moving stage is looked at; the least in one animation too."""
QUALITY = 88
"""Of a JPEG, from 0 to 100."""
SHORTEST = 0.5
"""Seconds of stillness worth noting."""

Seen = Callable[[str, StageFacts, Picture, Collection[str]], None]
"""Takes a beat's name, what was seen of it, its last picture, and whose lengths were asked for."""


def look_at_scene(lesson: type[Lesson], plan: ScenePlan, seen: Seen) -> None:
    """Play a scene on its own clock and look at the stage of the beats that `plan` wants.

    Parameters
    ----------
    lesson, plan
        What to play.
    seen
        Told of each beat as soon as it is over.
    """
    onlooker = _Onlooker(plan, seen)
    play_scene(
        _sampled(lesson),
        plan,
        Quality("looking", LONG, SHORT, plan.fps).in_format(plan.format),
        sink=lambda beat, frame, repeat: None,
        done=onlooker.end_beat,
        renderer=partial(LookingRenderer, onlooker),
    )


def _sampled(lesson: type[Lesson]) -> type[Lesson]:
    """`lesson` on the same clock, with fewer moments in between."""

    class Sampled(lesson):  # type: ignore[misc, valid-type]
        def get_time_progression(self, run_time: float, *args: Any, **kwargs: Any) -> Any:
            # Only here: by its frame rate, Manim also decides how short an animation may be.
            with tempconfig({"frame_rate": max(LOOKS, LOOKS / run_time)}):
                return super().get_time_progression(run_time, *args, **kwargs)

    Sampled.__module__, Sampled.__name__ = lesson.__module__, lesson.__name__
    return Sampled


def jpeg(picture: Picture) -> bytes:
    """`picture` as a JPEG file."""
    # cv2.imwrite would keep silent about a full disk.
    bgr = cv2.cvtColor(picture, cv2.COLOR_RGB2BGR)
    _, written = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    return bytes(written.tobytes())


class LookingRenderer(FilmRenderer):
    """Looks where Manim would draw."""

    def __init__(self, onlooker: _Onlooker, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.onlooker = onlooker

    def play(self, scene: Scene, *args: Any, **kwargs: Any) -> None:
        """Play animations; what they have led to is looked at as well."""
        self.onlooker.begin_play(scene, self.file_writer.sections[-1].name)
        super().play(scene, *args, **kwargs)
        self.onlooker.end_play(scene.duration)

    def update_frame(self, *args: Any, **kwargs: Any) -> None:
        """Draw nothing."""

    def save_static_frame_data(self, scene: Any, static_mobjects: Any) -> Any:
        """Draw nothing that could be kept."""

    def render(self, scene: Scene, time: float, moving_mobjects: Any = None) -> None:
        """Look at a moment of an animation."""
        self.onlooker.look(float(time))

    def freeze_current_frame(self, duration: float) -> None:
        """Look at a picture that is held."""
        self.onlooker.look(0.0, at_rest=True)


class _Onlooker:
    """Gathers what is seen of one beat after the other."""

    def __init__(self, plan: ScenePlan, seen: Seen) -> None:
        self.wanted, self.seen = plan.draw, seen
        self.beat = ""
        self.scene: Scene
        self.before: int | None = None  # what the beat before ended with
        self.owners: Owners = {}

    @property
    def camera(self) -> Camera:
        camera = self.scene.camera
        assert isinstance(camera, Camera)
        return camera

    def stage(self) -> Stage:
        shown = list_update(self.scene.mobjects, self.scene.foreground_mobjects)
        view = self.scene.view if isinstance(self.scene, FramedScene) else None
        return Stage(shown, self.owners, view)

    def begin_play(self, scene: Scene, beat: str) -> None:
        self.scene = scene
        self.stage()  # while its formulas are whole
        if beat == self.beat:
            return
        self.beat = beat
        self.clock = self.since = self.last = 0.0
        self.glimpses: list[Glimpse] = []
        self.still: list[tuple[float, float]] = []
        self.contrasts: dict[object, float] = {}
        self.paragraphs: dict[int, int] = {}
        self.looks: int | None = None
        self.measured: int | None = None
        self.as_before = False

    def look(self, time: float, *, at_rest: bool = False) -> None:
        """See what is on stage, so many seconds into the running play."""
        if self.beat not in self.wanted:
            return
        stage, now = self.stage(), round(self.clock + time, 3)
        looks = stage.fingerprint()
        if self.looks is None:
            self.as_before = looks == self.before
        elif looks != self.looks:
            self.note_stillness(self.last)
            self.since = now
        news = looks != self.looks
        self.looks, self.last = looks, now
        if at_rest and looks != self.measured:  # in motion it would be another one at each moment
            self.contrasts = contrasts(stage, self.camera)
            self.measured, news = looks, True
        if news:
            self.note(now, stage)

    def end_play(self, duration: float) -> None:
        self.clock += duration
        self.look(0.0, at_rest=True)

    def note(self, now: float, stage: Stage) -> None:
        texts = tuple(self.numbered(text) for text in stage.readings(self.contrasts))
        outside, zoomed = tuple(stage.outside()), stage.view is not None
        glimpse = Glimpse(now, texts, outside, stage.groups(), zoomed)
        if self.glimpses and self.glimpses[-1].shows_the_same_as(glimpse):
            return
        self.glimpses.append(glimpse)

    def numbered(self, text: Reading) -> Reading:
        """`text` with the same paragraph number in every run."""
        number = self.paragraphs.setdefault(text.paragraph, len(self.paragraphs))
        return replace(text, paragraph=number)

    def note_stillness(self, until: float) -> None:
        if until - self.since >= SHORTEST:
            self.still.append((self.since, until))

    def end_beat(self, beat: str, shown: Sequence[ShownNumber], asked: Collection[str]) -> None:
        if beat in self.wanted:
            self.look(0.0)
            self.note_stillness(round(self.clock, 3))
            facts = StageFacts(
                self.last,
                tuple(self.glimpses),
                tuple(self.still),
                as_before=self.as_before,
                ledger=tuple(number.as_json() for number in shown),
            )
            self.seen(beat, facts, self.picture(), asked)
        self.before = self.stage().fingerprint()

    def picture(self) -> Picture:
        self.camera.reset()
        self.camera.capture_mobjects(self.stage().mobjects)
        return np.ascontiguousarray(self.camera.pixel_array[..., :3])
