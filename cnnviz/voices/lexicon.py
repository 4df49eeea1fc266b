"""How words are respelled for an engine that would pronounce them wrongly as they are written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import regex
from ruamel.yaml.comments import CommentedMap

from cnnviz.errors import UserError
from cnnviz.languages import LANGUAGES
from cnnviz.names import composed
from cnnviz.script.places import line_of
from cnnviz.script.yaml_file import read_yaml
from cnnviz.voice_engines import ENGINES
from cnnviz.voices.bengali_signs import HASANTA, JOINERS

__all__ = ["Lexicon"]

ALL = "all"

# Python's \w holds neither Bengali vowel signs nor the joiners inside a conjunct.
_LETTER = rf"[\p{{L}}\p{{M}}\p{{N}}{JOINERS}]"
_O_SIGN = "\u09cb"

_VOWEL_SIGN = regex.compile("[\u09be-\u09cc\u09d7]")
_VOWEL = regex.compile("[\u0985-\u0994\u09be-\u09cc\u09d7]")


def _bare(text: str) -> str:
    return "".join(character for character in composed(text) if character not in JOINERS)


class Lexicon:
    """Respellings, per engine.

    Parameters
    ----------
    words
        Engine (or `all`) → written → spoken. A written entry finds whole words only; one that
        ends in `*` also finds them with a suffix (নেটওয়ার্ক* finds নেটওয়ার্কের). Written in small
        letters it finds any case; with a capital, exactly itself. The longest entry wins, and an
        engine's own entry wins over one for all.
    """

    def __init__(self, words: Mapping[str, Mapping[str, str]] | None = None) -> None:
        self._words = words or {}
        self._compiled: dict[str, tuple[Any, dict[str, str]]] = {}

    @classmethod
    def load(cls, path: Path) -> Lexicon:
        """Read a lexicon file.

        Raises
        ------
        UserError
            It does not exist or is not a lexicon; names file and line.
        """
        return cls(_checked(read_yaml(path, "lexicon"), path))

    def respell(self, engine: str, text: str) -> str:
        """`text` with every word that `engine` has an entry for spelled as the entry says."""
        text = composed(text)
        if engine not in self._compiled:
            self._compiled[engine] = self._compile(engine)
        pattern, spoken = self._compiled[engine]
        if pattern is None:
            return text

        def replace(match: Any) -> str:
            stem, suffix = str(match["stem"]), match["suffix"] or ""
            bare = " ".join(_bare(stem).split())
            found = spoken.get(bare, spoken.get(bare.casefold(), stem))
            # A vowel sign sits on a consonant: it takes the place of a hasanta, or of an ো that
            # only writes out what the consonant had in it, and cannot follow another vowel.
            if suffix and _VOWEL_SIGN.match(suffix):
                if not _VOWEL.match(bare[-1]):
                    found = found.rstrip(HASANTA + _O_SIGN)
                if _VOWEL.match(found[-1]):
                    return str(match[0])
            return found + suffix

        return str(pattern.sub(replace, text))

    def _compile(self, engine: str) -> tuple[Any, dict[str, str]]:
        entries = {**self._words.get(ALL, {}), **self._words.get(engine, {})}
        spoken: dict[str, str] = {}
        branches: list[tuple[str, str, str]] = []
        for written, said in entries.items():
            stem = " ".join(_bare(written.removesuffix("*")).split())
            spoken[stem] = composed(said)
            joined = f"[{JOINERS}]*".join(
                r"\s+" if character == " " else regex.escape(character) for character in stem
            )
            if stem == stem.casefold():
                joined = f"(?i:{joined})"
            suffix = _endings(stem[-1:])
            branches.append((stem, joined, composed(suffix) if written.endswith("*") else ""))
        if not branches:
            return None, {}
        branches.sort(key=lambda branch: len(branch[0]), reverse=True)
        alternatives = "|".join(
            f"(?P<stem>{stem})(?P<suffix>{suffix})(?!{_LETTER})" for _, stem, suffix in branches
        )
        return regex.compile(f"(?<!{_LETTER})(?:{alternatives})"), spoken


def _endings(letter: str) -> str:
    """What may follow a word's last `letter`: the endings of the language that is written so."""
    for language in LANGUAGES.values():
        if regex.match(rf"\p{{{language.writing}}}", letter):
            return language.endings
    return ""


def _checked(tree: object, path: Path) -> dict[str, dict[str, str]]:
    if tree is None:
        return {}
    if not isinstance(tree, CommentedMap):
        raise UserError("a lexicon maps engines to words", file=path, line=1)
    words: dict[str, dict[str, str]] = {}
    for engine, entries, line in _items(tree):
        if engine != ALL and engine not in ENGINES:
            known = ", ".join((*ENGINES, ALL))
            raise UserError(
                f"unknown engine {engine!r}", file=path, line=line, hint=f"one of {known}"
            )
        if entries is None:
            continue
        if not isinstance(entries, CommentedMap):
            raise UserError(f"{engine} maps words to respellings", file=path, line=line)
        seen: dict[str, str] = {}
        for written, said, where in _items(entries):
            if not isinstance(written, str) or not _bare(written.removesuffix("*")).strip():
                message = f"{written!r} is not a word"
                raise UserError(message, file=path, line=where, hint="put it in quotes")
            if not isinstance(said, str) or not said.strip():
                message = f"{written!r} has no respelling in letters"
                raise UserError(message, file=path, line=where, hint="put it in quotes")
            # The same letters may be typed in more than one way.
            stem = _bare(written.removesuffix("*"))
            if stem in seen:
                message = f"{written!r} stands here twice"
                raise UserError(message, file=path, line=where)
            seen[stem] = written
            words.setdefault(str(engine), {})[written] = said
    return words


def _items(tree: CommentedMap) -> Iterator[tuple[Any, Any, int]]:
    for key, value in tree.items():
        yield key, value, line_of(tree, key)
