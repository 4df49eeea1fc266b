"""What the sentences of every episode say without a digit, computed again by independent means."""

from __future__ import annotations

import json
from functools import cache

import pytest
from staging import EPISODES, HOUSE, SCENES, main_script, scene_class, script, scripts

from cnnviz.compute import Claim
from cnnviz.review.number_rules import number_findings
from cnnviz.script.claims import claim_objections
from cnnviz.stage.plan import SaidClaim

LARGEST_ENTRY = 20_000  # characters; a whole map of a photograph would take a million
WRITTEN = [(episode, language) for episode in EPISODES for language in scripts(episode)]


@cache
def claims_of(episode: str, scene: str) -> dict[str, Claim]:
    return dict(scene_class(scene, episode).claims())


def claimed(episode: str, scene: str, language: str) -> set[str]:
    """Names of the claims that sentences of the scene make."""
    named = script(language, episode).scene(scene).claims.values()
    return {name.text for names in named for name in names}


def is_claimed_anywhere(episode: str) -> bool:
    return any(scene.claims for scene in main_script(episode).scenes)


@pytest.mark.parametrize(("episode", "language"), WRITTEN)
def test_no_sentence_says_what_is_not_so(episode: str, language: str) -> None:
    written = script(language, episode)
    claims = {scene.id: claims_of(episode, scene.id) for scene in written.scenes}
    assert [str(problem) for problem in claim_objections(written, claims)] == []


@pytest.mark.parametrize(("episode", "scene"), SCENES)
def test_every_claim_is_true_when_it_is_computed_again(episode: str, scene: str) -> None:
    claims = claims_of(episode, scene)
    for name in claimed(episode, scene, main_script(episode).language):
        written = json.dumps(SaidClaim(scene, "beat", name, claims[name]).as_json())
        assert number_findings([json.loads(written)], HOUSE) == []
        assert len(written) < LARGEST_ENTRY, name


@pytest.mark.parametrize(("episode", "scene"), SCENES)
def test_every_claim_is_made_by_a_sentence_where_any_is(episode: str, scene: str) -> None:
    if is_claimed_anywhere(episode):
        for language in scripts(episode):
            assert claimed(episode, scene, language) == set(claims_of(episode, scene)), language


@pytest.mark.parametrize("episode", EPISODES)
def test_all_languages_claim_the_same_at_each_beat(episode: str) -> None:
    found = [
        {
            (scene.id, beat): [name.text for name in names]
            for scene in written.scenes
            for beat, names in scene.claims.items()
        }
        for written in scripts(episode).values()
    ]
    assert all(each == found[0] for each in found)
