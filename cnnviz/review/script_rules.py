"""Rules for the script: it fits its scenes, a voice can say it, and its numbers are computed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

import regex

from cnnviz.errors import UserError
from cnnviz.languages import LANGUAGES
from cnnviz.review.finding import Finding, Severity
from cnnviz.script.claims import FalseClaimError
from cnnviz.script.numerals import spoken
from cnnviz.script.placeholders import names_in
from cnnviz.script.reader import Line, SceneScript, Script, read_script
from cnnviz.script.timeline import Slot
from cnnviz.studio.production import Production
from cnnviz.studio.speaking import lexicon

__all__ = ["RULES", "mismatch_findings", "script_findings"]

RULES = {
    "mismatch": "scenes and all scripts fit together: beats, labels, numbers, claims",
    "long-sentence": "a sentence is said in one breath: it has at most 20 words",
    "speech-pace": "a beat is said at 80 to 210 words a minute",
    "unspeakable": "the voice gets only letters of its language, and no signs",
    "untranslated": "each script is written in its own language",
    "typed-number": "a number that is said or shown is computed, not typed",
}

BREATH = 20
"""Words of a sentence that are said without gasping."""
SLOWEST, FASTEST = 80.0, 210.0
"""Words a minute; a calm teacher says 130 to 150."""
FEWEST = 5
"""Words below which a pace says nothing."""

_SENTENCE_END = regex.compile(r"(?<=[।?!.…])\s+")
_WORD = regex.compile(r"[\p{L}\p{M}\p{N}]")
_LETTER = regex.compile(r"\p{L}")
LATIN = "Latin"
"""Names may be written so in any language."""
# Names hold digits that nobody has counted: RF100, 3D, a licence's version.
_NAME = regex.compile(r"CC(?:0|[ -]BY[A-Z-]*)\s[\d.]+|(?<!\d)\p{Latin}+-?\d[\w.]*|\d+\p{Lu}\b")
_DIGITS = regex.compile(r"[-−]?\d(?:[\d.,×xX]*\d)?")


@dataclass(frozen=True)
class _Text:
    """One beat or label of a script, and how a finding about it says where it stands."""

    script: Script
    scene: SceneScript
    beat: str | None
    name: str
    line: Line

    def finding(self, rule: str, severity: Severity, message: str, advice: str) -> Finding:
        place = (self.scene.id, self.beat, self.script.path, self.line.line)
        return Finding(rule, severity, message, advice, *place)


def mismatch_findings(problems: Iterable[UserError]) -> list[Finding]:
    """What does not fit together, as findings: all that `mismatches` gives."""
    found = []
    for problem in problems:
        file = None if problem.file is None else Path(problem.file)
        scene, beat = _place(file, problem.line)
        advice = problem.hint or "mend it there"
        rule = "false-claim" if isinstance(problem, FalseClaimError) else "mismatch"
        found.append(
            Finding(rule, "error", problem.message, advice, scene, beat, file, problem.line)
        )
    return found


def _place(file: Path | None, line: int | None) -> tuple[str | None, str | None]:
    """The scene and the beat of a line in a script or a scene's file."""
    if file is None:
        return None, None
    if file.suffix == ".py":
        return file.stem, None
    for scene in read_script(file).scenes:
        beats = (beat for beat, text in scene.beats.items() if text.line == line)
        claims = (beat for beat, names in scene.claims.items() if line in {n.line for n in names})
        beat = next(chain(beats, claims), None)
        if beat or line in (scene.line, *(text.line for text in scene.labels.values())):
            return scene.id, beat
    return None, None


def script_findings(production: Production) -> list[Finding]:
    """All that the rules object to in a script that fits its scenes."""
    script = production.script
    found = [*_pace(production), *_unspeakable(production)]
    for slot in production.slots:
        found += _long_sentences(_beat(script, slot), production.words(slot))
    for each in production.scripts.values():
        for text in _texts(each):
            found += _untranslated(text)
            # What is on screen is in the film's own language only.
            if text.beat or each is script:
                found += _typed_numbers(text)
    return found


def _beat(script: Script, slot: Slot) -> _Text:
    scene = script.scene(slot.scene)
    return _Text(script, scene, slot.beat, f"beat {slot.beat!r}", scene.beats[slot.beat])


def _texts(script: Script) -> Iterator[_Text]:
    for scene in script.scenes:
        for beat, line in scene.beats.items():
            yield _Text(script, scene, beat, f"beat {beat!r}", line)
        for label, line in scene.labels.items():
            yield _Text(script, scene, None, f"label {label!r}", line)


def _words(text: str) -> list[str]:
    return [word for word in text.split() if _WORD.search(word)]


def _long_sentences(text: _Text, said: str) -> Iterator[Finding]:
    for sentence in _SENTENCE_END.split(said):
        words = _words(sentence)
        if len(words) > BREATH:
            yield text.finding(
                "long-sentence",
                "warning",
                f"a sentence of {len(words)} words, “{' '.join(words[:4])} …”, is too long for"
                " one breath",
                f"make two of it, of at most {BREATH} words each",
            )


def _pace(production: Production) -> Iterator[Finding]:
    for slot in production.slots:
        words = len(_words(production.words(slot)))
        pace = words / production.spoken[slot.scene, slot.beat].seconds * 60
        if words >= FEWEST and not SLOWEST <= pace <= FASTEST:
            fast = pace > FASTEST
            yield _beat(production.script, slot).finding(
                "speech-pace",
                "warning",
                f"it is said at {pace:.0f} words a minute, too {'fast' if fast else 'slow'}",
                "record it again, or listen whether the voice stumbles over a word",
            )


def _unspeakable(production: Production) -> Iterator[Finding]:
    if production.voice == "recorded":
        return  # a person reads what no engine can
    language, foreign = production.language, _foreign(production.language)
    respelled = lexicon(production.episode, language)
    for slot in production.slots:
        said = respelled.respell(production.voice, production.words(slot))
        words = dict.fromkeys(word.strip("।?!.,;:") for word in said.split())
        for word in filter(foreign.search, words):
            yield _beat(production.script, slot).finding(
                "unspeakable",
                "error",
                f"the voice cannot say “{word}”",
                f"write it as it is said, or respell it in narration/lexicon.{language}.yaml",
            )


def _untranslated(text: _Text) -> Iterator[Finding]:
    written = _without_numbers(text.line.text)
    language = LANGUAGES[text.script.language]
    own, letters = _letter_of(language.writing).search(written), _LETTER.search(written)
    if language.writing == LATIN:
        others = {each.writing for each in LANGUAGES.values()} - {LATIN}
        wrong = any(_letter_of(writing).search(written) for writing in others)
    else:
        # Labels may be names, which are not translated.
        wrong = text.beat is not None and letters is not None and own is None
    if wrong:
        yield text.finding(
            "untranslated",
            "error",
            f"{text.name} is not in the language of {text.script.path.name}",
            "translate it",
        )


@cache
def _letter_of(writing: str) -> Any:
    return regex.compile(rf"\p{{{writing}}}")


@cache
def _foreign(language: str) -> Any:
    """Finds letters of another writing, and signs that no voice says."""
    return regex.compile(rf"[^\p{{{LANGUAGES[language].writing}}}\P{{L}}]|[\p{{Sm}}%&@#]")


def _typed_numbers(text: _Text) -> Iterator[Finding]:
    written = _NAME.sub(" ", _without_numbers(text.line.text))
    advice = "write a {placeholder}; the scene gives its number in numbers()"
    for digits in dict.fromkeys(_DIGITS.findall(written)):
        message = f"the number “{digits}” is typed into {text.name}"
        yield text.finding("typed-number", "error", message, advice)
    for words in dict.fromkeys(_number_words(text.script.language).findall(written)):
        message = f"the number “{words}” is typed into {text.name}"
        yield text.finding("typed-number", "warning", message, advice)


def _without_numbers(text: str) -> str:
    for name in names_in(text):
        text = text.replace(f"{{{name}}}", " ")
    return text


@cache
def _number_words(language: str) -> Any:
    """Finds results written out: numbers above ten, and small ones that are reckoned with.

    Small numbers by themselves are left alone: people say দুই পাশে and one by one.
    """
    small = [spoken(number, language) for number in range(11)]
    large = {word for number in range(11, 100) for word in spoken(number, language).split()}
    above = "|".join(sorted(large - {*small}, key=len, reverse=True))
    few = "|".join(small)
    known = LANGUAGES[language]
    signs = "|".join((known.by, known.point, *known.reckoned))
    return regex.compile(
        # পনের is also written পনেরো.
        rf"(?<![\p{{L}}\p{{M}}])(?:(?:{above})ো?(?:টা|টি)?(?:[ -](?:{few}))?"
        rf"|(?:{known.minus}) (?:{few})"
        rf"|(?!one by one)(?:{few}) (?:{signs}) (?:{few}))(?![\p{{L}}\p{{M}}])",
        regex.IGNORECASE,
    )
