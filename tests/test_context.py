"""What the context fill believes, and how its colours spread."""

import cv2
import numpy as np
import pytest
from PIL import Image

from neuralmaster import TwoChannelMask, preprocess
from neuralmaster.fills import FILLS, Scene
from neuralmaster.fills.opencv import NUMPY
from neuralmaster.fills.solver import spread
from tests import reference
from tests.pictures import (
    OBJECT,
    ROOT,
    SPOILT,
    pixels,
    psnr,
    ramp,
    textured_scene,
    two_channel,
)

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


@pytest.mark.parametrize("shape", [(16, 16), (48, 32), (8, 40)])
@pytest.mark.parametrize("pull", [30, 1e-4])
def test_colours_spread_as_the_equation_says(shape, pull):
    rng = np.random.default_rng(3)
    colour = np.stack(
        [np.tile(np.linspace(0.2, 0.8, shape[1]), (shape[0], 1)), rng.uniform(0.3, 0.7, shape)]
    )
    known = np.hypot(*np.indices(shape) - np.array(shape)[:, None, None] / 2) > min(shape) / 3
    held = np.where(known, pull, 0.0)
    mean = colour[:, known].mean(axis=1)
    found = spread(
        *(part.astype(np.float32) for part in (colour, held[None], mean[:, None, None])),
        1e-5,
        NUMPY,
    )
    apart = np.abs(found - reference.membrane(colour, held, mean, 1e-5)) * 255
    assert apart.max() <= 0.3
    assert apart.mean() <= 0.02


def clean_and_spoilt():
    return {
        "grainy": textured_scene(150, 120),
        "smeared": striped(0.3, 128)[1:],
        "odd": textured_scene(97, 61, 2),
    }


@pytest.mark.parametrize("name", list(clean_and_spoilt()))
def test_it_is_its_formula(name):
    image, mask = clean_and_spoilt()[name]
    read = TwoChannelMask.read(mask)
    colours, red, green = pixels(image) / 255, read.inpaint / 255, read.source / 255
    fill = reference.context(colours, red, green)
    exact = reference.prepared(colours, red, green, fill) * 255
    ours = pixels(preprocess(image, mask).image)
    apart = np.abs(ours - exact)[(green > 0) & (red > 0.5)]
    assert apart.max() <= 1.6  # half a level of rounding, and the solver's one
    assert apart.mean() <= 0.5


VIEWS = {
    "mirrored": lambda p: p[:, ::-1],
    "upside down": lambda p: p[::-1],
    "transposed": lambda p: p.swapaxes(0, 1),
    "turned": np.rot90,
}


def photo(size=(240, 200)):
    with Image.open(ROOT / "docs" / "example" / "image.png") as image:
        picture = image.convert("RGB").resize(size)
    with Image.open(ROOT / "docs" / "example" / "mask.png") as mask:
        return picture, mask.convert("RGB").resize(size)


def hard(image, mask):
    """The mask without its gradient, and the picture with a white rim around it."""
    levels = pixels(mask).copy()
    hole = np.uint8(levels[..., 0] >= 128)
    spoilt = pixels(image).copy()
    spoilt[cv2.dilate(hole, np.ones((5, 5), np.uint8)) > 0] = SPOILT
    levels[..., 0] = hole * 255
    return Image.fromarray(spoilt), Image.fromarray(levels)


SCENES = {
    "example": photo(),
    "odd": photo((237, 203)),
    "hard": hard(*photo()),
    "hard, odd": hard(*photo((233, 199))),
    "grainy": textured_scene(131, 97),
    "smeared": striped(0.3, 150)[1:],
}


@pytest.mark.parametrize("view", list(VIEWS))
@pytest.mark.parametrize("name", list(SCENES))
def test_it_is_the_same_from_every_side(name, view):
    image, mask = SCENES[name]
    turned = [Image.fromarray(np.ascontiguousarray(VIEWS[view](pixels(p)))) for p in (image, mask)]
    ours = VIEWS[view](pixels(preprocess(image, mask).image)).astype(int)
    apart = np.abs(ours - pixels(preprocess(*turned).image))
    core = VIEWS[view](pixels(mask))[..., 0] == 255
    assert apart.max() <= 1
    assert apart[core].mean() <= 0.05


@pytest.mark.parametrize("name", list(SCENES))
@pytest.mark.parametrize("shift", [(1, 0), (0, 1), (3, 2)])
def test_it_is_the_same_wherever_the_object_lies(name, shift):
    image, mask = (
        cv2.copyMakeBorder(pixels(p), 4, 4, 4, 4, cv2.BORDER_CONSTANT) for p in SCENES[name]
    )
    before = pixels(preprocess(*map(Image.fromarray, (image, mask))).image).astype(int)
    moved = [np.roll(p, shift, (0, 1)) for p in (image, mask)]
    after = pixels(preprocess(*map(Image.fromarray, moved)).image)
    apart = np.abs(np.roll(before, shift, (0, 1)) - after)
    assert apart.max() <= 1


@pytest.mark.parametrize("name", list(SCENES))
def test_one_pixel_of_the_mask_moves_no_pixel_far(name):
    image, mask = SCENES[name]
    before = pixels(preprocess(image, mask).image).astype(int)
    rng = np.random.default_rng(4)
    levels = pixels(mask)
    for channel in (0, 1):
        for _ in range(6):
            row, column = (int(rng.integers(length)) for length in levels.shape[:2])
            other = levels.copy()
            other[row, column, channel] = 255 - other[row, column, channel]
            after = pixels(preprocess(image, Image.fromarray(other)).image)
            apart = np.abs(before - after).max(axis=2)
            apart[row, column] = 0  # the pixel itself may be filled in the one, not in the other
            assert apart.max() <= 2, (row, column, channel)


@pytest.mark.parametrize("rim", [250, 20])
@pytest.mark.parametrize("width", [1, 4, 8])
def test_what_a_brush_left_over_is_not_believed(rim, width):
    """A flat, grainy object of 256 pixels with a rim of another colour along a hard hole."""
    rng = np.random.default_rng(6)
    away = np.hypot(*np.indices((256, 256)) - 127.5)
    image = np.array(OBJECT) + rng.normal(0, 8, (256, 256, 3))
    image[away < 50 + width] = rim
    red = np.where(away < 50, 255, 0)
    picture = Image.fromarray(image.clip(0, 255).astype(np.uint8))
    filled = pixels(preprocess(picture, two_channel(red, np.where(away < 120, 255, 0))).image)
    assert np.abs(filled[red == 255].astype(float) - OBJECT).max() <= 12  # the rim is 150 off


def test_far_outside_the_border_it_is_what_the_border_shows():
    """Sky above, ground below, on a canvas twice as high."""
    image = np.full((300, 200, 3), 128, np.uint8)
    image[:150], image[150:] = (90, 140, 220), (80, 120, 50)
    red = np.full((300, 200), 255)
    red[75:225] = 0
    full = np.full((300, 200), 255)
    filled = pixels(preprocess(Image.fromarray(image), two_channel(red, full)).image)
    assert np.abs(filled[:70].astype(int) - (90, 140, 220)).max() <= 8
    assert np.abs(filled[230:].astype(int) - (80, 120, 50)).max() <= 8


def test_the_belief_tells_the_smear_from_the_object():
    _, spoilt, mask = striped(0.3)
    field = FILLS["context"](Scene(spoilt, TwoChannelMask.read(mask)))
    believed = field.believed(0, SIZE, 0, SIZE)
    red = pixels(mask)[..., 0] / 255
    assert believed.shape == red.shape
    assert believed[red < 0.1].mean() > 0.8
    assert believed[(red > 0.32) & (red < 0.5)].mean() < 0.1


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


def test_far_from_all_context_the_fill_leans_towards_the_mean():
    """Without that pull it would go on as it is not far from the context."""
    image = np.zeros((40, 400, 3), np.uint8)
    image[:, :40] = 255
    red, green = np.zeros((40, 400), np.uint8), np.full((40, 400), 255, np.uint8)
    red[:, 80:] = 255
    field = FILLS["context"](Scene(Image.fromarray(image), TwoChannelMask(red, green)))
    along = field.colour[field.colour.shape[0] // 2, :, 0]
    middle, end = along[len(along) // 3], along[-1]
    assert end > middle + 5e-4  # the mean is 0.5
