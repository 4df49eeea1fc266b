from __future__ import annotations

import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest
from small_data import drawn_card, write_folder, write_photographs, write_picture

from cnnviz.errors import UserError
from cnnviz.recognizer.classes import CLASS_INDEX, CLASSES
from cnnviz.recognizer.training import dataset
from cnnviz.recognizer.training.dataset import (
    Photograph,
    check_readable,
    corrections,
    cut_boxes,
    fingerprint,
    read_folder,
    read_photographs,
    read_picture,
    split_photographs,
)

KAGGLE = Path(__file__).parents[2].parent / "shared" / "cards" / "kaggle" / "train"


@pytest.fixture(scope="module")
def whole_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_folder(tmp_path_factory.mktemp("whole"))


@pytest.fixture
def folder(whole_folder: Path, tmp_path: Path) -> Path:
    return shutil.copytree(whole_folder, tmp_path / "cards")


def line_of(error: pytest.ExceptionInfo[UserError]) -> str:
    text = str(error.value)
    assert "\n" not in text
    return text


# --- one picture ----------------------------------------------------------------------------


def test_a_picture_comes_as_bgr_whatever_its_name(tmp_path: Path) -> None:
    path = write_picture(tmp_path / "তাস.png", np.full((4, 5, 3), (10, 20, 30), np.uint8))
    assert read_picture(path).shape == (4, 5, 3)
    assert read_picture(path)[0, 0].tolist() == [10, 20, 30]


def test_a_picture_keeps_its_alpha_only_where_asked(tmp_path: Path) -> None:
    path = write_picture(tmp_path / "card.png", np.full((4, 5, 4), (10, 20, 30, 128), np.uint8))
    assert read_picture(path).shape == (4, 5, 3)
    assert read_picture(path, alpha=True)[0, 0].tolist() == [10, 20, 30, 128]


@pytest.mark.parametrize(
    ("picture", "wanted"),
    [
        (np.full((3, 3), 7, np.uint8), [7, 7, 7, 255]),
        (np.full((3, 3, 3), 7, np.uint8), [7, 7, 7, 255]),
        (np.full((3, 3, 4), 256 * 7 + 3, np.uint16), [7, 7, 7, 7]),
    ],
)
def test_every_kind_of_picture_gets_alpha(
    tmp_path: Path, picture: np.ndarray, wanted: list[int]
) -> None:
    path = write_picture(tmp_path / "card.png", picture)
    assert read_picture(path, alpha=True)[1, 1].tolist() == wanted


def damaged(tmp_path: Path, kind: str) -> Path:
    path = tmp_path / "card.jpg"
    whole = write_picture(tmp_path / "whole.jpg", drawn_card("joker")).read_bytes()
    path.write_bytes({"empty": b"", "text": b"no picture", "half": whole[: len(whole) // 2]}[kind])
    return path


@pytest.mark.parametrize("kind", ["empty", "text", "half"])
def test_a_damaged_picture_is_one_line_that_names_it(tmp_path: Path, kind: str) -> None:
    with pytest.raises(UserError) as error:
        read_picture(damaged(tmp_path, kind))
    assert "card.jpg: not a readable picture — remove or replace it" in line_of(error)


def test_a_missing_picture_is_one_line_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(UserError) as error:
        read_picture(tmp_path / "none.jpg")
    assert "none.jpg: No such file" in line_of(error)


def test_all_unreadable_pictures_are_named_at_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good = write_picture(tmp_path / "good.png", drawn_card("joker"))
    bad = [tmp_path / "a.png", tmp_path / "b.png"]
    for path in bad:
        path.write_bytes(b"no picture")
    check_readable([good])
    with pytest.raises(UserError, match="2 pictures cannot be read"):
        check_readable([bad[0], good, bad[1]])
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 2
    assert "a.png" in lines[0]
    assert "b.png" in lines[1]


# --- a folder a class -----------------------------------------------------------------------


def test_every_picture_of_a_folder_gets_its_folders_class(folder: Path) -> None:
    pictures = read_folder(folder)
    assert len(pictures) == len(CLASSES)
    for picture in pictures:
        assert CLASSES[picture.target] == picture.path.parent.name


def test_hidden_files_and_other_kinds_of_files_are_left_alone(folder: Path) -> None:
    (folder / ".cache").mkdir()
    (folder / "joker" / "._000.png").write_bytes(b"resource fork")
    (folder / "joker" / "notes.txt").write_text("hello")
    assert len(read_folder(folder)) == len(CLASSES)


def test_a_missing_folder_is_said(tmp_path: Path) -> None:
    with pytest.raises(UserError) as error:
        read_folder(tmp_path / "nowhere")
    assert "nowhere: no such folder — --data takes a folder" in line_of(error)


def test_missing_classes_are_named(folder: Path) -> None:
    shutil.rmtree(folder / "joker")
    shutil.rmtree(folder / "ace of clubs")
    with pytest.raises(UserError) as error:
        read_folder(folder)
    assert "missing classes: “ace of clubs”, “joker”" in line_of(error)


def test_many_missing_classes_are_counted(folder: Path) -> None:
    for name in CLASSES[:9]:
        shutil.rmtree(folder / name)
    with pytest.raises(UserError, match="and 4 more"):
        read_folder(folder)


@pytest.mark.parametrize("complete", [True, False])
def test_folders_that_are_no_class_are_named(folder: Path, complete: bool) -> None:
    (folder / "knight of cups").mkdir()
    with pytest.raises(UserError) as error:
        read_folder(folder, complete=complete)
    assert "folders that are no class: “knight of cups” — rename or remove" in line_of(error)


def test_an_empty_class_is_named(folder: Path) -> None:
    (folder / "joker" / "000.png").unlink()
    with pytest.raises(UserError) as error:
        read_folder(folder)
    assert "joker: no picture in this folder" in line_of(error)


def test_a_folder_of_folders_says_which_one_is_meant(tmp_path: Path, folder: Path) -> None:
    folder.rename(tmp_path / "train")
    with pytest.raises(UserError) as error:
        read_folder(tmp_path)
    assert "did you mean its folder train?" in line_of(error)


def test_missing_and_empty_classes_are_allowed_where_not_all_are_needed(folder: Path) -> None:
    shutil.rmtree(folder / "joker")
    (folder / "ace of clubs" / "000.png").unlink()
    shown = {CLASSES[picture.target] for picture in read_folder(folder, complete=False)}
    assert shown == set(CLASSES) - {"joker", "ace of clubs"}


def test_no_picture_at_all_is_never_allowed(tmp_path: Path) -> None:
    (tmp_path / "joker").mkdir()
    with pytest.raises(UserError, match="no picture in any class's folder"):
        read_folder(tmp_path, complete=False)


# --- wrong labels ---------------------------------------------------------------------------


def test_the_four_known_wrong_labels_have_corrections() -> None:
    assert {place: right for place, (_, right) in corrections().items()} == {
        ("four of clubs", "127"): "four of spades",
        ("queen of diamonds", "025"): "queen of spades",
        ("four of hearts", "122"): "four of diamonds",
        ("five of spades", "106"): "five of hearts",
    }


@pytest.fixture
def one_correction(monkeypatch: pytest.MonkeyPatch) -> np.ndarray:
    picture = drawn_card("four of spades", size=224)
    table = {("four of clubs", "127"): (fingerprint(picture), "four of spades")}
    monkeypatch.setattr(dataset, "corrections", lambda: table)
    return picture


def target_of(folder: Path, name: str) -> str:
    [found] = [picture for picture in read_folder(folder) if picture.path.stem == name]
    return CLASSES[found.target]


def test_a_wrong_label_is_corrected_even_if_the_picture_was_stored_anew(
    folder: Path, one_correction: np.ndarray
) -> None:
    smaller = cv2.resize(one_correction, (200, 200), interpolation=cv2.INTER_AREA)
    write_picture(folder / "four of clubs" / "127.jpg", smaller)
    assert target_of(folder, "127") == "four of spades"


def test_another_picture_of_the_same_name_keeps_its_label(
    folder: Path, one_correction: np.ndarray
) -> None:
    write_picture(folder / "four of clubs" / "127.jpg", drawn_card("four of clubs", size=224))
    assert target_of(folder, "127") == "four of clubs"


@pytest.mark.skipif(not KAGGLE.is_dir(), reason="the Kaggle set is not beside this checkout")
def test_in_the_kaggle_set_exactly_the_four_wrong_labels_change() -> None:
    changed = {
        (picture.path.parent.name, picture.path.stem): CLASSES[picture.target]
        for picture in read_folder(KAGGLE)
        if CLASSES[picture.target] != picture.path.parent.name
    }
    assert changed == {place: right for place, (_, right) in corrections().items()}


# --- photographs ----------------------------------------------------------------------------


def test_photographs_come_with_all_their_boxes(tmp_path: Path) -> None:
    photographs = read_photographs(write_photographs(tmp_path, 3))
    assert [photograph.path.name for photograph in photographs] == ["000.png", "001.png", "002.png"]
    first, second = photographs[0].boxes
    assert (first.target, second.target) == (0, 1)
    assert (first.x0, first.y0, first.x1, first.y1) == (10, 20, 66, 92)
    assert (first.clear, second.clear) == (True, False)


def test_a_box_is_cut_out_exactly(tmp_path: Path) -> None:
    [photograph] = read_photographs(write_photographs(tmp_path, 1))
    for (picture, box), name in zip(cut_boxes(photograph), CLASSES, strict=False):
        assert box.target == CLASS_INDEX[name]
        assert np.array_equal(picture, cv2.resize(drawn_card(name), (56, 72)))


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("000.png,knight of cups,1,2,3,4,1", "labels.csv:2: not a row of file,class"),
        ("000.png,joker,1,2,three,4,1", "labels.csv:2: not a row of file,class"),
        ("000.png,joker,1,2", "labels.csv:2: not a row of file,class"),
        ("000.png,joker,1,2,inf,4,1", "labels.csv:2: not a row of file,class"),
        ("000.png,joker,1,2,1e400,4,1", "labels.csv:2: not a row of file,class"),
        ("000.png,joker,nan,2,3,4,1", "labels.csv:2: not a row of file,class"),
        ("000.png,joker,1,2,1e300,4,1", "labels.csv:2: not a row of file,class"),
        ("none.png,joker,1,2,3,4,1", "labels.csv:2: no picture images/none.png"),
        ("000.png,joker,9,2,3,4,1", "labels.csv:2: a box without area"),
    ],
)
def test_a_wrong_row_is_named_by_its_line(tmp_path: Path, row: str, message: str) -> None:
    table = write_photographs(tmp_path, 1)
    table.write_text(f"file,class,x0,y0,x1,y1,clear\n{row}\n")
    with pytest.raises(UserError) as error:
        read_photographs(table)
    assert message in line_of(error)


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00", b"a\x00b\n\x00"])
def test_a_table_that_cannot_be_read_is_one_line(tmp_path: Path, content: bytes | None) -> None:
    table = tmp_path / "labels.csv"
    if content is not None:
        table.write_bytes(content)
    with pytest.raises(UserError) as error:
        read_photographs(table)
    assert "labels.csv" in line_of(error)


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_a_table_is_read_as_spreadsheets_write_it(
    tmp_path: Path, separator: str, mark: str
) -> None:
    table = write_photographs(tmp_path, 2)
    wanted = read_photographs(table)
    written = table.read_text().replace(",", separator).replace("\n", "\r\n")
    if separator != ",":
        written = written.replace(f"{separator}10{separator}", f"{separator}10,2{separator}")
        assert "10,2" in written
    table.write_bytes((mark + written).encode())
    assert read_photographs(table) == wanted


def test_a_table_without_its_first_line_is_told_which_columns_it_lacks(tmp_path: Path) -> None:
    table = write_photographs(tmp_path, 1)
    table.write_text(table.read_text().partition("\n")[2])
    with pytest.raises(UserError, match="no column file, class") as error:
        read_photographs(table)
    assert "labels.csv:1: " in line_of(error)


@pytest.mark.parametrize("size", [(4000, 1), (1, 4000), (300, 10)])
def test_a_picture_that_is_a_mere_line_is_named(tmp_path: Path, size: tuple[int, int]) -> None:
    width, height = size
    path = write_picture(tmp_path / "line.png", np.zeros((height, width, 3), np.uint8))
    for alpha in (False, True):
        with pytest.raises(UserError, match=f"{width}×{height} pixels is too narrow") as error:
            read_picture(path, alpha=alpha)
        assert "line.png" in line_of(error)


def test_a_box_that_is_a_mere_line_is_named(tmp_path: Path) -> None:
    table = write_photographs(tmp_path, 1)
    table.write_text("file,class,x0,y0,x1,y1,clear\n000.png,joker,0,2,300,3,1\n")
    [photograph] = read_photographs(table)
    with pytest.raises(UserError, match="300×1 pixels"):
        cut_boxes(photograph)


def test_an_empty_table_is_said(tmp_path: Path) -> None:
    table = tmp_path / "labels.csv"
    table.write_text("file,class,x0,y0,x1,y1,clear\n")
    with pytest.raises(UserError, match="no row in this table"):
        read_photographs(table)


def test_a_box_outside_its_photograph_is_said(tmp_path: Path) -> None:
    table = write_photographs(tmp_path, 1)
    table.write_text("file,class,x0,y0,x1,y1,clear\n000.png,joker,900,2,950,40,1\n")
    [photograph] = read_photographs(table)
    with pytest.raises(UserError, match="a box outside the photograph"):
        cut_boxes(photograph)


def test_a_split_keeps_every_photograph_on_exactly_one_side() -> None:
    photographs = [Photograph(Path(f"{number:03}.jpg"), ()) for number in range(317)]
    training, checking = split_photographs(reversed(photographs))
    assert sorted([*training, *checking], key=lambda found: found.path.name) == photographs
    assert 50 <= len(checking) <= 75


def test_a_split_keeps_neighbours_together_and_is_always_the_same() -> None:
    photographs = [Photograph(Path(f"{number:03}.jpg"), ()) for number in range(80)]
    _, checking = split_photographs(photographs)
    numbers = [int(photograph.path.stem) for photograph in checking]
    assert numbers == [*range(32, 40), *range(72, 80)]
