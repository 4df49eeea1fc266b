"""An exception out of a scene or a training, which somebody writes, as one line with its place."""

from __future__ import annotations

import errno
import tempfile
from pathlib import Path

from cnnviz.errors import StudioError
from cnnviz.files import kind_os_error

__all__ = ["describe_failure"]


def describe_failure(error: Exception, path: Path) -> StudioError:
    """An exception out of the scene or training in `path` as one line that says where.

    The place is the last one in the folder of all scenes: in the file itself, in a scene that it
    is based on, or in a part that scenes share.
    """
    place, line = _last_place(error, path.resolve().parents[1])
    if isinstance(error, StudioError):
        if error.file is not None or place is None:
            return error
        return type(error)(error.message, file=place, line=line, hint=error.hint)
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        # Manim lays texts out in files in the folder for temporary ones.
        return kind_os_error(error, Path(error.filename or tempfile.gettempdir()))
    message = str(error).strip().splitlines()
    text = f"{type(error).__name__}: {message[0] if message else '(no message)'}"
    hint = f"mend {(place or path).name} and run again"
    return StudioError(text, file=place or path, line=line, hint=hint)


def _last_place(error: Exception, folder: Path) -> tuple[Path | None, int | None]:
    """File and line of the innermost call in `folder`."""
    place, line = None, None
    trace = error.__traceback__
    while trace is not None:
        file = Path(trace.tb_frame.f_code.co_filename).resolve()
        if file.is_relative_to(folder):
            place, line = file, trace.tb_lineno
        trace = trace.tb_next
    return place, line
