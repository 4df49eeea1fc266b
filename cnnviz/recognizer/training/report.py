"""How often the recognizer was right, over all pictures and class by class."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnviz.recognizer.classes import CLASSES
from cnnviz.recognizer.tracking import CERTAIN

__all__ = ["Report"]


@dataclass(frozen=True, eq=False)
class Report:
    """What the recognizer said about N pictures, and what it should have said.

    Parameters
    ----------
    targets
        Index of the right class, (N,); N is at least 1.
    probabilities
        Of every class, (N, 53), from all looks at a picture together; see `reading`.
    first
        The same from the one look at each picture as it is.
    """

    targets: NDArray[np.intp]
    probabilities: NDArray[np.float32]
    first: NDArray[np.float32]

    @property
    def one_look(self) -> Report:
        """What there would be to report if the network looked once at each picture."""
        return Report(self.targets, self.first, self.first)

    @cached_property
    def guesses(self) -> NDArray[np.intp]:
        """Index of the best class, (N,)."""
        return np.asarray(self.probabilities.argmax(axis=1), np.intp)

    @property
    def right(self) -> NDArray[np.bool_]:
        """Whether the best class is the right one, (N,)."""
        return np.asarray(self.guesses == self.targets)

    @property
    def confidences(self) -> NDArray[np.float32]:
        """Probability of the best class, (N,)."""
        return np.asarray(self.probabilities.max(axis=1), np.float32)

    @property
    def accuracy(self) -> float:
        """Part of the pictures whose best class is right."""
        return float(self.right.mean())

    @property
    def top5(self) -> float:
        """Part of the pictures whose right class is among the best five."""
        own = np.take_along_axis(self.probabilities, self.targets[:, None], axis=1)
        return float(((self.probabilities > own).sum(axis=1) < 5).mean())

    @property
    def confusion(self) -> NDArray[np.intp]:
        """How often class `row` was taken for class `column`, (53, 53)."""
        counts = np.zeros((len(CLASSES), len(CLASSES)), np.intp)
        np.add.at(counts, (self.targets, self.guesses), 1)
        return counts

    def of(self, chosen: NDArray[np.bool_]) -> Report:
        """The same about some of the pictures."""
        return Report(self.targets[chosen], self.probabilities[chosen], self.first[chosen])

    def summary(self) -> dict[str, Any]:
        """The figures about all pictures together, as JSON can hold them."""
        certain = self.confidences >= CERTAIN
        return {
            "pictures": len(self.targets),
            "accuracy": self.accuracy,
            "top5": self.top5,
            "mean_confidence": float(self.confidences.mean()),
            "certain": {
                "from_confidence": CERTAIN,
                "pictures": int(certain.sum()),
                "accuracy": float(self.right[certain].mean()) if certain.any() else None,
            },
            "unknown": int((~certain).sum()),
        }

    def by_class(self) -> dict[str, dict[str, Any]]:
        """Pictures, right ones, accuracy and the commonest wrong guess of every class."""
        return {
            name: _about_class(row, index)
            for index, (name, row) in enumerate(zip(CLASSES, self.confusion, strict=True))
        }


def _about_class(row: NDArray[np.intp], index: int) -> dict[str, Any]:
    pictures, right = int(row.sum()), int(row[index])
    wrong = row.copy()
    wrong[index] = 0
    worst = int(wrong.argmax())
    return {
        "pictures": pictures,
        "right": right,
        "accuracy": right / pictures if pictures else None,
        "commonest_wrong_guess": CLASSES[worst] if wrong[worst] else None,
    }
