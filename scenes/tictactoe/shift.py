"""The cross moves by one cell: so does its feature map; what is pooled, only in part."""

from __future__ import annotations

from manim import (
    DOWN,
    LEFT,
    RIGHT,
    UP,
    Arrow,
    Create,
    FadeIn,
    FadeOut,
    FadeTransform,
    LaggedStart,
    ReplacementTransform,
    Square,
    VGroup,
)

from cnnviz.compute import count, equal, every, less, product
from cnnviz.visuals import (
    SweepWindow,
    draw_windows,
    keep_winners,
    number_text,
    pooling_windows,
    pulse,
    words,
)
from cnnviz.visuals.theme import ACCENT, BODY, HEADING, LABEL, LINE, MUTED, PANEL, Role
from scenes.tictactoe._maps import (
    learned_filter,
    map_limit,
    number_grid,
    sliding,
)
from scenes.tictactoe._parts import Sign
from scenes.tictactoe._pictures import MOVED, OURS
from scenes.tictactoe._run import TrainedLesson, neighbours
from scenes.tictactoe.learned import Learned

POOLED = 4  # values of one picture


class Shift(TrainedLesson):
    continues = Learned
    title_over = True
    thinking = {"predict": 2.5}

    @classmethod
    def numbers(cls):
        return {
            "pairs": count([[str(one), str(other)] for one, other in neighbours()]),
            "values": product([len(neighbours()), POOLED]),
            "stay": count(cls.stayed()),
            "pairs.stay": count(
                [at for at in range(len(neighbours())) if len(cls.stayed_of(at)) == POOLED]
            ),
        }

    @classmethod
    def claims(cls):
        numbers, run = cls.numbers(), cls.run()
        before, after = (run.cnn(-1, place).map for place in (OURS, MOVED))
        weights = count(run.weights(-1)["kernels"].ravel().tolist())
        seen = count(before.window(0, 0).patch.ravel().tolist())
        windows = count([[window.row, window.column] for window in before.windows()])
        return {
            "map_moves_along": every(
                *(
                    equal(before.number(row, column), after.number(row, column + 1))
                    for row in range(before.rows)
                    for column in range(before.columns - 1)
                )
            ),
            # If each place had its own weights, there would be as many more as there are places.
            "one_set_of_weights": every(
                equal(weights, seen), less(weights, product([seen, windows]))
            ),
            "less_than_half_stay": less(product([2, numbers["stay"]]), numbers["values"]),
        }

    @classmethod
    def stayed_of(cls, at):
        """Which of a pair's pooled values are the same before and after."""
        before, after = (cls.run().cnn(-1, place) for place in neighbours()[at])
        pairs = ((before.pooled_number(one), after.pooled_number(one)) for one in range(POOLED))
        return [one for one, (was, is_now) in enumerate(pairs) if equal(was, is_now).holds]

    @classmethod
    def stayed(cls):
        """All of them: the pair, and which value."""
        return [[at, one] for at in range(len(neighbours())) for one in cls.stayed_of(at)]

    def setup_stage(self):
        run = self.run()
        self.limit = map_limit(run)
        self.picture = Sign(OURS, 4.6).move_to(4.05 * LEFT + 0.75 * DOWN)
        self.filter = learned_filter(run, 0.92).move_to(0.75 * DOWN)
        self.map = self.map_of(OURS).move_to(4.05 * RIGHT + 0.75 * DOWN)
        self.place = OURS

    def map_of(self, place):
        return number_grid(self.run().cnn(-1, place).map, 1.15, self.limit)

    def construct(self):
        with self.beat("predict") as beat:
            self.ask(beat)
            self.think(beat)

        with self.beat("moves") as beat:
            self.move_to_the_right(beat)

        with self.beat("name") as beat:
            self.play(
                self.frame.animate.zoom_out(),
                FadeOut(self.marks),
                FadeIn(self.picture),
                run_time=beat.part(0.16),
            )
            for step in (DOWN, UP):
                self.play(*self.glide(step), run_time=beat.part(0.18))
                self.arrive()
            self.play(pulse(self.filter, 1.18), run_time=beat.part(0.2))

        with self.beat("pooled") as beat:
            self.pool_both(beat)

        with self.beat("count") as beat:
            self.count_all(beat)

        with self.beat("some") as beat:
            self.sort(beat)

    def ask(self, beat):
        """The map of the cross is made; then an arrow says what is going to happen."""
        before = self.previous
        name = self.label("map", LABEL, colour=Role.OUTPUT.value)
        self.name = name.next_to(self.map, DOWN, buff=0.12)
        self.play(
            FadeOut(before.around),
            ReplacementTransform(before.filter, self.filter),
            FadeIn(self.picture),
            run_time=beat.part(0.2),
        )
        self.map.empty()
        window = sliding(self.run().cnn(-1, OURS).map, self.picture, self.map)
        self.play(FadeIn(self.map, self.name, window), run_time=beat.part(0.08))
        self.play(SweepWindow(window, self.windows()), run_time=beat.part(0.4))
        self.arrow = Arrow(
            self.picture.point(5, 1), self.picture.point(5, 4), color=ACCENT, stroke_width=9, buff=0
        )
        self.play(FadeOut(window), Create(self.arrow), run_time=beat.part(0.15))

    def windows(self):
        return [(window.row, window.column) for window in self.run().cnn(-1, OURS).map.windows()]

    def glide(self, step):
        """What moves when the cross moves by one cell; `arrive` cleans up."""
        down, right = round(-step[1]), round(step[0])
        self.place = self.place.moved(down, right)
        self.coming = self.map_of(self.place).move_to(self.map)
        cells = [(row, column) for row in range(4) for column in range(4)]
        stays = [(row, column) for row, column in cells if (row + down, column + right) in cells]
        new = {(row + down, column + right) for row, column in stays}.symmetric_difference(cells)
        self.new = sorted(new)
        way = self.map.cell * step
        return [
            self.picture.lit.animate.shift(self.picture.side * step),
            VGroup(*(self.map.at(*cell) for cell in stays)).animate.shift(way),
            *(FadeOut(self.map.at(*cell), shift=way / 2) for cell in cells if cell not in stays),
            *(FadeIn(self.coming.at(*cell), shift=way / 2) for cell in self.new),
        ]

    def arrive(self):
        """The map of the new place, which looks alike, is put where the old one has gone."""
        self.remove(self.map, *self.map.squares, *self.map.digits)
        self.remove(*(self.coming.at(*cell) for cell in self.new))
        self.map = self.coming
        self.add(self.map)

    def move_to_the_right(self, beat):
        glide = [move for move in self.glide(RIGHT) if not isinstance(move, FadeIn)]
        self.play(*glide, FadeOut(self.arrow), run_time=beat.part(0.2))
        self.arrive()
        for cell in self.new:
            self.map.digit(*cell).set_opacity(0)
            self.map.square(*cell).set_fill(PANEL)
        # The filter goes over the moved picture, and finds what has moved along.
        window = sliding(self.run().cnn(-1, MOVED).map, self.picture, self.map)
        self.add(window)
        self.play(SweepWindow(window, self.windows(), dwell=0.3), run_time=beat.part(0.3))
        self.remove(window)
        self.marks = VGroup(
            *(
                Square(self.map.cell - 0.1, stroke_color=ACCENT, stroke_width=6).move_to(
                    self.map.square(row, column)
                )
                for column in range(1, 4)
                for row in range(4)
            )
        )
        self.play(
            LaggedStart(*(Create(mark) for mark in self.marks), lag_ratio=0.2),
            self.frame.animate.zoom_to(VGroup(self.filter, self.map), fill=0.74).shift(0.3 * UP),
            FadeOut(self.name, self.picture),
            run_time=beat.part(0.25),
        )
        left = VGroup(*(self.map.at(*cell) for cell in self.new))
        self.play(pulse(left, 1.06), run_time=beat.part(0.12))

    def pool_both(self, beat):
        run = self.run()
        self.passes = [run.cnn(-1, place) for place in (OURS, MOVED)]
        pictures = [Sign(place, 2.3) for place in (OURS, MOVED)]
        maps = [number_grid(one.rectified, 0.85, self.limit) for one in self.passes]
        self.pooled = [number_grid(one.pooled, 1.25, self.limit) for one in self.passes]
        names = [self.label(name, LABEL, colour=MUTED, width=2.4) for name in ("here", "there")]
        for side, picture, grid, pooled, name in zip(
            (-3.35, 3.35), pictures, maps, self.pooled, names, strict=True
        ):
            picture.move_to((side - 1.8, 1.35, 0))
            name.next_to(picture, DOWN, buff=0.2)
            grid.move_to((side + 1.3, 1.35, 0))
            pooled.move_to((side + 1.3, -1.95, 0))
        text = self.label("pooled", LABEL, colour=Role.OUTPUT.value, width=2.6)
        text.move_to((-5.15, -1.95, 0))
        self.play(
            FadeOut(self.filter),
            ReplacementTransform(self.picture, pictures[1]),
            FadeTransform(self.map, maps[1]),
            run_time=beat.part(0.15),
        )
        self.play(FadeIn(pictures[0], maps[0], *names), run_time=beat.part(0.1))
        frames = [
            pooling_windows(one.pooled, grid) for one, grid in zip(self.passes, maps, strict=True)
        ]
        self.play(*map(draw_windows, frames), FadeIn(text), run_time=beat.part(0.2))
        self.play(
            *(
                keep_winners(one.pooled, grid, pooled)
                for one, grid, pooled in zip(self.passes, maps, self.pooled, strict=True)
            ),
            run_time=beat.part(0.4),
        )
        self.gone = VGroup(*pictures, *maps, *names, *frames, text)

    def count_all(self, beat):
        pairs = neighbours()
        ours = pairs.index((OURS, MOVED))
        same = [
            Square(grid.cell - 0.1, stroke_color=ACCENT, stroke_width=8).move_to(grid.squares[one])
            for grid in self.pooled
            for one in self.stayed_of(ours)
        ]
        self.play(*(Create(mark) for mark in same), run_time=beat.part(0.1))
        self.blocks = [Block(self.stayed_of(at)) for at in range(len(pairs))]
        for at, block in enumerate(self.blocks):
            row, column = divmod(at, 8)
            block.move_to((1.56 * (column - 3.5), 1.42 * (1.5 - row) + 0.3, 0))
        goal = self.blocks[ours]
        going = [
            VGroup(grid, *marks)
            for grid, marks in zip(
                self.pooled, (same[: len(same) // 2], same[len(same) // 2 :]), strict=True
            )
        ]
        self.play(FadeOut(self.gone), run_time=beat.part(0.06))
        self.play(
            *(FadeOut(one, target_position=goal, scale=0.3) for one in going),
            LaggedStart(*(FadeIn(block, scale=0.7) for block in self.blocks), lag_ratio=0.1),
            run_time=beat.part(0.24),
        )
        numbers = self.numbers()
        told = VGroup(
            self.label("stayed", BODY, colour=MUTED),
            number_text(numbers["stay"], HEADING, colour=ACCENT),
            words("/", HEADING, colour=MUTED),
            number_text(numbers["values"], HEADING),
        ).arrange(RIGHT, buff=0.25)
        told.move_to(3.2 * DOWN)
        self.play(
            LaggedStart(*(block.light() for block in self.blocks), lag_ratio=0.15),
            FadeIn(told[2:]),
            run_time=beat.part(0.25),
        )
        self.play(FadeIn(told[:2]), run_time=beat.part(0.06))
        whole = [block for block in self.blocks if len(block.same) == POOLED]
        self.borders = VGroup(
            *(
                Square(block.width + 0.16, stroke_color=ACCENT, stroke_width=8).move_to(block)
                for block in whole
            )
        )
        self.play(Create(self.borders), run_time=beat.part(0.1))
        self.told = told

    def sort(self, beat):
        """All squares go together, those that stayed on the left."""
        lit = [block[one] for block in self.blocks for one in block.same]
        dark = [square for block in self.blocks for square in block if square not in lit]
        moves = []
        for at, square in enumerate([*lit, *dark]):
            column, row = divmod(at, 8)
            goal = (0.77 * (column - 7.5), 0.7 * (3.5 - row) + 0.35, 0)
            moves.append(square.animate.scale(1.2).move_to(goal))
        self.add(*lit)
        self.play(FadeOut(self.borders), run_time=beat.part(0.05))
        self.play(LaggedStart(*moves, lag_ratio=0.02), run_time=beat.part(0.5))
        self.play(pulse(VGroup(*lit), 1.02), run_time=beat.part(0.2))


class Block(VGroup):
    """Four squares for the pooled values of a pair; those that stayed can be lit."""

    side = 0.55

    def __init__(self, same):
        self.same = same
        squares = (
            Square(self.side, stroke_color=LINE, stroke_width=2, fill_color=PANEL, fill_opacity=1)
            for _ in range(POOLED)
        )
        super().__init__(*squares)
        self.arrange_in_grid(2, 2, buff=0.05)

    def light(self):
        lit = VGroup(*(self[one] for one in self.same))
        return lit.animate.set_fill(ACCENT, opacity=1)
