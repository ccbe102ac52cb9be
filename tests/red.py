"""A picture with something red in it, which the model of the fixture `finds_red` finds."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from neuralmaster.images import Box, Plane

RED = (220, 40, 40)


def noise_with_red(
    size: tuple[int, int] = (200, 150), box: Box = (60, 40, 120, 110)
) -> tuple[Image.Image, NDArray[np.bool_]]:
    """A red box on noise without red, which no border or cut could tell."""
    rng = np.random.default_rng(1)
    pixels = rng.integers(0, 256, (size[1], size[0], 3))
    pixels[..., 0] = pixels[..., 2]
    image = Image.fromarray(pixels.astype(np.uint8))
    image.paste(RED, box)
    truth = np.zeros((size[1], size[0]), bool)
    truth[box[1] : box[3], box[0] : box[2]] = True
    return image, truth


def overlap(found: Plane, truth: NDArray[np.bool_]) -> float:
    """Intersection over union."""
    return float(((found > 127) & truth).sum() / ((found > 127) | truth).sum())
