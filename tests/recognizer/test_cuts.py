from __future__ import annotations

import numpy as np
import pytest
from drawn_frames import Picture, lay, quad, table

from cnnviz.capture.simulated import SHOT_FRAMES, SimulatedCamera
from cnnviz.recognizer.cuts import Cuts


def changes(*frames: Picture) -> list[bool]:
    cuts = Cuts()
    return [cuts.next(frame) for frame in frames]


def test_the_first_frame_is_no_cut() -> None:
    assert changes(table()) == [False]


def test_other_pictures_are_a_cut_once() -> None:
    light, dark = table(), np.full((480, 640, 3), 230, np.uint8)
    assert changes(light, light, dark, dark, light) == [False, False, True, False, True]


def test_cards_that_come_move_and_go_are_none() -> None:
    frames = [
        table(),
        lay(table(), quad(200, 240, 220)),
        lay(table(), quad(400, 200, 220, 40)),
        table(),
    ]
    assert not any(changes(*frames))


@pytest.mark.parametrize("size", [(240, 320), (480, 640), (1080, 1920)])
def test_frames_of_any_size_are_compared(size: tuple[int, int]) -> None:
    dark, light = (np.full((*size, 3), level, np.uint8) for level in (40, 90))
    assert changes(dark, light, light) == [False, True, False]


def test_noise_and_a_camera_that_pans_are_none_but_cuts_of_the_simulated_camera_are() -> None:
    camera = SimulatedCamera(paced=False)
    for shot in (1, 2, 3, 9):  # which begin with a cut
        found = changes(*(camera.frame(shot * SHOT_FRAMES + step) for step in range(-3, 4)))
        assert found == [False, False, False, True, False, False, False]
    assert not any(changes(*(camera.frame(number) for number in range(40, 80))))
