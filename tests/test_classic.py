"""The classic fill at the picture's border, and its finest blur."""

import numpy as np
import pytest
from PIL import Image

from neuralmaster.fills import classic
from tests.pictures import two_channel
from tests.test_fills import against_reference


@pytest.mark.parametrize("turn", [0, 1, 2, 3])
def test_beyond_the_picture_its_border_goes_on(turn):
    """A hole near the border, where the colours differ from those further in."""
    red, green = np.zeros((160, 160)), np.full((160, 160), 255)
    red[40:120, 6:120] = 255
    image = np.full((160, 160, 3), (20, 60, 220), np.uint8)
    image[:, :6], image[:8] = (240, 40, 10), (30, 230, 30)
    image, red = np.rot90(image, turn), np.rot90(red, turn)
    mask = two_channel(red, green)
    assert against_reference("classic", Image.fromarray(np.ascontiguousarray(image)), mask) >= 38


def test_the_finest_blur_is_that_of_the_cells_alone():
    """Averaging over 4 pixels and drawing out again has the variance 3.9, of 4."""
    grid = np.random.default_rng(0).random((9, 9, 4), np.float32)
    assert np.array_equal(classic._blurred(grid, 2, 4), grid)
