"""The object by the picture's transparency."""

from __future__ import annotations

from PIL import Image

from neuralmaster import images
from neuralmaster.images import LEVELS, Plane
from neuralmaster.making.finders.table import finder


@finder("alpha", label="Transparency", help="by the image's transparency", rank=10)
def by_alpha(picture: Image.Image) -> Plane:
    """The picture's alpha, HxW uint8. Raises ValueError if it is opaque or empty throughout."""
    if not is_transparent(picture):
        raise ValueError(
            "expected a picture with transparency, got an opaque one; "
            "find the object by a box instead"
        )
    return images.alpha(picture).copy()


def is_transparent(picture: Image.Image) -> bool:
    """Whether a standard picture has both transparent and opaque parts."""
    if not images.has_alpha(picture):
        return False
    alpha = images.alpha(picture)
    return bool(alpha.min() < LEVELS // 2 < alpha.max())
