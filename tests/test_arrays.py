"""OpenCV's filters do what the operations of Arrays say; what the solver needs of them."""

import numpy as np
import pytest

from neuralmaster.fills.arrays import Arrays, laplacian
from neuralmaster.fills.grid import Axis, Grid
from neuralmaster.fills.interpolation import AHEAD, ROWS, Interpolation
from neuralmaster.fills.opencv import NUMPY

GENERIC = Arrays(np.concatenate, lambda matrix: matrix, np.linalg.inv, np.linalg.cholesky)
SHAPES = [(8, 12), (10, 6), (2, 2), (4, 40)]


def random(*shape):
    return np.random.default_rng(5).uniform(-1, 1, shape).astype(np.float32)


@pytest.mark.parametrize("bands", [1, 2, 3, 4])
@pytest.mark.parametrize("shape", SHAPES)
def test_opencv_agrees_with_the_generic_operations(shape, bands):
    planes, image = random(bands, *shape), random(*shape, bands)
    for name in ("halve", "double", "image"):
        ours, theirs = (getattr(arrays, name)(planes) for arrays in (NUMPY, GENERIC))
        assert ours.shape == theirs.shape, name
        assert ours == pytest.approx(theirs, abs=1e-6), name
    for name in ("planes", "neighbours", "sums", "finer", "coarser"):
        ours, theirs = (getattr(arrays, name)(image) for arrays in (NUMPY, GENERIC))
        assert ours.shape == theirs.shape, name
        assert ours == pytest.approx(theirs, abs=2e-6), name


@pytest.mark.parametrize(("height", "width"), [(1, 3), (4, 25), (9, 12), (12, 31)])
def test_an_inverse_by_blocks_is_the_inverse(height, width):
    cells = height * width
    screen = 0.01 + np.abs(random(cells))
    matrix = (np.diag(screen) - laplacian(height, width)).astype(np.float32)
    inverse = NUMPY.inverse(matrix)
    assert inverse.dtype == np.float32
    assert inverse @ matrix == pytest.approx(np.eye(cells), abs=1e-4)
    assert inverse == pytest.approx(np.linalg.inv(matrix.astype(float)), rel=1e-3, abs=1e-4)


def test_halving_takes_planes_of_planes():
    moments = random(3, 5, 8, 6)
    assert NUMPY.halve(moments) == pytest.approx(GENERIC.halve(moments), abs=1e-6)


@pytest.mark.parametrize("arrays", [NUMPY, GENERIC])
@pytest.mark.parametrize("shape", SHAPES)
def test_going_to_the_coarser_grid_is_the_transpose_of_coming_back(shape, arrays):
    """Or the preconditioner were not symmetric, and conjugate gradients might not converge."""
    fine, coarse = random(*shape, 2), random(shape[0] // 2, shape[1] // 2, 2) + 1
    one = (arrays.coarser(fine) * coarse).sum()
    assert one == pytest.approx((fine * arrays.finer(coarse)).sum(), abs=1e-4)


def test_the_dot_product_is_that_of_all_bands():
    one, other = random(6, 4, 3), random(6, 4, 3) + 1
    for arrays in (NUMPY, GENERIC):
        assert arrays.dot(one, other) == pytest.approx(np.sum(one * other), abs=1e-5)


@pytest.mark.parametrize("shape", [(6, 4, 3), (2, 2, 1), (1, 1, 3), (1, 1, 1)])
def test_a_multiple_of_another_image_is_added(shape):
    one, other = random(*shape), random(*shape) + 1
    for arrays in (NUMPY, GENERIC):
        total = arrays.plus(one, np.float32(-2.5), other)
        assert total.shape == shape
        assert total == pytest.approx(one - 2.5 * other, abs=1e-6)


def test_rows_are_the_same_in_whatever_order_they_are_asked_for():
    cells = random(3 * AHEAD, 7, 2)
    grid = Grid(Axis(-1.5, 3.3, 3 * AHEAD), Axis(0.5, 4.0, 7))
    whole = Interpolation(cells, grid).rows(0, 150, 2, 25)
    assert whole.shape == (150, 46)
    some = Interpolation(cells, grid)
    for first, last in ((100, 150), (0, 3), (60, 60 + ROWS), (2, 3)):
        assert some.rows(first, last, 2, 25) == pytest.approx(whole[first:last], abs=1e-6)
        part = whole.reshape(150, 23, 2)[first:last, 3:9].reshape(last - first, -1)
        assert some.rows(first, last, 5, 11) == pytest.approx(part, abs=1e-6)
    down = np.clip((np.arange(150) + 0.5 + 1.5) / 3.3 - 0.5, 0, 3 * AHEAD - 1)
    across = np.clip((np.arange(2, 25) + 0.5 - 0.5) / 4 - 0.5, 0, 6)
    wide = np.stack(
        [
            [np.interp(across, range(7), line) for line in plane]
            for plane in cells.transpose(2, 0, 1)
        ]
    )
    exact = np.stack(
        [[np.interp(down, range(3 * AHEAD), line) for line in plane.T] for plane in wide]
    )
    assert whole.reshape(150, 23, 2) == pytest.approx(exact.transpose(2, 1, 0), abs=1e-5)
