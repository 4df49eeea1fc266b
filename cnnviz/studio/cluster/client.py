"""The connection to a Dask cluster: to its scheduler, in time or not at all, without its log."""

from __future__ import annotations

import logging
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from cnnviz.errors import UserError

if TYPE_CHECKING:
    from distributed import Client

__all__ = ["ANSWER_WITHIN", "cluster_threads", "connected", "first_line"]

ANSWER_WITHIN = 10.0
"""Seconds in which a scheduler must answer."""


def cluster_threads(address: str) -> int:
    """How many beats the cluster's present workers can draw at once.

    Raises
    ------
    UserError
        There is no scheduler at `address`.
    """
    with connected(address) as client:
        return sum(client.nthreads().values())


@contextmanager
def connected(address: str) -> Iterator[Client]:
    """A client of the scheduler at `address`; what Dask has to say meanwhile is said here.

    Raises
    ------
    UserError
        There is no scheduler, or Dask is not installed.
    """
    with _quiet(), _connected(address) as client:
        yield client


@contextmanager
def _quiet() -> Iterator[None]:
    """Without Dask's own log: what it has to say is said here."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", module="distributed")
            yield
    finally:
        logging.disable(before)


@contextmanager
def _connected(address: str) -> Iterator[Client]:
    try:
        from distributed import Client
        from distributed.comm.addressing import get_address_host_port
    except ImportError:
        raise UserError(
            "--cluster needs Dask, which is not installed",
            hint=".venv/bin/python -m pip install -c cnnviz/constraints.txt -e '.[cluster]'",
        ) from None
    try:
        get_address_host_port(address)  # a Client that finds this out itself can never be closed
    except Exception as error:  # each kind of address has its own
        raise UserError(
            f"{address!r} will not do as a scheduler's address: {first_line(error)}",
            hint="for example tcp://192.0.2.1:8786",
        ) from None
    made: list[Client | Exception] = []

    def connect() -> None:
        try:
            made.append(Client(address, timeout=ANSWER_WITHIN, set_as_default=False))
        except Exception as error:
            made.append(error)

    # What listens there may be no scheduler, and Dask waits for its greeting for ever.
    connecting = threading.Thread(target=connect, daemon=True)
    connecting.start()
    connecting.join(2 * ANSWER_WITHIN)
    client = made[0] if made else TimeoutError()
    if isinstance(client, Exception):
        raise UserError(f"no Dask scheduler answers at {address}", hint="start one: dask scheduler")
    with client:
        yield client


def first_line(error: Any) -> str:
    """What kind of error it is, and the first line of what it says."""
    lines = str(error).strip().splitlines()
    return f"{type(error).__name__}: {lines[0]}" if lines else type(error).__name__
