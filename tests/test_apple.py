"""A real render and its mask, kept beside the repository; all skipped where they are not."""

import numpy as np
import pytest
from PIL import Image

from neuralmaster import FillParams, preprocess
from neuralmaster.fills import FILLS
from tests.pictures import APPLE, pixels
from tests.test_fills import against_reference

pytestmark = pytest.mark.skipif(not APPLE.is_dir(), reason=f"no {APPLE}")


@pytest.fixture(scope="module")
def apple():
    return Image.open(APPLE / "image.png").convert("RGB"), Image.open(APPLE / "mask.png")


def hole(mask):
    """Where nothing of the input shows any more."""
    red, green = pixels(mask)[..., 0], pixels(mask)[..., 1]
    return (red == 255) & (green == 255)


@pytest.mark.parametrize("method", [name for name, fill in FILLS.items() if fill.needs_object])
def test_the_white_stripe_goes_and_no_gray_comes(apple, method):
    image, mask = apple
    inside = hole(mask)
    before = pixels(image)[inside].astype(int)
    after = pixels(preprocess(image, mask, FillParams(method=method)).image)[inside].astype(int)
    pale = before.min(axis=1) > 150
    assert pale.mean() > 0.1
    assert after[..., 1].max() < 150  # the stripe has green above 150, the apple's red has not
    assert np.ptp(after, axis=1).min() > 60  # gray would have none; the background is (64, 64, 64)
    assert (after[..., 0] > after[..., 2]).all()


def test_the_fill_is_as_red_as_the_sides(apple):
    """And not as pale as the thin rims of gradient above and below the hole."""
    image, mask = apple
    prepared = preprocess(image, mask)
    filled = pixels(prepared.image)[hole(mask)].mean(axis=0)
    # the colours nearest to the hole, which are not quite the mean of the object
    assert np.abs(filled - prepared.mean).max() < 12


@pytest.mark.parametrize("method", list(FILLS))
def test_what_is_not_filled_keeps_its_bytes(apple, method):
    image, mask = apple
    red, green = pixels(mask)[..., 0], pixels(mask)[..., 1]
    assert (red.min(), red.max(), green.min(), green.max()) == (0, 255, 0, 255)  # stretched already
    changed = (
        pixels(preprocess(image, mask, FillParams(method=method)).image) != pixels(image)
    ).any(axis=2)
    assert not changed[(red < 128) | (green == 0)].any()


@pytest.mark.parametrize("size", [512, 768, 1024, 2048])
def test_classic_is_its_formula(apple, size):
    image, mask = (picture.resize((size, size)) for picture in apple)
    assert against_reference("classic", image, mask) >= 50


def test_the_fill_of_the_doubled_apple_is_the_doubled_fill(apple):
    image, mask = apple
    once = preprocess(image, mask).image.resize((1536, 1536), Image.Resampling.BICUBIC)
    twice = preprocess(image.resize((1536, 1536)), mask.resize((1536, 1536))).image
    inside = hole(mask.resize((1536, 1536)))
    assert np.abs(pixels(once)[inside].astype(int) - pixels(twice)[inside]).mean() <= 2
