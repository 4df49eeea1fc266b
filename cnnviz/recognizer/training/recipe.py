"""Everything that decides what training does with its data."""

from __future__ import annotations

from dataclasses import dataclass

from cnnviz.recognizer.classes import PICTURE_SIZE

__all__ = ["Recipe", "TrainingStage"]


@dataclass(frozen=True)
class TrainingStage:
    """Some pictures of one size; small ones come first, because they cost a quarter."""

    size: int
    pictures: int


@dataclass(frozen=True)
class Recipe:
    """Everything that decides what training does with its data.

    Parameters
    ----------
    rates
        Peak learning rates of AdamW: of the convolutions; of the first linear layer, lower in
        proportion to its fan-in of 50,176; of the last two layers.
    warm_up
        Part of all steps over which the rates rise; they fall with a cosine afterwards.
    dropout, dropout_from
        Where dropout ends, and the part of all steps over which it rises there from 0. The network
        would take 0.5; with as many different pictures as are made here that only slows it.
    gentle_from, gentle
        The part of all steps after which light and camera spoil pictures less and less often, and
        how often in the end, as a part of before: the last steps see what is to be recognized.
    smoothing
        How much of the target's probability is spread over all classes.
    averaging, averaging_every
        Decay of the running mean of the weights, and the steps between two of its updates.
    """

    stages: tuple[TrainingStage, ...] = (
        TrainingStage(112, 160_000),
        TrainingStage(PICTURE_SIZE, 300_000),
    )
    batch: int = 64
    seed: int = 1
    rates: tuple[float, float, float] = (2e-3, 4e-5, 1e-3)
    weight_decay: float = 0.02
    warm_up: float = 0.03
    dropout: float = 0.2
    dropout_from: float = 0.6
    gentle_from: float = 0.5
    gentle: float = 0.4
    smoothing: float = 0.05
    averaging: float = 0.99
    averaging_every: int = 4
    validate_every: int = 300

    @property
    def steps(self) -> int:
        """How many batches all stages have."""
        return sum(stage.pictures // self.batch for stage in self.stages)

    def work(self, step: int) -> float:
        """The part of all the work that is done after `step` steps: it goes with the pixels."""
        done = whole = 0
        for stage in self.stages:
            steps = stage.pictures // self.batch
            done += min(max(step, 0), steps) * stage.size**2
            whole += steps * stage.size**2
            step -= steps
        return done / whole

    def strength(self, step: int) -> float:
        """How often light and camera spoil a picture at `step`, as a part of at the beginning."""
        done = max(0.0, step / self.steps - self.gentle_from) / (1 - self.gentle_from)
        return 1 - (1 - self.gentle) * done

    def size_at(self, step: int) -> int:
        """The pictures' side in pixels at `step`, counted from 0."""
        for stage in self.stages:
            step -= stage.pictures // self.batch
            if step < 0:
                return stage.size
        return self.stages[-1].size
