"""What the context fill believes, and how its colours spread."""

from importlib import import_module

import numpy as np
import pytest
from PIL import Image

from neuralmaster import TwoChannelMask, preprocess
from neuralmaster.fills import FILLS, Scene
from tests.pictures import ROOT, SPOILT, pixels, psnr, ramp, two_channel

context_room = import_module("neuralmaster.fills.context")  # the package's name for it is a fill
SIZE = 256


def striped(reach, size=SIZE, seed=1):
    """A textured object with a colour gradient, a hole in its middle and a smear out of that.

    reach: the red down to which the smear is seen; 0.5 is the hole alone. Returns the truth, the
    spoilt picture and the mask.
    """
    rng = np.random.default_rng(seed)
    across, down = ramp(size, 0, 1), ramp(size, 0, 1).T
    truth = np.dstack([110 + across / 3, 60 + down / 4, 40 + across / 5])
    truth += rng.normal(0, 10, truth.shape)
    away = np.abs(np.arange(size) + 0.5 - size / 2) / size
    red = np.tile(np.clip((0.22 - away) / 0.2 + 0.5, 0, 1), (size, 1))
    spoilt = np.where(red[..., None] >= reach, SPOILT, truth)
    green = np.full((size, size), 255)
    green[0] = 0
    pictures = [Image.fromarray(p.clip(0, 255).round().astype(np.uint8)) for p in (truth, spoilt)]
    return *pictures, two_channel((red * 255).round(), green)


def error(truth, spoilt, mask):
    """Mean difference in levels between the fill and the truth, each 16 pixels square averaged."""
    hole = (pixels(mask)[..., 0] == 255) & (pixels(mask)[..., 1] == 255)
    filled = pixels(preprocess(spoilt, mask).image)
    apart = (filled.astype(float) - pixels(truth))[hole]
    blocks = apart[: len(apart) // 256 * 256].reshape(-1, 256, 3).mean(axis=1)
    return np.abs(blocks).mean()


def test_a_clean_gradient_is_believed():
    truth, spoilt, mask = striped(0.5)
    assert error(truth, spoilt, mask) < 4


@pytest.mark.parametrize("reach", [0.4, 0.3, 0.2])
def test_a_smear_in_the_gradient_is_not_believed(reach):
    truth, spoilt, mask = striped(reach)
    assert error(truth, spoilt, mask) < 6  # the smear itself is 150 levels off


def test_a_smear_is_all_there_is():
    """Better its colour than none."""
    image = Image.new("RGB", (40, 40), SPOILT)
    red = ramp(40, 0.0, 1.0)
    green = np.where(red > 60, 255, 0)
    prepared = preprocess(image, two_channel(red, green))
    assert prepared.applied
    assert (pixels(prepared.image) == SPOILT).all()


def exact(colour, pull, mean, per_side):
    """Float64 solution of what `_diffused` approximates: all cells' equations at once."""
    height, width, bands = colour.shape
    count = height * width
    number = np.arange(count).reshape(height, width)
    matrix = np.zeros((count, count))
    for shift in ((0, 1), (0, -1), (1, 0), (-1, 0)):
        # beyond the border, the cell at the border again
        rows = (np.arange(height) + shift[0]).clip(0, height - 1)
        columns = (np.arange(width) + shift[1]).clip(0, width - 1)
        np.add.at(matrix, (number.ravel(), number[rows][:, columns].ravel()), -0.25)
    slack = 1 / per_side**2 / 4
    weight = slack * (pull.reshape(count) + context_room.HOME)
    matrix[number.ravel(), number.ravel()] += 1 + weight
    given = slack * (colour * pull + context_room.HOME * mean).reshape(count, bands)
    return np.linalg.solve(matrix, given).reshape(colour.shape)


@pytest.mark.parametrize("shape", [(32, 32), (23, 41), (1, 30)])
def test_colours_spread_as_the_equation_says(shape):
    rng = np.random.default_rng(3)
    across = np.linspace(0.2, 0.8, shape[1])
    colour = np.dstack([np.tile(across, (shape[0], 1)), rng.uniform(0.3, 0.5, shape)])
    known = (np.abs(across - 0.5) > 0.15) & np.ones(shape, bool)
    pull = np.where(known, 1e6, 1.0)[..., None]
    mean = colour[known].mean(axis=0)
    found = context_room._diffused(
        *(part.astype(np.float32) for part in (colour, pull, mean)), max(shape)
    )
    true = exact(colour, pull, mean, max(shape))
    assert np.abs(found - true).mean() < 0.01
    assert np.abs(found - true).max() < 0.06


def test_cells_are_powers_of_two():
    """So that the grid of a doubled picture is the same grid."""
    for side in (1, 95, 96, 97, 192, 193, 1000):
        image = Image.new("RGB", (side, 3))
        mask = TwoChannelMask(np.zeros((3, side), np.uint8), np.full((3, side), 255, np.uint8))
        size = FILLS["context"](Scene(image, mask)).cells.size
        assert size & (size - 1) == 0
        assert side / size <= context_room.GRID
        assert size == 1 or side / (size / 2) > context_room.GRID


def test_the_example_is_filled_as_it_was():
    """Golden; a change of the fill changes it, with a reason in the commit."""
    example = ROOT / "docs" / "example"
    with (
        Image.open(example / "image.png") as image,
        Image.open(example / "mask.png") as mask,
        Image.open(ROOT / "tests" / "golden" / "example-context.png") as golden,
    ):
        filled = preprocess(image, mask).image.reduce(3)
        assert filled.size == golden.size
        assert psnr(pixels(filled), pixels(golden)) >= 48
