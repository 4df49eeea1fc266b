"""How good the recognizer is on pictures whose cards are known."""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from cnnviz import __version__
from cnnviz.errors import UserError
from cnnviz.files import write_json
from cnnviz.pixels import Picture
from cnnviz.recognizer.classes import CLASSES
from cnnviz.recognizer.classifier import Classifier
from cnnviz.recognizer.reading import Reading, read
from cnnviz.recognizer.tracking import CERTAIN
from cnnviz.recognizer.training.dataset import (
    Photograph,
    check_readable,
    cut_boxes,
    read_folder,
    read_photographs,
    read_picture,
    split_photographs,
)
from cnnviz.recognizer.training.report import Report
from cnnviz.recognizer.weights import WEIGHTS

__all__ = ["evaluate", "evaluate_command", "versions"]

TABLE = "labels.csv"
ANGLES = (90, 180, 270)  # degrees, counter-clockwise

_AT_ONCE = 8  # pictures, of up to six looks each


def evaluate(classifier: Classifier, pictures: Iterable[tuple[Picture, int]]) -> Report:
    """What `classifier` makes of `pictures`, BGR (H, W, 3), each with the index of its class.

    They are taken a few at a time, so any number of them fits into memory.

    Raises
    ------
    ValueError
        There is no picture.
    """
    remaining = iter(pictures)
    targets: list[int] = []
    readings: list[Reading] = []
    while some := list(islice(remaining, _AT_ONCE)):
        readings += read(classifier, [picture for picture, _ in some])
        targets += [target for _, target in some]
    if not targets:
        raise ValueError("no picture to evaluate with")
    return Report(
        np.array(targets, np.intp),
        np.stack([reading.prediction.probabilities for reading in readings]),
        np.stack([reading.first.probabilities for reading in readings]),
    )


def versions() -> dict[str, str]:
    """What the figures were computed with."""
    return {
        "cnnviz": __version__,
        "torch": torch.__version__,
        "opencv": cv2.__version__,
        "numpy": np.__version__,
        "python": platform.python_version(),
    }


@dataclass(frozen=True)
class _Examples:
    """Pictures to evaluate with, read anew each time that they are asked for."""

    read: Callable[[], Iterator[tuple[Picture, int]]]
    clear: NDArray[np.bool_] | None  # cut-outs: whether all of the card shows
    about: dict[str, Any]


def evaluate_command(
    data: Path,
    *,
    json_file: Path | None = None,
    weights: Path | None = None,
    turned: bool = False,
    everything: bool = False,
    tell: Callable[[str], None] = print,
) -> Report:
    """Evaluate the recognizer on `data`; a summary for people, all figures into `json_file`.

    Parameters
    ----------
    data
        A folder with a folder a class, of which some may be missing; or the table of photographs'
        boxes, `labels.csv`, whose cards are cut out around their boxes.
    json_file
        Where to write the whole report.
    weights
        Other weights than those that came along.
    turned
        Also with the pictures turned by a quarter, a half and three quarters.
    everything
        Of photographs, take also those that training may have seen.
    tell
        Gets the lines of the summary.

    Returns
    -------
    Report
        About the pictures as they are.

    Raises
    ------
    UserError
        No such folder or table; a folder that is no class; pictures that cannot be read, each of
        which is named on standard error; weights that are missing or damaged.
    """
    table = data / TABLE if (data / TABLE).is_file() else data
    if table.suffix == ".csv":
        examples = _from_photographs(table, everything, tell)
    else:
        examples = _from_folder(data, tell)
    classifier = Classifier(weights or WEIGHTS)
    report = evaluate(classifier, examples.read())
    written = {
        "data": str(data),
        **examples.about,
        **report.summary(),
        "one_look": report.one_look.summary(),
        "clear": None if examples.clear is None else _summary_of(report, examples.clear),
        "turned": _turned(classifier, examples) if turned else None,
        "by_class": report.by_class(),
        "classes": list(CLASSES),
        "confusion": report.confusion.tolist(),
        "weights_sha256": classifier.digest,
        "versions": versions(),
    }
    for line in _lines(written):
        tell(line)
    if json_file is not None:
        write_json(json_file, written)
        tell(f"the whole report: {json_file}")
    return report


def _summary_of(report: Report, chosen: NDArray[np.bool_]) -> dict[str, Any] | None:
    return report.of(chosen).summary() if chosen.any() else None


def _turned(classifier: Classifier, examples: _Examples) -> dict[str, Any]:
    found = {}
    for angle in ANGLES:
        pictures = (
            (np.ascontiguousarray(np.rot90(picture, angle // 90)), target)
            for picture, target in examples.read()
        )
        found[str(angle)] = evaluate(classifier, pictures).summary()
    return found


def _from_folder(root: Path, tell: Callable[[str], None]) -> _Examples:
    pictures = read_folder(root, complete=False)
    check_readable([picture.path for picture in pictures])
    shown = {picture.target for picture in pictures}
    missing = [name for index, name in enumerate(CLASSES) if index not in shown]
    if missing:
        tell(f"{len(missing)} of {len(CLASSES)} classes have no picture: {', '.join(missing)}")
    return _Examples(
        read=lambda: ((read_picture(picture.path), picture.target) for picture in pictures),
        clear=None,
        about={"kind": "folder", "missing_classes": missing},
    )


def _from_photographs(table: Path, everything: bool, tell: Callable[[str], None]) -> _Examples:
    every = read_photographs(table)
    chosen = every if everything else split_photographs(every)[1]
    if not chosen:
        raise UserError(
            "too few photographs: all of them may have been trained on",
            file=table,
            hint="--all takes them nevertheless",
        )
    check_readable([photograph.path for photograph in chosen])
    seen = "all of them" if everything else "those that training leaves out; --all takes all"
    tell(f"{len(chosen)} of {len(every)} photographs: {seen}")
    return _Examples(
        read=lambda: _cut_outs(chosen),
        clear=np.array([box.clear for photograph in chosen for box in photograph.boxes]),
        about={
            "kind": "photographs",
            "photographs": len(chosen),
            "left_out_of_training": not everything,
        },
    )


def _cut_outs(photographs: Sequence[Photograph]) -> Iterator[tuple[Picture, int]]:
    for photograph in photographs:
        for picture, box in cut_boxes(photograph):
            yield picture, box.target


def _lines(written: dict[str, Any]) -> Iterator[str]:
    """The report for people."""
    yield _line("as they are", written)
    yield _line("in one look", written["one_look"])
    if written["clear"]:
        yield _line("nothing hidden", written["clear"])
    for angle, summary in (written["turned"] or {}).items():
        yield _line(f"turned by {angle}°", summary)
    certain = written["certain"]
    if certain["pictures"]:
        yield (
            f"{certain['pictures']} named with at least {CERTAIN:.0%} confidence, "
            f"{certain['accuracy']:.2%} of them rightly; {written['unknown']} “unknown”"
        )
    else:
        yield f"none named with at least {CERTAIN:.0%} confidence: all “unknown”"
    wrong = [
        (about["accuracy"], name, about)
        for name, about in written["by_class"].items()
        if about["pictures"] > about["right"]
    ]
    for _, name, about in sorted(wrong, key=lambda found: found[:2])[:5]:
        yield (
            f"  {name}: {about['right']} of {about['pictures']}, "
            f"mostly taken for the {about['commonest_wrong_guess']}"
        )


def _line(what: str, summary: dict[str, Any]) -> str:
    return (
        f"{what + ':':16}{summary['accuracy']:.2%} of {summary['pictures']} right, "
        f"{summary['top5']:.2%} among the best five, confidence {summary['mean_confidence']:.2f}"
    )
