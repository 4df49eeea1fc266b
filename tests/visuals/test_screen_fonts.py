from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import manimpango
import pytest
from PIL import ImageFont

from cnnviz.errors import StudioError
from cnnviz.script.reader import read_script
from cnnviz.visuals import fonts, words

HOUSE = Path(__file__).resolve().parents[2]


@pytest.fixture
def unregistered():
    """`register_fonts` as if it had not run in this process yet."""
    fonts.register_fonts.cache_clear()
    yield
    fonts.register_fonts.cache_clear()


def test_all_weights_come_from_the_package():
    weights = {path.stem.removeprefix("HindSiliguri-") for path in fonts.font_files()}
    assert {"Regular", "SemiBold", "Bold"} <= weights


@pytest.mark.parametrize("package", ["no_such_font_package", "json"])
def test_a_missing_font_is_told_with_the_command_that_mends_it(monkeypatch, package):
    monkeypatch.setattr("cnnviz.font_files.PACKAGE", package)
    with pytest.raises(StudioError) as told:
        fonts.font_files()
    assert "the font Hind Siliguri is missing" in str(told.value)
    assert told.value.hint == "pip install fontpkg-hind-siliguri"


def test_a_font_that_cannot_be_read_is_named(monkeypatch, tmp_path, unregistered):
    broken = tmp_path / "Broken.ttf"
    broken.write_bytes(b"no font")
    monkeypatch.setattr(fonts, "font_files", lambda: [broken])
    monkeypatch.setattr(manimpango, "register_font", lambda path: False)
    with pytest.raises(StudioError, match=r"Broken\.ttf: this font cannot be read"):
        fonts.register_fonts()


def test_every_weight_is_registered_once(monkeypatch, unregistered):
    registered: list[str] = []
    monkeypatch.setattr(manimpango, "register_font", lambda path: registered.append(path) or True)
    fonts.register_fonts()
    fonts.register_fonts()
    assert registered == [str(path) for path in fonts.font_files()]


ON_SCREEN = "০১২৩৪৫৬৭৮৯ 0123456789 −+×=().,:;!?–।ঁংঃ়্ািীু" + "".join(map(chr, range(0x985, 0x9BA)))
UNASSIGNED = "\u098d\u098e\u0991\u0992\u09a9\u09b1\u09b3\u09b4\u09b5"


@pytest.mark.parametrize("file", ["Regular", "SemiBold", "Bold"])
def test_the_font_has_every_character_that_films_use(file):
    path = next(path for path in fonts.font_files() if path.stem.endswith(f"-{file}"))
    font = ImageFont.truetype(str(path), 64)

    def drawn(character: str) -> bytes:
        return bytes(font.getmask(character))

    missing = drawn("\U0010ffff")
    assert missing, "what stands for a missing character can be seen"
    wanted = set(used_by_scripts() + ON_SCREEN) - set(" \n" + UNASSIGNED)
    lacking = {character for character in wanted if drawn(character) == missing}
    assert not lacking


def used_by_scripts() -> str:
    """All that stands in titles and labels, or may be filled into them."""
    found = []
    for path in HOUSE.glob("narration/*/*.yaml"):
        for scene in read_script(path).scenes:
            found += [scene.title, *(label.text for label in scene.labels.values())]
    return "".join(found)


def test_weights_differ_on_screen():
    widths = {weight: words("কার্নেল", weight=weight).width for weight in ("NORMAL", "SEMIBOLD")}
    assert widths["SEMIBOLD"] > 1.01 * widths["NORMAL"]


# In a process of its own: Pango takes no font after its first text.
FIRST_TEXT = """
import sys
from manim import tempconfig
with tempconfig({"media_dir": sys.argv[1], "verbosity": "ERROR"}):
    from cnnviz.visuals import words
    for text in ("ক", "R", "4"):
        line = words(text, 120)
        print(line.width / line.height)
"""


def test_the_first_text_of_a_process_is_in_the_films_font(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", FIRST_TEXT, str(tmp_path)],
        cwd=HOUSE,
        env=os.environ | {"PYTHONPATH": str(HOUSE)},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    regular = next(path for path in fonts.font_files() if path.stem.endswith("-Regular"))
    font = ImageFont.truetype(str(regular), 1000)
    for text, shape in zip(("ক", "R", "4"), done.stdout.split()[-3:], strict=True):
        left, top, right, bottom = font.getmask(text).getbbox()
        assert float(shape) == pytest.approx((right - left) / (bottom - top), rel=0.02)
