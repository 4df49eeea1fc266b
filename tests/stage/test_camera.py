from __future__ import annotations

import numpy as np
import pytest
from manim import (
    PI,
    RESAMPLING_ALGORITHMS,
    RIGHT,
    UP,
    Annulus,
    Arc,
    Arrow,
    Camera,
    Circle,
    DashedLine,
    ImageMobject,
    Mobject,
    Square,
    Star,
    Text,
    VMobject,
    tempconfig,
)

from cnnviz.stage.camera import FilmCamera
from cnnviz.visuals.fonts import register_fonts

WIDTH, HEIGHT = 320, 180


@pytest.fixture(autouse=True)
def _with_the_films_font() -> None:
    """Before the first text of the process: later tests could not register it any more."""
    register_fonts()


def picture(seed: int = 1) -> np.ndarray:
    # Smooth, so that both ways of resampling mean the same.
    random = np.random.default_rng(seed).integers(0, 255, (5, 7, 3)).astype(np.uint8)
    return np.kron(random, np.ones((9, 9, 1), dtype=np.uint8))


def drawn(camera_class: type[Camera], mobject: Mobject) -> np.ndarray:
    with tempconfig({"pixel_width": WIDTH, "pixel_height": HEIGHT}):
        camera = camera_class(background_color="#203040")
        camera.capture_mobjects([mobject])
        return camera.pixel_array[..., :3].astype(float)


def psnr(one: np.ndarray, other: np.ndarray) -> float:
    return float(10 * np.log10(255**2 / max(1e-9, np.mean((one - other) ** 2))))


def prepared(method: str, height: float, shift: tuple[float, float]) -> ImageMobject:
    image = ImageMobject(picture())
    image.set_resampling_algorithm(RESAMPLING_ALGORITHMS[method])
    image.height = height
    return image.shift(shift[0] * RIGHT + shift[1] * UP)


@pytest.mark.parametrize("method", ["nearest", "linear", "cubic"])
@pytest.mark.parametrize(
    ("height", "shift"), [(4.0, (0, 0)), (2.37, (1.21, -0.43)), (9.5, (3.3, 2.2)), (0.9, (-7, 3.9))]
)
def test_an_upright_image_is_drawn_as_manim_draws_it(
    method: str, height: float, shift: tuple[float, float]
) -> None:
    image = prepared(method, height, shift)
    assert psnr(drawn(FilmCamera, image), drawn(Camera, image)) >= 45


def test_a_translucent_image_lets_the_ground_through() -> None:
    image = prepared("linear", 4.0, (0, 0)).set_opacity(0.4)
    ours, theirs = drawn(FilmCamera, image), drawn(Camera, image)
    assert psnr(ours, theirs) >= 45
    assert not np.allclose(ours[HEIGHT // 2, WIDTH // 2], [0x20, 0x30, 0x40])


def test_a_half_uncovered_image_is_drawn_as_manim_draws_it() -> None:
    image = prepared("linear", 5.0, (0, 0))
    rows = image.pixel_array.shape[0]
    image.pixel_array[rows // 2 :, :, 3] = 0
    image.pixel_array[rows // 3 : rows // 2, 20:, 3] = 0
    assert psnr(drawn(FilmCamera, image), drawn(Camera, image)) >= 40


@pytest.mark.parametrize("opacity", [1.0, 0.4])
def test_an_image_of_the_frames_own_pixels_is_copied(opacity: float) -> None:
    image = ImageMobject(np.random.default_rng(3).integers(0, 255, (90, 160, 3)).astype(np.uint8))
    image.height = 4.0  # of 8, with 180 rows
    image.set_resampling_algorithm(RESAMPLING_ALGORITHMS["cubic"]).set_opacity(opacity)
    before = image.pixel_array.copy()
    drawn_here = drawn(FilmCamera, image)[45:135, 80:240]
    ground = np.array([0x20, 0x30, 0x40])
    expected = opacity * before[..., :3] + (1 - opacity) * ground
    assert np.abs(drawn_here - expected)[:-1, :-1].max() <= 1.1
    assert np.array_equal(image.pixel_array, before), "the image itself stays as it was"


def test_what_is_drawn_over_an_uncovered_image_is_opaque() -> None:
    image = prepared("linear", 5.0, (0, 0))
    image.pixel_array[10:20, 5:30, 3] = 90
    with tempconfig({"pixel_width": WIDTH, "pixel_height": HEIGHT}):
        camera = FilmCamera(background_color="#203040")
        camera.capture_mobjects([image])
        assert camera.pixel_array[..., 3].min() == 255


def test_what_cannot_be_seen_is_not_handed_to_cairo(monkeypatch: pytest.MonkeyPatch) -> None:
    handed: list[VMobject] = []
    monkeypatch.setattr(
        FilmCamera, "set_cairo_context_path", lambda self, ctx, mobject: handed.append(mobject)
    )
    unseen = Square(2, fill_opacity=0, stroke_opacity=0)
    outline, filled = Square(2), Square(2, fill_opacity=0.1, stroke_width=0)
    drawn(FilmCamera, VMobject().add(unseen, outline, filled))
    assert handed == [outline, filled]


def test_a_turned_image_is_left_to_manim() -> None:
    image = prepared("linear", 4.0, (0, 0)).rotate(PI / 5)
    assert np.array_equal(drawn(FilmCamera, image), drawn(Camera, image))


def test_an_image_outside_the_frame_leaves_no_trace() -> None:
    image = prepared("linear", 1.0, (30, 0))
    assert np.ptp(drawn(FilmCamera, image).reshape(-1, 3), axis=0).max() == 0


def broken_line() -> VMobject:
    """Two corners, the second begun anew elsewhere, and a last curve that leads back to it."""
    line = VMobject(stroke_width=20).set_points_as_corners([[-5, 0, 0], [-4, 2, 0], [-3, 0, 0]])
    line.start_new_path(np.array([0.0, 0, 0]))
    return line.add_points_as_corners([[1, 2, 0], [2, 0, 0], [0, 0, 0]])


OUTLINES = {
    "closed": lambda: Circle(2, fill_opacity=0.5),
    "open": lambda: Arc(2, angle=2, stroke_width=12),
    "with a hole": lambda: Annulus(1, 2, fill_opacity=1),
    "many parts": lambda: DashedLine([-5, -1, 0], [5, 2, 0]),
    "pointed corners": lambda: Star(7, outer_radius=3, stroke_width=30),
    "broken": broken_line,
    "an arrow": lambda: Arrow([-3, -2, 0], [3, 2, 0]),
    "glyphs": lambda: Text("B8@ %", font_size=150, stroke_width=2),
    "a gradient": lambda: Square(4).set_fill(["#ff0000", "#0000ff"], 1),
    "a half-drawn one": lambda: VMobject().pointwise_become_partial(Square(3), 0.13, 0.71),
    "nothing": VMobject,
    "a point": lambda: VMobject().set_points([[1.0, 1, 0]]),
    "lost": lambda: Square().apply_function(lambda point: point * np.nan),
}


@pytest.mark.parametrize("kind", OUTLINES)
def test_an_outline_is_drawn_as_manim_draws_it_to_the_bit(kind: str) -> None:
    mobject = OUTLINES[kind]()
    assert np.array_equal(drawn(FilmCamera, mobject), drawn(Camera, mobject))


@pytest.mark.parametrize("kind", OUTLINES)
def test_an_outline_that_stands_still_and_then_moves_is_drawn_as_manim_draws_it(kind: str) -> None:
    mobject = OUTLINES[kind]()
    with tempconfig({"pixel_width": WIDTH, "pixel_height": HEIGHT}):
        ours, theirs = FilmCamera(), Camera()
        for step in (0, 0, 0, 0.013, 0.4, 0, 0):
            mobject.shift(step * RIGHT)
            for camera in (ours, theirs):
                camera.reset()
                camera.capture_mobjects([mobject])
            assert np.array_equal(ours.pixel_array, theirs.pixel_array)
