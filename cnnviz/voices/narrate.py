"""A whole film's words spoken, each sentence at most once, all of them by one voice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from cnnviz.errors import StudioError, UserError
from cnnviz.voices.audio import level, trim_silence
from cnnviz.voices.base import Utterance, Voice, VoiceFailed
from cnnviz.voices.cache import SpeechCache, Spoken, speech_key
from cnnviz.voices.choose import choose_voice, offline_voice
from cnnviz.voices.lexicon import Lexicon

__all__ = ["Narration", "narrate", "narrate_with_fallback"]


@dataclass(frozen=True)
class Narration:
    """A film's voice and what it said.

    Parameters
    ----------
    voice
        The engine that spoke all of it.
    spoken
        Each beat's sound, by scene and beat.
    """

    voice: Voice
    spoken: dict[tuple[str, str], Spoken]


def narrate(
    utterances: Sequence[Utterance],
    voice: Voice,
    lexicon: Lexicon,
    cache: Path,
    report: Callable[[int, int], None] | None = None,
    finishing: str = "",
) -> dict[tuple[str, str], Spoken]:
    """Every utterance as finished sound, from the cache where it was spoken before.

    Parameters
    ----------
    utterances
        What is said, in the film's order.
    voice, lexicon
        Who says it and how words are respelled for it.
    cache
        The folder of finished sentences.
    report
        Called with how many are done and how many there are, after each.
    finishing
        A digest of what trims and levels.

    Raises
    ------
    VoiceFailed
        The voice gave up on a beat; those before it stay in the cache.
    UserError
        A beat without words, or what the user gave the voice is at fault.
    """
    store = SpeechCache(cache, finishing)
    spoken: dict[tuple[str, str], Spoken] = {}
    for done, utterance in enumerate(utterances, 1):
        spoken[utterance.scene, utterance.beat] = _say(utterance, voice, lexicon, store)
        if report is not None:
            report(done, len(utterances))
    return spoken


def _say(utterance: Utterance, voice: Voice, lexicon: Lexicon, store: SpeechCache) -> Spoken:
    if not utterance.text.strip():
        raise UserError(f"beat {utterance.place} has nothing to say")
    respelled = replace(utterance, text=lexicon.respell(voice.name, utterance.text))
    try:
        identity, text = voice.identity(respelled), voice.text_for(respelled)
        key = speech_key(identity, text)
        found = store.get(key)
        if found is not None:
            return found
        heard = store.heard(key) if voice.asks_a_service else None
        said = voice.speak(respelled) if heard is None else heard
        samples = level(trim_silence(said))
        if not samples.size:
            raise StudioError("it gave only silence")
    except UserError:
        raise
    except StudioError as error:
        message = f"the voice {voice.name} failed at {utterance.place}: {error.message}"
        raise VoiceFailed(message, file=error.file, hint=error.hint) from error
    if voice.asks_a_service and heard is None:
        store.keep_heard(key, said)
    return store.put(key, identity, text, samples)


def narrate_with_fallback(
    name: str,
    language: str,
    utterances: Sequence[Utterance],
    *,
    lexicon: Lexicon,
    folder: Path,
    cache: Path,
    report: Callable[[str], None],
    progress: Callable[[int, int], None] | None = None,
    finishing: str = "",
) -> Narration:
    """Choose a voice and speak the whole film; in `auto`, a second time if gTTS gives up.

    Parameters
    ----------
    name
        `auto`, `gtts`, `espeak`, `recorded` or `piper`. A voice that was asked for by name is
        never replaced.
    language, utterances, lexicon
        What is said and how.
    folder
        The episode's folder of scripts, in which `recordings/` may lie.
    cache
        The folder of finished sentences.
    report
        Called with one line for each choice and its reason.
    progress
        As `report` of `narrate`; counts from the start again after a fallback.
    finishing
        A digest of what trims and levels.

    Raises
    ------
    StudioError
        No voice can speak it, or the chosen one failed.
    """
    voice = choose_voice(name, language, utterances, folder, report, cache=cache, lexicon=lexicon)
    try:
        return Narration(voice, narrate(utterances, voice, lexicon, cache, progress, finishing))
    except VoiceFailed as error:
        if name != "auto" or voice.name != "gtts":
            raise
        try:
            instead = offline_voice(language)
        except StudioError as missing:
            message = f"{error.message}; and espeak cannot take over: {missing.message}"
            raise VoiceFailed(message, hint=missing.hint) from error
        # One voice for the whole film: a stranger's voice in the middle is worse than a plain one.
        report(f"voice: espeak speaks the whole film instead, because {error.message}")
        return Narration(instead, narrate(utterances, instead, lexicon, cache, progress, finishing))
