"""The watched page in a real browser, following what is really saved."""

from __future__ import annotations

import http.client
import json
import signal
import socket
from collections.abc import Callable, Iterator
from html import unescape
from pathlib import Path

import pytest
from chromium import Browser, chromium
from tiny import Command, Done, Project, replace_in

from cnnviz.errors import UserError
from cnnviz.loopback import LOOPBACK
from cnnviz.review.watch_server import Desk, loopback_socket, serving

Start = Callable[..., Command]
WATCH = ("watch", "tiny", "--voice", "recorded", "--workers", "1", "--port", "0")


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[Browser]:
    with chromium(tmp_path / "chromium") as found:
        yield found


def line_with(command: Command, sign: str) -> str:
    """The next line on standard error that has `sign` in it."""
    assert command.process.stderr is not None
    heard = []
    for line in command.process.stderr:
        heard.append(line)
        if sign in line:
            return line
    raise AssertionError(f"never said {sign!r}: {''.join(heard)}")


def test_the_open_page_follows_every_save(built: Project, start: Start, browser: Browser) -> None:
    command = start(built, *WATCH)
    address = line_with(command, "http://").split()[0]
    assert address.startswith(f"http://{LOOPBACK}:")
    browser.open(address)
    browser.ask(
        "window.stayed = document.querySelector('video');"
        "document.querySelector('[id=\"first.summed\"] details').open = true;"
        "document.querySelector('[id=\"second.turned\"] audio').loop = true;"
        "document.querySelector('[id=\"second.turned\"]').focus()"
    )
    browser.press(" ")
    browser.wait("return document.querySelector('[id=\"second.turned\"] audio').currentTime > 0.1")
    place = "return document.querySelector('[id=\"second.turned\"]').getBoundingClientRect().top"
    before = browser.ask(place)

    # A sentence: its words change in place, and the rest goes on.
    replace_in(built.script, "একটা চৌকো আঁকি।", "এবার একটা চৌকো আঁকি।")
    browser.wait(
        "return document.querySelector('[id=\"second.drawn\"] .own').textContent.startsWith('এবার')"
    )
    assert "up to date" in line_with(command, "bn.yaml")
    assert browser.ask(place) == pytest.approx(before, abs=2)
    assert browser.ask("return !document.querySelector('[id=\"second.turned\"] audio').paused")
    assert browser.ask("return document.querySelector('[id=\"first.summed\"] details').open")
    assert "ভিডিওটা আগের" in browser.find("#film-note").text
    assert browser.ask("return document.querySelector('video') === window.stayed")

    # A scene: its still is another one, and only its own.
    stills = "return [...document.querySelectorAll('article img')].map(i => i.src)"
    before = browser.ask(stills)
    replace_in(built.scene("second"), "Square(2)", "Square(3)")
    browser.wait(lambda: browser.ask(stills)[3:] != before[3:])
    assert browser.ask(stills)[:3] == before[:3]

    # Half a script: said on the page and here, and nothing is lost.
    mistake = replace_in(built.script, "beats:\n      drawn:", "beats:\n      drown:")
    browser.wait("return !document.querySelector('#problem').hidden")
    said = browser.find("#problem").text
    assert "bn.yaml:" in said
    assert "drawn" in said
    assert line_with(command, "error: ").strip() == f"error: {said}"
    assert len(browser.visible()) == 5
    replace_in(mistake.path, "drown:", "drawn:")
    browser.wait("return document.querySelector('#problem').hidden")

    assert [one for one in browser.complaints() if "favicon" not in one] == []
    assert all(one.startswith(address) for one in browser.requests())

    command.signal(signal.SIGINT)
    done = command.finish()
    assert done.code == 0, done.err
    assert done.err.endswith("no longer watching\n")
    assert "Traceback" not in done.err
    browser.wait(lambda: command.members() == [])
    assert not list(built.bundle.glob(".part-*"))


def test_what_is_broken_from_the_beginning_is_shown_until_it_is_mended(
    built: Project, start: Start
) -> None:
    mistake = replace_in(built.script, "beats:\n      drawn:", "beats:\n      drown:")
    command = start(built, *WATCH)
    said = line_with(command, "error: ").removeprefix("error: ").strip()
    assert "bn.yaml:" in said
    assert "drawn" in said
    port = int(line_with(command, "http://").split()[0].rstrip("/").rpartition(":")[2])
    status, shown = get(port, "/")
    assert status == 200
    assert said in unescape(shown.decode())
    replace_in(mistake.path, "drown:", "drawn:")
    assert "up to date" in line_with(command, "bn.yaml")
    assert b'id="second.turned"' in get(port, "/")[1]
    command.signal(signal.SIGINT)
    assert command.finish().code == 0


@pytest.mark.parametrize("words", [("--quality", "huge"), ("--voice", "parrot")])
def test_what_was_typed_wrongly_is_not_waited_for(
    built: Project, run: Callable[..., Done], words: tuple[str, str]
) -> None:
    done = run(built, *WATCH, *words)
    assert done.code == 2
    assert words[1] in done.error


# --- the server -----------------------------------------------------------------------------


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    film = tmp_path / "episode.mp4"
    film.write_bytes(bytes(range(100)))
    return Desk(film, html="<p>ক</p>", version="1")


@pytest.fixture
def port(desk: Desk) -> Iterator[int]:
    bound = loopback_socket(0)
    with serving(desk, bound):
        yield bound.getsockname()[1]


def get(port: int, path: str, **headers: str) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=20)
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    try:
        return answer.status, answer.read()
    finally:
        connection.close()


def test_page_and_film_are_served_and_nothing_else(port: int) -> None:
    assert get(port, "/") == (200, "<p>ক</p>".encode())
    assert get(port, "/episode.mp4", Range="bytes=10-19") == (206, bytes(range(10, 20)))
    for path in ("/bundle.json", "/..%2fbundle.json", "/../../etc/passwd"):
        assert get(port, path)[0] == 404


def test_no_film_is_no_failure(desk: Desk, port: int) -> None:
    desk.film.unlink()
    assert get(port, "/episode.mp4")[0] == 404


@pytest.mark.parametrize("path", ["/", "/events", "/episode.mp4"])
def test_strangers_names_are_turned_away(port: int, path: str) -> None:
    assert get(port, path, Host="evil.example")[0] == 400
    assert get(port, path, Host=f"evil.example:{port}")[0] == 400


def test_this_machines_names_are_not(port: int) -> None:
    for name in ("localhost", LOOPBACK):
        assert get(port, "/", Host=f"{name}:{port}")[0] == 200


def test_news_come_at_once_and_with_every_change(desk: Desk, port: int) -> None:
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=20)
    connection.request("GET", "/events")
    answer = connection.getresponse()

    def news() -> object:
        line = answer.fp.readline()
        while not line.startswith(b"data: "):
            line = answer.fp.readline()
        return json.loads(line.removeprefix(b"data: "))

    assert answer.headers["Content-Type"].startswith("text/event-stream")
    assert news() == {"version": "1", "problem": ""}
    desk.problem = "bn.yaml:3: ক"
    assert news() == {"version": "1", "problem": "bn.yaml:3: ক"}
    connection.close()


def test_a_port_that_is_taken_is_named() -> None:
    with socket.socket() as taken:
        taken.bind((LOOPBACK, 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(UserError, match=f"port {port} cannot be used"):
            loopback_socket(port)


def test_without_a_port_two_can_be_watched() -> None:
    with loopback_socket(None) as one, loopback_socket(None) as other:
        assert one.getsockname()[1] != other.getsockname()[1]
        assert other.getsockname()[0] == LOOPBACK
