"""Reading YAML that a person has written: every mistake is named with its line."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.constructor import DuplicateKeyError, RoundTripConstructor
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode
from ruamel.yaml.reader import ReaderError
from ruamel.yaml.tag import Tag

from cnnviz.errors import UserError
from cnnviz.names import composed

__all__ = ["parse_yaml", "read_text", "read_yaml"]


def read_yaml(path: Path, what: str) -> Any:
    """What stands in a YAML file, its mappings and lists with their lines.

    Parameters
    ----------
    path
        The file.
    what
        What it is, for the error that there is none.

    Returns
    -------
    object
        Keys are texts as they are written, `true` and `01` among them.

    Raises
    ------
    UserError
        It is missing, is not UTF-8, has tabs, duplicate keys or signs that are no text, or is not
        YAML.
    """
    return parse_yaml(path, read_text(path, what))


def parse_yaml(path: Path, text: str) -> Any:
    """What `text`, which stands in the file `path`, says; as `read_yaml`."""
    _refuse_tabs(path, text)
    try:
        yaml = YAML(typ="rt")
        yaml.Constructor = _Constructor
        return yaml.load(text)
    except DuplicateKeyError as error:
        place = error.problem_mark.line + 1 if error.problem_mark else None
        key = str(error.problem).split(" with value")[0].replace("found ", "")
        problem = f"{key}: it stands here twice"
        raise UserError(problem, file=path, line=place, hint="rename or remove one") from None
    except _EscapeError as error:
        place = error.problem_mark.line + 1 if error.problem_mark else None
        hint = "write the letter itself"
        raise UserError(str(error.problem), file=path, line=place, hint=hint) from None
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
    """What stands in a file that a person has written, composed; raises as `read_yaml`."""
    try:
        return composed(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise UserError(f"no such {what}", file=path) from None
    except OSError as error:
        raise UserError(f"cannot be read: {error.strerror}", file=path) from None
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise UserError(
            "not UTF-8 text", file=path, line=line, hint="save the file with the encoding UTF-8"
        ) from None


class _EscapeError(MarkedYAMLError):
    """A sign that no text can hold."""


class _Constructor(RoundTripConstructor):
    """Takes keys as they are written, and refuses what an escape writes and no text holds."""

    def construct_mapping(  # type: ignore[override]  # as the class above has it
        self, node: Any, maptyp: Any, deep: bool = False
    ) -> Any:
        if isinstance(node, MappingNode):
            for key, _ in node.value:
                if isinstance(key, ScalarNode) and key.style is None and _is_read_as(key):
                    key.ctag = _TEXT
        return super().construct_mapping(node, maptyp, deep=deep)

    def construct_scalar(self, node: Any) -> Any:
        if isinstance(node, ScalarNode):
            _refuse_escaped(node)
        return super().construct_scalar(node)


_TEXT = Tag(suffix="tag:yaml.org,2002:str")


def _is_read_as(key: Node) -> bool:
    """Whether YAML takes a key for a number, a truth or nothing."""
    kind = str(key.tag).rpartition(":")[2]
    return kind in ("int", "float", "bool", "null", "timestamp")


def _refuse_escaped(node: ScalarNode) -> None:
    for sign in str(node.value):
        if unicodedata.category(sign) in ("Cs", "Cc") and sign not in "\n\t":
            raise _EscapeError(
                problem=f"the escape for U+{ord(sign):04X} stands for no letter",
                problem_mark=node.start_mark,
            )


def _refuse_tabs(path: Path, text: str) -> None:
    for number, line in enumerate(text.split("\n"), start=1):
        if "\t" in line:
            raise UserError("a tab", file=path, line=number, hint="use spaces, as YAML does")
