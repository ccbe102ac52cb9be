"""Strokes of brushes of any width, also of one pixel."""

import numpy as np
import pytest

from neuralmaster.making import edits

SIZE = (60, 40)


def exact(points, radius):
    """The share of each pixel within `radius` of a line, by counting 16 x 16 places in it."""
    (ax, ay), (bx, by) = points[0], points[-1]
    y, x = np.mgrid[0 : SIZE[1] * 16, 0 : SIZE[0] * 16] / 16 + 1 / 32 - 0.5
    along = np.array([bx - ax, by - ay], float)
    share = ((x - ax) * along[0] + (y - ay) * along[1]) / max((along**2).sum(), 1e-9)
    share = np.clip(share, 0, 1)
    near = np.hypot(x - ax - share * along[0], y - ay - share * along[1]) <= radius
    return near.reshape(SIZE[1], 16, SIZE[0], 16).mean(axis=(1, 3))


@pytest.mark.parametrize("radius", [1, 1.5, 2, 3.5])
@pytest.mark.parametrize(
    "points", [[(12, 8)], [(12.3, 8.6)], [(5, 5), (50, 5)], [(7.5, 30), (51.2, 4.1)]]
)
def test_a_thin_brush_covers_what_it_goes_over(points, radius):
    plane = edits.stroke(SIZE, points, radius)
    assert np.abs(plane / 255 - exact(points, radius)).max() < 0.13
    assert abs(plane.sum() / 255 - exact(points, radius).sum()) < 0.06 * plane.sum() / 255


@pytest.mark.parametrize("radius", [4, 6.5, 10, 14])
@pytest.mark.parametrize(
    "points", [[(30, 20)], [(29.7, 19.6)], [(20, 20), (40, 20)], [(22, 24), (37.5, 17.1)]]
)
def test_a_wide_brush_is_as_wide_as_it_says(points, radius):
    plane, truth = edits.stroke(SIZE, points, radius), exact(points, radius)
    assert abs(plane.sum() / 255 - truth.sum()) < 0.045 * truth.sum()
    assert np.abs(plane / 255 - truth).max() < 0.6  # a pixel more all around is one of 1


@pytest.mark.parametrize(
    "points", [[(12, 8)], [(11.6, 8.4)], [(-3, 8)], [(12, 8), (20, 8)], [(12, 8), (12, 20)]]
)
def test_a_brush_of_one_pixel_marks_whole_pixels(points):
    plane = edits.stroke(SIZE, points, 0.5)
    (ax, ay), (bx, by) = (np.rint(points[k]).astype(int) for k in (0, -1))
    expected = np.zeros_like(plane)
    expected[max(0, ay) : max(0, by + 1), max(0, ax) : max(0, bx + 1)] = 255
    assert np.array_equal(plane, expected)


def test_a_long_thin_line_has_no_gaps_and_one_width():
    plane = edits.stroke((3000, 40), [(5, 5), (2990, 33)], 1.5)
    widths = plane[:, 10:-15].sum(axis=0) / 255
    assert np.abs(widths - 3).max() < 0.25


def test_a_pen_is_as_wide_as_it_presses():
    for radius in (3, 12):
        plane = edits.stroke(SIZE, [(10, 20), (50, 20)], radius, [0.25, 1.0])
        heights = plane.sum(axis=0) / 255
        assert abs(heights[12] - radius * 2 * 0.29) < 2.2  # an anti-aliased edge on either side
        assert abs(heights[30] - radius * 2 * 0.625) < 2.2  # an anti-aliased edge on either side
        assert abs(heights[48] - radius * 2 * 0.96) < 2.2  # an anti-aliased edge on either side


def test_pressure_makes_no_brush_thinner_than_a_pixel():
    plane = edits.stroke(SIZE, [(10, 20), (50, 20)], 0.5, [0.0, 0.0])
    assert (plane[20, 10:51] == 255).all()
    assert plane.sum() == 255 * 41


def test_a_stroke_outside_the_picture_marks_nothing():
    for radius in (0.5, 2, 9):
        assert edits.stroke(SIZE, [(-500, -20), (-80, 20)], radius).max() == 0
        assert edits.stroke(SIZE, [(100, 20)], radius).max() == 0
