"""Playing a scene that nobody sees: neither drawn nor written, only played to its end."""

from __future__ import annotations

from typing import Any

from manim import CairoRenderer
from manim.scene.scene_file_writer import SceneFileWriter

__all__ = ["NoFile", "SilentRenderer"]


class NoFile(SceneFileWriter):
    """Stands in Manim's file-writer seam and writes no file."""

    def write_frame(self, pixels: Any, *, repeat: int = 1) -> None:
        """Keep no frame."""

    def finish_last_section(self) -> None:
        """Keep nothing: sections are only names here."""
        self.sections.clear()

    def begin_animation(self, *args: Any, **kwargs: Any) -> None:
        """Open no file."""

    def end_animation(self, *args: Any, **kwargs: Any) -> None:
        """Close no file."""

    def add_partial_movie_file(self, hash_animation: str | None) -> None:
        """Keep no list of files."""

    def abort_encode_jobs(self, reraise_encoder_failures: bool = False) -> None:
        """Nothing was begun."""


class SilentRenderer(CairoRenderer):
    """Skips every animation to its end, and draws nothing on the way."""

    def __init__(self) -> None:
        super().__init__(file_writer_class=NoFile, skip_animations=True)

    def update_skipping_status(self) -> None:
        """All is skipped, whatever part of the scene that follows Manim was asked for."""

    def update_frame(self, *args: Any, **kwargs: Any) -> None:
        """Draw nothing."""

    def save_static_frame_data(self, scene: Any, static_mobjects: Any) -> Any:
        """Draw nothing that could be kept."""
