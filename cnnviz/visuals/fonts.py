"""Making the films' font known to Pango, which lays out every text, and no other one."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import manimpango

from cnnviz.errors import StudioError
from cnnviz.font_files import FAMILY, font_files

__all__ = ["FAMILY", "font_files", "register_fonts"]

NO_FONTS = """\
<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><rescan><int>0</int></rescan></fontconfig>
"""
"""Settings of fontconfig: no folder with fonts, and never to look again."""
SETTINGS = "FONTCONFIG_FILE"


@cache
def register_fonts() -> None:
    """Make every weight known to Pango, and hide the machine's fonts from it.

    What a font lacks, Pango would draw from whatever fonts the machine has: another film on each
    one. macOS and Windows have no way to hide theirs; the review names such signs everywhere.

    It must happen before the first text of a process is drawn: afterwards Pango ignores it
    without a word.
    """
    with _no_fonts_of_the_machine():
        for file in font_files():
            if not manimpango.register_font(str(file)):
                raise StudioError("this font cannot be read", file=file)


@contextmanager
def _no_fonts_of_the_machine() -> Iterator[None]:
    """Let fontconfig, which reads its settings when it is first used, find no fonts.

    The variable is as it was afterwards: a browser that this process starts needs its fonts.
    """
    before = os.environ.get(SETTINGS)
    with tempfile.TemporaryDirectory(prefix="cnnviz-fonts-") as folder:
        settings = Path(folder) / "fonts.conf"
        settings.write_text(NO_FONTS, encoding="utf-8")
        os.environ[SETTINGS] = str(settings)
        try:
            yield
        finally:
            if before is None:
                del os.environ[SETTINGS]
            else:
                os.environ[SETTINGS] = before
