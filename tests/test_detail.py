"""Detail is drawn over a fill: copied from where it lies, within the range of the object."""

import numpy as np
import pytest

from neuralmaster.fills.detail import SELF, Detail, drawn_out

SIZE = 2


def detail(levels, shift, offset=0.0, lowest=0, highest=255):
    """One band over a box that starts at (10, 20)."""
    height, width = levels.shape
    return Detail(
        levels[..., None].astype(np.int16),
        np.asarray(shift, np.intp),
        np.full((len(shift), len(shift[0]), 1), offset, np.float32),
        np.array([lowest], np.int16),
        np.array([highest], np.int16),
        (20, 10, 20 + width, 10 + height),
        SIZE,
    )


def over(made, level=100):
    height, width = made.levels.shape[:2]
    fill = np.full((height, width, 1), level, np.uint8)
    return made.over(fill, 10, 20)[..., 0].tolist()


def test_a_cell_shows_what_lies_where_it_copies_from():
    levels = np.array([[1, 2, 30, 40], [5, 6, 70, 80]])
    assert over(detail(levels, [[2, SELF]]))[0][0] == 130
    assert over(detail(levels, [[2, SELF]], offset=4.4))[0][0] == 134
    assert over(detail(levels, [[SELF, -2]])) == [[100, 100, 101, 102], [100, 100, 105, 106]]


@pytest.mark.parametrize(("lowest", "highest", "expected"), [(0, 105, 105), (120, 255, 120)])
def test_no_level_goes_beyond_those_of_the_object(lowest, highest, expected):
    levels = np.full((2, 4), 10)
    made = detail(levels, [[SELF, -2]], lowest=lowest, highest=highest)
    assert {row[3] for row in over(made)} == {expected}


def test_between_cells_that_copy_from_different_parts_one_fades_out():
    levels = np.zeros((2, 12))
    levels[:, 8:10], levels[:, 10:12] = 40, 80
    shift = [[8, 8, SELF, SELF, SELF, SELF]]
    assert over(detail(levels, shift))[0][:4] == [140, 140, 180, 180]
    levels[:, 4:8] = 16
    mixed = over(detail(levels, [[8, 4, SELF, SELF, SELF, SELF]]))[0][:4]
    assert mixed == [140, 136, 126, 116]  # a quarter of the way is 0.156 of the fade
    levels = np.tile(levels[:1], (4, 1))
    empty = [SELF] * 5
    assert over(detail(levels, [[8, *empty], [4, *empty]]))[1][1] == 137  # not towards nothing


def test_cells_are_drawn_out_linearly_and_any_part_is_that_of_the_whole():
    grid = np.arange(12, dtype=np.float32).reshape(3, 4, 1)
    whole = drawn_out(grid, np.arange(6), np.arange(8), SIZE)[..., 0]
    assert whole[0].tolist() == [0, 0.25, 0.75, 1.25, 1.75, 2.25, 2.75, 3]
    assert whole[:, 0].tolist() == [0, 1, 3, 5, 7, 8]
    part = drawn_out(grid, np.arange(1, 6), np.arange(3, 8), SIZE)[..., 0]
    assert np.array_equal(part, whole[1:, 3:])
