"""Each rule, and something that breaks it on purpose: scenes that are played and looked at."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pytest
from manim import (
    DOWN,
    LEFT,
    RIGHT,
    UP,
    FadeIn,
    FadeOut,
    ImageMobject,
    Mobject,
    Square,
    VGroup,
    tempconfig,
)
from planned import of_rule, place, planned, silent
from tiny import Project, replace_in

from cnnviz.review.layout_rules import RULES, layout_findings, scene_problems
from cnnviz.review.looking import look_at_scene
from cnnviz.review.passes import look_at_stages
from cnnviz.review.stage import Box, Glimpse, Reading, StageFacts
from cnnviz.script.timeline import Slot
from cnnviz.stage.lesson import Lesson
from cnnviz.stage.plan import ScenePlan
from cnnviz.studio.site import Site
from cnnviz.visuals import formula, pulse, words
from cnnviz.visuals.theme import LINE, MUTED, PANEL


@pytest.fixture(scope="module", autouse=True)
def _no_manim_files(tmp_path_factory):
    with tempconfig({"media_dir": str(tmp_path_factory.mktemp("manim")), "verbosity": "WARNING"}):
        yield


FPS = 15
Act = Callable[[Lesson, float], None]
"""Plays one beat on a stage that lasts so many seconds."""


def problems(*acts: Act, seconds: float = 3.0) -> list[tuple[str, str, str]]:
    """Beat, rule and message of all that is wrong with a scene of these beats."""
    names = "abc"[: len(acts)]
    frames = round(seconds * FPS)
    slots = tuple(
        Slot("tried", name, index * frames, 0, frames, 0) for index, name in enumerate(names)
    )
    plan = ScenePlan("tried", "চেষ্টা", {}, slots, FPS, card=False, draw=frozenset(names))

    class Tried(Lesson):
        titled = False

        def construct(self):
            for name, act in zip(names, acts, strict=True):
                with self.beat(name):
                    act(self, seconds)

    seen: dict[str, StageFacts] = {}
    look_at_scene(Tried, plan, lambda beat, facts, picture, asked: seen.update({beat: facts}))
    facts = [seen[name] for name in names]
    return [
        (beat, problem.rule, problem.message)
        for beat, problem in scene_problems(slots, facts, plan.title, FPS)
    ]


def show(make: Callable[[], Sequence[Mobject]]) -> Act:
    """Show what `make` gives when the beat plays: nothing is laid out while tests are collected."""
    return lambda lesson, seconds: lesson.add(*make()) or None


def rules(*acts: Act, seconds: float = 3.0) -> set[str]:
    return {rule for _, rule, _ in problems(*acts, seconds=seconds)}


def grey(height: float, level: int) -> ImageMobject:
    image = ImageMobject(np.full((20, 40, 3), level, np.uint8))
    image.height = height
    return image


def backdrop() -> ImageMobject:
    white = ImageMobject(np.full((9, 16, 3), 255, np.uint8))
    return white.scale_to_fit_width(14.2).set_opacity(0.1)


def squares(count: int) -> VGroup:
    return VGroup(*(Square(0.4) for _ in range(count))).arrange(RIGHT, buff=0.8)


def for_a_moment(lesson: Lesson, seconds: float) -> None:
    note = words("অল্প জায়গায় লুকিয়ে থাকা প্যাটার্ন খুঁজে বের করে")
    lesson.play(FadeIn(note), run_time=0.3)
    lesson.play(FadeOut(note), run_time=0.3)


def a_formula_for_a_moment(lesson: Lesson, seconds: float) -> None:
    line = formula("F(i, j) = sum_(m, n) X(i + m, j + n) dot K(m, n)")
    lesson.add(line)
    lesson.wait(0.5)
    lesson.remove(line)


BROKEN: dict[str, list[tuple[str, Act]]] = {
    "text-overlap": [("twice", show(lambda: [words("কার্নেল"), words("ম্যাপ").shift(DOWN * 0.2)]))],
    "text-covered": [("behind", show(lambda: [words("কার্নেল"), grey(0.4, 60).shift(LEFT * 0.8)]))],
    "text-across-edge": [("edge", show(lambda: [grey(2, 60).shift(LEFT * 2), words("কার্নেল")]))],
    "outside-safe-margin": [
        ("text", show(lambda: [words("কার্নেল").shift(LEFT * 6.2)])),
        ("shape", show(lambda: [Square(1).shift(UP * 3.4)])),
        ("on its way", lambda lesson, seconds: lesson.play(
            words("কার্নেল").animate.shift(RIGHT * 14), run_time=1.0)),
    ],
    "text-too-small": [("scaled", show(lambda: [words("কার্নেল").scale(0.5)]))],
    "low-contrast": [
        ("colour", show(lambda: [words("কার্নেল", colour=LINE)])),
        ("ground", show(lambda: [grey(2, 150), words("কার্নেল", colour=MUTED)])),
        ("half faded", show(lambda: [words("কার্নেল", colour=MUTED).set_opacity(0.4)])),
    ],
    "missing-sign": [
        ("text", show(lambda: [words("কার্নেল → ম্যাপ")])),
        ("formula", show(lambda: [formula('x + "漢"')])),
    ],
    "too-many-groups": [("nine", show(lambda: [squares(9)]))],
    "too-quick-to-read": [("text", for_a_moment), ("formula", a_formula_for_a_moment)],
}  # fmt: skip
CASES = [(rule, name, act) for rule, acts in BROKEN.items() for name, act in acts]


@pytest.mark.parametrize(
    ("rule", "act"),
    [(rule, act) for rule, _, act in CASES],
    ids=[f"{rule}: {name}" for rule, name, _ in CASES],
)
def test_a_rule_is_broken_by_what_it_is_there_for_and_no_other_one_is(rule, act):
    assert rules(act) == {rule}


def test_every_rule_is_broken_by_a_test():
    assert RULES.keys() == BROKEN.keys() | {"picture-holds-still"}


GOOD: dict[str, Act] = {
    "a text, a grid and a backdrop": show(
        lambda: [backdrop(), squares(7), words("কার্নেল").to_edge(DOWN, buff=0.6)]
    ),
    "near things are one thing": show(
        lambda: [VGroup(*(Square(0.5) for _ in range(12))).arrange_in_grid(3, 4, buff=0.1)]
    ),
    "what is faint": show(lambda: [words("কার্নেল"), words("ম্যাপ", colour=PANEL).set_opacity(0.2)]),
    "a copy that flies over another text": lambda lesson, seconds: fly(lesson),
    "one text gives way to another": lambda lesson, seconds: lesson.play(
        FadeIn(words("কার্নেল")), FadeOut(words("ম্যাপ")), run_time=0.6
    ),
    "a formula has signs of its own": show(lambda: [formula('α → "কার্নেল"')]),
    "numbers are seen at a glance": lambda lesson, seconds: flash(lesson, "1,234"),
    "the chapter's own title is read in the corner": lambda lesson, seconds: flash(lesson, "চেষ্টা"),
}


def fly(lesson: Lesson) -> None:
    start, there = words("5").shift(LEFT * 3), words("কার্নেল")
    copy = start.copy()
    lesson.add(start, there, copy)
    lesson.play(copy.animate.shift(RIGHT * 6), run_time=2.0)


def flash(lesson: Lesson, text: str) -> None:
    note = words(text)
    lesson.add(note)
    lesson.wait(0.1)
    lesson.remove(note)


@pytest.mark.parametrize("act", GOOD.values(), ids=GOOD)
def test_what_is_meant_breaks_no_rule(act):
    assert problems(act) == []


def still(lesson: Lesson, seconds: float) -> None:
    lesson.add(squares(1))


def test_a_picture_that_stands_while_the_voice_goes_on_is_found_over_the_borders_of_beats():
    assert problems(still, still, seconds=3.9) == []
    assert problems(still, lambda lesson, seconds: None, seconds=4.2) == [
        ("a", "picture-holds-still", "nothing moves for 8.4 s while the voice speaks")
    ]


def test_a_movement_or_a_cut_ends_a_standing_picture():
    def move(lesson, seconds):
        lesson.wait(seconds / 2)
        lesson.play(lesson.mobjects[0].animate.shift(UP), run_time=0.2)

    assert problems(still, move, seconds=5.0) == []
    assert problems(still, still, seconds=7.0) == []


def test_silence_after_the_words_is_no_standing_picture():
    glimpse = Glimpse(0.0, ())
    facts = StageFacts(12.0, (glimpse,), ((0.0, 12.0),), as_before=False)
    spoken, silent = Slot("s", "b", 0, 0, 120, 0), Slot("s", "b", 0, 15, 105, 60)
    assert [p.rule for _, p in scene_problems([spoken], [facts], "", 10)] == ["picture-holds-still"]
    assert [p.rule for _, p in scene_problems([silent], [facts], "", 15)] == []


def test_a_text_that_stays_over_several_beats_has_been_read():
    note = words("অল্প জায়গায় লুকিয়ে থাকা প্যাটার্ন খুঁজে বের করে")

    def leave(lesson, seconds):
        lesson.wait(0.7)
        lesson.remove(note)

    assert "too-quick-to-read" in rules(leave_after(note), seconds=0.9)
    assert rules(show(lambda: [note]), show(lambda: []), leave, seconds=0.9) == set()


def leave_after(note) -> Act:
    def act(lesson, seconds):
        lesson.add(note)
        lesson.wait(0.7)
        lesson.remove(note)

    return act


def test_a_formula_of_which_a_part_moves_stays_a_formula():
    line = formula("{{ x : left }} + y = z")

    def act(lesson, seconds):
        lesson.add(line)
        lesson.play(pulse(line.select("left")), run_time=0.5)
        lesson.play(line.animate.to_edge(UP, buff=0), run_time=0.5)

    assert ("a", "outside-safe-margin", "“x + y = z” leaves the safe area") in problems(act)


def test_what_a_card_hides_is_not_there():
    crowd, card = squares(9), Square(20, fill_opacity=1, color="#10151F")

    def act(lesson, seconds):
        lesson.add(crowd, card)
        lesson.wait(2)
        lesson.remove(crowd)
        lesson.play(FadeOut(card), run_time=0.5)

    assert problems(act) == []


def test_a_missing_sign_is_told_by_its_name():
    assert problems(show(lambda: [words("কার্নেল → ম্যাপ")])) == [
        (
            "a",
            "missing-sign",
            "“কার্নেল → ম্যাপ”: no font of the film has “→” (RIGHTWARDS ARROW)",
        )
    ]


def test_a_problem_is_told_once_where_it_begins():
    small = words("কার্নেল").scale(0.5)
    assert problems(
        lambda lesson, seconds: None, show(lambda: [small]), lambda lesson, seconds: None
    ) == [("b", "text-too-small", "“কার্নেল” is as small as size 18")]


def test_what_lasts_for_an_instant_is_not_noticed():
    box = Box(-1.0, -0.2, 1.0, 0.2)
    text = Reading("5", box, 36.0, 1.0, 0, 0.0, straddles=False, signs=1, contrast=2.0)
    facts = StageFacts(1.0, (Glimpse(0.0, (text,)),), ((0.0, 1.0),), as_before=False)
    slot = Slot("s", "b", 0, 0, 15, 0)
    assert [p.message for _, p in scene_problems([slot], [facts], "", FPS)] == [
        "“5” has a contrast of 2.0:1"
    ]
    brief = replace(facts, seconds=0.3, still=((0.0, 0.3),))
    assert scene_problems([slot], [brief], "", FPS) == []


def test_a_finding_names_scene_beat_file_and_line(tiny_project: Project, one_process: None):
    edit = replace_in(
        tiny_project.scene("second"),
        "            self.play(self.square.animate.shift(RIGHT), run_time=beat.remaining)\n",
        "            self.play(self.square.animate.shift(RIGHT * 7), run_time=beat.remaining)\n",
    )
    production = planned(tiny_project)
    found = layout_findings(production, look_at_stages(production, Site(silent())))
    (finding,) = of_rule("outside-safe-margin", found)
    assert place(finding) == ("second", "turned", "second.py", edit.line - 2)
    assert finding.message == "something (Square) leaves the safe area"
    assert finding.severity == "error"
    assert finding.advice


def test_a_sign_without_a_font_is_found_where_it_is_shown(tiny_project: Project, one_process: None):
    edit = replace_in(tiny_project.scene("first"), 'size = self.label("size")', 'size = words("→")')
    imports = "from cnnviz.visuals import output_grid"
    replace_in(tiny_project.scene("first"), imports, f"{imports}, words")
    production = planned(tiny_project)
    found = layout_findings(production, look_at_stages(production, Site(silent())))
    (finding,) = of_rule("missing-sign", found)
    assert place(finding) == ("first", "summed", "first.py", edit.line - 1)
    assert "RIGHTWARDS ARROW" in finding.message
    assert finding.severity == "error"
