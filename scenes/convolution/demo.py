"""The recognizer at work, and its very first card on the way through the network's first layer."""

from __future__ import annotations

from manim import DOWN, LEFT, RIGHT, UP, Arrow, Create, FadeIn, FadeOut, Group, Square

from cnnviz.compute import count, matrix_size
from cnnviz.visuals import SweepPicture, framed, picture, pulse, sign_legend, words
from cnnviz.visuals.theme import ACCENT, BODY, LABEL, MUTED, SMALL, Role
from scenes.shared._layer_claims import layer_claims
from scenes.shared._layer_views import ColourSum, MapRow, NetworkSketch, WholeLayer
from scenes.shared._recognizer import Watching, recognition
from scenes.shared._worked_example import WorkedScene

WATCHED = ("proof", "names", "unsure")


class Demo(WorkedScene):
    recording = "demo"
    evidence = ("card_network",)

    @classmethod
    def numbers(cls):
        layer = recognition(cls.recorded()).layer
        return {
            "kernels": count(layer.bias.tolist()),
            "kernel.size": matrix_size(layer.kernels[0, 0].tolist()),
            "input.size": cls.example().input_size,
        }

    @classmethod
    def claims(cls):
        return layer_claims(recognition(cls.recorded()))

    def setup_stage(self):
        self.seen = recognition(self.recorded())
        slots = [self.slot(beat) for beat in WATCHED]
        seconds = sum(slot.speech + slot.rest for slot in slots) / self.plan.fps
        self.watching = Watching(self.seen, seconds, self.plan.language)
        self.heading = self.label("recognized", LABEL, colour=MUTED)
        self.origin = Group(*self.where_it_comes_from())
        self.watching.arrange(self.heading, self.origin)
        self.add(self.watching.screen, self.heading, self.origin)

    def where_it_comes_from(self):
        camera = self.seen.capture.camera
        if camera.simulated:
            yield self.label("simulated", LABEL, colour=Role.KERNEL.value)
        if camera.credit:
            yield words(camera.credit, SMALL, colour=MUTED)

    def construct(self):
        with self.beat("proof") as beat:
            self.play(self.watching.play(beat.whole))

        with self.beat("names") as beat:
            self.play(self.watching.play(beat.whole))

        with self.beat("unsure") as beat:
            self.play(self.watching.play(beat.whole))

        with self.beat("inside") as beat:
            self.take_out_a_card(beat)

        with self.beat("kernels") as beat:
            name = self.label("kernels", LABEL, colour=Role.KERNEL.value)
            tiles = self.seen.kernel_tiles(3.1)
            layer = Group(name, tiles).arrange(DOWN, buff=0.3)
            layer.to_edge(RIGHT, buff=0.85).match_y(self.card)
            self.play(FadeOut(self.inside), FadeIn(name), run_time=beat.part(0.15))
            self.play(SweepPicture(tiles, bands=4), run_time=beat.part(0.5))

        with self.beat("window") as beat:
            names = [self.label_text(name) for name in ("red", "green", "blue", "bias")]
            work = ColourSum(self.seen, self.card, names)
            work.lift_kernel(tiles)
            self.play(FadeOut(layer), work.kernel.animate.restore(), run_time=beat.part(0.15))
            self.play(Create(work.spot), run_time=beat.part(0.1))
            for line in work.lines:
                self.play(FadeIn(line, shift=RIGHT * 0.2), run_time=beat.part(0.12))
            self.play(pulse(work.total), run_time=beat.part(0.1))

        row = MapRow(self.seen)
        with self.beat("maps") as beat:
            self.play(FadeOut(work, self.title), run_time=beat.part(0.1))
            self.make_maps(beat, row)

        with self.beat("relu") as beat:
            self.add(*row.rectified)
            sweeps = [SweepPicture(image) for image in row.rectified]
            self.play(*sweeps, run_time=beat.part(0.5))
            self.remove(*row.images)

        with self.beat("learned") as beat:
            leaving = (self.card, row.kernels, self.legend, *row.borders, *row.rectified)
            whole = WholeLayer(self.seen).shift(UP * 0.2)
            learned = self.label("learned", BODY, colour=ACCENT).to_edge(DOWN, buff=0.5)
            self.play(FadeOut(*leaving), run_time=beat.part(0.08))
            self.play(FadeIn(whole.kernels), run_time=beat.part(0.1))
            self.play(FadeIn(learned, shift=UP * 0.2), run_time=beat.part(0.1))
            maps = SweepPicture(whole.maps, bands=4)
            self.play(FadeIn(whole.arrow), maps, run_time=beat.part(0.4))

    def take_out_a_card(self, beat):
        roll, screen = self.watching.roll, self.watching.screen
        self.play(self.watching.rewind(), run_time=beat.part(0.12))
        small, name, percent = roll[0]
        self.card = framed(picture(self.seen.card, 4.6), Role.INPUT)
        self.card.to_edge(LEFT, buff=0.85).shift(DOWN * 0.2)
        self.title = self.label("card", LABEL, colour=Role.INPUT.value)
        self.title.next_to(self.card, UP, buff=0.22)
        network = NetworkSketch()
        into, out = (Arrow(LEFT * 0.25, RIGHT * 0.25, color=MUTED, buff=0) for _ in range(2))
        answer = Group(name.copy(), percent.copy()).arrange(DOWN, buff=0.3)
        way = Group(into, network, out, answer).arrange(RIGHT, buff=0.2)
        way.set_x((self.card.get_right()[0] + self.format.safe[2]) / 2).match_y(self.card)
        first = self.label("first", LABEL, colour=Role.KERNEL.value).next_to(network.first, UP)
        self.play(pulse(small, 1.4), run_time=beat.part(0.12))
        self.play(
            FadeOut(screen, *self.watching.rings, self.origin, self.heading, roll[1:]),
            small.animate.stretch_to_fit_height(4.6).stretch_to_fit_width(4.6).move_to(self.card),
            name.animate.move_to(answer[0]),
            percent.animate.move_to(answer[1]),
            run_time=beat.part(0.25),
        )
        self.remove(small)
        self.add(self.card[0])
        self.play(Create(self.card[1]), FadeIn(self.title), run_time=beat.part(0.08))
        self.play(FadeIn(into, network, out), run_time=beat.part(0.15))
        lit = network.first.animate.set_fill(Role.KERNEL.value, opacity=0.6)
        self.play(lit, FadeIn(first), run_time=beat.part(0.15))
        self.inside = Group(into, network, out, name, percent, first)

    def make_maps(self, beat, row):
        signs = (self.label_text(name) for name in ("negative", "zero", "positive"))
        self.legend = sign_legend(*signs, width=8.0).next_to(Group(*row.images), DOWN, buff=0.4)
        there = self.card.animate.scale_to_fit_height(row.card.height).move_to(row.card)
        self.play(there, run_time=beat.part(0.12))
        self.play(FadeIn(row.kernels, self.legend, *row.borders), run_time=beat.part(0.1))
        cursor = Square(0.2, color=Role.KERNEL.value, stroke_width=5)
        self.add(*row.images, cursor)
        first, *others = row.images
        sweeps = [SweepPicture(image) for image in others]
        sweeps.append(SweepPicture(first, seen=self.card[0], cursor=cursor))
        self.play(*sweeps, run_time=beat.part(0.5))
        self.remove(cursor)
