"""Grain: like the object's own texture, only where the fill is, and unbiased."""

import cv2
import numpy as np
import pytest
from PIL import Image

from neuralmaster import FillParams, preprocess
from neuralmaster.fills import FILLS, Grid, Scene
from neuralmaster.fills.grain import Grain, grain
from neuralmaster.masks import TwoChannelMask
from tests.pictures import BACKGROUND, SPOILT, flat_scene, pixels, textured_scene, two_channel

METHODS = list(FILLS)
SMOOTH = [method for method in METHODS if method != "texture"]  # whose only detail is the grain
SIZE = 512
MIXED = np.array([[9, 0, 0], [5, 6, 0], [-4, 2, 3]])  # how three noises make the colours' texture


def grainy_scene(size=SIZE, colour=(120, 130, 110), blur=(0.0, 2.0)):
    """A flat object with a streaky, coloured texture, and a spoilt hole with a short gradient.

    blur: sigma down and across. The background and the hole have another, stronger texture.
    """
    rng = np.random.default_rng(5)
    texture = rng.normal(size=(size, size, 3))
    if any(blur):
        texture = cv2.GaussianBlur(texture, (0, 0), max(blur[1], 0.01), sigmaY=max(blur[0], 0.01))
    texture = texture / texture.std() @ MIXED.T
    y, x = np.mgrid[0:size, 0:size] / size
    inside = np.hypot(x - 0.5, y - 0.5) < 0.45
    red = np.clip((0.22 - np.hypot(x - 0.5, y - 0.5)) / 0.02, 0, 1) * 255
    image = np.array(colour) + texture
    loud = rng.normal(0, 60, (size, size, 3))
    image = np.where(inside[..., None], image, BACKGROUND + loud)
    image = np.where((red >= 128)[..., None], SPOILT + loud, image)
    return (
        Image.fromarray(image.clip(0, 255).round().astype(np.uint8)),
        two_channel(red.round(), inside * 255),
    )


def parts(image, mask, params, **more):
    """High-passed levels of the filled area and of the object, as rows of colours; planes too."""
    filled = pixels(preprocess(image, mask, params, **more).image).astype(float)
    high = filled - cv2.GaussianBlur(filled, (0, 0), 4)
    red, green = np.array(mask)[..., 0], np.array(mask)[..., 1]
    # away from the edges, where the high-pass would see them
    far = np.ones((25, 25), np.uint8)
    hole = cv2.erode(np.uint8((red == 255) & (green == 255)), far) > 0
    own = cv2.erode(np.uint8((red == 0) & (green == 255)), far) > 0
    return high, hole, own


def test_without_grain_nothing_changes():
    image, mask = textured_scene(120, 90)
    for method in METHODS:
        plain = preprocess(image, mask, FillParams(method=method), seed=7).image
        none = preprocess(image, mask, FillParams(method=method, grain=0), seed=7).image
        assert plain.tobytes() == none.tobytes()


def test_a_seed_is_a_pattern():
    image, mask = textured_scene(300, 200)
    params = FillParams(grain=0.5)
    first, again, *others = (
        preprocess(image, mask, params, seed=seed).image.tobytes()
        for seed in (1, 1, 2, 1 + 2**32, -1, -(2**70))
    )
    assert first == again
    assert len({first, *others}) == 5


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("mode", ["L", "LA", "RGB", "RGBA"])
def test_grain_stays_within_the_fill_weight_and_off_alpha(method, mode):
    image, mask = textured_scene(150, 97)
    image = image.convert(mode)
    params = FillParams(method=method, grain=1)
    grainy = pixels(preprocess(image, mask, params).image).reshape(97, 150, -1)
    smooth = pixels(preprocess(image, mask, FillParams(method=method)).image).reshape(97, 150, -1)
    before = pixels(image).reshape(97, 150, -1)
    red, green = np.array(mask)[..., 0], np.array(mask)[..., 1]
    nothing = (red < 128) | (green == 0)
    assert np.array_equal(grainy[nothing], before[nothing])
    assert (grainy != smooth)[..., 0][red == 255].mean() > 0.5
    if "A" in mode:
        assert np.array_equal(grainy[..., -1], before[..., -1])


@pytest.mark.parametrize("method", SMOOTH)
@pytest.mark.parametrize("blur", [(0.0, 0.0), (0.0, 2.0), (1.0, 0.5)])
def test_full_grain_has_the_colour_covariance_of_the_object(method, blur):
    high, hole, own = parts(*grainy_scene(blur=blur), FillParams(method=method, grain=1))
    ours, theirs = np.cov(high[hole].T), np.cov(high[own].T)
    assert np.abs(ours - theirs).max() <= 0.12 * theirs.max()


@pytest.mark.parametrize("blur", [(0.0, 2.0), (2.5, 0.0), (1.0, 1.0)])
def test_full_grain_has_the_spectrum_of_the_object(blur):
    """As correlations with the neighbours: the Fourier transform of the spectrum."""
    high, hole, own = parts(*grainy_scene(blur=blur), FillParams(grain=1))
    for shift in [(0, 1), (0, 2), (0, 4), (1, 0), (2, 0), (4, 0), (1, 1), (2, -2)]:
        product = high * np.roll(high, shift, (0, 1))
        ours, theirs = (
            product[where].mean(axis=0) / (high[where] ** 2).mean(axis=0) for where in (hole, own)
        )
        assert np.abs(ours - theirs).max() <= 0.1, shift


def test_grain_is_as_strong_as_it_is_asked_to_be():
    image, mask = grainy_scene()
    deviations = []
    for strength in (0, 0.25, 0.5, 1):
        high, hole, own = parts(image, mask, FillParams(grain=strength))
        deviations.append(high[hole].std() / high[own].std())
    assert np.allclose(deviations, (0, 0.25, 0.5, 1), atol=0.08)


@pytest.mark.parametrize("colour", [(120, 130, 110), (6, 128, 250)])
def test_the_mean_stays(colour):
    """Also of a fill that is nearly black or white."""
    image, mask = grainy_scene(colour=colour)
    hole = np.array(mask)[..., 0] == 255
    smooth = pixels(preprocess(image, mask).image)[hole].astype(float)
    for seed in range(3):
        grainy = preprocess(image, mask, FillParams(grain=1), seed=seed).image
        assert np.abs((pixels(grainy)[hole] - smooth).mean(axis=0)).max() <= 0.25


def test_a_flat_object_gives_no_grain():
    image, mask = flat_scene(200)  # before a background of another colour, with a white hole
    assert preprocess(image, mask, FillParams(grain=1)).image.tobytes() == (
        preprocess(image, mask).image.tobytes()
    )


@pytest.mark.parametrize("method", METHODS)
def test_grain_comes_from_the_context_alone(method):
    image, mask = grainy_scene(200)
    red, green = np.array(mask)[..., 0], np.array(mask)[..., 1]
    other = pixels(image).copy()
    other[(green == 0) | (red >= 128)] = (0, 255, 0)
    params = FillParams(method=method, grain=1)
    full = (red == 255) & (green == 255)
    ours = pixels(preprocess(image, mask, params).image)[full]
    assert np.array_equal(
        ours, pixels(preprocess(Image.fromarray(other), mask, params).image)[full]
    )


@pytest.mark.parametrize("size", [(5, 5), (40, 1), (700, 300), (1500, 40)])
@pytest.mark.parametrize("method", METHODS)
def test_grain_at_any_size(method, size):
    image, mask = textured_scene(*size)
    prepared = preprocess(image, mask, FillParams(method=method, grain=1))
    assert prepared.image.size == size


def test_a_gray_picture_has_the_grain_of_its_colour_twin():
    image, mask = grainy_scene(200)
    gray = image.convert("L")
    filled = pixels(preprocess(gray, mask, FillParams(grain=1)).image).astype(int)
    twin = pixels(preprocess(gray.convert("RGB"), mask, FillParams(grain=1)).image)
    assert np.abs(twin - filled[..., None]).max() <= 1


def test_patterns_start_at_their_box_and_go_on_from_strip_to_strip():
    rng = np.random.default_rng(0)
    tiles = rng.uniform(-30, 30, (2, 8, 12 * 3)).astype(np.float32)
    grid = Grid.of_box((5, 7, 15, 27), 2)
    shares = np.tile(np.array([1, 0.5], np.float32), (*grid.shape, 1))
    pattern = Grain(tiles, shares, grid, (5, 7, 15, 27))
    fill = np.full((20, 10 * 3), 128, np.uint8)
    whole = pattern.over(fill, (5, 7, 15, 27))
    expected = 128 + np.rint(tiles[0] + 0.5 * tiles[1])[:, :30]
    assert np.array_equal(whole, np.tile(expected, (3, 1))[:20])
    for part in [(5, 7, 15, 8), (5, 8, 15, 27), (8, 15, 12, 20)]:
        left, upper, right, lower = part
        cut = np.s_[upper - 7 : lower - 7, (left - 5) * 3 : (right - 5) * 3]
        assert np.array_equal(pattern.over(fill[cut], part), whole[cut])


def test_grain_is_of_what_lies_nearest():
    """A smooth sky over a coarse cloth, a hole in each."""
    rng = np.random.default_rng(2)
    image = np.full((600, 400, 3), 120.0) + rng.normal(0, 1, (600, 400, 3))
    image[300:] += rng.normal(0, 25, (300, 400, 3))
    red = np.zeros((600, 400))
    red[80:180, 120:280] = red[430:530, 120:280] = 255
    picture = Image.fromarray(image.clip(0, 255).round().astype(np.uint8))
    mask = two_channel(red, np.full((600, 400), 255))
    filled = pixels(preprocess(picture, mask, FillParams(grain=1)).image).astype(float)
    high = filled - cv2.GaussianBlur(filled, (0, 0), 4)
    assert high[90:170, 130:270].std() < 4
    assert 18 < high[440:520, 130:270].std() < 32


def test_hidden_pixels_give_no_grain():
    image, mask = grainy_scene(200)
    image.putalpha(255)
    pictures = []
    for colour in [(0, 255, 0), (255, 0, 255)]:
        other = pixels(image).copy()
        other[::3, ::2] = (*colour, 0)
        pictures.append(preprocess(Image.fromarray(other), mask, FillParams(grain=1)).image)
    full = (np.array(mask)[..., 0] == 255) & (np.array(mask)[..., 1] == 255)
    full[::3, ::2] = False
    ours, theirs = (pixels(picture)[full] for picture in pictures)
    assert np.array_equal(ours, theirs)


def test_a_soft_edge_is_hardly_texture():
    """Half green is half background: loud stripes there would be the strongest texture of all."""
    image = np.full((128, 128, 3), (120, 130, 110), np.uint8)
    red, green = np.zeros((2, 128, 128))
    green[10:118, 10:118] = 128
    green[30:98, 30:98] = 255
    image[(green == 128) & (np.arange(128) % 2 == 0)] = 255
    image[(green == 128) & (np.arange(128) % 2 == 1)] = 0
    red[50:80, 50:80] = 255
    filled = preprocess(Image.fromarray(image), two_channel(red, green), FillParams(grain=1))
    hole = pixels(filled.image)[50:80, 50:80].astype(float)
    assert (hole - cv2.GaussianBlur(hole, (0, 0), 4)).std() < 2


def test_the_mean_of_a_pattern_is_nothing():
    image, mask = grainy_scene(40)
    scene = Scene(image, TwoChannelMask.read(mask))
    cells = FILLS["mean"](scene).cells
    for seed in range(5):
        pattern = grain(scene, cells, 1, seed)
        net = pattern.tiles.reshape(len(pattern.tiles), -1, 3).mean(axis=1)
        assert np.abs(net).max() < 0.05
