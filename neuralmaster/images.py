"""Pictures to 8-bit arrays and back: the only module that knows PIL modes and the number 255."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

Plane = NDArray[np.uint8]
Floats = NDArray[np.float32]
Box = tuple[int, int, int, int]  # left, upper, right, lower, as PIL has it

LEVELS = 255  # the highest level of an 8-bit channel
STRIP = 1 << 16  # pixels processed at a time; larger no longer fits a core's cache as float32

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
    else as 16-bit; floats (F) as 0..1 if no finite one exceeds 1, else as 0..255; NaN is black.
    The transparency of a palette or a colour key becomes an alpha channel.

    Raises ValueError if it is not a PIL image, has no pixels, comes from a damaged file, or has
    a mode that does not convert to RGB (LAB).
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
        converted.info.pop("icc_profile", None)  # a profile for inks, wrong for RGB
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
    # NaN becomes black, infinity white
    return Image.fromarray(to_levels(np.clip(np.nan_to_num(values), 0, white) / white))


def rgb(picture: Image.Image) -> Image.Image:
    """A standard picture without its alpha, in colour; itself if it is that already."""
    return picture if picture.mode == "RGB" else picture.convert("RGB")


def has_alpha(picture: Image.Image) -> bool:
    """Whether a standard picture has an alpha channel."""
    return picture.mode in ("LA", "RGBA")


def colour_channels(picture: Image.Image) -> int:
    """1 for a gray standard picture, 3 for a colour one; alpha is not counted."""
    return 1 if picture.mode in ("L", "LA") else 3


def channel(picture: Image.Image, index: int) -> Plane:
    """One channel of a standard picture, HxW; a read-only array."""
    if picture.mode == "LA":  # Pillow packs neither of its channels alone
        return np.asarray(picture.getchannel(index))
    packed = picture.tobytes("raw", picture.getbands()[index])
    return np.frombuffer(packed, np.uint8).reshape(picture.height, picture.width)


def alpha(picture: Image.Image) -> Plane:
    """The alpha channel of a standard picture that has one, HxW; a read-only array."""
    return channel(picture, len(picture.getbands()) - 1)


def plane_image(plane: Plane) -> Image.Image:
    """An HxW plane as an L picture."""
    return Image.fromarray(plane)


def strip_rows(width: int, multiple: int = 1) -> int:
    """The number of rows of `width` pixels in a strip: a multiple of `multiple`, at least once."""
    return max(1, STRIP // (width * multiple)) * multiple


def strips(box: Box, multiple: int = 1) -> Iterator[tuple[int, int]]:
    """Cuts a box into strips [first, last) of `strip_rows` rows each; the last may be shorter."""
    left, upper, right, lower = box
    rows = strip_rows(right - left, multiple)
    for first in range(upper, lower, rows):
        yield first, min(first + rows, lower)


def read_box(picture: Image.Image, box: Box) -> Plane:
    """The pixels of a box, rows x (columns * channels), channels interleaved; read-only."""
    part = np.asarray(picture.crop(box))
    return part.reshape(part.shape[0], -1)


def read_channels(picture: Image.Image, box: Box) -> list[Plane]:
    """The pixels of a box, each channel rows x columns; read-only."""
    part = picture.crop(box)
    return [channel(part, index) for index in range(len(part.getbands()))]


def write_box(picture: Image.Image, box: Box, pixels: Plane) -> None:
    """Writes pixels in the layout of `read_box` into the picture, in place."""
    left, upper, right, lower = box
    bands = len(picture.getbands())
    shape = (lower - upper, right - left) if bands == 1 else (lower - upper, right - left, bands)
    picture.paste(Image.fromarray(pixels.reshape(shape)), (left, upper))


@lru_cache(maxsize=32)
def table(curve: Callable[[Floats], Floats]) -> Floats:
    """A curve over [0, 1] as a table with one entry per level, for `cv2.LUT`; read-only."""
    values = curve(np.arange(LEVELS + 1, dtype=np.float32) / np.float32(LEVELS))
    values.flags.writeable = False
    return values


def to_levels(values: NDArray[np.floating[Any]]) -> Plane:
    """[0, 1] to the nearest level 0..255; values outside are clipped."""
    return np.clip(np.rint(values * LEVELS), 0, LEVELS).astype(np.uint8)


def above(plane: Plane, level: int) -> Plane:
    """255 where a plane is above a level, 0 elsewhere; any size from 1x1."""
    # not cv2.compare: for a single pixel it mistakes the number for a second array
    return cv2.threshold(plane, level, LEVELS, cv2.THRESH_BINARY)[1]


def scaled(plane: Plane, weight: Plane) -> Plane:
    """plane * weight, both read as 0..1, rounded to the nearest level."""
    return cv2.multiply(plane, weight, scale=1 / LEVELS)


def blend(image: Plane, over: Plane, weight: Plane) -> Plane:
    """image + weight * (over - image); exactly image where weight is 0.

    All three are 8-bit arrays of the same 2-D shape; weight 255 gives `over`.
    """
    return cv2.add(scaled(image, cv2.bitwise_not(weight)), scaled(over, weight))
