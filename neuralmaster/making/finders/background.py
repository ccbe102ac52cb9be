"""The object before a plain background."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from neuralmaster.images import Plane
from neuralmaster.making.finders.part import SIDE, Part, without_crumbs
from neuralmaster.making.finders.table import finder

TOLERANCE = 12.0  # in CIELAB, how far a background's colour may stray from its own mean
PLAIN = 0.9  # of the border must have the background's colour for it to count as plain


@finder("background", label="Not background", help="everything but the plain background", rank=20)
def by_background(picture: Image.Image, tolerance: float = TOLERANCE) -> Plane:
    """Everything but the plain background: its colour, as far as it goes from the border inwards.

    tolerance: in CIELAB units; a larger one takes more for background.
    """
    found = but_background(picture, tolerance)
    if found is None:
        raise ValueError(
            "expected a plain background all along the picture's border, got many colours; "
            "find the object by a box instead"
        )
    return found


def but_background(picture: Image.Image, tolerance: float = TOLERANCE) -> Plane | None:
    """The object before a plain background; None if the background is not plain."""
    part = Part(picture, (0, 0, *picture.size), side=2 * SIDE)
    lab = part.lab()
    colour = np.median(_border(lab), axis=0)
    like = (np.linalg.norm(lab - colour, axis=2) < tolerance).astype(np.uint8)
    if _border(like).mean() < PLAIN:
        return None
    rim = cv2.copyMakeBorder(like, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=1)
    cv2.floodFill(rim, None, (0, 0), 2)
    found = without_crumbs((rim[1:-1, 1:-1] != 2).astype(np.uint8))
    return part.refined(found) if 0.005 < found.mean() < 0.98 else None


def _border(grid: NDArray[Any]) -> NDArray[Any]:
    return np.concatenate([grid[0], grid[-1], grid[1:-1, 0], grid[1:-1, -1]])
