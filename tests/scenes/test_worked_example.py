"""Why some sentences about the worked example say no more than they do."""

from __future__ import annotations

from scenes.shared._worked_example import WorkedScene

EXAMPLE = WorkedScene.example()


def test_relu_deletes_the_strongest_edges_of_the_example() -> None:
    strongest = abs(EXAMPLE.valid.output).max()
    gone = EXAMPLE.valid.output[0][EXAMPLE.rectified.output[0] == 0]
    assert -strongest in gone
    assert EXAMPLE.rectified.output.max() < strongest


def test_the_border_of_the_example_is_seen_less_but_seen() -> None:
    assert 0 < len(EXAMPLE.visits(0, 0)) < len(EXAMPLE.visits(2, 2))


def test_pooling_leaves_out_the_largest_number_of_the_example() -> None:
    assert (
        EXAMPLE.max_pooled.output.max()
        < EXAMPLE.rectified_padded.output.max()
        == EXAMPLE.padded.output.max()
    )


def test_where_both_sides_are_equal_the_picture_need_not_be_even() -> None:
    window = EXAMPLE.valid.window(1, 0)
    assert window.result == 0
    assert window.patch.max() > window.patch.min()
