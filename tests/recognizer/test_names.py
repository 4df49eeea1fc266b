"""Every card has a name in both languages."""

from __future__ import annotations

import unicodedata

import pytest

from cnnviz.recognizer.classes import CLASSES
from cnnviz.recognizer.names import card_name


@pytest.mark.parametrize("language", ["bn", "en"])
def test_every_class_has_a_name_of_its_own(language):
    assert len({card_name(label, language) for label in CLASSES}) == len(CLASSES)


def test_bengali_names_are_in_bengali_letters_alone():
    letters = {letter for label in CLASSES for letter in card_name(label, "bn")}
    assert {letter for letter in letters if "BENGALI" not in unicodedata.name(letter)} == {" "}


def test_rank_and_suit_are_not_mixed_up():
    assert card_name("king of hearts", "bn") == "হরতনের সাহেব"
    assert card_name("ace of spades", "bn") == "ইস্কাপনের টেক্কা"
    assert card_name("two of clubs", "bn") == "চিড়িতনের দুই"
    assert card_name("ten of diamonds", "bn") == "রুইতনের দশ"
    assert card_name("jack of clubs", "en") == "Jack of clubs"
    assert card_name("joker", "bn") == "জোকার"


def test_what_is_no_card_has_no_name():
    with pytest.raises(KeyError):
        card_name("eleven of hearts", "bn")


def test_a_language_without_names_of_its_own_has_the_english_ones():
    assert card_name("joker", "fr") == card_name("joker", "en")
