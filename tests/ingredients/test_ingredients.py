"""What a beat depends on is found out while it plays, and all of it is in its key."""

from __future__ import annotations

import io
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from tiny import BUILD, SECONDS, Done, Project, changed, drawn, replace_in

from cnnviz.episode.episode import find_episode
from cnnviz.ingredients import record as ingredients
from cnnviz.ingredients.record import (
    Asked,
    Ingredients,
    OpenIngredients,
    fonts,
    maker,
    versions,
)
from cnnviz.media.quality import quality
from cnnviz.progress import Reporter
from cnnviz.store import Shelf
from cnnviz.studio import film_parts, last_pictures
from cnnviz.studio.film_parts import sound_job
from cnnviz.studio.production import Production, prepare
from cnnviz.studio.segments import Segment
from cnnviz.studio.thumbnail import thumbnail_job

Run = Callable[..., Done]


def planned(project: Project, language: str = "bn", size: str = "draft") -> Production:
    report = Reporter(io.StringIO())
    episode = find_episode(project.root, "tiny")
    return prepare(episode, language, quality(size), "recorded", report)


def from_scratch(project: Project, run: Run, monkeypatch: pytest.MonkeyPatch) -> bytes:
    """The film as a machine makes it that never made one before."""
    with monkeypatch.context() as patch:
        patch.setenv("CNNVIZ_CACHE_DIR", str(project.root.parent / "another cache"))
        out = project.root.parent / "another bundle"
        assert drawn(run(project, *BUILD, "--out", str(out))) == 5
    return (out / "episode.mp4").read_bytes()


# --- records --------------------------------------------------------------------------------


def test_a_key_is_a_digest_of_all_parts_and_of_what_is_made() -> None:
    one = Ingredients("film", {"a": 1, "b": [2]})
    assert one.key == Ingredients("film", {"b": [2], "a": 1}).key
    others = [one.with_parts("page"), one.with_parts(a=2), one.with_parts(c=None)]
    assert len({one.key, *(other.key for other in others)}) == 4
    assert one.with_parts(a=2).with_parts(a=1).key == one.key


def test_makers_count_with_all_that_they_import() -> None:
    record = maker("studio/film_sound.py")
    assert {"cnnviz/studio/film_sound.py", "cnnviz/media/chime.py"} <= record.keys()
    assert "cnnviz/media/encode.py" not in record


def test_another_version_of_what_draws_is_another_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    before = versions()
    monkeypatch.setattr("cairo.cairo_version_string", lambda: "0.1")
    after = versions.__wrapped__()
    assert {name for name in after if after[name] != before[name]} == {"cairo"}


def test_every_library_that_puts_pixels_on_the_screen_is_named() -> None:
    assert {"manim", "numpy", "av", "libavcodec", "libswscale", "pango", "python"} <= (
        versions().keys()
    )
    assert not set(versions().values()) & {"absent", "unknown"}
    assert all(re.fullmatch("[0-9a-f]{64}", digest) for digest in fonts().values())


PARTS = {
    "code",
    "data",
    "versions",
    "fonts",
    "evidence",
    "language",
    "title",
    "labels",
    "beats",
    "card",
    "quality",
    "format",
    "inputs",
    "beat",
    "length",
    "asked",
    "scene",
    "played",
    "files",
}


def test_a_beat_depends_on_these_and_on_nothing_else(built: Project) -> None:
    production = planned(built)
    for record in production.records.values():
        assert set(record.now().parts) == PARTS


@pytest.mark.parametrize("part", sorted(PARTS - {"asked", "files"}))
def test_every_part_of_it_is_in_its_key(built: Project, part: str) -> None:
    record = next(iter(planned(built).records.values())).now()
    assert record.with_parts(**{part: "another"}).key != record.key


@pytest.mark.parametrize(
    "file",
    [
        "media/encode",
        "media/colour",
        "media/stills",
        "media/container",
        "stage/draw",
        "stage/camera",
        "studio/scene_drawing",
    ],
)
def test_what_plays_and_encodes_a_scene_is_among_its_code(built: Project, file: str) -> None:
    for record in planned(built).records.values():
        assert f"cnnviz/{file}.py" in record.known.parts["code"]


def test_a_film_in_another_language_has_pictures_of_its_own(built: Project) -> None:
    recordings = built.script.parent / "recordings"
    shutil.copytree(recordings / "bn", recordings / "en")
    bengali = planned(built)
    # The same words on screen: a scene may write names that no label holds.
    shutil.copy(built.script, built.english)
    english = planned(built, "en")
    assert {slot.beat for slot in bengali.slots} == {slot.beat for slot in english.slots}
    keys = {production.key(slot) for production in (bengali, english) for slot in production.slots}
    assert len(keys) == 2 * len(SECONDS)


def test_the_order_of_beats_is_in_the_keys_of_their_scene(built: Project) -> None:
    before = planned(built)
    for path in (built.script, built.english):
        text = path.read_text(encoding="utf-8")
        summed, moved = re.findall(r"^      (?:summed|moved): .*\n", text, re.MULTILINE)
        path.write_text(text.replace(summed + moved, moved + summed), encoding="utf-8")
    scene = built.scene("first")
    text = scene.read_text(encoding="utf-8")
    start, shown, summed, moved = re.split(r"(?=        with self.beat)", text)
    scene.write_text(start + shown + moved.rstrip() + "\n\n" + summed, encoding="utf-8")
    after = planned(built)
    assert [slot.beat for slot in after.slots_of("first")] == ["shown", "moved", "summed"]

    # Were the scene's code the same, each beat's picture would still follow from others.
    def parts(production: Production) -> dict[str, object]:
        return {
            slot.beat: production.records[slot].now().with_parts(code=None).key
            for slot in production.slots_of("first")
        }

    old, new = parts(before), parts(after)
    assert all(old[beat] != new[beat] for beat in old)
    assert after.key(after.slots_of("second")[0]) == before.key(before.slots_of("second")[0])


def test_a_bell_rings_with_each_chapter_card_and_with_nothing_else(built: Project) -> None:
    production = planned(built)
    [bell] = sound_job(production, production.slots).bells
    assert bell == round(0.55 * 48_000)  # the first scene has a card, the second has none
    replace_in(built.scene("second"), "card = False", "card = True")
    again = planned(built)
    start = again.slots_of("second")[0].start * 48_000 // again.quality.fps
    assert sound_job(again, again.slots).bells == (bell, start + bell)


def test_a_thumbnail_depends_on_the_lengths_of_what_it_plays(built: Project) -> None:
    before = thumbnail_job(planned(built)).key
    built.record("first.shown", 0.9)
    longer = thumbnail_job(planned(built)).key
    built.record("second.drawn", 0.9)
    assert len({before, longer, thumbnail_job(planned(built)).key}) == 2


READ_ASIDE = """\
        from pathlib import Path
        side = float((Path(__file__).parents[2] / "measured.txt").read_text())
"""
THUMBNAIL = f"""\
from manim import Square

from cnnviz.stage.lesson import Lesson


class Thumbnail(Lesson):
    titled = False

    def setup_stage(self):
{READ_ASIDE}
        self.add(Square(side))

    def construct(self):
        with self.beat("moved"):
            pass
"""


@pytest.mark.parametrize("own", [False, True], ids=["the first scene's", "of its own"])
def test_a_thumbnail_is_drawn_again_with_a_file_that_it_reads_anywhere(
    built: Project, run: Run, own: bool
) -> None:
    measured = built.root / "measured.txt"
    measured.write_text("2.0")
    if own:
        built.scene("_thumbnail").write_text(THUMBNAIL)
    else:
        grid = "        self.grid = output_grid(TRACE, cell=1.2)\n"
        scaled = grid.replace("1.2)", "1.2).scale(side / 2)")
        replace_in(built.scene("first"), grid, f"{READ_ASIDE}{scaled}")
    shown = []
    for side in ("2.0", "1.0", "2.0"):
        measured.write_text(side)
        assert run(built, *BUILD).code == 0
        shown.append((built.bundle / "thumbnail.png").read_bytes())
    assert shown[0] == shown[2] != shown[1]
    assert "measured.txt" in thumbnail_job(planned(built)).record.now().parts["files"]


# --- other beats' lengths -------------------------------------------------------------------

ASKS = {
    "for one slot": 'self.slot("drawn").frames',
    "through the plan": "self.plan.slots[0].frames",
    "from the end": "self.plan.slots[-2].frames",
    "in a slice": "self.plan.slots[:1][0].frames",
    "in a loop": "next(iter(self.plan.slots)).frames",
}


@pytest.mark.parametrize("how", ASKS)
def test_a_scene_that_asks_for_another_beats_length_is_drawn_again_with_it(
    built: Project, run: Run, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    replace_in(
        built.scene("second"), "Rotate(self.square, 1.0)", f"Rotate(self.square, {ASKS[how]} / 50)"
    )
    assert drawn(run(built, *BUILD)) == 2
    assert drawn(run(built, *BUILD)) == 0
    before = built.segments
    built.record("second.drawn", 0.9)
    said = run(built, *BUILD, "--explain")
    assert drawn(said) == 2
    assert "second/turned: drawn — it depends on the length of drawn, which changed" in said.err
    assert changed(before, built.segments) == {"second.drawn", "second.turned"}
    assert from_scratch(built, run, monkeypatch) == built.film
    # The film as it was is still there.
    built.record("second.drawn", SECONDS["second.drawn"])
    assert drawn(run(built, *BUILD)) == 0
    assert built.segments == before


def test_what_was_asked_before_a_beat_concerns_all_that_follow(
    built: Project, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace_in(built.scene("second"), "Square(2)", 'Square(self.slot("turned").frames / 10)')
    assert drawn(run(built, *BUILD)) == 2
    before = built.segments
    built.record("second.turned", 1.2)
    assert drawn(run(built, *BUILD)) == 2
    assert changed(before, built.segments) == {"second.drawn", "second.turned"}
    assert from_scratch(built, run, monkeypatch) == built.film


def test_a_scene_that_asks_later_leaves_its_earlier_beats_alone(built: Project, run: Run) -> None:
    replace_in(
        built.scene("first"),
        "self.grid.animate.shift(DOWN * 0.5), size",
        'self.grid.animate.shift(DOWN * self.slot("summed").frames / 99), size',
    )
    assert drawn(run(built, *BUILD)) == 3
    built.record("first.shown", 0.9)
    assert drawn(run(built, *BUILD)) == 1
    built.record("first.summed", 1.2)
    assert drawn(run(built, *BUILD)) == 2


MOVES = {
    "a mobject": "self.square.add_updater(lambda square, dt: square.rotate(dt))",
    "a part of one": "self.add(Group(self.square.add_updater(lambda one, dt: one.rotate(dt))))",
    "the scene": "_ = self.add(other := Square(3)), self.add_updater(other.rotate)",
}


@pytest.mark.parametrize("what", MOVES)
@pytest.mark.parametrize("stops", [False, True])
def test_what_moves_by_itself_makes_later_beats_depend_on_a_beats_length(
    built: Project, run: Run, monkeypatch: pytest.MonkeyPatch, what: str, stops: bool
) -> None:
    replace_in(
        built.scene("second"),
        "        self.square = Square(2)\n",
        f"        self.square = Square(2)\n        {MOVES[what]}\n",
    )
    replace_in(built.scene("second"), "from manim import", "from manim import Group,")
    if stops:
        replace_in(
            built.scene("second"),
            "            self.wait(0.1)\n",
            "            self.wait(0.1)\n"
            "            self.square.clear_updaters()\n"
            "            self.updaters.clear()\n",
        )
    assert drawn(run(built, *BUILD)) == 2
    before = built.segments
    built.record("second.turned", 1.2)
    assert drawn(run(built, *BUILD)) == 1
    assert changed(before, built.segments) == {"second.turned"}
    before = built.segments
    built.record("second.drawn", 0.9)
    assert drawn(run(built, *BUILD)) == 2
    assert changed(before, built.segments) == {"second.drawn", "second.turned"}
    assert from_scratch(built, run, monkeypatch) == built.film


# --- notes on what was asked ----------------------------------------------------------------

LENGTHS = {"a": (0, 1, 2), "b": (3, 4, 5)}


@pytest.fixture
def record(fresh_cache: Path, tmp_path: Path) -> OpenIngredients:
    return OpenIngredients(Ingredients("segment", {"beat": "a"}), tmp_path, LENGTHS)


def beats(*names: str) -> Asked:
    return Asked(frozenset(names))


def test_a_note_tells_what_was_asked_last(record: OpenIngredients) -> None:
    assert record.now() == record.asking(beats())
    record.note(beats("b"))
    assert record.now() == record.asking(beats("b"))
    assert record.now().parts["asked"] == {"b": [3, 4, 5]}
    record.note(beats())
    assert record.now() == record.asking(beats())


def test_a_note_of_beats_that_are_gone_asks_for_those_that_are_left(
    record: OpenIngredients,
) -> None:
    record.note(beats("b", "a", "gone"))
    assert record.now() == record.asking(beats("a", "b"))


@pytest.mark.parametrize("content", ["", "[]", "{}", "\xff"])
def test_a_damaged_note_is_as_good_as_none(record: OpenIngredients, content: str) -> None:
    record.note(beats("b"))
    Shelf("asked").path(record.known.key, ".json").write_text(content)
    assert record.now() == record.asking(beats())
    record.note(beats("b"))
    assert record.now() == record.asking(beats("b"))


def test_a_note_tells_which_files_were_read_and_what_is_in_them_now(
    record: OpenIngredients, tmp_path: Path
) -> None:
    file = tmp_path / "height.txt"
    file.write_text("1")
    record.note(Asked(files={"height.txt": "whatever was in it"}))
    one = record.now()
    file.write_text("2")
    other = record.now()
    file.unlink()
    assert len({one.key, other.key, record.now().key}) == 3
    assert record.now().parts["files"] == {"height.txt": "absent"}


@pytest.mark.parametrize("spoil", [Path.unlink, lambda path: path.write_text('{"facts": ["x"]}')])
def test_a_note_that_is_lost_costs_a_drawing_and_no_wrong_film(
    built: Project, run: Run, spoil: Callable[[Path], object]
) -> None:
    replace_in(
        built.scene("second"),
        "Rotate(self.square, 1.0)",
        f"Rotate(self.square, {ASKS['in a loop']})",
    )
    run(built, *BUILD)
    film = built.film
    notes = list((built.root.parent / "cache" / "asked").rglob("*.json"))
    assert len(notes) >= 2
    for note in notes:
        spoil(note)
    assert drawn(run(built, *BUILD)) == 1
    assert built.film == film
    assert drawn(run(built, *BUILD)) == 0


def test_a_segment_that_was_asked_otherwise_is_not_taken_for_it(built: Project) -> None:
    """The key that a record gives is that of just these answers."""
    production = planned(built)
    slot = production.slots_of("second")[1]
    assert production.key(slot) != production.records[slot].asking(beats("drawn")).key


def test_a_process_asks_for_its_makers_once(monkeypatch: pytest.MonkeyPatch) -> None:
    maker("media/join.py")
    monkeypatch.setattr(ingredients, "code_of", lambda *args: pytest.fail("asked again"))
    maker("media/join.py")


# --- files that a scene reads ---------------------------------------------------------------

READS = {
    "by Python": "float(open(PLACE).read())",
    "by pathlib": "float(__import__('pathlib').Path(PLACE).read_text())",
    "by numpy": "float(__import__('numpy').loadtxt(PLACE))",
}


@pytest.mark.parametrize("how", READS)
@pytest.mark.parametrize("inside", [True, False])
def test_a_file_that_a_scene_reads_is_among_its_ingredients_wherever_it_lies(
    built: Project, run: Run, tmp_path: Path, how: str, inside: bool
) -> None:
    file = (built.root / "measured" if inside else tmp_path / "elsewhere") / "side.txt"
    file.parent.mkdir()
    file.write_text("2.0")
    replace_in(built.scene("second"), "Square(2)", f"Square({READS[how]})")
    replace_in(built.scene("second"), "class Second", f"PLACE = {str(file)!r}\n\n\nclass Second")
    assert drawn(run(built, *BUILD)) == 2
    assert drawn(run(built, *BUILD)) == 0
    file.write_text("2.5")
    said = run(built, *BUILD, "--explain")
    assert drawn(said) == 2
    name = "measured/side.txt" if inside else str(file)
    assert f"second/drawn: drawn — what it reads changed, {name}" in said.err
    file.write_text("2.0")
    assert drawn(run(built, *BUILD)) == 0


def test_what_libraries_and_the_drawing_itself_read_is_none_of_them(built: Project) -> None:
    for record in planned(built).records.values():
        assert record.now().parts["files"] == {}


def test_a_picture_that_opencv_opens_by_itself_is_seen(built: Project, run: Run) -> None:
    picture = built.root / "measured" / "shade.png"
    picture.parent.mkdir()
    cv2.imwrite(str(picture), np.full((2, 2, 3), 50, np.uint8))
    side = f"__import__('cv2').imread({str(picture)!r}).mean() / 50 + 1"
    replace_in(built.scene("second"), "Square(2)", f"Square({side})")
    assert drawn(run(built, *BUILD)) == 2
    cv2.imwrite(str(picture), np.full((2, 2, 3), 60, np.uint8))
    assert drawn(run(built, *BUILD)) == 2


def test_other_libraries_mean_another_sound_another_crossfade_and_other_stills(
    built: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    production = planned(built)
    segments = [Segment(str(index), Path(f"{index}.mp4"), f"{index}", 1, []) for index in range(5)]

    def keys() -> list[str]:
        fades = film_parts.crossfade_jobs(production, segments).values()
        still = last_pictures.picture_key(segments[0])
        return [sound_job(production, production.slots).key, still, *(fade.key for fade in fades)]

    before = keys()
    for module in (film_parts, last_pictures):
        monkeypatch.setattr(module, "versions", lambda: {"moviepy": "another"})
    assert len(before) == 3
    assert not set(before) & set(keys())
