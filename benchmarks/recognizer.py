"""The recognizer over a minute of simulated camera: milliseconds a stage, frames a second.

The note that the film's recognizer goes back to gives a budget for each stage; ours stand beside
it. Two processor cores, no GPU. What the simulated camera costs itself is told apart: a real one
does that work in its own hardware.

python benchmarks/recognizer.py [--seconds 60] [--mode auto-detect] [--json FILE]
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch

from cnnviz.capture.camera import SIMULATED, Camera, open_camera
from cnnviz.capture.overlay import draw_sight
from cnnviz.files import write_json
from cnnviz.recognizer.classifier import Classifier
from cnnviz.recognizer.finding import MODES
from cnnviz.recognizer.recognizer import STAGES, Recognizer
from cnnviz.recognizer.weights import WEIGHTS

CORES = 2
NOTE_BUDGET = dict(zip(STAGES, (5, 2, 20, 1), strict=True))
NOTE_WHOLE = 33
NOTE_RATE = 30
WARM_UP = 30  # frames

Spent = dict[str, list[float]]


def stay_on_two_cores() -> None:
    """Keep this process, and all its threads, on two cores, if the system can do that."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:CORES])
    cv2.setNumThreads(CORES)
    torch.set_num_threads(min(CORES, torch.get_num_threads()))


def timed(spent: list[float], work: Callable[[], Any]) -> Any:
    start = time.perf_counter()
    result = work()
    spent.append(1000 * (time.perf_counter() - start))
    return result


def run(camera: Camera, recognizer: Recognizer, frames: int) -> Spent:
    """Milliseconds that every frame spent in each stage, in all of it, and in the camera."""
    spent: Spent = {name: [] for name in (*STAGES, "whole", "camera")}
    cards = 0
    for _ in range(frames):
        frame = timed(spent["camera"], camera.read)
        start = time.perf_counter()
        sight = recognizer.look(frame)
        timed(
            spent["drawing"],
            lambda frame=frame, sight=sight: draw_sight(
                frame, sight, rate=30, camera=camera, frozen=False, recording=False
            ),
        )
        spent["whole"].append(1000 * (time.perf_counter() - start))
        for stage, milliseconds in sight.milliseconds.items():
            spent[stage].append(milliseconds)
        cards += len(sight.cards)
    spent["cards"] = [cards / frames]
    return spent


def summary(spent: Spent) -> dict[str, Any]:
    stages = {
        name: {
            "mean": float(np.mean(spent[name])),
            "p95": float(np.percentile(spent[name], 95)),
            "budget": NOTE_BUDGET[name],
        }
        for name in STAGES
    }
    whole = float(np.mean(spent["whole"]))
    return {
        "stages": stages,
        "whole": {
            "mean": whole,
            "p95": float(np.percentile(spent["whole"], 95)),
            "budget": NOTE_WHOLE,
        },
        "frames_per_second": 1000 / whole,
        "ratio": 1000 / whole / NOTE_RATE,
        "cards_per_frame": spent["cards"][0],
        "camera": float(np.mean(spent["camera"])),
    }


def show(mode: str, found: dict[str, Any]) -> None:
    print(f"\n{mode}, {found['cards_per_frame']:.1f} cards a frame")
    print(f"{'':14}{'mean':>9}{'95 %':>9}{'note':>9}")
    for name, row in (*found["stages"].items(), ("whole frame", found["whole"])):
        print(f"{name:14}{row['mean']:9.2f}{row['p95']:9.2f}{row['budget']:9}  ms")
    print(
        f"{found['frames_per_second']:.0f} frames a second, "
        f"{found['ratio']:.1f} times the note's {NOTE_RATE}; "
        f"the simulated camera took {found['camera']:.2f} ms a frame besides"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--mode", choices=MODES, action="append", help="both if absent")
    parser.add_argument("--weights", type=Path, default=WEIGHTS)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    stay_on_two_cores()
    classifier = Classifier(options.weights)
    report: dict[str, Any] = {"seconds": options.seconds, "cores": CORES, "modes": {}}
    print(f"{options.seconds} s of simulated camera, {NOTE_RATE} frames each, {CORES} cores")
    for mode in options.mode or MODES:
        recognizer = Recognizer(classifier, mode)
        camera = open_camera(SIMULATED, paced=False)
        run(camera, recognizer, WARM_UP)
        spent = run(camera, recognizer, options.seconds * NOTE_RATE)
        camera.close()
        report["modes"][mode] = summary(spent)
        show(mode, report["modes"][mode])
    if options.json:
        write_json(options.json, report)


if __name__ == "__main__":
    main()
