"""Complete two-channel masks for common jobs: retexture, remove, outpaint."""

from __future__ import annotations

import cv2
import numpy as np
from PIL import Image

from neuralmaster import files, images
from neuralmaster.images import LEVELS, Plane
from neuralmaster.making import edits
from neuralmaster.masks import TwoChannelMask

SIDES = ("left", "upper", "right", "lower")
METHODS = {"remove": "texture", "outpaint": "texture"}  # what is usual; else the default method
LONGEST = 16384  # pixels, at most, of an extended picture's side; larger takes more memory


def feather_for(size: tuple[int, int]) -> int:
    """The default gradient for a picture of (width, height), in pixels: 48 at 768x768."""
    return round(max(size) / 16)


def rim_for(size: tuple[int, int]) -> int:
    """The margin that an object's shadow and blur affect, in pixels: 15 at 768x768."""
    return round(max(size) / 50)


def retexture(inpaint: Plane, source: Plane, feather: float = 0) -> TwoChannelMask:
    """A mask that repaints a part of an object with the object's own colours.

    inpaint, source: HxW uint8, 255 = repaint and 255 = object. feather: the least width of
    the gradient in pixels, half of it on either side of the edge of the repainted area.
    """
    return TwoChannelMask(edits.feather(inpaint, feather), source)


def remove(unwanted: Plane, rim: float, feather: float = 0) -> TwoChannelMask:
    """A mask that repaints an object and its rim with the colours of everything else.

    unwanted: HxW uint8, 255 = the object to remove. rim: pixels around it to remove too.
    Green is the whole picture, since the fill only goes where green is: red alone keeps the object
    and its rim out of the context.
    """
    return retexture(edits.grow(unwanted, rim), np.full_like(unwanted, LEVELS), feather)


def extended_size(size: tuple[int, int], sides: tuple[int, int, int, int]) -> tuple[int, int]:
    """The (width, height) of a picture with new pixels at left, upper, right, lower.

    Raises ValueError for no new pixels, and for a picture that `files.read` would refuse.
    """
    for name, pixels in zip(SIDES, sides, strict=True):
        if pixels < 0:
            raise ValueError(f"{name}: expected 0 or more new pixels, got {pixels}")
    if not any(sides):
        raise ValueError("expected new pixels on a side at least, got none")
    width, height = size[0] + sides[0] + sides[2], size[1] + sides[1] + sides[3]
    if max(width, height) > LONGEST:
        raise ValueError(f"expected at most {LONGEST} pixels a side, got {width}x{height}")
    if width * height > files.MEGAPIXELS * 1e6:
        raise ValueError(
            f"expected at most {files.MEGAPIXELS:g} megapixels, got {width}x{height}: "
            "extend the picture by less, or scale it down first"
        )
    return width, height


def outpaint(
    picture: Image.Image, sides: tuple[int, int, int, int], gradient: float
) -> tuple[Image.Image, TwoChannelMask]:
    """Extends a picture; returns it with the mask that repaints the new part.

    picture: a standard picture. sides: new pixels at left, upper, right, lower. gradient: pixels
    over which red falls from 255 at the seam to 0 inside the old part; the new part is all 255.
    The new part of the picture repeats the colours of the border. Raises ValueError as
    `extended_size` does, before allocating anything.
    """
    left, upper, right, lower = sides
    width, height = extended_size(picture.size, sides)
    pixels = cv2.copyMakeBorder(
        np.asarray(picture), upper, lower, left, right, cv2.BORDER_REPLICATE
    )
    old = edits.rectangle(
        (width, height), (left, upper, left + picture.width, upper + picture.height)
    )
    distance = cv2.distanceTransform(old, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    red = images.to_levels(1 - distance / np.float32(max(gradient, 1)))
    return Image.fromarray(pixels), TwoChannelMask(red, np.full_like(red, LEVELS))
