"""The pictures of the bundled example: what `context` does step by step, and grain."""

from __future__ import annotations

import numpy as np
from PIL import Image

from neuralmaster import FillParams, TwoChannelMask, images, preprocess
from neuralmaster.fills import FILLS, Scene
from neuralmaster.fills.blend import fill_weight
from neuralmaster.fills.context import taken_inpaint, trust_source


def steps(image: Image.Image, mask: Image.Image) -> dict[str, Image.Image]:
    """What the context fill sees and makes, one after the other."""
    read = TwoChannelMask.read(mask)
    scene = Scene(image, read)
    field = FILLS["context"](scene)
    left, upper, right, lower = scene.object
    fill = Image.new("RGB", image.size)
    images.write_box(fill, scene.object, field.strip(upper, lower, left, right))
    red, green = read.inpaint / np.float32(255), read.source / np.float32(255)
    context = images.plane_image(images.to_levels(taken_inpaint(red) * trust_source(green)))
    weight = fill_weight(red) * green
    return {
        "Context, by its weight": Image.composite(image, Image.new("RGB", image.size), context),
        "The fill": fill,
        "Fill weight": images.plane_image(images.to_levels(weight)),
        "Prepared image": preprocess(image, mask).image,
    }


def grains(image: Image.Image, mask: Image.Image) -> dict[str, Image.Image]:
    """The middle of the example with more and more grain."""
    middle = (184, 184, 584, 584)
    return {
        f"grain {strength:g}": preprocess(image, mask, FillParams(grain=strength)).image.crop(
            middle
        )
        for strength in (0, 0.5, 1)
    }
