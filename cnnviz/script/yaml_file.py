"""Reading YAML that a person has written: every mistake is named with its line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.constructor import DuplicateKeyError
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.reader import ReaderError

from cnnviz.errors import UserError

__all__ = ["parse_yaml", "read_text", "read_yaml"]


def read_yaml(path: Path, what: str) -> Any:
    """What stands in a YAML file, its mappings and lists with their lines.

    Parameters
    ----------
    path
        The file.
    what
        What it is, for the error that there is none.

    Raises
    ------
    UserError
        It is missing, is not UTF-8, has tabs or duplicate keys, or is not YAML.
    """
    return parse_yaml(path, read_text(path, what))


def parse_yaml(path: Path, text: str) -> Any:
    """What `text`, which stands in the file `path`, says; as `read_yaml`."""
    _refuse_tabs(path, text)
    try:
        return YAML(typ="rt").load(text)
    except DuplicateKeyError as error:
        place = error.problem_mark.line + 1 if error.problem_mark else None
        key = str(error.problem).split(" with value")[0].replace("found ", "")
        problem = f"{key}: it stands here twice"
        raise UserError(problem, file=path, line=place, hint="rename or remove one") from None
    except MarkedYAMLError as error:
        # A quote that is never closed is at fault where it opens, not at the file's end.
        opens = "quoted" in (error.context or "")
        mark = error.context_mark if opens else error.problem_mark or error.context_mark
        place = mark.line + 1 if mark else None
        problem = f"not readable as YAML: {error.problem}"
        hint = "a text with ': ' or '#' in it, or a brace at its beginning, needs quotes"
        raise UserError(problem, file=path, line=place, hint=hint) from None
    except ReaderError as error:
        line = text[: error.position].count("\n") + 1
        raise UserError(
            f"a character that YAML forbids: {error.reason}", file=path, line=line
        ) from None


def read_text(path: Path, what: str) -> str:
    """What stands in a file that a person has written; its errors are those of `read_yaml`."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise UserError(f"no such {what}", file=path) from None
    except OSError as error:
        raise UserError(f"cannot be read: {error.strerror}", file=path) from None
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise UserError(
            "not UTF-8 text", file=path, line=line, hint="save the file with the encoding UTF-8"
        ) from None


def _refuse_tabs(path: Path, text: str) -> None:
    for number, line in enumerate(text.split("\n"), start=1):
        if "\t" in line:
            raise UserError("a tab", file=path, line=number, hint="use spaces, as YAML does")
