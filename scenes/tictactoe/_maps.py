"""The learned network's filter, maps and answers, rounded as they are shown."""

from __future__ import annotations

from manim import Square

from cnnviz.compute import rounded
from cnnviz.visuals import NumberGrid, WindowView
from cnnviz.visuals.theme import Role
from scenes.tictactoe._pictures import PLACES, SIDE

DECIMALS = 2
FRAME = 6  # the width of the line round what a window sees


class Ground:
    """A `Sign` as a `WindowView` wants to have what it slides over."""

    rows = columns = SIDE

    def __init__(self, picture):
        self.picture, self.point = picture, picture.point

    @property
    def cell(self):
        return self.picture.side


def sliding(trace, picture, output=None):
    """A window over a `Sign`, and the cell that it gives, without lines between them."""
    window = WindowView(trace, Ground(picture), output)
    window.sight.set_stroke(opacity=0)
    return window


def learned_filter(run, cell, step=-1):
    """The filter as it is at a kept step."""
    index = run.index(step)
    numbers = [[run.kernel_number(index, r, c) for c in range(3)] for r in range(3)]
    return NumberGrid(numbers, role=Role.KERNEL, cell=cell, limit=weight_limit(run))


def weight_limit(run):
    """The filter's weight that is farthest from zero at any step: it gets the full colour."""
    return float(abs(run.kernels).max())


def shown(trace):
    """The numbers of a map or of what is pooled, in rows."""
    _, rows, columns = trace.output.shape
    return [[rounded(trace.number(r, c), DECIMALS) for c in range(columns)] for r in range(rows)]


def map_limit(run):
    """The answer of all pictures that is farthest from zero."""
    return max(float(abs(run.cnn(-1, place).map.output).max()) for place in PLACES)


def number_grid(trace, cell, limit):
    return NumberGrid(shown(trace), role=Role.OUTPUT, cell=cell, limit=limit)


def strongest(run, place):
    """Where in the learned filter's map the largest answer to a picture stands: the first."""
    trace = run.cnn(-1, place).map
    row, column = divmod(int(trace.output[0].argmax()), trace.columns)
    return row, column


def answer(run, place):
    """The learned filter's largest answer to a picture."""
    return run.cnn(-1, place).map.number(*strongest(run, place))


def shown_answer(run, place):
    """The same as it is shown."""
    return rounded(answer(run, place), DECIMALS)


def window_on(picture, row, column, colour=Role.KERNEL.value):
    """A frame round the 3×3 cells of a `Sign` that the window at (row, column) sees."""
    frame = Square(3 * picture.side, stroke_color=colour, stroke_width=FRAME)
    return frame.move_to(picture.point(row + 1, column + 1))


def cut_out(grid, place, row, column):
    """Of a filter's `grid` that lies on a window, only the weights stay that count there."""
    seen = place.pixels()[row : row + 3, column : column + 3]
    dark = [(r, c) for r in range(3) for c in range(3) if not seen[r, c]]
    return [grid.at(r, c).animate.set_opacity(0) for r, c in dark]
