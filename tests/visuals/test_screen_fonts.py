from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import manimpango
import pytest
from PIL import ImageFont

from cnnviz.errors import StudioError
from cnnviz.font_signs import missing_signs, with_names
from cnnviz.script.reader import read_script
from cnnviz.visuals import fonts, formula, words
from cnnviz.visuals.formula import missing_in_formula

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


def test_the_font_has_every_character_that_films_use():
    assert set(missing_signs(used_by_scripts() + ON_SCREEN)) <= set(UNASSIGNED)


def used_by_scripts() -> str:
    """All that stands in titles and labels, or may be filled into them."""
    found = []
    for path in HOUSE.glob("narration/*/*.yaml"):
        for scene in read_script(path).scenes:
            found += [scene.title, *(label.text for label in scene.labels.values())]
    return "".join(found)


def test_signs_that_the_font_lacks_are_known_each_once_and_by_name():
    assert missing_signs("ক → খ → 漢") == "→漢"
    assert with_names("→\ue000") == "“→” (RIGHTWARDS ARROW), “\ue000” (U+E000)"


def test_an_emoji_is_missing_and_what_chooses_its_looks_is_not():
    assert missing_signs("✓\ufe0f 👩\u200d🏫") == "✓👩🏫"


def test_what_has_no_shape_is_not_missing():
    assert missing_signs("ক\u09cd\u200dষ \u200c\u2009\n\t\u00ad") == ""


@pytest.mark.parametrize("sign", ["\u09e9\u0301", "\u0d3e"])
def test_a_mark_that_the_font_lacks_is_missing_like_a_letter(sign):
    assert missing_signs(sign) == sign[-1]


def test_a_formula_may_hold_what_typst_brings_and_what_the_films_font_has():
    assert missing_in_formula('"কার্নেল" → α ∑ (♠)') == ""
    assert missing_in_formula('"漢" → 漢') == "漢"


def test_bengali_in_a_formula_is_in_the_films_font():
    shape, (line,) = formula('"ক"', 120), words("ক", 120)
    assert shape.width / shape.height == pytest.approx(line.width / line.height, rel=0.01)


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


# The machine's fonts, as fontconfig finds them, seen by a process that has the films' font or not.
FONTS_FOUND = """
import os, sys
import manimpango
if sys.argv[1] == "registered":
    from cnnviz.visuals.fonts import register_fonts
    register_fonts()
print(os.environ["FONTCONFIG_FILE"])
print(*manimpango.list_fonts(), sep="\\n")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only on Linux Pango asks fontconfig")
def test_films_do_not_see_the_machines_fonts(tmp_path):
    _fonts_of_a_machine(tmp_path)
    assert {"Gone Siliguri"} == _fonts_found(tmp_path, "not registered")
    assert {"Hind Siliguri"} == _fonts_found(tmp_path, "registered")


def _fonts_of_a_machine(folder: Path) -> None:
    """Settings of fontconfig in `folder`, and a font there: ours, under another name."""
    regular = next(path for path in fonts.font_files() if path.stem.endswith("-Regular"))
    font = regular.read_bytes()
    for coding in ("ascii", "utf-16-be"):
        font = font.replace("Hind".encode(coding), "Gone".encode(coding))
    (folder / "Gone.ttf").write_bytes(font)
    (folder / "fonts.conf").write_text(
        f"<fontconfig><dir>{folder}</dir><cachedir>{folder}</cachedir></fontconfig>"
    )


def _fonts_found(folder: Path, what: str) -> set[str]:
    settings = str(folder / "fonts.conf")
    done = subprocess.run(
        [sys.executable, "-c", FONTS_FOUND, what],
        env=os.environ | {"PYTHONPATH": str(HOUSE), "FONTCONFIG_FILE": settings},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    variable, *names = done.stdout.splitlines()
    assert variable == settings, "what this process starts, a browser, needs the machine's fonts"
    return {name for name in names if "Siliguri" in name}
