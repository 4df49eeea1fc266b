from __future__ import annotations

import errno
import gzip
import importlib.util
from pathlib import Path

import numpy as np
import pytest
from small_data import drawn_card, write_picture

from cnnviz.errors import StudioError, UserError
from cnnviz.recognizer.classes import CLASS_INDEX, CLASSES, RANKS, SUITS
from cnnviz.recognizer.training import artwork
from cnnviz.recognizer.training.artwork import read_decks
from cnnviz.recognizer.training.sources import Deck

CODES = dict(zip("A23456789TJQK", RANKS, strict=True))
HEAD = '<svg xmlns="http://www.w3.org/2000/svg"'

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("resvg_py") is None, reason="needs the extra train"
)


@pytest.fixture(autouse=True)
def _small(fresh_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Cards are drawn small, because that is quick, into an empty cache."""
    monkeypatch.setattr(artwork, "HEIGHT", 90)


def colour_of(row: int, column: int) -> tuple[int, int, int]:
    """Red, green, blue of a sheet's card: no two alike."""
    return 10 + 50 * row, 10 + 18 * column, 100


def sheet(width: float = 13, height: float = 5, cells: int = 54) -> str:
    """A sheet of 4 by 6 units a card with the first `cells` of its cards, each in its colour."""
    rects = []
    for number in range(cells):
        row, column = divmod(number, 13)
        red, green, blue = colour_of(row, column)
        rects.append(
            f'<rect x="{4 * column + 0.2}" y="{6 * row + 0.2}" width="3.6" height="5.6" rx="0.3" '
            f'fill="rgb({red},{green},{blue})"/>'
        )
    size = f'width="{4 * width}" height="{6 * height}"'
    return f'{HEAD} {size} viewBox="0 0 {4 * width} {6 * height}">{"".join(rects)}</svg>'


def single(fill: str = "#104080", size: str = 'width="2.5in" height="3.5in"') -> str:
    """One card, in inches as some decks have it."""
    return f'{HEAD} {size} viewBox="0 0 10 14"><rect width="10" height="14" fill="{fill}"/></svg>'


def middle_of(deck: Deck, name: str, index: int = 0) -> list[int]:
    """Red, green, blue and alpha in the middle of a face."""
    face = deck.faces[CLASS_INDEX[name]][index]
    blue, green, red, alpha = face[face.shape[0] // 2, face.shape[1] // 2].tolist()
    return [red, green, blue, alpha]


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    data = text.encode()
    path.write_bytes(gzip.compress(data, mtime=0) if path.suffix == ".svgz" else data)
    return path


# --- sheets ---------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", [".svg", ".svgz"])
def test_a_sheet_is_cut_into_its_cards(tmp_path: Path, suffix: str) -> None:
    write(tmp_path / f"plain{suffix}", sheet())
    [deck] = read_decks(tmp_path)
    assert deck.name == "plain"
    assert sorted(deck.faces) == list(range(len(CLASSES)))
    for row, suit in enumerate(SUITS):
        for column, rank in enumerate(RANKS):
            assert middle_of(deck, f"{rank} of {suit}") == [*colour_of(row, column), 255]
    assert [middle_of(deck, "joker", index)[:3] for index in range(2)] == [
        list(colour_of(4, 0)),
        list(colour_of(4, 1)),
    ]


def test_every_face_is_one_whole_card_with_its_clear_corners(tmp_path: Path) -> None:
    write(tmp_path / "plain.svg", sheet())
    [deck] = read_decks(tmp_path)
    for faces in deck.faces.values():
        for face in faces:
            assert face.shape[1] / face.shape[0] == pytest.approx(4 / 6, abs=0.01)
            assert [face[y, x, 3] for y in (0, -1) for x in (0, -1)] == [0, 0, 0, 0]
            colours = face[face[..., 3] == 255][:, :3]
            assert (np.ptp(colours.astype(int), axis=0) <= 2).all()


@pytest.mark.parametrize("family", ["No Such Font", "serif", "sans-serif", "monospace"])
def test_words_are_drawn_even_in_a_font_that_the_machine_lacks(tmp_path: Path, family: str) -> None:
    words = f'<text x="1" y="11" font-size="11" font-family="{family}">M</text></svg>'
    write(tmp_path / "AS.svg", single("#ffffff").replace("</svg>", words))
    write(tmp_path / "KS.svg", single("#ffffff"))
    [deck] = read_decks(tmp_path)
    [ace], [king] = (deck.faces[CLASS_INDEX[f"{rank} of spades"]] for rank in ("ace", "king"))
    assert (king[..., :3] == 255).all()
    assert (ace[..., :3] < 50).any()


def test_signs_that_the_font_lacks_are_told(tmp_path: Path) -> None:
    words = '<text x="1" y="11"><tspan>A &amp; \u0414</tspan> &#x2660;</text></svg>'
    write(tmp_path / "AS.svg", single("#ffffff").replace("</svg>", words))
    lines: list[str] = []
    read_decks(tmp_path, lines.append)
    assert lines[-1] == (
        f"{tmp_path.name} shows boxes: the font Hind Siliguri lacks"
        " “\u0414” (CYRILLIC CAPITAL LETTER DE), “♠” (BLACK SPADE SUIT)"
    )


def test_a_sheet_may_lack_its_jokers(tmp_path: Path) -> None:
    write(tmp_path / "plain.svg", sheet(cells=52))
    [deck] = read_decks(tmp_path)
    assert sorted(deck.faces) == [CLASS_INDEX[name] for name in CLASSES if name != "joker"]


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("back.svg", single(), "no sheet of 13×5 cards"),
        ("half.svg", sheet(cells=30), "nothing where the five of hearts should be"),
        ("swiss-xvii.svg", sheet(), "its suits are other ones"),
        ("kde.svg", sheet().replace("<rect", '<rect id="1_club"', 1), "its cards are not in rows"),
    ],
)
def test_other_drawings_are_left_out_with_a_line(
    tmp_path: Path, name: str, text: str, reason: str
) -> None:
    write(tmp_path / name, text)
    write(tmp_path / "plain.svg", sheet())
    lines: list[str] = []
    assert [deck.name for deck in read_decks(tmp_path, lines.append)] == ["plain"]
    assert f"{name} is left out: {reason}" in lines


# --- single drawings ------------------------------------------------------------------------


def test_single_drawings_are_known_by_their_codes(tmp_path: Path) -> None:
    names = {}
    for code, rank in CODES.items():
        for suit in SUITS:
            names[f"{code}{suit[0].upper()}"] = f"{rank} of {suit}"
    names |= {"1J": "joker", "2J": "joker"}
    names["10H"] = names.pop("TH")
    names["king of spades"] = names.pop("KS")
    for number, code in enumerate(names):
        write(tmp_path / "deck" / f"{code}.svg", single(f"rgb({4 * number},9,200)"))
    write(tmp_path / "deck" / "readme.txt", "no drawing")
    [deck] = read_decks(tmp_path)
    assert deck.name == "deck"
    wanted = {name: [] for name in CLASSES}
    for number, name in enumerate(names.values()):
        wanted[name].append(4 * number)
    for name in CLASSES:
        found = [middle_of(deck, name, index) for index in range(len(wanted[name]))]
        assert sorted(face[0] for face in found) == wanted[name]
        assert all(face[1:] == [9, 200, 255] for face in found)


def test_pictures_and_drawings_may_lie_side_by_side_at_any_depth(tmp_path: Path) -> None:
    write_picture(tmp_path / "scanned" / "joker-red.png", drawn_card("joker"))
    write(tmp_path / "drawn" / "npm" / "AS.svg", single())
    write(tmp_path / "sheets" / "plain.svgz", sheet())
    assert [deck.name for deck in read_decks(tmp_path)] == ["npm", "scanned", "plain"]


# --- the cache ------------------------------------------------------------------------------


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The files that were drawn."""
    real = artwork._draw
    files: list[Path] = []

    def noting(path: Path, height: int) -> np.ndarray:
        files.append(path)
        return real(path, height)

    monkeypatch.setattr(artwork, "_draw", noting)
    return files


def test_a_deck_is_drawn_once(tmp_path: Path, drawn: list[Path]) -> None:
    path = write(tmp_path / "decks" / "plain.svg", sheet())
    [first] = read_decks(path.parent)
    lines: list[str] = []
    [second] = read_decks(path.parent, lines.append)
    assert drawn == [path]
    assert lines == []
    assert middle_of(first, "ten of hearts") == middle_of(second, "ten of hearts")


def test_a_changed_drawing_is_drawn_again(tmp_path: Path, drawn: list[Path]) -> None:
    path = write(tmp_path / "decks" / "AS.svg", single("#102030"))
    read_decks(path.parent)
    write(path, single("#405060"))
    [deck] = read_decks(path.parent)
    assert len(drawn) == 2
    assert middle_of(deck, "ace of spades") == [0x40, 0x50, 0x60, 255]


def test_a_drawing_that_fails_leaves_nothing_half_made(tmp_path: Path, fresh_cache: Path) -> None:
    write(tmp_path / "decks" / "AS.svg", single())
    write(tmp_path / "decks" / "KS.svg", "<svg")
    with pytest.raises(UserError):
        read_decks(tmp_path / "decks")
    assert list((fresh_cache / "artwork").iterdir()) == []


def test_a_full_disk_is_said_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, data: bytes) -> int:
        raise OSError(errno.ENOSPC, "no space")

    write(tmp_path / "AS.svg", single())
    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(StudioError, match="no space left on the disk"):
        read_decks(tmp_path)


# --- what cannot be used is said ------------------------------------------------------------


def line_of(error: pytest.ExceptionInfo[StudioError]) -> str:
    text = str(error.value)
    assert "\n" not in text
    return text


def test_a_missing_folder_is_said(tmp_path: Path) -> None:
    with pytest.raises(UserError) as error:
        read_decks(tmp_path / "none")
    assert "none: no such folder — --artwork takes a folder with decks" in line_of(error)


def test_a_folder_without_decks_says_what_belongs_there(tmp_path: Path) -> None:
    write(tmp_path / "back.svg", single())
    with pytest.raises(UserError) as error:
        read_decks(tmp_path)
    assert "no deck in here — it may hold SVG sheets of 13×5 cards" in line_of(error)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<svg",
        b"no drawing",
        b'<svg xmlns="http://www.w3.org/2000/svg"><rect',
        b"\xff\xfe\xfd",
        gzip.compress(single().encode(), mtime=0)[:40],
        b"\x1f\x8b\x08 broken",
    ],
)
@pytest.mark.parametrize("name", ["AS.svg", "sheet.svgz"])
def test_a_damaged_drawing_is_one_line_that_names_it(
    tmp_path: Path, name: str, data: bytes
) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(UserError) as error:
        read_decks(tmp_path)
    assert f"{name}: not a readable drawing" in line_of(error)


def test_without_the_library_pictures_are_read_and_drawings_say_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == "resvg_py" else real(name)
    )
    write_picture(tmp_path / "scanned" / "joker.png", drawn_card("joker"))
    assert len(read_decks(tmp_path)) == 1
    write(tmp_path / "AS.svg", single())
    with pytest.raises(StudioError) as error:
        read_decks(tmp_path)
    assert 'not installed — pip install "cnnviz[train]"' in line_of(error)
