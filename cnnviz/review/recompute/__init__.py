"""Numbers of a ledger computed again, in exact fractions and without any other module of ours.

What each operation means stands in docs/numbers.md; this is a second reading of that page.
"""

from __future__ import annotations

from cnnviz.review.recompute.again import agree, in_digits, recomputed, ways
from cnnviz.review.recompute.proof import NoProofError, UnknownOperationError

__all__ = ["NoProofError", "UnknownOperationError", "agree", "in_digits", "recomputed", "ways"]
