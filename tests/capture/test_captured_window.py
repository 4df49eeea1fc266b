from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from cnnviz.capture import captured_window as window_module
from cnnviz.capture.captured_window import CapturedWindow
from cnnviz.capture.framecode import read_number
from cnnviz.capture.screen import Region
from cnnviz.capture.window import Window
from cnnviz.errors import StudioError
from cnnviz.pixels import Picture

BLACK = np.zeros((720, 960, 3), np.uint8)

Script = Callable[["StandIn"], Picture | None]


class StandIn:
    """OpenCV's windows and the screen; `script` says what is seen of the window."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.opened = self.closed = 0
        self.given: Picture | None = None

    def open(self, _: Window) -> None:
        self.opened += 1

    def close(self, _: Window) -> None:
        self.closed += 1

    def show(self, _: Window, picture: Picture) -> None:
        self.given = picture

    def key(self, _: Window, milliseconds: int = 0) -> None:
        pass

    def __call__(self, size: tuple[int, int]) -> StandIn:
        return self

    def __enter__(self) -> StandIn:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def grab(self, region: Region) -> Picture | None:
        return self.script(self)


@pytest.fixture
def put(monkeypatch: pytest.MonkeyPatch) -> Callable[[Script], StandIn]:
    def put_in_place(script: Script) -> StandIn:
        stand_in = StandIn(script)
        for name in ("open", "close", "show", "key"):
            method = getattr(stand_in, name)
            monkeypatch.setattr(Window, name, lambda *given, method=method: method(*given))
        monkeypatch.setattr(window_module, "Screen", stand_in)
        monkeypatch.setattr(window_module, "window_region", lambda window: {"left": 0})
        monkeypatch.setattr(window_module, "_PATIENCE", (0.01, 0.01, 0.01))
        return stand_in

    return put_in_place


def test_a_window_that_is_painted_stays_open(put: Callable[[Script], StandIn]) -> None:
    stand_in = put(lambda seen: seen.given)
    CapturedWindow().open()
    assert (stand_in.opened, stand_in.closed) == (1, 0)
    assert stand_in.given is not None
    assert stand_in.given.shape == (720, 960, 3)
    assert read_number(stand_in.given) == 0


@pytest.mark.parametrize("unseen", [BLACK, None])
def test_a_window_that_stays_unpainted_is_opened_again(
    put: Callable[[Script], StandIn], unseen: Picture | None
) -> None:
    stand_in = put(lambda seen: seen.given if seen.opened == 3 else unseen)
    CapturedWindow().open()
    assert (stand_in.opened, stand_in.closed) == (3, 2)


def test_a_window_that_is_never_seen_is_said(put: Callable[[Script], StandIn]) -> None:
    stand_in = put(lambda seen: BLACK)
    with pytest.raises(StudioError, match="cannot be read from the screen") as caught:
        CapturedWindow().open()
    assert "\n" not in str(caught.value)
    assert stand_in.opened == stand_in.closed == 3
