from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnviz.errors import StudioError, UserError
from cnnviz.samples import SAMPLE_RATE
from cnnviz.voices.base import Utterance
from cnnviz.voices.gtts import GttsVoice
from cnnviz.voices.pieces import split

SENTENCE = "প্রতিটি জায়গায় কার্নেলের নয়টি সংখ্যা আর ছবির নয়টি সংখ্যা গুণ করি।"


def said(text: str) -> Utterance:
    return Utterance("scene", "beat", text)


@pytest.fixture
def voice(gtts: Callable[..., GttsVoice]) -> GttsVoice:
    return gtts("bn")


def test_a_sentence_that_fits_is_one_request(voice, google, slept):
    samples = voice.speak(said(SENTENCE))
    assert google.asked == [SENTENCE]
    assert google.languages == ["bn"]
    assert samples.dtype == np.float32
    assert samples.size > SAMPLE_RATE * 0.025 * len(SENTENCE)
    assert slept == []


def test_english_is_asked_for_in_english(gtts, google):
    gtts("en").speak(said("The kernel moves."))
    assert google.languages == ["en"]


def test_calls_are_half_a_second_to_a_second_apart(voice, google, slept):
    voice.speak(said("এক। দুই। তিন।"))
    assert len(google.asked) == 3
    assert len(slept) == 2
    assert all(0.3 < wait <= 1 for wait in slept)


def test_no_request_is_longer_than_a_hundred_characters(voice, google):
    clause = "কার্নেলের প্রতিটি সংখ্যা ছবির নিচের সংখ্যার সাথে গুণ হয়"
    voice.speak(said(f"{clause}, {clause}; {clause} আর {clause} আর {clause}।"))
    assert len(google.asked) > 2
    assert max(map(len, google.asked)) <= 100


@given(st.text(alphabet="কখগঘ্ািে়ড়য়abc ।?!,;.\n—\u200d", max_size=400))
def test_splitting_loses_no_letter_and_exceeds_no_limit(text):
    pieces = split(text)
    assert all(0 < len(piece.text) <= 100 for piece in pieces)
    assert all(any(letter.isalnum() for letter in piece.text) for piece in pieces)

    def letters(words: str) -> str:
        return "".join(letter for letter in words if letter.isalnum())

    assert letters("".join(piece.text for piece in pieces)) == letters(text)


@given(st.text(alphabet="কখ্াি ", min_size=101, max_size=400))
def test_a_long_clause_is_cut_between_words(text):
    words = text.split()
    if all(len(word) <= 100 for word in words):
        assert [word for piece in split(text) for word in piece.text.split()] == [
            word for word in words if any(map(str.isalnum, text))
        ]


def test_the_pause_after_a_danda_is_longer_than_after_a_comma():
    long = "কার্নেলের প্রতিটি সংখ্যা ছবির নিচের সংখ্যার সাথে গুণ হয়"
    first, second, third = split(f"{long}, {long}। শেষ!")
    assert first.pause < second.pause == third.pause


def test_too_many_requests_are_asked_again_after_a_wait(voice, google, slept):
    google.plan.extend(["429", "well"])
    assert voice.speak(said(SENTENCE)).size
    assert len(google.asked) == 2
    assert max(slept) >= 0.75


def test_the_wait_that_the_server_asks_for_is_kept(voice, google, slept):
    google.plan.append("429:7")
    voice.speak(said(SENTENCE))
    assert max(slept) == 7


def test_a_server_that_asks_for_an_hour_is_not_waited_for(voice, google, slept):
    google.always = "503:3600"
    with pytest.raises(StudioError, match="3600 s"):
        voice.speak(said(SENTENCE))
    assert len(google.asked) == 1


def test_waits_grow_and_a_failing_service_is_given_up(voice, google, slept):
    google.always = "500"
    with pytest.raises(StudioError, match=r"500.*asked 5 times") as caught:
        voice.speak(said(SENTENCE))
    assert caught.value.exit_code == 1
    assert len(google.asked) == 5
    backoff = [wait for wait in slept if wait > 1.2]
    assert backoff == sorted(backoff)
    assert backoff[-1] > 5


@pytest.mark.parametrize("status", ["403", "404", "302:https://example.org/sorry"])
def test_a_refusal_is_not_asked_again(voice, google, status):
    google.always = status
    with pytest.raises(StudioError, match=status[:3]):
        voice.speak(said(SENTENCE))
    assert len(google.asked) == 1


@pytest.mark.parametrize(
    ("how", "reason"),
    [
        ("page", "web page"),
        ("nothing", "nothing"),
        ("no sound", "empty"),
        ("wav", "not MP3"),
        ("silent", "silent"),
        ("cut", "breaks off"),
        ("cut line", "cut short"),
        ("cut connection", "broken off"),
        ("short", "breaks off"),
    ],
)
def test_what_is_not_whole_speech_is_never_taken_for_it(voice, google, how, reason):
    google.always = how
    with pytest.raises(StudioError, match=reason):
        voice.speak(said(SENTENCE))
    assert len(google.asked) == 5


@pytest.mark.parametrize("how", ["page", "cut", "nothing", "cut connection"])
def test_one_bad_reply_is_made_good_by_the_next(voice, google, how):
    google.plan.append(how)
    assert voice.speak(said(SENTENCE)).size > SAMPLE_RATE


@pytest.mark.parametrize("how", ["hang", "drip"])
def test_a_server_that_never_finishes_is_given_up(google, slept, how):
    google.always = how
    voice = GttsVoice("bn", timeout=0.15, sleep=slept.append)
    with pytest.raises(StudioError, match=r"within 0.15 s"):
        voice.speak(said(SENTENCE))


def test_the_probe_says_nothing_of_a_service_that_answers(voice, google):
    assert voice.probe() is None
    assert len(google.asked) == 1


@pytest.mark.parametrize(("how", "reason"), [("500", "500"), ("429", "429"), ("page", "web page")])
def test_the_probe_gives_the_reason_in_one_line(voice, google, how, reason):
    google.always = how
    answer = voice.probe()
    assert reason in answer
    assert "\n" not in answer
    assert len(google.asked) == 1


@pytest.mark.parametrize("how", ["hang", "drip"])
def test_the_probe_of_a_hanging_server_takes_three_seconds_at_most(voice, google, how):
    google.always = how
    start = time.monotonic()
    assert "3 s" in voice.probe()
    assert time.monotonic() - start < 4.5


def test_a_service_that_is_not_there_is_named(monkeypatch, slept):
    monkeypatch.setenv("CNNVIZ_GTTS_URL", "http://127.0.0.1:9")
    assert "127.0.0.1" in GttsVoice("bn", sleep=slept.append).probe()


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org",
        "http://10.0.0.1:80",
        "ftp://127.0.0.1",
        "//x",
        "https://",
        "http://[::",
    ],
)
def test_an_address_that_would_carry_the_script_in_the_open_is_refused(monkeypatch, url):
    monkeypatch.setenv("CNNVIZ_GTTS_URL", url)
    with pytest.raises(UserError, match="CNNVIZ_GTTS_URL"):
        GttsVoice("bn")


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://example.org/tts/", "example.org"),
        ("http://localhost:8000", "localhost"),
        ("http://127.0.0.1:8000/", "127.0.0.1"),
        ("http://[::1]:8000", "::1"),
        ("", "translate.google.com"),
    ],
)
def test_https_and_this_machine_are_accepted_and_kept_apart_in_the_cache(monkeypatch, url, host):
    monkeypatch.setenv("CNNVIZ_GTTS_URL", url)
    assert GttsVoice("bn").identity(said("x"))["service"] == host


def test_a_proxy_is_not_asked_for_this_machine(voice, google, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    assert voice.probe() is None
