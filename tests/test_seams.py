"""Parts that are copied from different places meet without a step."""

import numpy as np
import pytest
from PIL import Image

from neuralmaster import FillParams, preprocess
from neuralmaster.fills.pyramid import Level
from neuralmaster.fills.seams import HELD, REACH, offsets

SIZE = 32


def level(detail, valid):
    guide = np.zeros((*valid.shape, 4), np.float32)
    return Level(np.float32(detail), guide, valid, ~valid)


def with_hole(shape=(SIZE, SIZE), scale=1):
    valid = np.ones(shape, bool)
    valid[10 * scale : 22 * scale, 8 * scale : 24 * scale] = False
    return valid


def halves(shape=(SIZE, SIZE), scale=1):
    """What is 3 levels up at the top and 3 down at the bottom; its hole copies from both."""
    detail = np.zeros((*shape, 3), np.float32)
    detail[: 10 * scale], detail[22 * scale :] = 3, -3
    made = level(detail, with_hole(shape, scale))
    x = made.missing % shape[1]
    return made, np.where(x < 16 * scale, 3, 27 * scale) * shape[1] + x


def by_definition(made, picks):
    """The least squares of the offsets' differences beside the jumps, and of their pulls; dense."""
    height, width = made.shape
    source = np.arange(height * width)
    source[made.missing] = picks
    detail = made.detail.reshape(-1, 3).astype(float)
    valid = made.valid.ravel()
    free = np.zeros(height * width, bool)
    free[made.missing] = True
    matrix = np.diag(np.where(free, 1 / (REACH * max(made.shape)) ** 2, HELD))
    right = np.zeros((height * width, 3))
    for cell in range(height * width):
        for step, is_there in ((1, cell % width < width - 1), (width, cell < width * (height - 1))):
            if not is_there:
                continue
            matrix[cell, cell] += 1
            matrix[cell + step, cell + step] += 1
            matrix[cell, cell + step] = matrix[cell + step, cell] = -1
            here, there = source[cell], source[cell + step]
            pairs = [(here + step, there), (here, there - step)]
            known = [
                detail[one] - detail[other]
                for one, other in pairs
                if min(one, other) >= 0 and max(one, other) < valid.size
                if valid[one] and valid[other]
            ]
            if here + step != there and known:
                jump = np.mean(known, axis=0)
                right[cell] -= jump * free[cell]
                right[cell + step] += jump * free[cell + step]
    return np.linalg.solve(matrix, right).reshape(height, width, 3)


@pytest.mark.parametrize("seed", range(3))
def test_offsets_solve_their_equation(seed):
    draw = np.random.default_rng(seed)
    made = level(draw.normal(0, 3, (SIZE, SIZE, 3)), with_hole())
    picks = draw.choice(made.source, len(made.missing))
    assert np.abs(offsets(made, picks) - by_definition(made, picks)).max() <= 0.1


def test_a_seam_between_two_parts_is_closed():
    made, picks = halves((256, 256), 8)
    before = made.filled(picks)
    after = before + offsets(made, picks)
    rows = np.s_[90:170]
    assert np.abs(before[rows, 127] - before[rows, 128]).min() == 6
    assert np.abs(after[rows, 127] - after[rows, 128]).max() <= 0.25


def test_what_is_not_copied_keeps_its_detail():
    made, picks = halves()
    assert np.abs(offsets(made, picks)[~made.is_missing]).max() == 0


def test_parts_that_meet_as_they_lay_beside_each_other_have_no_offset():
    surface = np.tile(np.random.default_rng(0).normal(0, 5, (24, SIZE, 3)), (3, 1, 1))
    made = level(surface, with_hole((72, SIZE)))
    assert np.abs(offsets(made, made.missing + 24 * SIZE)).max() == 0
    assert np.abs(offsets(made, made.missing + 25 * SIZE)).max() > 1


@pytest.mark.parametrize("shape", [(32, 32), (33, 45), (64, 31)])
def test_mirrored_parts_have_mirrored_offsets(shape):
    made, picks = halves(shape)
    other = level(made.detail[:, ::-1], made.valid[:, ::-1])
    width = shape[1]
    flipped = {
        m: p // width * width + width - 1 - p % width
        for m, p in zip(made.missing, picks, strict=True)
    }
    mirror = np.array([
        flipped[m // width * width + width - 1 - m % width] for m in other.missing
    ])  # fmt: skip
    apart = offsets(other, mirror)[:, ::-1] - offsets(made, picks)
    assert np.abs(apart).max() <= 0.02


def test_no_step_shows_in_a_smooth_surface():
    """Its curvature gives the detail of places other means: left so, steps of 12 levels."""
    y, x = np.mgrid[:256, :256] / 256
    plane = 120 + 60 * np.sin(12 * x) * np.cos(10 * y)
    image = Image.fromarray(np.uint8(np.dstack([plane, 0.8 * plane, 255 - plane])))
    red = np.zeros((256, 256), np.uint8)
    red[70:190, 70:190] = 255
    mask = Image.fromarray(np.dstack([red, np.full_like(red, 255), 0 * red]))
    copied, smooth = (
        np.int16(preprocess(image, mask, FillParams(method=method)).image)[80:180, 80:180]
        for method in ("texture", "context")
    )
    steps = [np.abs(np.diff(copied - smooth, axis=axis)).max() for axis in (0, 1)]
    assert max(steps) <= 5
