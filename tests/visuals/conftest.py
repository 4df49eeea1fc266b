from __future__ import annotations

from collections.abc import Iterator

import pytest
from manim import tempconfig


@pytest.fixture(scope="module", autouse=True)
def _no_manim_files(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What Manim keeps of texts and formulas stays out of the checkout."""
    folder = str(tmp_path_factory.mktemp("manim"))
    with tempconfig({"media_dir": folder, "verbosity": "WARNING"}):
        yield
