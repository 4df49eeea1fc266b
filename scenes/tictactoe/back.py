"""Back to the riddle: what both networks say when the cross moves, and the film in one sentence."""

from __future__ import annotations

from manim import DOWN, LEFT, RIGHT, UP, FadeIn, FadeOut, Square, VGroup

from cnnviz.compute import count, greater, percent, zero
from cnnviz.visuals import Bars, SweepWindow, pulse
from cnnviz.visuals.text import SEMIBOLD
from cnnviz.visuals.theme import ACCENT, BODY, TITLE, Role
from scenes.tictactoe._maps import learned_filter, sliding, strongest
from scenes.tictactoe._parts import SIGN_COLOURS
from scenes.tictactoe._pictures import MOVED, OURS, PLACES
from scenes.tictactoe._run import TrainedLesson
from scenes.tictactoe.mistakes import Mistakes

SIGNS = ("X", "O")
DECIMALS = 2


class Back(TrainedLesson):
    continues = Mistakes
    title_over = True

    @classmethod
    def numbers(cls):
        return {"sure.cnn": percent(cls.run().cnn(-1, MOVED).certainty("X"), DECIMALS)}

    @classmethod
    def claims(cls):
        run = cls.run()
        perceptron, cnn = run.perceptron(MOVED), run.cnn(-1, MOVED)
        moved = PLACES.index(MOVED)
        seen = [at for at in run.data["watched"]["seen"]["pictures"] if at == moved]
        return {
            "perceptron_says_ring": greater(perceptron.certainty("O"), perceptron.certainty("X")),
            "cnn_says_cross": greater(cnn.certainty("X"), cnn.certainty("O")),
            "never_seen": zero(count(seen)),
        }

    def setup_stage(self):
        run = self.run()
        self.perceptron = self.answers(run.perceptron(OURS), "perceptron")
        self.cnn = self.answers(run.cnn(-1, OURS), "cnn")
        both = VGroup(self.perceptron, self.cnn)
        both.arrange(DOWN, buff=0.65, aligned_edge=LEFT).move_to((2.85, -0.95, 0))
        bars = self.cnn[1]
        bars.stretch_bars([0, 0])
        bars.values.submobjects = []  # before it has looked

    def answers(self, passed, name):
        """What one network says, below its name."""
        bars = Bars(
            [self.label(sign) for sign in ("cross", "ring")],
            self.percents(passed),
            full=100,
            unit="%",
            width=6.3,
            colours=[SIGN_COLOURS[sign] for sign in SIGNS],
        )
        title = self.label(name, BODY, weight=SEMIBOLD).next_to(bars, UP, buff=0.3)
        return VGroup(title.align_to(bars, LEFT), bars)

    def percents(self, passed):
        return [percent(passed.certainty(sign), DECIMALS) for sign in SIGNS]

    def construct(self):
        run = self.run()
        with self.beat("hook") as beat:
            self.picture = self.previous.ours
            # At once, for the title comes where they are.
            self.play(FadeOut(self.previous.rest), run_time=beat.part(0.07))
            self.play(
                self.picture.animate.scale(5.2 / self.picture.height).move_to((-3.7, -0.9, 0)),
                run_time=beat.part(0.13),
            )
            self.play(FadeIn(self.perceptron), run_time=beat.part(0.12))
            self.play(
                self.picture.lit.animate.shift(self.picture.side * RIGHT),
                self.perceptron[1].change_to(self.percents(run.perceptron(MOVED))),
                run_time=beat.part(0.3),
            )
            self.play(pulse(self.perceptron[1].row(1), 1.08), run_time=beat.part(0.2))

        with self.beat("cnn") as beat:
            self.look(beat)

        with self.beat("line") as beat:
            self.say_it(beat)

    def look(self, beat):
        """The filter goes over the picture; then the CNN answers."""
        window = self.window()
        self.play(FadeIn(self.cnn, window), run_time=beat.part(0.12))
        self.play(SweepWindow(window, self.all_windows(), dwell=0.2), run_time=beat.part(0.38))
        self.play(
            FadeOut(window),
            self.cnn[1].change_to(self.percents(self.run().cnn(-1, MOVED))),
            run_time=beat.part(0.2),
        )
        self.play(pulse(self.cnn[1].row(0), 1.08), run_time=beat.part(0.18))

    def window(self):
        """A frame with the line that the filter looks for."""
        window = sliding(self.run().cnn(-1, MOVED).map, self.picture)
        for step in range(3):
            cell = Square(self.picture.side, stroke_width=0, fill_color=Role.KERNEL.value)
            window.frame.add(cell.set_fill(opacity=0.5).move_to(self.picture.point(step, step)))
        return window

    def all_windows(self):
        return [(one.row, one.column) for one in self.run().cnn(-1, MOVED).map.windows()]

    def say_it(self, beat):
        run = self.run()
        once, everywhere = (
            self.fit(self.label(name, TITLE, weight=SEMIBOLD, colour=colour), width=0.48)
            for name, colour in (("once", Role.KERNEL.value), ("everywhere", ACCENT))
        )
        weights = learned_filter(run, 0.95)
        VGroup(once, weights, everywhere).arrange(DOWN, buff=0.5).move_to((3.25, -0.4, 0))
        self.play(FadeOut(self.perceptron, self.cnn), run_time=beat.part(0.07))
        self.play(FadeIn(weights), FadeIn(once, shift=0.2 * UP), run_time=beat.part(0.2))
        window = self.window()
        self.play(FadeIn(window, target_position=weights), run_time=beat.part(0.1))
        self.play(
            SweepWindow(window, [*self.all_windows(), strongest(run, MOVED)], dwell=0.2),
            FadeIn(everywhere, shift=0.2 * UP),
            run_time=beat.part(0.45),
        )
        self.play(pulse(everywhere, 1.08), run_time=beat.part(0.13))
