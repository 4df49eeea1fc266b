"""Making the films' font known to Pango, which lays out every text."""

from __future__ import annotations

from functools import cache

import manimpango

from cnnviz.errors import StudioError
from cnnviz.font_files import FAMILY, font_files

__all__ = ["FAMILY", "font_files", "register_fonts"]


@cache
def register_fonts() -> None:
    """Make every weight known to Pango.

    It must happen before the first text of a process is drawn: afterwards Pango ignores it
    without a word.
    """
    for file in font_files():
        if not manimpango.register_font(str(file)):
            raise StudioError("this font cannot be read", file=file)
