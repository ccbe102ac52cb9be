"""Texture chooses by colour and contrast; a mirrored picture gets a fill alike in quality."""

import cv2
import numpy as np
import pytest
from PIL import Image

from neuralmaster import FillParams, preprocess
from neuralmaster.fills.contrast import contrast
from tests.pictures import pixels, two_channel

TEXTURE = FillParams(method="texture")


def noise(shape, sigma=1.5, seed=0):
    """Gray noise of deviation 1, the same in all bands, h x w x 3."""
    values = cv2.GaussianBlur(np.random.default_rng(seed).normal(size=shape), (0, 0), sigma)
    return np.dstack([values / values.std()] * 3)


def filled(surface, hole):
    """What texture makes of a hole in a surface that is all object; and where the hole is."""
    red = np.zeros(surface.shape[:2])
    red[hole] = 255
    spoilt = np.where((red > 0)[..., None], 20, np.clip(surface, 0, 255)).astype(np.uint8)
    mask = two_channel(red, np.full_like(red, 255))
    made = preprocess(Image.fromarray(spoilt), mask, TEXTURE).image
    return pixels(made).astype(np.float32), red > 0


def deviation(image, where):
    high = np.float32(image) - cv2.GaussianBlur(np.float32(image), (0, 0), 4)
    return high[where].std()


def test_contrast_is_measured_where_it_is_known_and_continued_where_not():
    detail = np.float32(noise((120, 200), sigma=0.8) * np.linspace(5, 25, 200)[:, None])
    valid = np.ones((120, 200), bool)
    valid[40:80, 80:120] = False
    found = contrast(np.where(valid[..., None], detail, np.float32(1e4)), valid)
    expected = np.sqrt(3) * np.broadcast_to(np.linspace(5, 25, 200), (120, 200))
    ratio = found / expected
    assert ratio[20:100, 20:180].mean() == pytest.approx(1, abs=0.1)
    assert np.median(ratio[~valid]) == pytest.approx(1, abs=0.15)
    across = found[40:80, 80:120].mean(axis=0)
    assert across[-5:].mean() > 1.1 * across[:5].mean()


def test_contrast_of_nothing_is_nothing():
    valid = np.ones((30, 50), bool)
    valid[10:20, 10:20] = False
    assert np.abs(contrast(np.zeros((30, 50, 3), np.float32), valid)).max() == 0


def test_a_lone_edge_beside_a_hole_hardly_raises_the_contrast_in_it():
    detail = np.float32(4 * noise((96, 96), sigma=0.8))
    valid = np.ones((96, 96), bool)
    valid[32:64, 40:72] = False
    plain = contrast(detail, valid)[~valid].mean()
    detail[:, 34:36] = 100
    edged = contrast(detail, valid)
    assert edged[48, 35] > 8 * plain
    assert edged[~valid].mean() < 2 * plain


def test_rough_and_smooth_parts_go_on_as_they_are():
    """On average; a single fill depends on which pieces chance chooses."""
    strength = np.where(np.arange(256) < 128, 2, 24)[:, None]
    ratios = []
    for seed in (0, 1, 2, 3, 4):
        surface = 128 + strength * noise((256, 256), seed=seed)
        made, hole = filled(surface, np.s_[96:160, 48:208])
        for part in (np.s_[:, 56:112], np.s_[:, 144:200]):
            inside = np.zeros_like(hole)
            inside[part] = True
            ratios.append(deviation(made, hole & inside) / deviation(surface, hole & inside))
    for ratio in np.reshape(ratios, (-1, 2)).mean(axis=0):
        assert 0.75 <= ratio <= 1.28


def test_light_that_falls_off_stays():
    light = np.linspace(70, 190, 256)[:, None, None]
    made, _ = filled(light + 12 * noise((256, 256)), np.s_[80:176, 80:176])
    rows = made[80:176, 80:176].mean(axis=(1, 2))
    slope, _ = np.polyfit(np.arange(80, 176), rows, 1)
    assert slope == pytest.approx(120 / 255, rel=0.12)
    assert np.abs(rows - light[80:176, 0, 0]).max() <= 9


def test_blotches_that_are_partly_colour_are_not_flattened_twice():
    ratios = []
    for seed in range(8):
        surface = 128 + 20 * noise((320, 320), sigma=5, seed=seed)  # half of the low-pass's sigma
        made, hole = filled(surface, np.s_[110:210, 110:210])
        inner = cv2.erode(np.uint8(hole), np.ones((9, 9))) > 0
        ours, theirs = (
            (np.float32(a) - cv2.GaussianBlur(np.float32(a), (0, 0), 10))[inner].std()
            for a in (made, surface)
        )
        ratios.append(ours / theirs)
    assert 0.74 <= np.mean(ratios) <= 1.1


@pytest.mark.parametrize("turn", [np.fliplr, np.flipud, np.rot90])
def test_a_mirrored_picture_gets_a_fill_alike_in_quality(turn):
    surface = 128 + 20 * noise((192, 192), sigma=2)
    surface[..., 1] += 15 * np.sign(np.sin(np.arange(192) / 5))[:, None]
    hole = np.s_[64:128, 56:120]
    made, where = filled(surface, hole)
    turned_hole = np.nonzero(turn(where))
    box = np.s_[
        turned_hole[0].min() : turned_hole[0].max() + 1,
        turned_hole[1].min() : turned_hole[1].max() + 1,
    ]
    other, other_where = filled(np.ascontiguousarray(turn(surface)), box)
    assert deviation(other, other_where) == pytest.approx(deviation(made, where), rel=0.15)
    means = made[where].mean(axis=0), other[other_where].mean(axis=0)
    assert np.abs(means[0] - means[1]).max() <= 3
