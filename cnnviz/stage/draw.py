"""Drawing a scene: Manim plays it, its frames go beat by beat to whoever wants them."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Collection
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from manim import CairoRenderer, tempconfig
from numpy.typing import NDArray

from cnnviz.stage.camera import FilmCamera
from cnnviz.stage.lesson import Lesson
from cnnviz.stage.plan import ScenePlan, ShownNumber
from cnnviz.stage.silent import NoFile
from cnnviz.visuals.arrange import in_format

if TYPE_CHECKING:
    from cnnviz.media.quality import Quality
    from cnnviz.stage_format import Format

__all__ = ["BeatDone", "Sink", "play_scene"]

Sink = Callable[[str, NDArray[np.uint8], int], None]
"""Takes the beat's name, a frame (H, W, 4) RGBA, and for how many frames it stands still."""


BeatDone = Callable[[str, list[ShownNumber], Collection[str]], None]
"""Takes the beat's name, what it showed, and whose lengths the scene has asked for so far."""


class BeatWriter(NoFile):
    """Passes every frame on to a sink."""

    sink: Sink

    def write_frame(self, pixels: Any, *, repeat: int = 1) -> None:
        """Pass a frame on under the name of the beat that is playing."""
        self.sink(self.sections[-1].name, pixels, repeat)


class FilmRenderer(CairoRenderer):
    """Manim's renderer without copies that nobody keeps, and without drawing what is skipped."""

    def get_frame(self) -> Any:
        """The frame, (H, W, 4) RGBA: not a copy, because the writer is done with it at once."""
        return self.camera.pixel_array

    def update_frame(self, *args: Any, **kwargs: Any) -> None:
        """Draw the stage, unless the beat that plays is skipped."""
        if not self.skip_animations:
            super().update_frame(*args, **kwargs)

    def save_static_frame_data(self, scene: Any, static_mobjects: Any) -> Any:
        """Draw what stands still during an animation, and keep it."""
        super().save_static_frame_data(scene, static_mobjects)
        if self.static_image is not None:
            self.static_image = self.static_image.copy()
        return self.static_image


def play_scene(
    scene_class: type[Lesson],
    plan: ScenePlan,
    quality: Quality,
    sink: Sink,
    done: BeatDone = lambda beat, shown, asked: None,
    renderer: Callable[..., FilmRenderer] = FilmRenderer,
) -> None:
    """Play a scene once and send the frames of the wanted beats to `sink`.

    After each beat, wanted or not, `done` is told of it. `renderer` makes the renderer that draws.
    """
    with (
        tempfile.TemporaryDirectory(prefix="cnnviz-") as folder,
        in_format(plan.format),
        tempconfig(_manim_settings(plan.format, quality, Path(folder))),
    ):
        drawing = renderer(file_writer_class=BeatWriter, camera_class=FilmCamera)
        scene = scene_class(renderer=drawing, plan=plan)
        writer = scene.renderer.file_writer
        assert isinstance(writer, BeatWriter)
        writer.sink = sink
        scene.beat_done = done
        scene.render()


def _manim_settings(format: Format, quality: Quality, folder: Path) -> dict[str, Any]:
    # Each process needs its own media_dir: Manim's caches of texts and formulas collide.
    return {
        "pixel_width": quality.width,
        "pixel_height": quality.height,
        "frame_rate": quality.fps,
        "frame_height": format.height,
        "frame_width": format.height * quality.width / quality.height,
        "media_dir": str(folder),
        "dry_run": True,
        "disable_caching": True,
        "progress_bar": "none",
        "verbosity": "WARNING",
    }
