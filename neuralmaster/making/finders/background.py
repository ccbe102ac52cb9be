"""The object in front of a plain background."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from neuralmaster.images import Plane
from neuralmaster.making.finders.part import SIDE, Part, without_crumbs
from neuralmaster.making.finders.table import finder

TOLERANCE = 12.0  # CIELAB distance from the median of the border; larger: more is background
PLAIN = 0.9  # share of the border that must be background; larger: fewer pictures count as plain


@finder("background", label="Not background", help="everything but the plain background", rank=20)
def by_background(picture: Image.Image, tolerance: float = TOLERANCE) -> Plane:
    """Everything but the background: the border's colour, flooded from the border inwards.

    tolerance: a distance in CIELAB; with a larger one more is background. Returns HxW uint8,
    255 = object. Raises ValueError if the background is not plain.
    """
    plane = but_background(picture, tolerance)
    if plane is None:
        raise ValueError(
            "expected a plain background all along the picture's border, got many colours; "
            "find the object by a box instead"
        )
    return plane


def but_background(picture: Image.Image, tolerance: float = TOLERANCE) -> Plane | None:
    """Like `by_background`, but None if the background is not plain."""
    part = Part(picture, (0, 0, *picture.size), side=2 * SIDE)
    lab = part.lab()
    colour = np.median(_border(lab), axis=0)
    similar = (np.linalg.norm(lab - colour, axis=2) < tolerance).astype(np.uint8)
    if _border(similar).mean() < PLAIN:
        return None
    rim = cv2.copyMakeBorder(similar, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=1)
    cv2.floodFill(rim, None, (0, 0), 2)
    mask = without_crumbs((rim[1:-1, 1:-1] != 2).astype(np.uint8))
    return part.refined(mask) if 0.005 < mask.mean() < 0.98 else None


def _border(grid: NDArray[Any]) -> NDArray[Any]:
    return np.concatenate([grid[0], grid[-1], grid[1:-1, 0], grid[1:-1, -1]])
