from __future__ import annotations

import io
import re
from collections.abc import Callable

import pytest
from rich.console import Console

from cnnviz.errors import StudioError, UserError
from cnnviz.progress import Reporter
from cnnviz.publish.faults import RequestError
from cnnviz.publish.progress_bar import byte_bar
from cnnviz.publish.retry import persist
from cnnviz.retry import Patience

PASSING = RequestError("ill", passing=True)


def failing(*errors: RequestError) -> Callable[[], str]:
    left = list(errors)

    def action() -> str:
        if left:
            raise left.pop(0)
        return "done"

    return action


def test_waits_grow_and_differ_and_have_a_limit() -> None:
    waits: list[float] = []
    patience = Patience(attempts=8, first=2.0, longest=20.0, sleep=waits.append)
    assert persist(patience, "trying", failing(*[PASSING] * 7)) == "done"
    for wait, most in zip(waits, [2, 4, 8, 16, 20, 20, 20], strict=True):
        assert most / 2 <= wait <= most
    assert len({wait / most for wait, most in zip(waits, [2, 4, 8, 16], strict=False)}) == 4


def test_it_ends() -> None:
    waits: list[float] = []
    patience = Patience(attempts=3, sleep=waits.append)
    with pytest.raises(StudioError, match="trying: ill — run the same command again later"):
        persist(patience, "trying", failing(*[PASSING] * 3))
    assert len(waits) == 2


def test_what_does_not_pass_is_not_tried_again() -> None:
    patience = Patience(sleep=lambda seconds: pytest.fail("waited"))
    with pytest.raises(UserError, match="trying: YouTube refused"):
        persist(patience, "trying", failing(RequestError("no", status=403)))


def test_a_server_may_ask_for_a_longer_wait() -> None:
    waits: list[float] = []
    patience = Patience(sleep=waits.append)
    persist(patience, "trying", failing(RequestError("ill", after=33.0, passing=True)))
    assert waits == [33.0]


def test_too_long_a_wait_is_left_to_the_person() -> None:
    patience = Patience(sleep=lambda seconds: pytest.fail("waited"))
    with pytest.raises(StudioError, match="run the same command again"):
        persist(patience, "trying", failing(RequestError("ill", after=3600.0, passing=True)))


@pytest.mark.parametrize(("expected", "looks"), [(True, 4), (False, 1)])
def test_what_should_be_there_is_looked_for_more_than_once(expected: bool, looks: int) -> None:
    seen = iter([None, None, None, "found"])
    waits: list[float] = []
    found = Patience(looks=4, sleep=waits.append).look(lambda: next(seen), expected=expected)
    assert found == ("found" if expected else None)
    assert len(waits) == looks - 1


def test_the_bar_on_a_terminal_shows_bytes_speed_and_time_left() -> None:
    report = Reporter(io.StringIO())
    report.console = Console(file=report.stream, force_terminal=True, width=120)
    with byte_bar(report, "sending the film", 4_000_000) as tell:
        tell(1_000_000)
        tell(3_000_000)
    shown = report.stream.getvalue()
    assert "sending the film" in shown
    assert "3.0/4.0 MB" in shown
    assert "B/s" in shown
    assert re.search(r"left.*\d:\d\d:\d\d", shown)


def test_plain_lines_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    now = iter([0.0, 100.0, 104.0, 110.0, 111.0, 120.0])
    monkeypatch.setattr("cnnviz.publish.progress_bar.monotonic", lambda: next(now))
    report = Reporter(io.StringIO())
    with byte_bar(report, "sending the film", 10_000_000) as tell:
        for done in (2, 3, 4, 5, 6):  # the first two were sent by an earlier run
            tell(done * 1_000_000)
    assert report.stream.getvalue().splitlines() == [
        "sending the film: 3.0 MB of 10.0 MB, 250.0 kB a second, 28 s left",
        "sending the film: 6.0 MB of 10.0 MB, 200.0 kB a second, 20 s left",
    ]
