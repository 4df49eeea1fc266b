"""Where training pictures come from: each source draws one picture of a card by chance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np
from numpy.random import Generator

from cnnviz.errors import UserError
from cnnviz.names import visible
from cnnviz.pixels import Picture, require_shape
from cnnviz.recognizer.classes import CLASS_INDEX, CLASSES
from cnnviz.recognizer.preprocess import resize
from cnnviz.recognizer.training import augment
from cnnviz.recognizer.training.dataset import (
    Box,
    LabelledPicture,
    Photograph,
    check_readable,
    read_picture,
)

__all__ = [
    "NO_CARD",
    "Artwork",
    "CutOuts",
    "Deck",
    "Folder",
    "Grounds",
    "NoCard",
    "Source",
    "read_deck",
]

NO_CARD = -1  # the target of a picture without a card: no class may be sure of itself


class Source(Protocol):
    """Something that draws training pictures."""

    def draw(self, rng: Generator, size: int) -> tuple[Picture, int]:
        """A picture, BGR (size, size, 3), before `augment.light`, and the index of its class."""


class Folder:
    """Pictures that one card fills, upright: the Kaggle layout. Kept as the bytes of their files.

    Raises
    ------
    UserError
        Some pictures cannot be read.
    """

    def __init__(self, pictures: Sequence[LabelledPicture], grounds: Grounds) -> None:
        check_readable(picture.path for picture in pictures)
        self._files = [np.fromfile(picture.path, np.uint8) for picture in pictures]
        self._targets = [picture.target for picture in pictures]
        self._grounds = grounds

    def draw(self, rng: Generator, size: int) -> tuple[Picture, int]:
        index = int(rng.integers(len(self._files)))
        picture = np.asarray(cv2.imdecode(self._files[index], cv2.IMREAD_COLOR), np.uint8)
        return self._moved(rng, picture, size), self._targets[index]

    def _moved(self, rng: Generator, picture: Picture, size: int) -> Picture:
        height, width = picture.shape[:2]
        corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
        if rng.random() < 0.7:
            return augment.warp(picture, corners, size, _jittered(rng, size), cv2.BORDER_REPLICATE)
        quad = augment.random_quad(rng, rng.uniform(0.62, 0.9), 1)
        target = augment.fitted(rng, quad, size, -0.04, 0.2)
        opaque = np.dstack([picture, np.full((height, width, 1), 255, np.uint8)])
        return augment.place(self._grounds.draw(rng, size), opaque, target)


def _jittered(rng: Generator, size: int) -> augment.Quad:
    """The square's corners turned a little, sheared, stretched, shifted; some by a quarter."""
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * rng.uniform(0.85, 1.18, 2)
    corners[:, 0] += corners[:, 1] * rng.normal(0, 0.06)
    turn = np.radians(rng.normal(0, 6) + 90 * (rng.integers(4) if rng.random() < 0.15 else 0))
    sine, cosine = np.sin(turn), np.cos(turn)
    corners = corners @ np.array([[cosine, sine], [-sine, cosine]]) + rng.normal(0, 0.05, 2)
    return np.asarray((corners + 1) * size / 2, np.float32)


class CutOuts:
    """Cards cut out of photographs around their boxes, the rest of the photograph beyond it.

    Raises
    ------
    UserError
        A photograph cannot be read, or a box lies outside of it.
    """

    _MARGIN = 0.35  # of the box, kept around it so that it can be turned and shifted
    _LARGEST = 360  # pixels: more than a training picture ever shows

    def __init__(self, photographs: Sequence[Photograph]) -> None:
        self._cards: list[tuple[Picture, augment.Quad, int]] = []
        for photograph in photographs:
            picture = read_picture(photograph.path)
            self._cards += [self._cut(photograph.path, picture, box) for box in photograph.boxes]

    def _cut(self, path: Path, picture: Picture, box: Box) -> tuple[Picture, augment.Quad, int]:
        across, down = box.x1 - box.x0, box.y1 - box.y0
        left, right = round(box.x0 - across * self._MARGIN), round(box.x1 + across * self._MARGIN)
        top, bottom = round(box.y0 - down * self._MARGIN), round(box.y1 + down * self._MARGIN)
        left, top = max(0, left), max(0, top)
        part = picture[top:bottom, left:right]
        if not part.size:
            raise UserError("a box outside the photograph", file=path)
        require_shape(part, path)
        scale = min(1.0, self._LARGEST / max(part.shape[:2]))
        part = np.asarray(cv2.resize(part, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA))
        x0, x1 = (box.x0 - left) * scale, (box.x1 - left) * scale
        y0, y1 = (box.y0 - top) * scale, (box.y1 - top) * scale
        corners = np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]], np.float32)
        return part.astype(np.uint8), corners, box.target

    def draw(self, rng: Generator, size: int) -> tuple[Picture, int]:
        part, corners, target = self._cards[int(rng.integers(len(self._cards)))]
        extent = corners[2] - corners[0]
        # What matters is how the box lies in the picture, so it is treated as the card.
        turn = np.radians(augment.random_angle(rng))
        sine, cosine = np.sin(turn), np.cos(turn)
        centre = corners.mean(axis=0)
        turned = (corners - centre) @ np.array([[cosine, sine], [-sine, cosine]]).astype(np.float32)
        # A turned box sticks out further than the card in it: shrink towards the middle.
        slant = abs(np.sin(2 * turn))
        turned = np.asarray(turned * (1 + 0.25 * slant * rng.random()), np.float32)
        turned *= (extent / extent.mean())[None, :] ** np.float32(rng.normal(0, 0.1))
        goal = augment.fitted(rng, turned, size, -0.08, 0.12)
        return augment.warp(part, corners, size, goal, cv2.BORDER_REFLECT_101), target


@dataclass(frozen=True)
class Deck:
    """One deck's faces: class index → pictures with alpha, (H, W, 4)."""

    name: str
    faces: dict[int, list[Picture]]


def read_deck(folder: Path, height: int = 320) -> Deck:
    """The deck in `folder`: pictures named by class, like `ace of spades.png` or `joker-red.png`.

    Other files are left alone. Faces are kept `height` pixels high.

    Raises
    ------
    UserError
        A picture cannot be read.
    """
    faces: dict[int, list[Picture]] = {}
    for path in visible(folder.glob("*.png")):
        target = CLASS_INDEX.get(path.stem.split("-")[0])
        if target is None:
            continue
        picture = read_picture(path, alpha=True)
        width = round(picture.shape[1] * height / picture.shape[0])
        face = cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA)
        faces.setdefault(target, []).append(np.asarray(face, np.uint8))
    return Deck(folder.name, faces)


class Artwork:
    """Synthetic photographs: a drawn card on some ground, tilted, aged, sometimes overlapped.

    Raises
    ------
    UserError
        A class is in none of the decks.
    """

    def __init__(self, decks: Sequence[Deck], grounds: Grounds) -> None:
        drawn = {target for deck in decks for target in deck.faces}
        lacking = [name for target, name in enumerate(CLASSES) if target not in drawn]
        if lacking:
            raise UserError(f"no deck has the {lacking[0]}", hint="give --artwork a full deck too")
        self._decks = list(decks)
        self._grounds = grounds

    def draw(self, rng: Generator, size: int) -> tuple[Picture, int]:
        target = int(rng.integers(len(CLASSES)))
        face = self._face(rng, target)
        quad = augment.random_quad(rng, face.shape[1] * rng.uniform(0.92, 1.08), face.shape[0])
        goal = augment.fitted(rng, quad, size, -0.05, 0.22)
        ground = self._grounds.draw(rng, size)
        if rng.random() < 0.3:
            ground = self._with_neighbour(rng, ground, goal)
        picture = augment.place(ground, face, goal)
        if rng.random() < 0.12:
            picture = self._with_neighbour(rng, picture, goal)
        return picture, target

    def _face(self, rng: Generator, target: int) -> Picture:
        deck = self._decks[int(rng.integers(len(self._decks)))]
        while target not in deck.faces:
            deck = self._decks[int(rng.integers(len(self._decks)))]
        faces = deck.faces[target]
        return _aged(rng, faces[int(rng.integers(len(faces)))])

    def _with_neighbour(self, rng: Generator, picture: Picture, goal: augment.Quad) -> Picture:
        """Another card beside the one at `goal`, covering at most a corner of it."""
        other = self._face(rng, int(rng.integers(len(CLASSES))))
        direction = rng.uniform(0, 2 * np.pi)
        shift = np.array([np.cos(direction), np.sin(direction)]) * picture.shape[0]
        quad = augment.random_quad(rng, other.shape[1], other.shape[0]) * picture.shape[0] * 0.45
        away = goal.mean(axis=0) + shift * rng.uniform(0.72, 0.95)
        return augment.place(picture, other, np.asarray(quad + away, np.float32))


def _aged(rng: Generator, face: Picture) -> Picture:
    """White paper turned cream or grey; where a drawing has no paper of its own, it gets some."""
    paper = np.ones(3) * 255 - rng.uniform(0, 40) * rng.random(3)
    tinted = face[..., :3] * (paper / 255)
    return np.dstack([tinted.astype(np.uint8), face[..., 3]])


class Grounds:
    """What lies under a card: pieces of photographs where no card is, or invented colours."""

    def __init__(self, photographs: Sequence[Photograph] = (), side: int = 160) -> None:
        self._pieces = [piece for item in photographs for piece in _free_pieces(item, side)]

    def draw(self, rng: Generator, size: int) -> Picture:
        if self._pieces and rng.random() < 0.6:
            piece = self._pieces[int(rng.integers(len(self._pieces)))]
            corner = rng.integers(0, piece.shape[0] // 2, 2)
            piece = piece[corner[0] :, corner[1] :]
            return resize(np.ascontiguousarray(np.rot90(piece, int(rng.integers(4)))), size)
        cells = int(rng.integers(1, 12))
        spread = rng.uniform(0, 70) if rng.random() < 0.7 else 0
        colours = rng.uniform(0, 255, 3) + rng.normal(0, 1, (cells, cells, 3)) * spread
        coarse = np.clip(colours, 0, 255).astype(np.uint8)
        method = cv2.INTER_CUBIC if rng.random() < 0.8 else cv2.INTER_NEAREST
        return np.asarray(cv2.resize(coarse, (size, size), interpolation=method), np.uint8)


def _free_pieces(photograph: Photograph, side: int) -> list[Picture]:
    picture = read_picture(photograph.path)
    height, width = picture.shape[:2]
    found = []
    for top in range(0, height - side + 1, side):
        for left in range(0, width - side + 1, side):
            if not any(_meets(box, left, top, side) for box in photograph.boxes):
                found.append(picture[top : top + side, left : left + side].copy())
    return found[:4]


def _meets(box: Box, left: int, top: int, side: int) -> bool:
    return box.x0 < left + side and left < box.x1 and box.y0 < top + side and top < box.y1


class NoCard:
    """Grounds alone, and blank or patterned cards: to be sure of nothing where there is nothing."""

    def __init__(self, grounds: Grounds) -> None:
        self._grounds = grounds

    def draw(self, rng: Generator, size: int) -> tuple[Picture, int]:
        picture = self._grounds.draw(rng, size)
        if rng.random() < 0.6:
            back = _back(rng)
            quad = augment.random_quad(rng, back.shape[1], back.shape[0])
            picture = augment.place(picture, back, augment.fitted(rng, quad, size, -0.05, 0.3))
        return picture, NO_CARD


def _back(rng: Generator) -> Picture:
    """A card's back: a small random tile, mirrored and repeated inside a border."""
    tile = rng.uniform(0, 255, (*rng.integers(2, 9, 2), 3))
    if rng.random() < 0.5:  # two colours, as printed backs mostly have
        mask = rng.random(tile.shape[:2])[..., None] < 0.5
        tile = np.where(mask, rng.uniform(0, 255, 3), rng.uniform(120, 255, 3))
    tile = np.concatenate([tile, tile[:, ::-1]], axis=1)
    tile = np.concatenate([tile, tile[::-1]], axis=0)
    repeats = int(rng.integers(1, 6))
    pattern = np.tile(tile, (repeats, repeats, 1)).astype(np.uint8)
    method = cv2.INTER_NEAREST if rng.random() < 0.5 else cv2.INTER_LINEAR
    inside = cv2.resize(pattern, (180, 270), interpolation=method)
    if rng.random() < 0.2:
        inside[:] = rng.uniform(0, 255, 3)
    border = int(rng.integers(0, 24))
    card = cv2.copyMakeBorder(
        inside, border, border, border, border, cv2.BORDER_CONSTANT, value=(245, 245, 245)
    )
    return np.dstack([card, np.full(card.shape[:2], 255, np.uint8)])
