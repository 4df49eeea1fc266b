"""The tiny project with scenes that go on from the one before: `second`, `third`, `fourth`."""

from __future__ import annotations

from tiny import Project, replace_in

__all__ = ["SCENES", "add_continuing_scenes"]

THIRD = """\
from __future__ import annotations

from manim import UP

from cnnviz.stage.lesson import Lesson
from scenes.tiny.second import Second


class Third(Lesson):
    continues = Second
    titled = False

    def construct(self):
        with self.beat("lifted") as beat:
            self.play(self.previous.square.animate.shift(UP), run_time=beat.part(0.8))

        with self.beat("held"):
            pass
"""

FOURTH = """\
from __future__ import annotations

from manim import DOWN, FadeIn, Square

from cnnviz.stage.lesson import Lesson
from scenes.tiny.third import Third


class Fourth(Lesson):
    continues = Third

    def construct(self):
        with self.beat("joined") as beat:
            dot = Square(0.5).next_to(self.previous.previous.square, DOWN)
            self.play(FadeIn(dot), run_time=beat.part(0.5))
"""

SCENES = {"third": THIRD, "fourth": FOURTH}

SCRIPTS = {
    "bn": """\
  - id: third
    title: তৃতীয় দৃশ্য
    beats:
      lifted: এবার একটু উপরে তুলি।
      held: এখানেই থাকুক।
  - id: fourth
    title: চতুর্থ দৃশ্য
    beats:
      joined: পাশে আরেকটা আঁকি।
""",
    "en": """\
  - id: third
    title: The third scene
    beats:
      lifted: Now let us lift it.
      held: Here it stays.
  - id: fourth
    title: The fourth scene
    beats:
      joined: And here comes another one.
""",
}

SECONDS = {"third.lifted": 0.5, "third.held": 0.4, "fourth.joined": 0.5}


def add_continuing_scenes(project: Project) -> None:
    """Let `third` go on from the project's `second`, and `fourth` from that."""
    for name, text in SCENES.items():
        project.scene(name).write_text(text, encoding="utf-8")
    for language, text in SCRIPTS.items():
        path = project.script.with_name(f"{language}.yaml")
        path.write_text(path.read_text("utf-8") + text, encoding="utf-8")
    for beat, seconds in SECONDS.items():
        project.record(beat, seconds)


def ask_in_second(project: Project) -> None:
    """Let where the square of `second` ends depend on how long its first beat lasts."""
    replace_in(
        project.scene("second"),
        "self.square.animate.shift(RIGHT)",
        'self.square.animate.shift(RIGHT * self.slot("drawn").frames / 10)',
    )
