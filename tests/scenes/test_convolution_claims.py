"""What the sentences of `convolution` say without a digit, computed again by independent means."""

from __future__ import annotations

import json
from functools import cache

import pytest
from staging import HOUSE, LANGUAGES, scene_class, script

from cnnviz.compute import Claim
from cnnviz.review.number_rules import number_findings
from cnnviz.script.claims import claim_objections
from cnnviz.stage.plan import SaidClaim
from scenes.shared._worked_example import WorkedScene

EXAMPLE = WorkedScene.example()
SCENES = [scene.id for scene in script("bn").scenes]
LARGEST_ENTRY = 20_000  # characters; a whole map of the photograph would take a million


@cache
def claims_of(scene: str) -> dict[str, Claim]:
    return dict(scene_class(scene).claims())


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_says_what_is_not_so(language: str) -> None:
    claims = {scene: claims_of(scene) for scene in SCENES}
    assert [str(problem) for problem in claim_objections(script(language), claims)] == []


@pytest.mark.parametrize("scene", SCENES)
def test_every_claim_is_true_when_it_is_computed_again(scene: str) -> None:
    for name, claim in claims_of(scene).items():
        written = json.dumps(SaidClaim(scene, "beat", name, claim).as_json())
        assert number_findings([json.loads(written)], HOUSE) == []
        assert len(written) < LARGEST_ENTRY, name


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("scene", SCENES)
def test_every_claim_is_made_by_a_sentence(scene: str, language: str) -> None:
    named = script(language).scene(scene).claims.values()
    assert {name.text for names in named for name in names} == set(claims_of(scene))


def test_both_languages_claim_the_same_at_each_beat() -> None:
    bengali, english = (
        {
            (scene.id, beat): [name.text for name in names]
            for scene in script(language).scenes
            for beat, names in scene.claims.items()
        }
        for language in LANGUAGES
    )
    assert bengali == english


# --- why some sentences say no more than they do ------------------------------------------------


def test_relu_deletes_the_strongest_edges_of_the_example() -> None:
    strongest = abs(EXAMPLE.valid.output).max()
    gone = EXAMPLE.valid.output[0][EXAMPLE.rectified.output[0] == 0]
    assert -strongest in gone
    assert EXAMPLE.rectified.output.max() < strongest


def test_the_border_of_the_example_is_seen_less_but_seen() -> None:
    assert 0 < len(EXAMPLE.visits(0, 0)) < len(EXAMPLE.visits(2, 2))


def test_pooling_leaves_out_the_largest_number_of_the_example() -> None:
    assert (
        EXAMPLE.max_pooled.output.max()
        < EXAMPLE.rectified_padded.output.max()
        == EXAMPLE.padded.output.max()
    )


def test_where_both_sides_are_equal_the_picture_need_not_be_even() -> None:
    window = EXAMPLE.valid.window(1, 0)
    assert window.result == 0
    assert window.patch.max() > window.patch.min()
