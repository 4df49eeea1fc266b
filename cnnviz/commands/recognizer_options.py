"""Options that several verbs of the recognizer share."""

from __future__ import annotations

import argparse
from pathlib import Path

__all__ = ["add_camera_options", "add_data_option", "add_weights_option"]


def add_camera_options(verb: argparse.ArgumentParser) -> None:
    """What it looks at, and with which weights."""
    verb.add_argument(
        "--camera", default="0", help="a number (default 0), a video file, or simulated"
    )
    verb.add_argument("--mode", default="auto-detect", help="auto-detect (default) or full-frame")
    add_weights_option(verb)


def add_weights_option(verb: argparse.ArgumentParser) -> None:
    """Other weights."""
    verb.add_argument(
        "--weights", type=Path, metavar="FILE", help="other weights than those that came along"
    )


def add_data_option(verb: argparse.ArgumentParser, what: str) -> None:
    """Pictures of cards."""
    verb.add_argument("--data", type=Path, required=True, metavar="PATH", help=what)
