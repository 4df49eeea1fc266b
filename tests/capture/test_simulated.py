from __future__ import annotations

import csv
from pathlib import Path

import cv2
import numpy as np
import pytest

from cnnviz.capture.simulated import PHOTOGRAPHS, SHOT_FRAMES, SimulatedCamera
from cnnviz.pixels import Picture
from cnnviz.recognizer import frames
from cnnviz.recognizer.classes import CLASSES
from cnnviz.recognizer.training.dataset import read_photographs, read_picture, split_photographs

ROOT = Path(__file__).parents[2]
ORIGINALS = ROOT.parent / "shared" / "cards" / "photos" / "labels.csv"
FOUR_BOXES = ((60, 200, 250, 480), (280, 180, 460, 470), (500, 210, 690, 500), (710, 190, 910, 470))


def write_photographs(folder: Path, *pictures: Picture, clear: bool = True) -> Path:
    """A table of photographs that have a card in each of four boxes."""
    (folder / "images").mkdir(parents=True)
    rows = ["file,class,x0,y0,x1,y1,clear"]
    for index, picture in enumerate(pictures):
        cv2.imwrite(str(folder / "images" / f"{index}.png"), picture)
        scale = picture.shape[1] / 960
        for name, box in zip(CLASSES, FOUR_BOXES, strict=False):
            numbers = ",".join(str(round(number * scale)) for number in box)
            rows.append(f"{index}.png,{name},{numbers},{int(clear)}")
    table = folder / "labels.csv"
    table.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return table


def plain(level: int, width: int = 960, height: int = 720) -> Picture:
    return np.full((height, width, 3), level, np.uint8)


@pytest.fixture(scope="module")
def camera() -> SimulatedCamera:
    return SimulatedCamera(paced=False)


def test_a_frame_follows_from_its_number_alone(camera: SimulatedCamera) -> None:
    later, earlier = camera.frame(700), camera.frame(3)
    again = SimulatedCamera(paced=False)
    assert np.array_equal(again.frame(3), earlier)
    assert np.array_equal(again.frame(700), later)


def test_another_seed_gives_another_film(camera: SimulatedCamera) -> None:
    assert not np.array_equal(camera.frame(60), SimulatedCamera(seed=2, paced=False).frame(60))


def test_reading_goes_through_the_frames_in_order(camera: SimulatedCamera) -> None:
    reader = SimulatedCamera(paced=False)
    for number in range(3):
        frame = reader.read()
        assert frame is not None
        assert frame.shape == (480, 640, 3)
        assert np.array_equal(frame, camera.frame(number))


def test_reading_waits_only_when_it_is_paced(monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []
    monkeypatch.setattr(frames.time, "sleep", waits.append)
    SimulatedCamera(paced=False).read()
    assert waits == []
    paced = SimulatedCamera()
    paced.read()
    paced.read()
    assert 0 < waits[1] <= 1 / 30


def test_no_frame_shows_what_lies_beside_the_photograph(tmp_path: Path) -> None:
    source = SimulatedCamera(write_photographs(tmp_path, plain(250), plain(250)), paced=False)
    darkest = min(int(source.frame(number).min()) for number in range(0, 1200, 7))
    assert darkest > 120


@pytest.mark.parametrize("size", [(320, 240), (400, 900), (900, 200)])
def test_photographs_of_other_shapes_fill_the_frame_too(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    table = write_photographs(tmp_path, plain(250, *size), clear=False)
    source = SimulatedCamera(table, paced=False)
    for number in (0, 40, 110, 125, 230):
        frame = source.frame(number)
        assert frame.shape == (480, 640, 3)
        assert frame.min() > 120


def whole_blobs(frame: Picture) -> int:
    """White areas that do not touch the frame's edge."""
    white = cv2.inRange(frame, (150, 150, 150), (255, 255, 255))
    count, _, boxes, _ = cv2.connectedComponentsWithStats(white)
    return sum(
        x > 0 and y > 0 and x + width < 640 and y + height < 480 and area > 2000
        for x, y, width, height, area in boxes[1:count]
    )


def test_one_to_four_cards_come_into_view(tmp_path: Path) -> None:
    table = plain(60)
    for x0, y0, x1, y1 in FOUR_BOXES:
        table[y0:y1, x0:x1] = 230
    source = SimulatedCamera(write_photographs(tmp_path, table), paced=False)
    ends = [
        whole_blobs(source.frame(shot * SHOT_FRAMES + step))
        for shot in range(12)
        for step in (12, SHOT_FRAMES - 1)
    ]
    assert min(ends) >= 1
    assert max(ends) == 4
    assert len(set(ends)) > 1


def shift(one: Picture, other: Picture) -> float:
    greys = [cv2.cvtColor(each, cv2.COLOR_BGR2GRAY).astype(np.float32) for each in (one, other)]
    (across, down), _ = cv2.phaseCorrelate(*greys)
    return float(np.hypot(across, down))


def test_the_hand_trembles_a_little(camera: SimulatedCamera) -> None:
    steps = [shift(camera.frame(number), camera.frame(number + 1)) for number in range(0, 15)]
    assert 0.1 < float(np.mean(steps)) < 3
    assert max(steps) < 6


def test_the_light_changes_slowly(tmp_path: Path) -> None:
    source = SimulatedCamera(write_photographs(tmp_path, plain(128)), paced=False)
    means = np.array([source.frame(number).mean() for number in range(0, 900, 5)])
    assert np.ptp(means) > 6
    assert np.abs(np.diff(means)).max() < 5


def test_the_sensor_has_noise_that_is_new_in_each_frame(tmp_path: Path) -> None:
    source = SimulatedCamera(write_photographs(tmp_path, plain(128)), paced=False)
    one, other = (source.frame(number).astype(float) for number in (0, 1))
    assert 2 < (one - other)[:50, :50].std() < 12


def test_a_photograph_slides_in_or_is_cut_to(camera: SimulatedCamera) -> None:
    def still_old(shot: int) -> bool:
        """Whether the first frame of a shot is mostly the last one of the shot before."""
        first = shot * SHOT_FRAMES
        before, start, later = (
            camera.frame(number).astype(int) for number in (first - 1, first, first + 20)
        )
        return bool(np.abs(start - before).mean() < np.abs(start - later).mean())

    kinds = {still_old(shot) for shot in range(1, 12)}
    assert kinds == {True, False}


def test_every_photograph_has_its_turn_and_all_suits_come_early(camera: SimulatedCamera) -> None:
    shots = [camera.photograph_at(shot * SHOT_FRAMES) for shot in range(8)]
    assert {shot.path for shot in shots} == {each.path for each in read_photographs(PHOTOGRAPHS)}
    early = {CLASSES[box.target].rpartition(" ")[2] for shot in shots[:5] for box in shot.boxes}
    assert early == {"clubs", "diamonds", "hearts", "spades"}


def test_the_camera_says_that_it_is_simulated_and_whose_photographs_it_shows(
    camera: SimulatedCamera,
) -> None:
    assert camera.simulated
    assert camera.credit is not None
    for words in ("Photographs", "RF100 “poker-cards”", "Roboflow", "CC BY 4.0"):
        assert words in camera.credit
    credits = (PHOTOGRAPHS.parent / "CREDITS.md").read_text(encoding="utf-8")
    assert "CC BY 4.0" in credits
    assert "Changes:" in credits


def test_the_photographs_are_few_and_small() -> None:
    photographs = read_photographs(PHOTOGRAPHS)
    sizes = [photograph.path.stat().st_size for photograph in photographs]
    assert 6 <= len(sizes) <= 8
    assert max(sizes) <= 200_000
    assert sum(sizes) <= 1_200_000
    assert {path.name for path in (PHOTOGRAPHS.parent / "images").iterdir()} == {
        photograph.path.name for photograph in photographs
    }
    for photograph in photographs:
        assert read_picture(photograph.path).shape == (720, 960, 3)


@pytest.mark.skipif(not ORIGINALS.is_file(), reason="the whole set of photographs is not here")
def test_no_photograph_was_trained_on() -> None:
    _, held_back = split_photographs(read_photographs(ORIGINALS))
    shown = {photograph.path.name for photograph in read_photographs(PHOTOGRAPHS)}
    assert shown <= {photograph.path.name for photograph in held_back}


@pytest.mark.skipif(not ORIGINALS.is_file(), reason="the whole set of photographs is not here")
def test_the_boxes_are_those_of_the_whole_set() -> None:
    def rows(table: Path) -> list[dict[str, str]]:
        with table.open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    ours = rows(PHOTOGRAPHS)
    files = {row["file"] for row in ours}
    theirs = [row for row in rows(ORIGINALS) if row["file"] in files]
    assert sorted(map(str, ours)) == sorted(map(str, theirs))
