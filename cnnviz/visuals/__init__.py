"""Manim mobjects and animations that draw traces, in one look."""

from __future__ import annotations

from cnnviz.visuals.arrange import across, against, at_edge, current_format, fit
from cnnviz.visuals.bars import Bars
from cnnviz.visuals.channels import stack
from cnnviz.visuals.clock import Clock
from cnnviz.visuals.dots import DotPlot
from cnnviz.visuals.emphasis import pulse
from cnnviz.visuals.formula import formula
from cnnviz.visuals.grid import (
    NumberGrid,
    input_grid,
    kernel_grid,
    output_grid,
    padded_grid,
    pooled_grid,
    relu_grid,
    with_title,
)
from cnnviz.visuals.legend import sign_legend
from cnnviz.visuals.network import NetworkView
from cnnviz.visuals.photograph import Photograph
from cnnviz.visuals.picture import (
    SweepPicture,
    feature_picture,
    framed,
    load_picture,
    map_limit,
    picture,
    to_grey,
)
from cnnviz.visuals.playback import Playback, Ring, Roll, Screen
from cnnviz.visuals.plot import LinePlot
from cnnviz.visuals.pooling import draw_windows, keep_winners, merge_windows, pooling_windows
from cnnviz.visuals.products import ProductGrid, SumRow, gather, pair_up, sum_text
from cnnviz.visuals.rays import zoom_rays
from cnnviz.visuals.sweep import SweepReplace
from cnnviz.visuals.table import SideBySide
from cnnviz.visuals.text import number_text, size_text, words
from cnnviz.visuals.thinking import RunDown, ThinkingRing
from cnnviz.visuals.tiles import kernel_colours, tile_center, tiled
from cnnviz.visuals.weights import MovingWeights
from cnnviz.visuals.window import MoveWindow, SweepWindow, WindowView

__all__ = [
    "Bars",
    "Clock",
    "DotPlot",
    "LinePlot",
    "MoveWindow",
    "MovingWeights",
    "NetworkView",
    "NumberGrid",
    "Photograph",
    "Playback",
    "ProductGrid",
    "Ring",
    "Roll",
    "RunDown",
    "Screen",
    "SideBySide",
    "SumRow",
    "SweepPicture",
    "SweepReplace",
    "SweepWindow",
    "ThinkingRing",
    "WindowView",
    "across",
    "against",
    "at_edge",
    "current_format",
    "draw_windows",
    "feature_picture",
    "fit",
    "formula",
    "framed",
    "gather",
    "input_grid",
    "keep_winners",
    "kernel_colours",
    "kernel_grid",
    "load_picture",
    "map_limit",
    "merge_windows",
    "number_text",
    "output_grid",
    "padded_grid",
    "pair_up",
    "picture",
    "pooled_grid",
    "pooling_windows",
    "pulse",
    "relu_grid",
    "sign_legend",
    "size_text",
    "stack",
    "sum_text",
    "tile_center",
    "tiled",
    "to_grey",
    "with_title",
    "words",
    "zoom_rays",
]
