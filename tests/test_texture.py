"""Texture: the colours of context, the object's own detail over them, and nothing else."""

import cv2
import numpy as np
import pytest
from PIL import Image

from neuralmaster import FillParams, TwoChannelMask, preprocess
from neuralmaster.fills import Scene
from neuralmaster.fills.detail import SELF
from neuralmaster.fills.grid import Grid
from neuralmaster.fills.patches import found
from neuralmaster.fills.pyramid import Level
from neuralmaster.fills.texture import TOO_LITTLE, texture, usable
from tests.pictures import SPOILT, flat_scene, pixels, textured_scene, two_channel

TEXTURE = FillParams(method="texture")
MAGENTA = (255, 0, 255)


def surface_scene(surface, hole=None):
    """A surface, HxWx3 levels, that is the object but for a margin, with a spoilt square in it."""
    height, width = surface.shape[:2]
    green = np.zeros((height, width))
    green[8:-8, 8:-8] = 255
    red = np.zeros((height, width))
    red[hole or np.s_[height // 3 : 2 * height // 3, width // 3 : 2 * width // 3]] = 255
    image = np.where((red > 0)[..., None], SPOILT, surface)
    image[green == 0] = MAGENTA
    return Image.fromarray(np.uint8(image)), two_channel(red, green)


def noise(size=256, sigma=1.5, contrast=25, seed=0):
    """A gray surface with coloured noise."""
    rng = np.random.default_rng(seed)
    values = cv2.GaussianBlur(rng.normal(size=(size, size, 3)), (0, 0), sigma)
    return np.clip(np.array([120, 100, 90]) + contrast * values / values.std(), 0, 255)


def stripes(size=256, period=16, slope=0.0):
    y, x = np.mgrid[0:size, 0:size]
    wave = np.sign(np.sin(2 * np.pi * (x + slope * y) / period))
    return np.dstack([120 + 60 * wave, 110 + 50 * wave, 90 + 40 * wave])


def filled(scene, params=TEXTURE, **more):
    image, mask = scene
    region = np.array(mask)[..., 0] == 255
    return pixels(preprocess(image, mask, params, **more).image), region


def high_pass(image):
    values = image.astype(np.float32)
    return values - cv2.GaussianBlur(values, (0, 0), 4)


@pytest.mark.parametrize("contrast", [6, 25])
def test_the_detail_is_as_strong_as_the_objects(contrast):
    surface = noise(contrast=contrast)
    image, region = filled(surface_scene(surface))
    ours, theirs = high_pass(image)[region].std(), high_pass(surface)[region].std()
    assert 0.8 <= ours / theirs <= 1.1


def test_the_spectrum_is_the_objects():
    surface = noise(sigma=2.5)
    image, region = filled(surface_scene(surface))
    inner = cv2.erode(np.uint8(region), np.ones((9, 9), np.uint8)) > 0
    for step in (1, 2, 4):
        ours, theirs = (
            (high * np.roll(high, step, 1))[inner].mean() / (high**2)[inner].mean()
            for high in (high_pass(image), high_pass(surface))
        )
        assert abs(ours - theirs) <= 0.15, step


def test_the_colours_are_those_of_context():
    surface = noise()
    surface += np.linspace(-40, 40, 256)[:, None, None]  # light that falls off
    scene = surface_scene(surface)
    image, region = filled(scene)
    smooth, _ = filled(scene, FillParams())
    ours, theirs = (
        cv2.GaussianBlur(a.astype(np.float32), (0, 0), 12)[region] for a in (image, smooth)
    )
    assert np.abs(ours - theirs).mean() <= 3
    assert np.abs(ours - theirs).max() <= 15


@pytest.mark.parametrize("slope", [0, 0.5])
def test_stripes_go_on(slope):
    surface = stripes(slope=slope)
    image, region = filled(surface_scene(surface))
    inner = cv2.erode(np.uint8(region), np.ones((17, 17), np.uint8)) > 0
    apart = (image.astype(float) - 110)[inner][:, 0], (surface - 110)[inner][:, 0]
    assert np.corrcoef(*apart)[0, 1] >= 0.8


def marred_scene():
    """A faint surface; all that must not be copied is magenta. And where that is.

    Magenta reaches out of the hole to red 0.3.
    """
    surface = noise(contrast=5)
    _image, mask = surface_scene(surface)
    red, green = np.array(mask)[..., 0].astype(float), np.array(mask)[..., 1]
    red = np.rint(cv2.GaussianBlur(red, (0, 0), 12))
    red *= 255 / red.max()
    green[20:40, 40:200] = 200  # half inside the object
    opacity = np.full(red.shape, 255, np.uint8)
    opacity[226:240, 40:200] = 250
    worthless = (red > 0.3 * 255) | (green < 0.95 * 255) | (opacity < 255)
    painted = np.where(worthless[..., None], MAGENTA, surface)
    rgba = Image.fromarray(np.dstack([painted, opacity]).astype(np.uint8))
    return Scene(rgba, TwoChannelMask.read(two_channel(red, green))), worthless


def test_nothing_is_copied_but_clear_pixels():
    scene, worthless = marred_scene()
    detail = texture(scene).detail
    left, upper, right, lower = scene.object
    worthless = worthless[upper:lower, left:right]
    size, width = detail.size, right - left
    rows, columns = np.nonzero(detail.shift != SELF)
    assert len(rows) > 1000
    for y, x in zip(rows, columns, strict=True):
        first = int(y * size * width + x * size + detail.shift[y, x])
        top, start = divmod(first, width)
        # with what a neighbour may go on with, a cell around
        part = worthless[max(0, top - size) : top + 2 * size, max(0, start - size) :]
        assert not part[:, : 3 * size].any()


def test_a_soft_edge_a_trace_of_transparency_and_half_red_are_not_usable():
    rgba = Image.new("RGBA", (6, 1), (120, 100, 90, 255))
    rgba.putpixel((3, 0), (120, 100, 90, 250))
    red = np.array([[0, 127, 128, 0, 0, 0]], np.uint8)
    green = np.array([[255, 255, 255, 255, 240, 250]], np.uint8)
    cells = usable(Scene(rgba, TwoChannelMask(red, green)), Grid.of_box((0, 0, 6, 1), 1))
    assert (cells.weight[0] > 0.999).tolist() == [True, True, False, False, False, True]


def test_magenta_that_must_not_be_copied_is_nowhere():
    scene, _worthless = marred_scene()
    left, upper, right, lower = scene.object
    detail = texture(scene).detail
    gray = np.full((lower - upper, right - left, 3), 128, np.uint8)
    copied = detail.over(gray, upper, left).astype(int)[detail_shows(scene)]
    assert copied.std() > 3
    # nor in the low-pass that was taken off: magenta would be some 100 levels away from it
    assert np.abs(copied - 128).max() <= 30


def detail_shows(scene):
    left, upper, right, lower = scene.object
    red, green = scene.mask.strip(upper, lower, left, right)
    return (red >= 128) & (green > 0)


def test_a_seed_is_a_fill():
    scene = surface_scene(noise())
    first, again, other, last = (
        filled(scene, seed=seed)[0].tobytes() for seed in (1, 1, 2, -(2**70))
    )
    assert first == again
    assert len({first, other, last}) == 3


@pytest.mark.parametrize("size", [64, 500])
def test_a_flat_object_is_filled_flat(size):
    image, mask = flat_scene(size)
    smooth = preprocess(image, mask).image
    assert preprocess(image, mask, TEXTURE).image.tobytes() == smooth.tobytes()


def test_too_little_context_is_filled_smoothly_and_said():
    image, mask = textured_scene(9, 9)
    prepared = preprocess(image, mask, TEXTURE)
    assert prepared.notes == (TOO_LITTLE,)
    assert prepared.image.tobytes() == preprocess(image, mask).image.tobytes()


@pytest.mark.parametrize("mode", ["L", "LA", "RGBA"])
def test_every_mode_gets_the_texture_of_its_colour_twin(mode):
    image, mask = surface_scene(noise(120))
    image = image.convert("L").convert(mode)
    ours = pixels(preprocess(image, mask, TEXTURE).image).reshape(120, 120, -1)
    twin = pixels(preprocess(image.convert("RGB"), mask, TEXTURE).image)
    colours = len(mode.removesuffix("A"))
    assert np.array_equal(ours[..., :colours], twin[..., :colours])


@pytest.mark.parametrize("size", [(300, 200), (1300, 700)])
def test_strips_are_parts_of_the_whole(size):
    image, mask = textured_scene(*size)
    scene = Scene(image, TwoChannelMask.read(mask))
    left, upper, right, lower = scene.object
    field = texture(scene)
    whole = field.strip(upper, lower, left, right).reshape(lower - upper, right - left, 3)
    for first, last, start, end in [(upper, upper + 1, left, right), (100, 133, 90, 171)]:
        part = field.strip(first, last, start, end).reshape(last - first, end - start, 3)
        expected = whole[first - upper : last - upper, start - left : end - left]
        assert np.array_equal(part, expected)


def test_a_large_picture_is_searched_at_bounded_size():
    image, mask = textured_scene(3000, 700)
    field = texture(Scene(image, TwoChannelMask.read(mask)))
    assert max(field.detail.shift.shape) <= 256


def test_only_source_cells_are_picked():
    rng = np.random.default_rng(3)
    valid = np.ones((90, 70), bool)
    valid[30:60, 20:50] = False
    valid[rng.integers(90, size=20), rng.integers(70, size=20)] = False
    detail = rng.normal(0, 20, (90, 70, 3)).astype(np.float32) * valid[..., None]
    wanted = np.zeros_like(valid)
    wanted[32:58, 22:48] = True
    level = Level(detail, np.full((90, 70, 4), 100, np.float32), valid, wanted)
    picks = found(level, rng)
    assert len(picks) == np.count_nonzero(level.is_missing)
    assert level.is_source.ravel()[picks].all()
    assert (wanted <= level.is_missing).all()


def test_a_perfect_continuation_is_found():
    """Of a pattern that repeats every 10 cells, each missing cell's source is such a step away."""
    rng = np.random.default_rng(0)
    tile = rng.normal(0, 20, (10, 10, 3)).astype(np.float32)
    detail = np.tile(tile, (8, 8, 1))
    valid = np.ones((80, 80), bool)
    valid[30:50, 30:50] = False
    level = Level(detail * valid[..., None], np.zeros((80, 80, 4), np.float32), valid, ~valid)
    picks = found(level, rng)
    exact = np.abs(detail.reshape(-1, 3)[picks] - detail.reshape(-1, 3)[level.missing]) < 1e-3
    assert exact.all(axis=1).mean() >= 0.95
