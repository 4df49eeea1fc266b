"""A Manim scene that is seen through a frame, which pans and zooms."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Self, TypeVar

from manim import Animation, Camera, Mobject, Scene, VMobject
from manim.utils.iterables import list_update

from cnnviz.visuals.frame import Frame, Plate, View, is_pinned, pin
from cnnviz.visuals.photograph import PixelNumbers

__all__ = ["FramedScene", "animated"]

Pinned = TypeVar("Pinned", bound=Mobject)


class FramedScene(Scene):
    """Manim's `Scene` with a `frame`; a scene that never asks for it is drawn as if without."""

    _frame: Frame | None = None
    _plated: tuple[Mobject, ...] = ()
    _plates: Sequence[Plate] = ()

    @property
    def frame(self) -> Frame:
        """What of the stage is seen; it is animated like any mobject, but is not on stage."""
        if self._frame is None:
            self._frame = Frame()
            self._film_camera().frame = self._frame
            self.add(*(one for one in self.mobjects if is_pinned(one)))
        return self._frame

    def _film_camera(self) -> Any:
        # Imported late, because the studio stands above.
        from cnnviz.stage.camera import FilmCamera

        assert isinstance(self.camera, Camera)
        if not isinstance(self.camera, FilmCamera):  # Manim renders the scene by itself
            self.renderer.camera = FilmCamera(background_color=self.camera.background_color)
        return self.camera

    @property
    def view(self) -> View:
        """What the frame shows now."""
        return self._frame.view if self._frame else View.home()

    def pin(self, mobject: Pinned, *, plate: bool = True) -> Pinned:
        """Let `mobject` stay where it is on the screen, whatever the frame does; gives it back.

        It stands in front of all that is not pinned once the frame is used; where that is zoomed,
        on a plate, unless `plate` is false. What is added to it later is not pinned with it.
        """
        pin(mobject)
        if plate:
            self._plated = (*self._plated, mobject)
        return mobject

    def take_over(self, before: FramedScene) -> None:
        """Go on with the stage that the scene `before` has left, and with its frame."""
        self.mobjects, self.updaters = list(before.mobjects), list(before.updaters)
        self.foreground_mobjects = list(before.foreground_mobjects)
        self._plated, self._plates = before._plated, before._plates
        if before._frame is not None:
            self._frame = before._frame
            self._film_camera().frame = self._frame

    def add(self, *mobjects: Any) -> Self:
        """Put mobjects on stage; the frame, which animations bring along, is none."""
        added = [one for one in mobjects if not isinstance(one, Frame)]
        if self._frame:
            self._bring_forward([one for one in added if is_pinned(one)])
            added = [one for one in added if not is_pinned(one)]
        return super().add(*added)

    def _bring_forward(self, pinned: Sequence[Mobject]) -> None:
        """Let what is pinned stay in front of what comes on stage later."""
        for mobject in pinned:
            own = [Plate(mobject)] if any(mobject is one for one in self._plated) else []
            known = [one for one in self._plates if one.bearing is mobject]
            self._plates = [*self._plates, *([] if known else own)]
            front = [*(known or own), mobject]
            self.foreground_mobjects = list_update(self.foreground_mobjects, front)

    def remove(self, *mobjects: Any) -> Self:
        """Take mobjects off the stage, and the plates of those that are pinned."""
        plates = [one for one in self._plates if any(one.bearing is gone for gone in mobjects)]
        self._plates = [one for one in self._plates if one not in plates]
        return super().remove(*mobjects, *plates)

    def get_moving_and_static_mobjects(
        self, animations: Iterable[Animation]
    ) -> tuple[list[Mobject], list[Mobject]]:
        """What has to be drawn anew at each moment, and what has not: of all, if the frame moves.

        Not each of its parts, which the camera finds by itself: Manim would look for the parts of
        every part, at each moment.
        """
        begun = list(animations)
        if self._frame and self._moves_frame(begun):
            return list_update(self.mobjects, self.foreground_mobjects), []
        return super().get_moving_and_static_mobjects(begun)

    def _moves_frame(self, animations: Sequence[Animation]) -> bool:
        assert self._frame
        moved = [member for mobject in animated(animations) for member in mobject.get_family()]
        if self._frame.get_updaters() or any(isinstance(one, Frame) for one in moved):
            return True
        # What is pinned takes its plate along.
        return not self._frame.is_home and any(is_pinned(one) for one in moved)

    def begin_animations(self) -> None:
        """Begin what plays next; Manim calls this."""
        self._see()
        super().begin_animations()

    def update_mobjects(self, dt: float) -> None:
        """Let everything follow what it follows, the frame and what depends on it included."""
        super().update_mobjects(dt)
        self.settle(dt)

    def settle(self, dt: float = 0.0) -> None:
        """Let the frame follow what it follows, and show what is seen through it."""
        if self._frame:
            self._frame.update(dt)
            self._see()

    def _see(self) -> None:
        view = self.view
        for plate in self._plates:
            plate.see(view)
        for mobject in self.mobjects:
            for numbers in _pixel_numbers(mobject):
                numbers.see(view)


def _pixel_numbers(mobject: Mobject) -> Iterator[PixelNumbers]:
    """The numbers of pixels among a mobject's parts; a text has none in it."""
    if isinstance(mobject, PixelNumbers):
        yield mobject
    elif not (isinstance(mobject, VMobject) and len(mobject.points)):
        for part in mobject.submobjects:
            yield from _pixel_numbers(part)


def animated(animations: Sequence[Animation]) -> list[Mobject]:
    """What animations move and what they end in, those inside groups of animations included."""
    found: list[Mobject] = []
    for animation in animations:
        ends = (animation.mobject, getattr(animation, "target_mobject", None))
        found.extend(mobject for mobject in ends if isinstance(mobject, Mobject))
        found.extend(animated(getattr(animation, "animations", ())))
    return found
