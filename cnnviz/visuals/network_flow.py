"""How light runs forwards through a network's lines, and blame backwards."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol, TypeAlias

import numpy as np
from manim import Animation, Circle, Dot, Line, Mobject, VGroup, linear

from cnnviz.visuals.theme import ACCENT, MUTED, TEXT

__all__ = ["Blame", "Darken", "Light", "LineKey"]

LineKey: TypeAlias = tuple[int, int, int]
"""A layer, a node of it, and a node of the next layer."""

WIDER, GLOWS = 12.0, 0.55
"""By how much the glow is wider than its line, and how opaque it is."""
RUNS = 0.6
"""Of the time of a layer, the share in which a pulse runs; then its number appears."""


class Network(Protocol):
    """Of a network on stage, what light and blame need: its lines and nodes, and room to draw."""

    glow: VGroup
    pulses: VGroup
    plates: VGroup
    circles: VGroup

    def node(self, layer: int, index: int) -> Circle:
        """A node's circle."""

    def line(self, layer: int, start: int, end: int) -> Line:
        """The line from a node of a layer to one of the next."""


class _Flow(Animation):
    """What runs along lines, layer by layer; each layer takes as long as any other."""

    colour, forwards = ACCENT, True

    def __init__(self, network: Network, keys: Iterable[LineKey], **kwargs: Any) -> None:
        self.network, self.flowing = network, sorted(keys)
        kwargs.setdefault("rate_func", linear)
        assert isinstance(network, Mobject)
        super().__init__(network, **kwargs)

    def order(self, layers: Sequence[int]) -> list[int]:
        """The layers as they have their turn."""
        return list(layers)

    def create_starting_mobject(self) -> Any:
        """No copy: what is seen follows from the time alone."""
        layers = self.order(sorted({layer for layer, _, _ in self.flowing}))
        self.turns = {layer: turn for turn, layer in enumerate(layers)}
        lines = [self.network.line(*key) for key in self.flowing]
        ends = [line.get_start_and_end() for line in lines]
        self.glows = [
            Line(*end, color=self.colour, stroke_width=line.get_stroke_width() + WIDER)
            for end, line in zip(ends, lines, strict=True)
        ]
        self.ends = [end if self.forwards else end[::-1] for end in ends]
        self.network.glow.add(*self.glows)
        return self.mobject

    def so_far(self, key: LineKey, alpha: float) -> float:
        """How much of its turn a line has had, from 0 to 1."""
        share: float = self.rate_func(alpha)
        return float(np.clip(share * len(self.turns) - self.turns[key[0]], 0, 1))

    def draw(self, index: int, run: float) -> None:
        """Let a line glow up to a share of its length."""
        start, end = self.ends[index]
        glow = self.glows[index]
        glow.put_start_and_end_on(start, start + max(run, 1e-3) * (end - start))
        glow.set_stroke(opacity=GLOWS if run else 0.0)


class Light(_Flow):
    """Lines that glow, and the nodes that they have reached."""

    def interpolate_mobject(self, alpha: float) -> None:
        """Be so far through the network."""
        for index, key in enumerate(self.flowing):
            run = self.so_far(key, alpha)
            self.draw(index, run)
            layer, start, end = key
            if run > 0:
                self.network.node(layer, start).set_stroke(ACCENT, 5)
            if run == 1:
                self.network.node(layer + 1, end).set_stroke(ACCENT, 5)


class Blame(_Flow):
    """A pulse on each line that runs back along it, and then the line's number."""

    colour, forwards = TEXT, False

    def __init__(self, network: Network, plates: Mapping[LineKey, VGroup], **kwargs: Any):
        self.plates = plates
        super().__init__(network, plates, **kwargs)

    def order(self, layers: Sequence[int]) -> list[int]:
        """The last layer first."""
        return list(reversed(layers))

    def create_starting_mobject(self) -> Any:
        """Pulses and plates are part of the network while they are on their way."""
        found = super().create_starting_mobject()
        self.pulses = VGroup(*(Dot(radius=0.13, color=self.colour) for _ in self.flowing))
        self.network.pulses.add(*self.pulses)
        self.network.plates.add(*self.plates.values())
        return found

    def interpolate_mobject(self, alpha: float) -> None:
        """Be so far on the way back."""
        for index, key in enumerate(self.flowing):
            turn = self.so_far(key, alpha)
            run = min(1.0, turn / RUNS)
            self.draw(index, run)
            start, end = self.ends[index]
            pulse = self.pulses[index].move_to(start + run * (end - start))
            pulse.set_opacity(1.0 if 0 < run < 1 else 0.0)
            self.plates[key].set_opacity(max(0.0, (turn - RUNS) / (1 - RUNS)))

    def finish(self) -> None:
        """No pulse is left."""
        super().finish()
        self.network.pulses.submobjects = []


class Darken(Animation):
    """Everything that light and blame have brought fades."""

    def __init__(self, network: Network, **kwargs: Any) -> None:
        self.network = network
        assert isinstance(network, Mobject)
        super().__init__(network, **kwargs)

    def create_starting_mobject(self) -> Any:
        """No copy: what is seen follows from the time alone."""
        return self.mobject

    def interpolate_mobject(self, alpha: float) -> None:
        """Let it be so faint."""
        left = 1 - self.rate_func(alpha)
        self.network.glow.set_stroke(opacity=GLOWS * left)
        self.network.plates.set_opacity(left)
        if not left:
            for circle in (circle for layer in self.network.circles for circle in layer):
                circle.set_stroke(MUTED, 3)

    def finish(self) -> None:
        """Nothing of it stays."""
        super().finish()
        self.network.glow.submobjects, self.network.plates.submobjects = [], []
