"""What was seen survives being written down."""

from __future__ import annotations

import json

from cnnviz.compute import literal
from cnnviz.review.stage import Box, Glimpse, Reading, Shape, StageFacts

BOX = Box(-1.0, -0.5, 1.0, 0.5)


def reading(text: str, **changed) -> Reading:
    known = {
        "text": text,
        "box": BOX,
        "size": 36.0,
        "opacity": 1.0,
        "paragraph": 1,
        "covered": 0.0,
        "straddles": False,
        "signs": len(text),
        "contrast": 7.5,
    }
    return Reading(**known | changed)


def test_facts_are_the_same_after_json():
    label, number = reading("কার্নেল"), reading("−4", contrast=None, numbers=(literal(-4),))
    facts = StageFacts(
        4.5,
        (Glimpse(0.0, (label,)), Glimpse(1.25, (label, number), (Shape("Square", BOX),), 3)),
        ((0.0, 1.0), (2.0, 4.5)),
        as_before=True,
    )
    written = json.dumps(facts.as_json())
    assert StageFacts.from_json(json.loads(written)) == facts
    assert len(json.loads(written)["texts"]) == 2, "each text stands there once"


def test_texts_that_differ_in_anything_but_their_numbers_are_two():
    assert reading("4", numbers=(literal(4),)) == reading("4")
    assert reading("4", covered=0.5) != reading("4")
    assert Glimpse(0.0, (reading("4"),)).shows_the_same_as(Glimpse(2.0, (reading("4"),)))
    assert not Glimpse(0.0, (reading("4"),)).shows_the_same_as(Glimpse(2.0, ()))


def test_boxes_that_share_a_hair_do_not_meet():
    beside = Box(0.98, -0.5, 2.0, 0.5)
    assert not BOX.meets(beside)
    assert BOX.meets(Box(0.9, -0.5, 2.0, 0.5))
    assert BOX.within(Box(-0.98, -0.5, 1.0, 0.5))
    assert not BOX.within(Box(-0.9, -0.5, 1.0, 0.5))
    assert BOX.common(Box(0.0, 0.0, 3.0, 3.0)) == Box(0.0, 0.0, 1.0, 0.5)
    assert BOX.common(Box(5.0, 0.0, 6.0, 3.0)).area == 0
