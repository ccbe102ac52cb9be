import cv2
import numpy as np
import pytest
from PIL import Image

from neuralmaster import FillParams, TwoChannelMask, preprocess
from neuralmaster.fills import FILLS, Grid, Scene, classic
from neuralmaster.fills.grid import Axis
from neuralmaster.fills.scene import beside_edges
from tests import reference
from tests.pictures import OBJECT, SPOILT, pixels, psnr, ramp, textured_scene, two_channel

BICUBIC = Image.Resampling.BICUBIC


def in_float(image, mask):
    read = TwoChannelMask.read(mask)
    return pixels(image) / 255, read.inpaint / 255, read.source / 255


def against_reference(method, image, mask):
    """dB between the prepared image and the reference's, over the filled pixels."""
    colours, red, green = in_float(image, mask)
    exact = reference.prepared(colours, red, green, getattr(reference, method)(colours, red, green))
    ours = pixels(preprocess(image, mask, FillParams(method=method)).image)
    filled = (green > 0) & (red > 0.5)
    return psnr(ours[filled], exact[filled] * 255)


@pytest.mark.parametrize("size", [(512, 512), (768, 500), (1024, 1024)])
def test_classic_is_its_formula(size):
    assert against_reference("classic", *textured_scene(*size)) >= 50


@pytest.mark.parametrize("size", [(40, 300), (97, 61), (5, 5)])
def test_classic_is_its_formula_on_small_pictures(size):
    assert against_reference("classic", *textured_scene(*size)) >= 45


def test_classic_is_its_formula_at_a_hard_edge():
    image, mask = textured_scene(512, 512)
    red, green = np.array(mask)[..., 0], np.array(mask)[..., 1]
    hard = two_channel(np.where(red >= 128, 255, 0), green)
    assert against_reference("classic", image, hard) >= 48


def test_classic_is_its_formula_where_the_context_is_next_to_nothing():
    """The object's mean is under all layers, and far from two pixels there is little over it."""
    image = Image.new("RGB", (200, 200), SPOILT)
    red, green = np.full((2, 200, 200), 255)
    green[:60] = 0
    for x, colour in ((10, (255, 0, 0)), (189, (0, 0, 255))):
        image.putpixel((x, 100), colour)
        red[100, x] = 0
    assert against_reference("classic", image, two_channel(red, green)) >= 40


@pytest.mark.parametrize(("sigma", "size"), [(4, 4), (16, 4), (64, 16), (256, 64)])
def test_the_blurs_of_classic_are_as_wide_as_they_say(sigma, size):
    """With the averaging over cells and the drawing out again, which blur by themselves."""
    side = 12 * sigma // size * size
    points = np.zeros((side, size), np.float32)
    for x in range(size):  # one in each place that it can have in its cell
        points[side // 2 + x, x] = 1
    cells = points.reshape(-1, size, size).mean(axis=1)
    away = np.arange(side)[:, None] - (side // 2 + np.arange(size))
    drawn = []
    for x in range(size):
        grid = np.tile(cells[:, x : x + 1], (1, 3))
        blurred = classic._blurred(grid, sigma, size)
        drawn.append(cv2.resize(blurred, (3, side), interpolation=cv2.INTER_LINEAR)[:, 1])
    response = np.stack(drawn, axis=1)
    variance = (response * away**2).sum() / response.sum()
    assert abs(variance / sigma**2 - 1) < 0.04


@pytest.mark.parametrize("size", [(512, 512), (97, 61)])
def test_mean_is_its_formula(size):
    assert against_reference("mean", *textured_scene(*size)) >= 52


def test_classic_takes_what_is_nearest():
    image = Image.new("RGB", (400, 100), SPOILT)
    image.paste((255, 0, 0), (0, 0, 150, 100))
    image.paste((0, 0, 255), (250, 0, 400, 100))
    red = np.zeros((100, 400))
    red[:, 150:250] = 255
    green = np.full((100, 400), 255)
    green[0] = 0
    filled = pixels(preprocess(image, two_channel(red, green), FillParams(method="classic")).image)
    assert np.abs(filled[50, 151].astype(int) - [255, 0, 0]).max() <= 8
    assert np.abs(filled[50, 248].astype(int) - [0, 0, 255]).max() <= 8
    middle = filled[50, 195:205].astype(int)
    assert np.abs(middle - [127, 0, 127]).max() <= 12


@pytest.mark.parametrize("size", [(64, 64), (200, 120), (333, 257), (700, 900)])
def test_the_context_fill_of_a_doubled_picture_is_the_doubled_fill(size):
    image, mask = textured_scene(*size)
    twice = tuple(2 * side for side in size)
    once = Image.fromarray(pixels(preprocess(image, mask).image))
    # nearest neighbour: the doubled picture shows the very same pixels
    doubled = preprocess(image.resize(twice, 0), mask.resize(twice, 0)).image
    full = np.array(mask.resize(twice, 0))[..., 0] == 255
    expected = pixels(once.resize(twice, BICUBIC)).astype(int)
    assert np.abs(pixels(doubled)[full] - expected[full]).mean() <= 2


def test_the_context_fill_meets_its_surroundings_on_both_sides():
    size = 256
    across = ramp(size, 0, 1)
    image = np.dstack([across, np.full_like(across, 60), 255 - across]).astype(np.uint8)
    hole = np.abs(np.arange(size) - size / 2) / size
    red = np.tile(np.clip((0.2 - hole) / 0.1 + 0.5, 0, 1) * 255, (size, 1)).round()
    green = np.full((size, size), 255)
    green[0] = 0
    truth = image.copy()
    image[red >= 128] = SPOILT
    filled = pixels(preprocess(Image.fromarray(image), two_channel(red, green)).image)
    error = np.abs(filled.astype(int) - truth)[(red == 255) & (green == 255)]
    assert error.mean() <= 12  # a flat mean is 20 off, white 110
    assert filled[128, 60:196, 0].astype(int).min() > 40


@pytest.mark.parametrize("method", list(FILLS))
@pytest.mark.parametrize("mode", ["L", "LA", "RGB", "RGBA"])
def test_a_field_has_the_bands_of_the_picture(method, mode):
    image, mask = textured_scene(70, 50)
    scene = Scene(image.convert(mode), TwoChannelMask.read(mask))
    field = FILLS[method](scene)
    assert field.colour.dtype == np.float32
    assert field.colour.shape == (*field.cells.weight.shape, len(mode))
    assert np.isfinite(field.colour).all()


def scene_of(red, green, size=(5, 5), colour=OBJECT):
    image = Image.new("RGB", size, colour)
    return Scene(image, TwoChannelMask(np.array(red, np.uint8), np.array(green, np.uint8)))


def test_gathering_averages_what_is_trusted():
    red = np.full((2, 4), 255)
    red[0, 0] = red[1, 3] = 0
    scene = scene_of(red, np.full((2, 4), 255), (4, 2))
    scene.picture.putpixel((3, 1), (100, 0, 0))
    cells = scene.gather(lambda r: 1 - r, lambda g: g, scene.whole, Grid.of_box(scene.whole, 2))
    assert cells.weight.tolist() == [[0.25, 0.25]]
    assert np.allclose(cells.colour * 255, [[np.array(OBJECT) / 4, np.array([25, 0, 0])]])
    assert cells.useful == 2
    assert np.allclose(cells.mean * 255, [150, 40, 20])


def test_what_lies_beyond_the_picture_counts_as_no_context():
    scene = scene_of(np.zeros((5, 5)), np.full((5, 5), 255))
    cells = scene.gather(
        lambda r: 1 - r, lambda g: g, scene.whole, Grid.of_box(scene.whole, 3), wary=True
    )
    assert np.allclose(cells.weight, [[1, 2 / 3], [2 / 3, 4 / 9]])
    assert np.allclose(cells.colour * 255, cells.weight[..., None] * OBJECT)
    assert np.allclose(cells.mask, [cells.weight, np.zeros((2, 2))])


def test_gathering_takes_an_object_of_any_outline():
    """Several strips, each of them only as wide as what it holds of the object; one holds none."""
    rng = np.random.default_rng(2)
    size = (700, 450)
    picture = Image.fromarray(rng.integers(0, 256, (*size[::-1], 3), np.uint8))
    rows, columns = np.indices(size[::-1])
    green = np.uint8(255 * ((abs(columns - rows) < 60) & ((rows < 120) | (rows > 300))))
    red = np.zeros_like(green)
    red[40:80, 55:60] = 255  # beside the object's own columns as well
    scene = Scene(picture, TwoChannelMask(red, green))
    grid = Grid.of_box(scene.whole, 50)
    cells = scene.gather(lambda r: 1 - r, lambda g: g, scene.whole, grid, wary=True)
    raised = red.copy()
    raised[39:81, 54] = raised[39:81, 60] = raised[[39, 80], 54:61] = 127
    weight = (1 - raised / 255) * (green / 255)
    planes = np.dstack([pixels(picture) / 255 * weight[..., None], weight])
    expected = planes.reshape(9, 50, 14, 50, 4).mean(axis=(1, 3))
    assert np.allclose(cells.colour, expected[..., :3], atol=1e-5)
    assert np.allclose(cells.weight, expected[..., 3], atol=1e-5)
    assert cells.useful == np.count_nonzero(weight)
    assert np.allclose(cells.mask[0], (green / 255).reshape(9, 50, 14, 50).mean(axis=(1, 3)))
    both = (green / 255) * (red / 255)
    assert np.allclose(cells.mask[1], both.reshape(9, 50, 14, 50).mean(axis=(1, 3)))


def test_a_cell_takes_the_share_of_a_pixel_that_it_covers():
    axis = Axis(-0.5, 1.5, 4)  # edges at -0.5, 1, 2.5, 4, 5.5
    shares = axis.averaging(0, 5, slice(0, 4)) * 1.5
    assert np.allclose(
        shares, [[1, 0, 0, 0, 0], [0, 1, 0.5, 0, 0], [0, 0, 0.5, 1, 0], [0, 0, 0, 0, 1]]
    )
    assert axis.touched(1, 3) == slice(1, 3)
    matrix, cells = axis.interpolating(2, 4)
    assert cells == slice(1, 4)
    # centres 2.5 and 3.5, middles 1.75, 3.25, 4.75
    assert np.allclose(matrix, [[0.5, 0.5, 0], [0, 5 / 6, 1 / 6]])


def test_the_grid_of_an_object_does_not_follow_a_stray_pixel():
    source = np.zeros((900, 900), np.uint8)
    source[100:300, 100:300] = 255
    scene = scene_of(np.zeros((900, 900)), source, (900, 900))
    assert np.isclose(scene.grid(64).size, 200 / 64)
    assert scene.grid(64).shape == (64, 64)
    source = source.copy()
    source[890, 890] = 255
    stray = scene_of(np.zeros((900, 900)), source, (900, 900)).grid(64)
    assert abs(stray.size / scene.grid(64).size - 1) < 0.002
    assert max(stray.shape) <= 32 + 2 * 64 + 8


def test_the_objects_box_is_the_smallest_around_green():
    green = np.zeros((5, 5))
    green[1:3, 2:5] = 7
    assert scene_of(np.zeros((5, 5)), green).object == (2, 1, 5, 3)
    assert scene_of(np.zeros((5, 5)), np.zeros((5, 5))).object == (0, 0, 5, 5)


def test_strips_of_a_field_are_parts_of_the_whole():
    image, mask = textured_scene(93, 77)
    scene = Scene(image, TwoChannelMask.read(mask))
    field = FILLS["classic"](scene)
    whole = field.strip(0, 77, 0, 93).reshape(77, 93, 3)
    for first, last, left, right in [(0, 1, 0, 93), (13, 30, 5, 80), (75, 77, 92, 93)]:
        part = field.strip(first, last, left, right).reshape(last - first, right - left, 3)
        assert np.array_equal(part, whole[first:last, left:right])


def test_red_is_raised_beside_a_hard_edge_alone():
    red = np.zeros((3, 8), np.uint8)
    red[:, 4:] = 255
    red[:, 7] = 100
    assert beside_edges(red).tolist() == [[0, 0, 0, 127, 255, 255, 255, 127]] * 3
    ramp = np.arange(0, 256, 51, np.uint8)[None]
    assert beside_edges(ramp).tolist() == [[51, 51, 102, 153, 204, 255]]
    assert beside_edges(np.full((1, 1), 9, np.uint8)).tolist() == [[9]]
