"""What is typed after a verb: names, and numbers that must be of a kind."""

from __future__ import annotations

import argparse
import math
from typing import TypeAlias

from cnnviz.names import composed

__all__ = ["Verbs", "count", "length", "name", "port"]

Verbs: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"
"""Where a verb adds itself."""


def count(text: str) -> int:
    """A whole number above 0."""
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number above 0")
    return int(text)


def name(text: str) -> str:
    """What a thing is called; its letters composed, as everywhere."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise argparse.ArgumentTypeError(f"{text!r} is not UTF-8 text") from None
    return composed(text)


def port(text: str) -> int:
    """Where a server listens."""
    if not text.isdigit() or not 0 <= int(text) < 2**16:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port, a number below 65536")
    return int(text)


def length(text: str) -> float:
    """A number of seconds above 0."""
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 0 < seconds < math.inf:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds above 0")
    return seconds
