"""Numbers that a capture is the evidence of."""

from __future__ import annotations

from cnnviz.capture.captured import Capture
from cnnviz.compute.number import Number, measured
from cnnviz.evidence_files import RECORDINGS, sidecar_path

__all__ = ["confidence_percent"]


def confidence_percent(capture: Capture, moment: int) -> Number:
    """How sure the recognizer was at a moment, in per cent, to the whole.

    `args` name the sidecar as it lies in the bundle, and the place in it as a JSON pointer
    (RFC 6901).
    """
    return measured(
        capture.moments[moment].confidence,
        f"{RECORDINGS}/{sidecar_path(capture.video).name}",
        f"/moments/{moment}/confidence",
        decimals=0,
        scale=100,
    )
