from __future__ import annotations

from pathlib import Path

import pytest

from cnnviz.errors import UserError
from cnnviz.script import numerals
from cnnviz.voices.lexicon import Lexicon

NARRATION = Path(__file__).parents[2] / "narration"


def lexicon(tmp_path: Path, text: str) -> Lexicon:
    path = tmp_path / "lexicon.bn.yaml"
    path.write_text(text, encoding="utf-8")
    return Lexicon.load(path)


def test_whole_words_only_are_respelled():
    words = Lexicon({"espeak": {"এক": "অ্যাক"}})
    assert words.respell("espeak", "এক, একা, অনেক আর এক।") == "অ্যাক, একা, অনেক আর অ্যাক।"


def test_vowel_signs_and_joiners_belong_to_the_word():
    words = Lexicon({"all": {"কর": "X"}})
    for word in ("করা", "কর্ম", "করঁ", "কর\u200dা", "ককর", "ক\u09cdকর"):
        assert words.respell("espeak", word) == word


def test_a_star_finds_suffixes_too():
    words = Lexicon({"espeak": {"নেটওয়ার্ক*": "নেটোয়ার্ক্"}})
    assert words.respell("espeak", "নেটওয়ার্ক নেটওয়ার্কটি নেটওয়ার্কগুলোর") == (
        "নেটোয়ার্ক্ নেটোয়ার্ক্টি নেটোয়ার্ক্গুলোর"
    )


def test_a_vowel_sign_takes_the_place_of_a_hasanta():
    words = Lexicon({"espeak": {"নেটওয়ার্ক*": "নেটোয়ার্ক্", "চিত্র*": "চিত্রো"}})
    assert words.respell("espeak", "নেটওয়ার্কে নেটওয়ার্কের") == "নেটোয়ার্কে নেটোয়ার্কের"
    assert words.respell("espeak", "চিত্র চিত্রের চিত্রটি") == "চিত্রো চিত্রের চিত্রোটি"


def test_a_star_leaves_longer_words_alone():
    words = Lexicon({"espeak": {"এজ*": "এজ্", "মান*": "মান্"}})
    assert words.respell("espeak", "এজন্য মানুষ এজের") == "এজন্য মানুষ এজের"
    assert words.respell("espeak", "এজ মানটি") == "এজ্ মান্টি"


def test_an_entry_for_all_reaches_every_engine_and_an_own_entry_wins():
    words = Lexicon({"all": {"CNN": "সি এন এন", "এক": "এক্"}, "espeak": {"এক": "অ্যাক"}})
    assert words.respell("gtts", "CNN এক") == "সি এন এন এক্"
    assert words.respell("espeak", "CNN এক") == "সি এন এন অ্যাক"


def test_the_longest_entry_wins_and_nothing_is_respelled_twice():
    words = Lexicon({"all": {"ফিচার": "A", "ফিচার ম্যাপ": "ফিচার", "A": "B"}})
    assert words.respell("piper", "ফিচার  ম্যাপ ফিচার A") == "ফিচার A B"


def test_small_letters_find_any_case_and_capitals_only_themselves():
    words = Lexicon({"all": {"kernel*": "kurnel", "IT": "eye tee"}})
    heard = words.respell("gtts", "Kernel kernel's kernels KERNEL it IT")
    assert heard == "kurnel kurnel's kurnels kurnel it eye tee"


def test_both_ways_to_write_a_nukta_letter_are_one():
    words = Lexicon({"all": {"ব\u09dc": "X"}})
    assert words.respell("espeak", "ব\u09a1\u09bc ব\u09dc") == "X X"


def test_without_entries_only_the_normal_form_is_taken():
    assert Lexicon().respell("gtts", "ছোট") == "ছোট"


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("espeak:\n  এক: অ্যাক\nfestival:\n  এক: x\n", 3, "unknown engine 'festival'"),
        ("espeak:\n  এক: অ্যাক\n  দুই: 2\n", 3, "'দুই'"),
        ("espeak:\n  এক:\n", 2, "no respelling"),
        ("espeak:\n  এক: ''\n", 2, "no respelling"),
        ("espeak:\n  এক: [a]\n", 2, "no respelling"),
        ("espeak:\n  ? [a]\n  : এক\n", 2, "not a word"),
        ("espeak:\n  '*': এক\n", 2, "not a word"),
        ("espeak:\n  এক: a\n  দুই: b\n  এক: c\n", 4, "twice"),
        ("espeak:\n  এক: a\n  এক*: c\n", 3, "twice"),
        ("espeak:\n  ব\u09dc: a\n  ব\u09a1\u09bc: c\n", 3, "twice"),
        ("espeak:\n  এক: a\nespeak:\n  দুই: c\n", 3, "twice"),
        ("espeak: এক\n", 1, "maps words"),
        ("- espeak\n", 1, "maps engines"),
        ("espeak:\n  এক: 'a\n", 2, "YAML"),
        ("espeak:\n\tএক: a\n", 2, "YAML"),
    ],
)
def test_a_mistake_is_named_with_file_and_line(tmp_path, text, line, message):
    with pytest.raises(UserError, match=message) as caught:
        lexicon(tmp_path, text)
    assert caught.value.line == line
    assert "lexicon.bn.yaml" in str(caught.value)


def test_an_empty_file_is_an_empty_lexicon(tmp_path):
    assert lexicon(tmp_path, "# nothing yet\nespeak:\n").respell("espeak", "এক") == "এক"


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(UserError, match=r"lexicon\.bn\.yaml"):
        Lexicon.load(tmp_path / "lexicon.bn.yaml")


def test_a_file_that_is_not_text_is_named(tmp_path):
    (tmp_path / "lexicon.bn.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UserError, match=r"lexicon\.bn\.yaml"):
        Lexicon.load(tmp_path / "lexicon.bn.yaml")


@pytest.mark.parametrize(
    ("language", "written", "spoken"),
    [
        ("bn", "ছোট নেটওয়ার্ক", "ছোটো নেটোয়ার্ক্"),
        ("bn", "সংখ্যাগুলো পনেরটা", "সোংখাগুলো পোনেরোটা"),
        ("bn", "পারসেপট্রনের গ্রেডিয়েন্ট", "পার্সেপ্ট্রনের গ্রেডিয়েন্ট্"),
        ("bn", "দেয়নি তাহলে জন্য", "দ্যায় নি তাহোলে জোন্নো"),
        ("en", "The ReLU", "The ray loo"),
    ],
)
def test_the_projects_own_lexicons_are_whole(language, written, spoken):
    words = Lexicon.load(NARRATION / f"lexicon.{language}.yaml")
    normal = Lexicon().respell("espeak", spoken)
    assert words.respell("espeak", written) == normal


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("নতুন করে শেখালাম", "নতুন কোরে শেখালাম"),
        ("তারপর যোগ করে", "তার্পর যোগ করে"),
        ("কেউ বলে দেয়নি", "কেউ বোলে দ্যায় নি"),
        ("অনেকে বলে", "অনেকে বলে"),
    ],
)
def test_a_verb_before_another_is_said_with_another_vowel(written, spoken):
    words = Lexicon.load(NARRATION / "lexicon.bn.yaml")
    assert words.respell("espeak", written) == Lexicon().respell("espeak", spoken)


@pytest.mark.parametrize("engine", ["gtts", "espeak", "piper"])
def test_hundreds_are_said_as_a_teacher_says_them(engine):
    words = Lexicon.load(NARRATION / "lexicon.bn.yaml")
    for hundreds in range(1, 10):
        for number in (100 * hundreds, 100 * hundreds + 14):
            heard = words.respell(engine, f"{numerals.spoken(number, 'bn')} আর ততটা")
            assert "শো" in heard
            assert "শত" not in heard


def test_a_word_that_yaml_takes_for_a_number_or_a_truth_is_a_word(tmp_path):
    path = tmp_path / "lexicon.bn.yaml"
    path.write_text("all:\n  007: bond\n  no: না\n", encoding="utf-8")
    assert Lexicon.load(path).respell("gtts", "007 no") == "bond না"
