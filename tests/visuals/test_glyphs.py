"""Texts that were laid out once come out of the cache as they went in."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from manim import NORMAL, tempconfig

from cnnviz.visuals import formula, glyphs


@pytest.fixture(autouse=True)
def _alone(fresh_cache, tmp_path):
    """Neither this process nor the machine has laid anything out before."""
    glyphs.laid_out.cache_clear()
    with tempconfig({"media_dir": str(tmp_path / "manim"), "verbosity": "WARNING"}):
        yield
    glyphs.laid_out.cache_clear()


def lay_out():
    """A line as a process sees it that has just begun."""
    glyphs.laid_out.cache_clear()
    return glyphs.laid_out("পূর্ণ যোগফল 12", 36, NORMAL)


def outlines(mobject):
    return [member.points for member in mobject.get_family()]


def entries(cache):
    return list((cache / "glyphs").rglob("*.pickle"))


def test_a_line_comes_back_as_it_was(fresh_cache, monkeypatch):
    first = lay_out()
    monkeypatch.setattr(glyphs, "_with_descent", None)  # it cannot be laid out again
    second = lay_out()
    assert second is not first
    assert len(entries(fresh_cache)) == 1
    for one, other in zip(outlines(first), outlines(second), strict=True):
        assert np.array_equal(one, other)
    assert (second.descent, second.original_text) == (first.descent, first.original_text)
    assert second.descent > 0


def test_other_texts_sizes_and_weights_are_other_entries(fresh_cache):
    for what in (("1", 36, "NORMAL"), ("2", 36, "NORMAL"), ("1", 48, "NORMAL"), ("1", 36, "BOLD")):
        glyphs.laid_out(*what)
    assert len(entries(fresh_cache)) == 4


@pytest.mark.parametrize("damage", [b"", b"not a pickle", b"\x80\x05cos\nnothing_here\n."])
def test_a_damaged_entry_is_made_again(fresh_cache, damage):
    first = lay_out()
    (entry,) = entries(fresh_cache)
    whole = entry.read_bytes()
    entry.write_bytes(damage)
    assert len(outlines(lay_out())) == len(outlines(first))
    assert entry.read_bytes()[:100] == whole[:100]


def test_formulas_are_kept_as_well_and_their_parts_still_have_names(fresh_cache, monkeypatch):
    formula("{{ F : output }} = 1")
    monkeypatch.setattr(sys.modules["cnnviz.visuals.formula"], "MathTypst", None)
    assert len(formula("{{ F : output }} = 1").select("output").family_members_with_points()) == 1


def test_glyphs_forget_the_paths_that_they_were_made_from():
    assert all(getattr(member, "path_obj", None) is None for member in lay_out().get_family())
