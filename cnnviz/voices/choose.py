"""Which engine speaks a film: the best one that can speak all of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from pkgutil import resolve_name

from cnnviz.errors import StudioError, UserError
from cnnviz.voice_engines import AUTO, ENGINES, VOICES
from cnnviz.voices.base import Utterance, Voice
from cnnviz.voices.cache import SpeechCache, speech_key
from cnnviz.voices.espeak import EspeakVoice
from cnnviz.voices.gtts import GttsVoice
from cnnviz.voices.lexicon import Lexicon
from cnnviz.voices.recorded import RecordedVoice

__all__ = ["choose_voice", "offline_voice"]


def choose_voice(
    name: str,
    language: str,
    utterances: Sequence[Utterance],
    folder: Path,
    report: Callable[[str], None],
    *,
    cache: Path | None = None,
    lexicon: Lexicon | None = None,
) -> Voice:
    """One voice for all `utterances`.

    `auto` takes a person's recordings if there is one for every beat; else gTTS, if the cache
    holds every sentence or the service answers within three seconds; else espeak-ng.

    Parameters
    ----------
    name
        One of `VOICES`.
    language
        A code of `cnnviz.languages`.
    utterances
        All that the film says.
    folder
        The episode's folder of scripts, in which `recordings/` may lie.
    report
        Called with one line that names the voice and the reason.
    cache, lexicon
        What `narrate` is going to use; without a cache gTTS is always asked first.

    Raises
    ------
    UserError
        An unknown name; recordings asked for by name and not complete; no Piper model.
    StudioError
        There is no voice; says each one's reason.
    """
    if name == AUTO:
        return _auto(language, utterances, folder, report, cache, lexicon or Lexicon())
    if name not in ENGINES:
        raise UserError(f"unknown voice {name!r}", hint=f"one of {', '.join(VOICES)}")
    kind: type[Voice] = resolve_name(ENGINES[name])
    voice = kind.for_film(language, folder)
    voice.require(utterances)
    report(f"voice: {name}, as asked for")
    return voice


def offline_voice(language: str) -> EspeakVoice:
    """espeak-ng, after a look whether it is installed.

    Raises
    ------
    StudioError
        It is not; names the extra to install.
    """
    voice = EspeakVoice(language)
    voice.require()
    return voice


def _auto(
    language: str,
    utterances: Sequence[Utterance],
    folder: Path,
    report: Callable[[str], None],
    cache: Path | None,
    lexicon: Lexicon,
) -> Voice:
    recorded = RecordedVoice(language, folder)
    missing = recorded.missing(utterances)
    if utterances and not missing:
        report(f"voice: recorded, because there is a recording for each of {len(utterances)} beats")
        return recorded
    reasons = []
    if len(missing) < len(utterances):
        first = missing[0].place
        reasons.append(f"recordings lack {len(missing)} of {len(utterances)} beats, first {first}")

    gtts = GttsVoice.for_film(language, folder)
    if cache is not None and utterances and _all_cached(utterances, gtts, lexicon, cache):
        report("; ".join(["voice: gTTS, from the cache", *reasons]))
        return gtts
    silent = gtts.probe()
    if silent is None:
        report("; ".join(["voice: gTTS, because it answers", *reasons]))
        return gtts
    reasons.append(f"gTTS does not answer ({silent})")

    try:
        espeak = offline_voice(language)
    except StudioError as error:
        reasons.append(f"espeak: {error.message}")
        hint = error.hint
        raise StudioError(f"no voice can speak this: {'; '.join(reasons)}", hint=hint) from error
    report(f"voice: espeak, because {'; '.join(reasons)}")
    return espeak


def _all_cached(
    utterances: Sequence[Utterance], voice: Voice, lexicon: Lexicon, cache: Path
) -> bool:
    store = SpeechCache(cache)
    for utterance in utterances:
        said = replace(utterance, text=lexicon.respell(voice.name, utterance.text))
        if store.heard(speech_key(voice.identity(said), voice.text_for(said))) is None:
            return False
    return True
