"""A mask that marks nothing, or everything, has no edge to feather."""

import numpy as np
import pytest
from PIL import Image

from neuralmaster import FillParams, preprocess
from neuralmaster.masks import TwoChannelMask
from tests.pictures import two_channel


@pytest.mark.parametrize("level", [0, 127, 128, 255])
@pytest.mark.parametrize("width", [1, 48, 512])
def test_a_flat_red_stays_as_it_is(level, width):
    flat = np.full((20, 30), level, np.uint8)
    feathered = TwoChannelMask(flat, flat).feathered(width)
    assert (feathered.inpaint >= 128).all() == (level >= 128)
    assert (feathered.inpaint == level).all() or level == 128


def test_a_red_that_marks_nothing_is_never_handed_over_as_everything():
    green = np.zeros((20, 30), np.uint8)
    green[5:9] = 255
    mask = two_channel(np.zeros((20, 30)), green)
    prepared = preprocess(Image.new("RGB", (30, 20), "red"), mask, FillParams(feather=5.0))
    assert not prepared.applied
    assert np.asarray(prepared.inpaint_mask).max() == 0
