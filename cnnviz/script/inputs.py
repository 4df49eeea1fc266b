"""`inputs:` of a script: a film's own numbers, without a line of Python.

::

    inputs:
      image: [[0, 0, 9, 9], [0, 0, 9, 9], [0, 9, 9, 0], [9, 9, 0, 0]]
      kernel: vertical_edge

They stand at the head of a script, for all scenes that have such a knob, or in one scene, for that
scene alone. All else follows from them: traces, labels, numbers in sentences, claims.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml.comments import CommentedMap, CommentedSeq

from cnnviz.compute.checks import ShapeError, at_least, grey_picture, real
from cnnviz.compute.kernels import kernel
from cnnviz.compute.size import output_size
from cnnviz.errors import StudioError, UserError
from cnnviz.files import file_digest
from cnnviz.names import as_stored
from cnnviz.pixels import require_shape
from cnnviz.script.places import check_keys, line_of

__all__ = ["INPUT_KEYS", "Input", "Inputs", "files_of", "misfits", "read_inputs"]

LARGEST = 32
"""Rows or columns of a picture whose numbers are shown one by one."""

_ROWS_HINT = "write rows, such as [[0, 9], [9, 0]]"
_FILE_HINT = "write rows, a picture's file, or {file: NAME, size: [rows, columns]}"


@dataclass(frozen=True)
class Input:
    """A number, or rows of numbers, that a script chooses.

    Parameters
    ----------
    value
        Plain JSON: one number, a word such as "same", or rows.
    file, line
        Where it was chosen.
    picture
        The file that the rows were read from.
    """

    value: Any
    file: Path
    line: int
    picture: Path | None = None


Inputs = Mapping[str, Input]
"""Knob → what the script turns it to."""


def read_inputs(path: Path, owner: CommentedMap) -> Inputs:
    """What stands under `inputs` in a script or a scene of it; nothing where it does not.

    Raises
    ------
    UserError
        A knob is unknown or its value will not do; file and line are named.
    """
    if "inputs" not in owner:
        return {}
    data = owner["inputs"]
    if not isinstance(data, CommentedMap) or not data:
        raise UserError(
            "inputs must be a mapping from knobs to numbers",
            file=path,
            line=line_of(owner, "inputs"),
            hint=f"there are: {', '.join(INPUT_KEYS)}",
        )
    check_keys(path, data, INPUT_KEYS, required=(), what="mapping of inputs")
    return {str(key): _read(path, data, key) for key in data}


def _read(path: Path, data: CommentedMap, key: str) -> Input:
    line = line_of(data, key)
    try:
        value, picture = _KNOBS[key](data[key], path.parent)
    except StudioError as problem:
        message = problem.message
        if problem.file is not None:
            message = f"{Path(problem.file).name}: {message}"
        raise UserError(
            f"{key!r} in inputs: {message}", file=path, line=line, hint=problem.hint
        ) from None
    return Input(value, path, line, picture)


def misfits(inputs: Inputs) -> Iterator[UserError]:
    """Numbers that are all right by themselves and do not go together."""
    if "image" not in inputs or "kernel" not in inputs:
        return
    steps = {key: inputs[key].value for key in ("stride", "padding", "dilation") if key in inputs}
    if isinstance(steps.get("padding"), str):
        return  # it is as wide as it must be
    latest = inputs["kernel"]
    image, weights = inputs["image"].value, latest.value
    sides = ((len(image), len(weights)), (len(image[0]), len(weights[0])))
    for pixels, cells in sides:
        try:
            output_size(pixels, cells, **steps)
        except ShapeError as problem:
            yield UserError(
                f"'kernel' in inputs: {problem.message}",
                file=latest.file,
                line=latest.line,
                hint="take a larger picture, a smaller kernel, or padding",
            )
            return


def files_of(chosen: Mapping[str, Any]) -> tuple[str, ...]:
    """The files that a scene must read to show what was chosen, seen from the project's folder.

    Of a small picture's file there are none: what was chosen holds its rows.

    Parameters
    ----------
    chosen
        Knob → its value.
    """
    return tuple(value["file"] for value in chosen.values() if isinstance(value, Mapping))


# One function a knob: what YAML gives, and the script's folder → plain JSON, and a picture's file.


def _image(value: Any, folder: Path) -> tuple[Any, Path | None]:
    if isinstance(value, str):
        value = CommentedMap(file=value)
    if isinstance(value, CommentedMap):
        return _pictured(value, folder)
    if not isinstance(value, CommentedSeq):
        raise UserError("it must be a picture", hint=_FILE_HINT)
    return _rows(value, "picture"), None


def _pictured(data: CommentedMap, folder: Path) -> tuple[Any, Path]:
    unknown = sorted(set(data) - {"file", "size"})
    if unknown or not isinstance(data.get("file"), str):
        raise UserError("a picture needs its file, and may have a size", hint=_FILE_HINT)
    path = as_stored(folder / data["file"])
    size = _size(data["size"]) if "size" in data else None
    grey = _grey(path, size)
    if max(grey.shape) > LARGEST:
        rows, columns = grey.shape
        raise UserError(
            f"{path.name} is {rows}×{columns}, too large to show its numbers",
            hint=f"make it smaller: {{file: {data['file']}, size: [6, 6]}}",
        )
    grey_picture(grey, "picture")
    return grey.tolist(), path


def _size(value: Any) -> tuple[int, int]:
    if not isinstance(value, list) or len(value) != 2:
        raise UserError("size must be [rows, columns]", hint=_FILE_HINT)
    rows, columns = (at_least(1, each, "size") for each in value)
    if max(rows, columns) > LARGEST:
        raise UserError(
            f"{rows}×{columns} is too large to show its numbers",
            hint=f"at most {LARGEST} rows and columns",
        )
    return rows, columns


def _grey(path: Path, size: tuple[int, int] | None) -> Any:
    """Brightness 0 to 255 of a picture, by the weights of ITU-R BT.601, made `size` large."""
    import cv2
    import numpy as np

    try:
        data = np.frombuffer(path.read_bytes(), np.uint8)
    except (OSError, ValueError) as error:  # a name with a zero in it is a ValueError
        reason = error.strerror if isinstance(error, OSError) else error
        raise UserError(f"the picture {path.name} cannot be read: {reason}") from None
    try:
        grey = cv2.imdecode(data, cv2.IMREAD_GRAYSCALE) if data.size else None
    except cv2.error:  # a header that promises more than memory can hold
        grey = None
    if grey is None:
        raise UserError(f"{path.name} is no picture", hint="PNG and JPEG will do")
    require_shape(grey, path)
    if size is not None:
        grey = cv2.resize(grey, size[::-1], interpolation=cv2.INTER_AREA)
    return grey.astype(np.int64)


def _kernel(value: Any, folder: Path) -> tuple[Any, None]:
    if isinstance(value, str):
        return kernel(value).values.tolist(), None
    if not isinstance(value, CommentedSeq):
        raise UserError("it must be a kernel", hint=f"{_ROWS_HINT}, or a name as vertical_edge")
    return _rows(value, "kernel"), None


def _rows(value: CommentedSeq, what: str) -> list[list[int | float]]:
    rows = [row for row in value if isinstance(row, CommentedSeq)]
    if len(rows) != len(value) or not all(map(_is_number, (cell for row in rows for cell in row))):
        raise UserError(f"the {what} must be rows of numbers", hint=_ROWS_HINT)
    plain = [[_plain(cell) for cell in row] for row in rows]
    found: list[list[int | float]] = real(plain, what).tolist()
    return found


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _plain(value: Any) -> int | float:
    return int(value) if isinstance(value, int) else float(value)


def _photograph(value: Any, folder: Path) -> tuple[Any, Path]:
    """Its file, seen from the project's folder, and its digest: as good as all its pixels."""
    if not isinstance(value, str):
        raise UserError("it must be a photograph's file", hint="write its name, as in cat.jpg")
    path = as_stored(folder / value)
    _grey(path, None)
    # The script lies in narration/EPISODE.
    place = Path(folder.parent.name, folder.name, value).with_name(path.name)
    return {"file": place.as_posix(), "digest": file_digest(path)}, path


def _kernels(value: Any, folder: Path) -> tuple[Any, None]:
    if not isinstance(value, CommentedSeq) or not value:
        raise UserError(
            "it must be a list of kernels",
            hint="write [vertical_edge, horizontal_edge, laplacian_8], or rows for each",
        )
    return [_kernel(each, folder)[0] for each in value], None


def _number(value: Any, folder: Path) -> tuple[Any, None]:
    if not _is_number(value):
        raise UserError(f"it must be a number, not {value!r}")
    if not math.isfinite(value):
        raise UserError(f"nothing can be computed with {value!r}", hint="write a finite number")
    return _plain(value), None


def _whole(least: int, what: str) -> Callable[[Any, Path], tuple[Any, None]]:
    def read(value: Any, folder: Path) -> tuple[Any, None]:
        if isinstance(value, bool):
            raise UserError(f"{what} must be a whole number, not {value!r}")
        return at_least(least, value, what), None

    return read


def _padding(value: Any, folder: Path) -> tuple[Any, None]:
    if value in ("same", "valid"):
        return str(value), None
    if isinstance(value, str):
        raise UserError(f"unknown padding {value!r}", hint='write a number, "same" or "valid"')
    return _whole(0, "padding")(value, folder)


_KNOBS: Mapping[str, Callable[[Any, Path], tuple[Any, Path | None]]] = {
    "image": _image,
    "kernel": _kernel,
    "photograph": _photograph,
    "kernels": _kernels,
    "stride": _whole(1, "stride"),
    "padding": _padding,
    "dilation": _whole(1, "dilation"),
    "bias": _number,
    "pool": _whole(1, "pool"),
}
INPUT_KEYS = tuple(_KNOBS)
"""The knobs that a script can turn, where a scene has them."""
