"""Requests to YouTube, tried again; what fails for good is told to a person."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from cnnviz.publish.faults import RequestError, kind_error
from cnnviz.retry import Patience

__all__ = ["PATIENCE", "persist"]

Result = TypeVar("Result")

PATIENCE = Patience()
"""A person's: some minutes."""


def persist(patience: Patience, step: str, action: Callable[[], Result]) -> Result:
    """What `action` returns, tried again while it fails in passing.

    Raises
    ------
    StudioError
        It failed for good; the line names `step`.
    """
    try:
        return patience.persist(action)
    except RequestError as fault:
        raise kind_error(fault, step) from fault
