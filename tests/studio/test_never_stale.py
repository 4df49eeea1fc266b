"""The promise of the store: the film out of it is byte for byte the film from nothing.

Random sequences of edits on a small episode whose scenes lean on all that a scene can lean on: the
lengths of other beats, another episode's part and its picture, a file somewhere in the project,
which its thumbnail reads too, evidence, and what the scene before has left on stage.
`CNNVIZ_SEQUENCES=200` tries as many as one has time for.
"""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import cv2
import numpy as np
import pytest
from captures import write_recording
from tiny import Done, Project, files_below, run_command

from cnnviz.evidence_files import CARD_WEIGHTS
from cnnviz.files import write_json

SEQUENCES = int(os.environ.get("CNNVIZ_SEQUENCES", "4"))
SAVED_AT = 1_700_000_000
"""All saves of a scene bear this time, and many have one length: only what they say differs."""

LEANING = """\
from __future__ import annotations

import json
from pathlib import Path

from manim import RIGHT, UP, Create, Rectangle, Square

from cnnviz.compute import literal
from cnnviz.stage.lesson import Lesson
from scenes.other._part import SHADE
from scenes.tiny.blocks import box

ROOT = Path(__file__).parents[2]


class Leaning(Lesson):
    card = False
    titled = False
    evidence = ("trained",)

    @classmethod
    def numbers(cls):
        trained = json.loads(cls.evidence_file("trained").read_text())
        return {"loss": literal(trained["loss"], of="loss")}

    def setup_stage(self):
        self.square = box(1.0 + SHADE).set_fill("#ffffff", SHADE)
        height = float((ROOT / "measured" / "height.txt").read_text())
        self.add(Rectangle(height=height, width=0.5).to_edge(UP), self.label("name").shift(UP))

    def construct(self):
        with self.beat("before") as beat:
            self.play(Create(self.square), run_time=beat.part(0.5))

        with self.beat("after") as beat:
            # As far as the beat before is long: whoever redraws only that one is wrong here.
            way = self.slot("before").frames / 30
            self.play(self.square.animate.shift(RIGHT * way), run_time=beat.part(0.8))
"""
WATCHING = """\
from __future__ import annotations

from manim import LEFT, Square

from cnnviz.capture.evidence import confidence_percent
from cnnviz.capture.sidecar import read_capture
from cnnviz.stage.lesson import Lesson


class Watching(Lesson):
    card = False
    titled = False
    recording = "demo"

    @classmethod
    def numbers(cls):
        return {"sure": confidence_percent(read_capture(cls.recorded()), 0)}

    def construct(self):
        with self.beat("seen") as beat:
            side = read_capture(self.recorded()).moments[0].frame / 20
            self.play(Square(side).animate.shift(LEFT), run_time=beat.part(0.5))
"""
FOLLOWING = """\
from __future__ import annotations

from manim import DOWN

from cnnviz.stage.lesson import Lesson
from scenes.tiny.leaning import Leaning


class Following(Lesson):
    continues = Leaning

    def construct(self):
        with self.beat("taken") as beat:
            self.play(self.previous.square.animate.shift(DOWN), run_time=beat.part(0.5))

        with self.beat("left") as beat:
            self.play(self.previous.square.animate.scale(0.5), run_time=beat.part(0.5))
"""
STARING = """\
from __future__ import annotations

from manim import UP, FadeIn, Square

from cnnviz.stage.lesson import Lesson
from scenes.tiny.watching import Watching


class Staring(Lesson):
    continues = Watching
    titled = False

    def construct(self):
        with self.beat("still") as beat:
            self.play(FadeIn(Square(0.5).shift(UP)), run_time=beat.part(0.5))
"""
THUMBNAIL = """\
from __future__ import annotations

from pathlib import Path

from manim import Rectangle

from cnnviz.stage.lesson import Lesson

HEIGHT = Path(__file__).parents[2] / "measured" / "height.txt"


class Thumbnail(Lesson):
    card = False
    titled = False

    def construct(self):
        with self.beat("moved"):
            self.add(Rectangle(height=float(HEIGHT.read_text()), width=3))
"""
PART = """\
from pathlib import Path

import cv2

SHADE = float(cv2.imread(str(Path(__file__).with_name("shade.png"))).mean() / 255)
"""
BLOCKS = {
    "__init__": "from scenes.tiny.blocks.box import box\n",
    "box": "from manim import Square\n\n\ndef box(side):\n    return Square(side)\n",
}
SCRIPT = {
    "bn": """\
  - id: leaning
    title: তৃতীয় দৃশ্য
    labels: { name: ক্ষতি }
    beats: { before: "আগে, ক্ষতি {loss}।", after: পরে। }
  - id: following
    title: আরও এক দৃশ্য
    beats: { taken: এটাকে ধরি।, left: আর ছেড়ে দিই। }
  - id: watching
    title: চতুর্থ দৃশ্য
    beats: { seen: "নিশ্চিত {sure} ভাগ।" }
  - id: staring
    title: পঞ্চম দৃশ্য
    beats: { still: এখনো দেখছি। }
""",
    "en": """\
  - id: leaning
    title: The third scene
    labels: { name: Loss }
    beats: { before: "Before, with a loss of {loss}.", after: After. }
  - id: following
    title: One more scene
    beats: { taken: We take it., left: And leave it. }
  - id: watching
    title: The fourth scene
    beats: { seen: "It is {sure} per cent sure." }
  - id: staring
    title: The fifth scene
    beats: { still: Still there. }
""",
}
SCENES = {
    "leaning": LEANING,
    "following": FOLLOWING,
    "watching": WATCHING,
    "staring": STARING,
}
BEATS = {
    "leaning.before": 0.5,
    "leaning.after": 0.5,
    "following.taken": 0.5,
    "following.left": 0.4,
    "watching.seen": 0.5,
    "staring.still": 0.4,
}
LENGTHS = (0.4, 0.5, 0.6, 0.8)


class Edited:
    """A project that is edited at random, and two ways to make its film."""

    def __init__(self, project: Project, folder: Path, chance: random.Random) -> None:
        self.project, self.folder, self.chance = project, folder, chance
        self.recording: str | None = None
        self.edits: list[str] = []
        self._write()

    def _write(self) -> None:
        root = self.project.root
        for name, text in SCENES.items():
            self.save(root / "scenes" / "tiny" / f"{name}.py", text)
        self.save(root / "scenes" / "tiny" / "_thumbnail.py", THUMBNAIL)
        self.save(root / "scenes" / "other" / "__init__.py", "")
        self.save(root / "scenes" / "other" / "_part.py", PART)
        for name, text in BLOCKS.items():
            self.save(root / "scenes" / "tiny" / "blocks" / f"{name}.py", text)
        for language, text in SCRIPT.items():
            path = self.project.script.with_name(f"{language}.yaml")
            path.write_text(path.read_text("utf-8") + text, encoding="utf-8")
        for beat, seconds in BEATS.items():
            self.project.record(beat, seconds)
        digest = CARD_WEIGHTS.read_text(encoding="utf-8").split('"sha256": "')[1][:64]
        for name, frame in (("demo", 30), ("others", 45)):
            write_recording(
                root / "recordings", name, seconds=6, weights=digest, moments=[(frame, "joker")]
            )
        self.shade()
        self.height()
        self.weights()

    def save(self, path: Path, text: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        os.utime(path, (SAVED_AT, SAVED_AT))

    # Edits

    def change(self, path: Path, before: str, words: list[str], after: str) -> None:
        """Put one of several `words` where one of them stands between `before` and `after`."""
        text = path.read_text(encoding="utf-8")
        new = f"{before}{self.chance.choice(words)}{after}"
        for word in words:
            text = text.replace(f"{before}{word}{after}", "\0")
        assert "\0" in text, (path, before)
        self.save(path, text.replace("\0", new))

    def sentence(self) -> None:
        beat = self.chance.choice(
            [f"{path.stem}" for path in self.project.recording("first.shown").parent.glob("*.wav")]
        )
        self.project.record(beat, self.chance.choice(LENGTHS))

    def pixel(self) -> None:
        self.change(self.project.scene("_example"), "[[", ["1", "2", "7"], ", 2, 3]")

    def title(self) -> None:
        words = ["প্রথম দৃশ্য", "শুরুর দৃশ্য", "গোড়ার দৃশ্য"]
        self.change(self.project.script, "title: ", words, "\n")

    def label(self) -> None:
        if self.chance.random() < 0.5:
            self.change(self.project.script, "name: ", ["চৌকো", "বর্গ"], "\n")
        else:
            self.change(self.project.script, "name: ", ["ক্ষতি", "লস"], " }")

    def code(self) -> None:
        # Two saves of one length and time: by these alone nobody tells them apart.
        self.change(self.project.scene("second"), "Square(", ["1", "2", "3"], ")")

    def comment(self) -> None:
        path = self.project.scene("leaning")
        self.save(path, path.read_text("utf-8") + f"# {self.chance.random()}\n")

    def building_block(self) -> None:
        folder = self.project.root / "scenes" / "tiny" / "blocks"
        name = f"block{len(list(folder.iterdir()))}"
        self.save(folder / f"{name}.py", f"def {name}():\n    return None\n")
        facade = folder / "__init__.py"
        self.save(facade, f"{facade.read_text()}from scenes.tiny.blocks.{name} import {name}\n")

    def block(self) -> None:
        path = self.project.root / "scenes" / "tiny" / "blocks" / "box.py"
        self.change(path, "Square(", ["side", "1.25", "1.75"], ")")

    def shade(self) -> None:
        path = self.project.root / "scenes" / "other" / "shade.png"
        cv2.imwrite(str(path), np.full((2, 2, 3), self.chance.choice([60, 120, 180]), np.uint8))
        os.utime(path, (SAVED_AT, SAVED_AT))

    def height(self) -> None:
        path = self.project.root / "measured" / "height.txt"
        self.save(path, self.chance.choice(["0.5", "1.0", "1.5"]))

    def weights(self) -> None:
        path = self.project.root / "recordings" / "trained.json"
        tensors = bytes([self.chance.randrange(3)])
        path.with_suffix(".bin").write_bytes(tensors)
        write_json(
            path,
            {
                "kind": "training",
                "command": "render.py train-lesson",
                "files": {"trained.bin": sha256(tensors).hexdigest()},
                "loss": self.chance.choice([1, 2, 3]),
            },
        )

    def other_recording(self) -> None:
        self.recording = self.chance.choice([None, "demo", "others"])

    def other_speech(self) -> None:
        shutil.rmtree(self.cache / "speech", ignore_errors=True)

    def lost_notes(self) -> None:
        kind = self.chance.choice(["asked", "known", "facts", "history", "evidence"])
        shutil.rmtree(self.cache / kind, ignore_errors=True)

    def edit(self) -> None:
        kinds: list[Callable[[], None]] = [
            self.sentence, self.sentence, self.pixel, self.title, self.label, self.code, self.code,
            self.comment, self.building_block, self.block, self.shade, self.height, self.weights,
            self.other_recording, self.other_speech, self.lost_notes,
        ]  # fmt: skip
        kind = self.chance.choice(kinds)
        kind()
        self.edits.append(kind.__name__)

    # The film

    @property
    def cache(self) -> Path:
        return self.folder / "cache"

    def make(self, cache: Path, out: Path) -> dict[str, bytes]:
        os.environ["CNNVIZ_CACHE_DIR"] = str(cache)
        words = ["--quality", "draft", "--voice", "recorded", "--out", str(out)]
        if self.recording:
            path = self.project.root / "recordings" / f"{self.recording}.mp4"
            words += ["--recording", str(path)]
        done: Done = run_command(self.project.root, "episode", "tiny", *words)
        assert done.code == 0, (self.edits, done.err)
        return files_below(out)


@pytest.mark.parametrize("seed", range(SEQUENCES))
def test_a_film_from_the_store_is_the_film_from_nothing(
    built: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    monkeypatch.setenv("CNNVIZ_CACHE_DIR", str(tmp_path / "cache"))
    edited = Edited(built, tmp_path, random.Random(seed))
    edited.make(edited.cache, tmp_path / "kept")
    for _ in range(edited.chance.randint(1, 4)):
        for _ in range(edited.chance.randint(1, 2)):
            edited.edit()
        kept = edited.make(edited.cache, tmp_path / "kept")
    fresh = edited.make(tmp_path / "empty", tmp_path / "fresh")
    differing = [name for name in kept | fresh if kept.get(name) != fresh.get(name)]
    assert differing == [], edited.edits
