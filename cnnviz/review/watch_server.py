"""The small server behind `watch`: the page, its film, and the news of its changes."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response, StreamingResponse
from starlette.routing import Route

from cnnviz.errors import UserError
from cnnviz.loopback import LOOPBACK

__all__ = ["Desk", "loopback_socket", "serving"]

USUAL_PORT = 8477
GLANCE = 0.1
"""Seconds between two looks for news."""
PATIENCE = 1
"""Seconds that an open connection may take to end with the server."""


@dataclass
class Desk:
    """What there is to show; one thread lays it down, the server's looks at it.

    Parameters
    ----------
    film
        The film that the page plays.
    html, version
        The page, and the name of its state.
    problem
        Why it is not newer, one line; empty where nothing is wrong.
    """

    film: Path
    html: str = ""
    version: str = ""
    problem: str = ""

    @property
    def news(self) -> str:
        """What a page must know to keep up, as JSON."""
        return json.dumps({"version": self.version, "problem": self.problem})


def loopback_socket(port: int | None) -> socket.socket:
    """A listening socket that only this machine can reach.

    `port` None is the usual one, so that an open page finds the next server again, or any other
    where that is taken.

    Raises
    ------
    UserError
        The port is taken, or may not be used.
    """
    for each in (USUAL_PORT, 0) if port is None else (port,):
        bound = socket.socket()
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            bound.bind((LOOPBACK, each))
            bound.listen()
            return bound
        except (OSError, OverflowError) as error:
            bound.close()
            reason = getattr(error, "strerror", None) or str(error)
    raise UserError(f"port {port} cannot be used: {reason}", hint="name another with --port")


@contextmanager
def serving(desk: Desk, bound: socket.socket) -> Iterator[None]:
    """Serve `desk` from a thread of its own while the block runs."""
    ending = threading.Event()
    config = uvicorn.Config(
        _application(desk, ending),
        log_level="error",
        access_log=False,
        lifespan="off",
        timeout_graceful_shutdown=PATIENCE,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]}, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ending.set()
        server.should_exit = True
        thread.join()
        bound.close()


def _application(desk: Desk, ending: threading.Event) -> Starlette:
    def page(request: Request) -> Response:
        return HTMLResponse(desk.html, headers={"Cache-Control": "no-store"})

    def film(request: Request) -> Response:
        if not desk.film.is_file():
            return Response(status_code=404)
        return FileResponse(desk.film, headers={"Cache-Control": "no-cache"})

    async def events(request: Request) -> Response:
        headers = {"Cache-Control": "no-store"}
        return StreamingResponse(news(), media_type="text/event-stream", headers=headers)

    async def news() -> AsyncIterator[str]:
        told = None
        while not ending.is_set():
            if desk.news != told:
                told = desk.news
                yield f"data: {told}\n\n"
            await asyncio.sleep(GLANCE)

    # Other names than these would mean that a stranger's page has its own name lead here.
    guard = Middleware(TrustedHostMiddleware, allowed_hosts=[LOOPBACK, "localhost"])
    return Starlette(
        routes=[
            Route("/", page),
            Route(f"/{desk.film.name}", film),
            Route("/events", events),
        ],
        middleware=[guard],
    )
