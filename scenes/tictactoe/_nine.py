"""The blame of the map's cells, shared out among the nine weights of the filter."""

from __future__ import annotations

import numpy as np
from manim import Dot, FadeIn, FadeOut, Square

from cnnviz.compute import rounded
from cnnviz.visuals import NumberGrid, with_title
from cnnviz.visuals.theme import ACCENT, BODY, TEXT, Role, diverging, hex_colour
from scenes.tictactoe._pictures import OURS

CELLS = [(row, column) for row in range(3) for column in range(3)]


class NineGradients:
    """The beat in which the gradient of the filter is gathered, for a `TrainedLesson`."""

    def nine(self, beat):
        net, picture = self.net, self.picture
        self.gradient = self.gradient_grid()
        self.titled = with_title(self.gradient, self.label("gradient", BODY, colour=ACCENT))
        self.titled.move_to([4.5, -0.2, 0])
        self.gradient.empty()
        large = picture.copy().scale(4.2 / picture.height).move_to([-0.05, -0.5, 0])
        map_place = np.array([-4.45, -0.5, 0])
        self.play(FadeOut(net, self.name), run_time=beat.part(0.05))
        self.play(
            self.frame.animate.zoom_out(),
            picture.animate.become(large),
            self.blamed.animate.move_to(map_place),
            FadeIn(self.titled),
            run_time=beat.part(0.16),
        )
        side = picture.side
        window = Square(3 * side, stroke_color=Role.KERNEL.value, stroke_width=7)
        here = Square(self.blamed.cell, stroke_color=Role.OUTPUT.value, stroke_width=7)
        sums = np.zeros((3, 3))
        first = True
        for row, column in self.winners():
            place, cell = picture.point(row + 1, column + 1), self.blamed.point(row, column)
            if first:
                window.move_to(place)
                here.move_to(cell)
                self.play(FadeIn(window, here), run_time=beat.part(0.04))
                first = False
            else:
                self.play(
                    window.animate.move_to(place),
                    here.animate.move_to(cell),
                    run_time=beat.part(0.05),
                )
            sums += self.share_out(beat, row, column, sums)
        self.play(
            self.gradient.digits.animate.set_opacity(1),
            FadeOut(window, here),
            run_time=beat.part(0.1),
        )

    def share_out(self, beat, row, column, sums):
        """The blame of one cell of the map goes to those weights that met a bright pixel there."""
        under = OURS.pixels()[row : row + 3, column : column + 3]
        given = under * float(self.trace.backward.map[0, row, column])
        flying = [
            Dot(radius=0.12, color=TEXT).move_to(self.picture.point(row + i, column + j))
            for i, j in CELLS
            if under[i, j]
        ]
        ends = [self.gradient.square(*cell) for cell in CELLS if under[cell]]
        full = float(np.abs(self.trace.backward.kernels).max())
        fills = diverging(sums + given, full)
        self.play(
            *(dot.animate.move_to(end) for dot, end in zip(flying, ends, strict=True)),
            run_time=beat.part(0.07),
        )
        self.play(
            *(FadeOut(dot) for dot in flying),
            *(
                self.gradient.square(*cell).animate.set_fill(hex_colour(fills[cell]))
                for cell in CELLS
                if under[cell]
            ),
            run_time=beat.part(0.03),
        )
        return given

    def gradient_grid(self):
        numbers = [[rounded(self.slope(row, column)) for column in range(3)] for row in range(3)]
        return NumberGrid(numbers, role=Role.KERNEL, cell=1.2)
