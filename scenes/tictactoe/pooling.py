"""Max pooling: of each piece of the map its largest number stays, and 36 numbers became 4."""

from __future__ import annotations

from manim import (
    DOWN,
    RIGHT,
    UP,
    AnimationGroup,
    Create,
    FadeIn,
    FadeOut,
    LaggedStart,
    ReplacementTransform,
    Square,
    VGroup,
    rush_from,
)

from cnnviz.compute import count, every, largest, matrix_size
from cnnviz.visuals import (
    draw_windows,
    number_text,
    pooled_grid,
    pooling_windows,
    pulse,
)
from cnnviz.visuals.theme import ACCENT, BODY, TITLE, Role, readable_on
from scenes.tictactoe._run import TrainedLesson
from scenes.tictactoe.feature_map import MAP_CELL, FeatureMap
from scenes.tictactoe.filter import view

ASKED = (1, 1)
"""The piece of which the viewer is asked."""


class Pooling(TrainedLesson):
    continues = FeatureMap
    title_over = True
    thinking = {"predict": 2.5}

    @classmethod
    def trace(cls):
        return cls.run().cnn(0).pooled

    @classmethod
    def numbers(cls):
        found = cls.run().cnn(0)
        return {
            "pool.size": matrix_size(found.pooled.window(*ASKED).patch.tolist()),
            "best": found.pooled.number(*ASKED),
            "pixels": count(found.map.input.ravel().tolist()),
            "pooled.count": count(found.pooled.output.ravel().tolist()),
        }

    @classmethod
    def claims(cls):
        found = cls.run().cnn(0)
        pieces = []
        for piece in found.pooled.windows():
            rows, columns = (range(at, at + found.pooled.size) for at in (piece.top, piece.left))
            values = [found.rectified.number(row, column) for row in rows for column in columns]
            pieces.append((found.pooled.number(piece.row, piece.column), values))
        return {"largest_of_each": every(*(largest(kept, of=all_) for kept, all_ in pieces))}

    def setup_stage(self):
        before = self.previous
        self.picture, self.map = before.picture, before.map
        size = self.trace().size
        self.pooled = pooled_grid(self.trace(), cell=size * MAP_CELL, limit=before.full)
        self.pooled.move_to(self.map)
        # What stays covers what goes, and both lie below the frames around the pieces.
        self.map.set_z_index(-2)
        self.pooled.squares.set_z_index(-1)
        for digit in self.pooled.digits:
            digit.scale(1.6)

    def construct(self):
        self.divide()
        self.predict()
        self.keep()
        self.count()

    def divide(self):
        before, (x, y, _) = self.previous, self.map.get_center()
        self.height = self.map.height / 0.65
        # Lower than the middle: above it stands the title.
        low = view(self.height, x, y + 0.1225 * self.height)
        with self.beat("windows") as beat:
            self.play(
                self.frame.animate.zoom_to(low, fill=1),
                FadeOut(self.picture.squares),
                # Soon gone, for the title comes over them.
                FadeOut(before.name, before.map_name, rate_func=rush_from),
                run_time=max(1.2, beat.part(0.3)),
            )
            self.pieces = pooling_windows(self.trace(), self.map)
            self.name = self.label("map", BODY, colour=Role.OUTPUT.value).scale(self.height / 8)
            self.name.next_to(self.map, RIGHT, buff=0.3).align_to(self.map, UP)
            self.play(draw_windows(self.pieces), FadeIn(self.name), run_time=beat.part(0.35))
            apart = [pulse(piece, 0.93) for piece in self.pieces]
            self.play(LaggedStart(*apart, lag_ratio=0.3), run_time=beat.part(0.22))

    def piece(self, row, column):
        """The cells of a piece of the map."""
        size = self.trace().size
        return VGroup(
            *(
                self.map.at(row * size + i, column * size + j)
                for i in range(size)
                for j in range(size)
            )
        )

    def predict(self):
        places = [(piece.row, piece.column) for piece in self.trace().windows()]
        others = [self.piece(*place) for place in places if place != ASKED]
        x, y, _ = self.map.get_center()
        close = self.map.height / 0.84
        with self.beat("predict") as beat:
            looks = [pulse(self.piece(*place), 1.06) for place in places]
            self.play(
                self.frame.animate.zoom_to(view(close, x, y + 0.02 * close), fill=1),
                LaggedStart(*looks, lag_ratio=0.4),
                FadeOut(self.name),
                run_time=max(1.0, beat.part(0.4)),
            )
            self.play(
                *(square.animate.set_fill(opacity=0.3) for piece in others for square, _ in piece),
                *(digit.animate.set_opacity(0.55) for piece in others for _, digit in piece),
                run_time=beat.part(0.15),
            )
            digits = (pulse(cell[1], 1.25) for cell in self.piece(*ASKED))
            self.play(LaggedStart(*digits, lag_ratio=0.4), run_time=beat.part(0.35))
            self.think(beat, (5.0, 0, 0))

    def keep(self):
        windows = sorted(
            self.trace().windows(), key=lambda piece: (piece.row, piece.column) != ASKED
        )
        with self.beat("max") as beat:
            first, *others = windows
            self.play(self.stay(first), run_time=beat.part(0.24))
            self.leave(first)
            for piece in others:
                cells = self.piece(piece.row, piece.column)
                back = [cell[0].animate.set_fill(opacity=1) for cell in cells]
                back += [cell[1].animate.set_opacity(1) for cell in cells]
                self.play(*back, run_time=beat.part(0.06))
                self.play(self.stay(piece), run_time=beat.part(0.12))
                self.leave(piece)
            pulses = (pulse(digit, 1.2) for digit in self.pooled.digits)
            self.play(LaggedStart(*pulses, lag_ratio=0.25), run_time=beat.part(0.18))
            self.remove(self.map, *self.map.submobjects)

    def stay(self, piece):
        """The largest number of a piece grows into the whole of it."""
        i, j = piece.winner
        winner = self.map.digit(piece.top + i, piece.left + j)
        square = self.pooled.square(piece.row, piece.column)
        landing = self.pooled.digit(piece.row, piece.column)
        return AnimationGroup(
            FadeIn(square), ReplacementTransform(winner.copy().set_z_index(0), landing)
        )

    def leave(self, piece):
        """What was not the largest is gone."""
        for cell in self.piece(piece.row, piece.column):
            cell.set_opacity(0)

    def pixels(self):
        """The picture's numbers once more, as large as its cells are now."""
        trace, grid = self.run().cnn(0).map, self.picture
        places = [(row, column) for row in range(grid.rows) for column in range(grid.columns)]
        return VGroup(
            *(
                number_text(
                    trace.input_number(row, column),
                    BODY,
                    colour=readable_on(grid.fills[row][column]),
                ).move_to(grid.square(row, column))
                for row, column in places
            )
        )

    def count(self):
        numbers = self.numbers()
        pixels = number_text(numbers["pixels"], TITLE, colour=Role.INPUT.value)
        kept = number_text(numbers["pooled.count"], TITLE, colour=Role.OUTPUT.value)
        pixels.next_to(self.picture, UP, buff=0.2)
        kept.next_to(self.pooled, UP, buff=0.2).match_y(pixels)
        name = self.label("pooled", BODY, colour=Role.OUTPUT.value)
        name.next_to(self.pooled, DOWN, buff=0.2)
        side = self.picture.cell
        digits = self.pixels()
        with self.beat("fewer") as beat:
            self.play(
                self.frame.animate.zoom_out(),
                FadeIn(self.picture.squares),
                FadeOut(self.pieces),
                run_time=max(1.0, beat.part(0.15)),
            )
            self.play(
                LaggedStart(*(FadeIn(digit, scale=1.6) for digit in digits), lag_ratio=0.08),
                FadeIn(pixels),
                run_time=beat.part(0.2),
            )
            counted = (pulse(digit, 1.25) for digit in self.pooled.digits)
            self.play(
                FadeIn(kept, name),
                LaggedStart(*counted, lag_ratio=0.3),
                run_time=beat.part(0.14),
            )
            # The piece is known: all of the picture that its four windows see.
            seen = Square(4 * side, color=ACCENT, stroke_width=6)
            seen.move_to(self.picture.point(3.5, 3.5))
            here = self.pieces[3].copy()
            self.play(Create(seen), Create(here), run_time=beat.part(0.14))
            window = Square(3 * side, color=Role.KERNEL.value, stroke_width=6)
            window.move_to(self.picture.point(3, 3))
            self.play(FadeIn(window), run_time=beat.part(0.05))
            for row, column in ((3, 4), (4, 4), (4, 3)):
                goal = self.picture.point(row, column)
                self.play(window.animate.move_to(goal), run_time=beat.part(0.07))
        self.digits, self.counted = digits, VGroup(pixels, kept, name)
        self.marks = VGroup(seen, here, window)
