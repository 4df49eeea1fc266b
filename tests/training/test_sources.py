from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from small_data import GREEN, drawn_card, write_folder, write_photographs, write_picture

from cnnviz.errors import UserError
from cnnviz.recognizer.classes import CLASS_INDEX, CLASSES
from cnnviz.recognizer.training.dataset import read_folder, read_photographs
from cnnviz.recognizer.training.sources import (
    NO_CARD,
    Artwork,
    CutOuts,
    Deck,
    Folder,
    Grounds,
    NoCard,
    Source,
    read_deck,
)

KINDS = ("folder", "photographs", "artwork", "no card")


def opaque(picture: np.ndarray) -> np.ndarray:
    return np.dstack([picture, np.full(picture.shape[:2], 255, np.uint8)])


def deck(seed: int) -> Deck:
    return Deck(
        str(seed),
        {index: [opaque(drawn_card(name, seed))] for index, name in enumerate(CLASSES)},
    )


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Source]:
    folder = tmp_path_factory.mktemp("data")
    photographs = read_photographs(write_photographs(folder / "photographs", 4))
    grounds = Grounds(photographs, side=40)
    return {
        "folder": Folder(read_folder(write_folder(folder / "cards")), grounds),
        "photographs": CutOuts(photographs),
        "artwork": Artwork([deck(1), deck(2)], grounds),
        "no card": NoCard(grounds),
    }


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("size", [32, 112, 224])
def test_every_source_draws_pictures_of_the_wanted_size(
    sources: dict[str, Source], kind: str, size: int
) -> None:
    rng = np.random.default_rng(1)
    for _ in range(12):
        picture, target = sources[kind].draw(rng, size)
        assert picture.shape == (size, size, 3)
        assert picture.dtype == np.uint8
        assert target in (range(53) if kind != "no card" else (NO_CARD,))


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_seed_draws_the_same_and_another_one_another(
    sources: dict[str, Source], kind: str
) -> None:
    def drawn(seed: int) -> list[tuple[bytes, int]]:
        rng = np.random.default_rng(seed)
        found = [sources[kind].draw(rng, 64) for _ in range(4)]
        return [(picture.tobytes(), target) for picture, target in found]

    assert drawn(5) == drawn(5)
    assert drawn(5) != drawn(6)


@pytest.mark.parametrize("kind", ["folder", "artwork"])
def test_all_classes_occur(sources: dict[str, Source], kind: str) -> None:
    rng = np.random.default_rng(2)
    seen = {sources[kind].draw(rng, 32)[1] for _ in range(600)}
    assert seen == set(range(len(CLASSES)))


@pytest.mark.parametrize("kind", ["folder", "photographs", "artwork"])
def test_the_target_is_the_class_of_the_card_that_is_seen(tmp_path: Path, kind: str) -> None:
    """Two classes in two plain colours: the middle of every picture tells which one it is."""
    colours = {"ace of clubs": (0, 0, 255), "joker": (255, 0, 0)}
    for name, colour in colours.items():
        write_picture(tmp_path / name / "000.png", np.full((60, 40, 3), colour, np.uint8))
    source: Source
    if kind == "folder":
        source = Folder(read_folder(tmp_path, complete=False), Grounds())
    elif kind == "photographs":
        photograph = np.full((100, 160, 3), GREEN, np.uint8)
        table = "file,class,x0,y0,x1,y1,clear\n"
        for number, (name, colour) in enumerate(colours.items()):
            photograph[20:80, 20 + 60 * number : 60 + 60 * number] = colour
            table += f"a.png,{name},{20 + 60 * number},20,{60 + 60 * number},80,1\n"
        write_picture(tmp_path / "images" / "a.png", photograph)
        (tmp_path / "labels.csv").write_text(table)
        source = CutOuts(read_photographs(tmp_path / "labels.csv"))
    else:
        plain = opaque(np.full((60, 40, 3), (0, 255, 0), np.uint8))
        faces = {index: [plain] for index in range(len(CLASSES))}
        for name, colour in colours.items():
            faces[CLASS_INDEX[name]] = [opaque(np.full((60, 40, 3), colour, np.uint8))]
        source = Artwork([Deck("plain", faces)], Grounds())
    rng = np.random.default_rng(3)
    wanted = {CLASS_INDEX[name]: np.argmax(colour) for name, colour in colours.items()}
    right = []
    for _ in range(400):
        picture, target = source.draw(rng, 48)
        if target in wanted:
            middle = picture[20:28, 20:28].reshape(-1, 3).mean(axis=0)
            right.append(int(middle.argmax()) == wanted[target])
    assert len(right) > 5
    assert np.mean(right) > 0.95  # a neighbour may lie over the middle


def test_grounds_never_show_a_card(tmp_path: Path) -> None:
    """Photographs whose cards are blue and whose table is green."""
    photograph = np.full((240, 320, 3), (0, 200, 0), np.uint8)
    photograph[60:180, 100:200] = (255, 0, 0)
    write_picture(tmp_path / "images" / "a.png", photograph)
    table = tmp_path / "labels.csv"
    table.write_text("file,class,x0,y0,x1,y1,clear\na.png,joker,100,60,200,180,1\n")
    with_pieces = Grounds(read_photographs(table), side=40)
    rng = np.random.default_rng(4)
    drawn = [with_pieces.draw(rng, 50) for _ in range(60)]
    from_photograph = [picture for picture in drawn if (picture == (0, 200, 0)).all()]
    assert len(from_photograph) > 20
    assert not any((picture == (255, 0, 0)).all(axis=2).any() for picture in drawn)


def test_grounds_can_be_invented_without_photographs() -> None:
    rng = np.random.default_rng(5)
    drawn = [Grounds().draw(rng, 40) for _ in range(10)]
    assert all(picture.shape == (40, 40, 3) for picture in drawn)
    assert len({picture.tobytes() for picture in drawn}) == 10


# --- what cannot be used is said ------------------------------------------------------------


def test_an_unreadable_picture_is_named_before_training(tmp_path: Path) -> None:
    folder = write_folder(tmp_path, ["joker"])
    (folder / "joker" / "001.png").write_bytes(b"no picture")
    with pytest.raises(UserError, match=r"001\.png: not a readable picture"):
        Folder(read_folder(folder, complete=False), Grounds())


def test_a_box_outside_its_photograph_is_said(tmp_path: Path) -> None:
    table = write_photographs(tmp_path, 1)
    table.write_text("file,class,x0,y0,x1,y1,clear\n000.png,joker,900,2,950,40,1\n")
    with pytest.raises(UserError, match=r"000\.png: a box outside the photograph"):
        CutOuts(read_photographs(table))


def test_a_class_that_no_deck_has_is_named() -> None:
    lacking = deck(1)
    del lacking.faces[CLASS_INDEX["joker"]]
    with pytest.raises(UserError, match="no deck has the joker"):
        Artwork([lacking], Grounds())
    Artwork([lacking, deck(2)], Grounds())  # another deck has it


# --- decks ----------------------------------------------------------------------------------


def test_a_deck_is_read_by_the_names_of_its_pictures(tmp_path: Path) -> None:
    folder = tmp_path / "blue deck"
    write_picture(folder / "ace of clubs.png", np.full((640, 400, 3), 10, np.uint8))
    write_picture(folder / "joker-red.png", np.full((320, 200, 4), (1, 2, 3, 100), np.uint8))
    write_picture(folder / "joker-black.png", np.full((320, 200), 30, np.uint8))
    write_picture(folder / "back.png", np.full((320, 200, 3), 40, np.uint8))
    found = read_deck(folder)
    assert found.name == "blue deck"
    assert {CLASSES[target]: len(faces) for target, faces in found.faces.items()} == {
        "ace of clubs": 1,
        "joker": 2,
    }
    [ace] = found.faces[CLASS_INDEX["ace of clubs"]]
    assert ace.shape == (320, 200, 4)
    assert ace[0, 0].tolist() == [10, 10, 10, 255]
    assert found.faces[CLASS_INDEX["joker"]][1][0, 0].tolist() == [1, 2, 3, 100]


@pytest.mark.parametrize("data", [b"", b"no picture"])
def test_an_unreadable_face_is_named(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "joker.png").write_bytes(data)
    with pytest.raises(UserError, match=r"joker\.png: not a readable picture"):
        read_deck(tmp_path)


def test_shrunk_faces_keep_their_shape(tmp_path: Path) -> None:
    write_picture(tmp_path / "joker.png", cv2.resize(drawn_card("joker"), (250, 350)))
    [[face]] = read_deck(tmp_path, height=70).faces.values()
    assert face.shape == (70, 50, 4)
