"""Pictures to 8-bit arrays and back: the only room that knows PIL modes and the number 255."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

Plane = NDArray[np.uint8]
Floats = NDArray[np.float32]
Box = tuple[int, int, int, int]  # left, upper, right, lower, as PIL has it

LEVELS = 255  # the highest level of an 8-bit channel
STRIP = 1 << 16  # pixels worked on at a time: their float32 copies stay in a core's cache

_GRAY_BY_SCALE = {"I", "I;16", "I;16B", "I;16L", "I;16N", "F"}
_CONVERSIONS = {
    "1": "L",
    "La": "LA",
    "P": "RGB",
    "PA": "RGBA",
    "RGBa": "RGBA",
    "RGBX": "RGB",
    "CMYK": "RGB",
    "YCbCr": "RGB",
    "HSV": "RGB",
}
_WITH_ALPHA = {"L": "LA", "RGB": "RGBA"}


def standard(image: Image.Image) -> Image.Image:
    """The picture as L, LA, RGB or RGBA, 8 bits a channel; itself if it is that already.

    16-bit gray is scaled to 8 bits. Gray integers (I) are read as 8-bit if none exceeds 255,
    else as 16-bit; floats (F) as 0..1 if no finite one exceeds 1, else as 0..255; NaN is dark.
    A palette's or a colour key's transparency becomes an alpha channel.

    Raises ValueError for what is not a PIL image, an empty one, a broken file, and a mode that
    has no colours to read (LAB).
    """
    if not isinstance(image, Image.Image):
        raise ValueError(f"expected a PIL image, got {type(image).__name__}")
    if not all(image.size):
        raise ValueError(f"expected a picture with pixels, got {image.width}x{image.height}")
    try:
        image.load()
    except MemoryError:
        raise
    except Exception as error:  # a damaged file can fail anywhere in a decoder
        raise ValueError(f"expected a whole picture, got a damaged one ({error})") from error
    if image.mode in _GRAY_BY_SCALE:
        return _gray_by_scale(image)
    mode = _CONVERSIONS.get(image.mode, image.mode)
    if mode in _WITH_ALPHA and ("transparency" in image.info or _palette_has_alpha(image)):
        mode = _WITH_ALPHA[mode]
    if mode not in ("L", "LA", "RGB", "RGBA"):
        raise ValueError(f"expected a gray, RGB or CMYK picture, got mode {image.mode}")
    if image.mode == mode:
        return image
    converted = image.convert(mode)
    if image.mode == "CMYK":
        converted.info.pop("icc_profile", None)  # it speaks of inks
    return converted


def _palette_has_alpha(image: Image.Image) -> bool:
    return image.palette is not None and image.palette.mode.endswith("A")


def _gray_by_scale(image: Image.Image) -> Image.Image:
    values = np.asarray(image, np.float32)
    highest = float(values.max(initial=0, where=np.isfinite(values)))
    white = LEVELS
    if image.mode.startswith("I;16") or (image.mode == "I" and highest > LEVELS):
        white = 65535
    elif image.mode == "F" and highest <= 1:
        white = 1
    # NaN is dark, infinity as bright as can be
    return Image.fromarray(to_levels(np.clip(np.nan_to_num(values), 0, white) / white))


def has_alpha(picture: Image.Image) -> bool:
    """Whether a standard picture carries transparency."""
    return picture.mode in ("LA", "RGBA")


def colour_channels(picture: Image.Image) -> int:
    """1 for a gray standard picture, 3 for one in colour; alpha not counted."""
    return 1 if picture.mode in ("L", "LA") else 3


def channel(picture: Image.Image, index: int) -> Plane:
    """One channel of a standard picture, HxW; a read-only array."""
    return np.asarray(picture.getchannel(index))


def alpha(picture: Image.Image) -> Plane:
    """The alpha channel of a standard picture that has one, HxW; a read-only array."""
    return channel(picture, len(picture.getbands()) - 1)


def plane_image(plane: Plane) -> Image.Image:
    """An HxW plane as an L picture."""
    return Image.fromarray(plane)


def strip_rows(width: int, multiple: int = 1) -> int:
    """How many rows of `width` pixels make a strip: a multiple of `multiple`, at least that."""
    return max(1, STRIP // (width * multiple)) * multiple


def strips(box: Box, multiple: int = 1) -> Iterator[tuple[int, int]]:
    """Cuts a box into strips of rows, [first, last), of `strip_rows` rows each but the last."""
    left, upper, right, lower = box
    rows = strip_rows(right - left, multiple)
    for first in range(upper, lower, rows):
        yield first, min(first + rows, lower)


def read_box(picture: Image.Image, box: Box) -> Plane:
    """The pixels of a box, rows x (columns * channels), channels interleaved; read-only."""
    part = np.asarray(picture.crop(box))
    return part.reshape(part.shape[0], -1)


def write_box(picture: Image.Image, box: Box, pixels: Plane) -> None:
    """Puts pixels as `read_box` gives them into the picture, in place."""
    left, upper, right, lower = box
    bands = len(picture.getbands())
    shape = (lower - upper, right - left) if bands == 1 else (lower - upper, right - left, bands)
    picture.paste(Image.fromarray(pixels.reshape(shape)), (left, upper))


def table(curve: Callable[[Floats], Floats]) -> Floats:
    """A curve over [0, 1] as a table with an entry a level, for `cv2.LUT`."""
    return curve(np.arange(LEVELS + 1, dtype=np.float32) / np.float32(LEVELS))


def to_levels(values: NDArray[np.floating[Any]]) -> Plane:
    """[0, 1] to the nearest of 0..255; values outside are clipped."""
    return np.clip(np.rint(values * LEVELS), 0, LEVELS).astype(np.uint8)


def above(plane: Plane, level: int) -> Plane:
    """255 where a plane is above a level, 0 elsewhere; of any size from 1x1."""
    # not cv2.compare: it takes the number for a second array if the plane is a single pixel
    return cv2.threshold(plane, level, LEVELS, cv2.THRESH_BINARY)[1]


def scaled(plane: Plane, weight: Plane) -> Plane:
    """plane * weight, both standing for 0..1, rounded to the nearest level."""
    return cv2.multiply(plane, weight, scale=1 / LEVELS)


def blend(image: Plane, over: Plane, weight: Plane) -> Plane:
    """image + weight * (over - image), level by level; where weight is 0, exactly image.

    All three are 8-bit arrays of the same 2-D shape; weight 255 is `over` alone.
    """
    return cv2.add(scaled(image, cv2.bitwise_not(weight)), scaled(over, weight))
