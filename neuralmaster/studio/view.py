"""What the page shows of a desk: small pictures of the whole, parts of it, and one sentence.

The page holds the picture itself. It gets an *overview* with every answer: the mask and the filled
picture, small. Where the screen shows more than that, it asks for the *part* in view, in as many
pixels as the screen has for it.
"""

from __future__ import annotations

import base64
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from PIL import Image

from neuralmaster import images
from neuralmaster.fills import FILLS
from neuralmaster.images import Box, Plane
from neuralmaster.masks import HALF, TwoChannelMask
from neuralmaster.pipeline import Prepared, prepare
from neuralmaster.sheet import host_fill
from neuralmaster.studio.desk import LAYERS, OUTPAINT, REMOVE, RETEXTURE, Desk
from neuralmaster.studio.opened import Shown

JPEG_QUALITY = 92
FULL_COLOUR = (cv2.IMWRITE_JPEG_SAMPLING_FACTOR, 0x111111)  # as many pixels in colour as in gray
PNG_SPEED = 1  # zlib's level
HOST_FILL_SHRINK = 2  # it is blurred anyway, and slow
WHOLE = 4e6  # pixels of the largest copy that is filled as a whole for a part; larger is slower
LARGEST = 4096  # pixels, at most, of a side of a part

# of the fill by red, clip(2 * red - 1, 0, 1): nothing below half
_WEIGHT = np.clip(2 * (np.arange(256) - (HALF - 1)), 0, images.LEVELS).astype(np.uint8)

MASK, FILLED, HOST = WHATS = ("mask", "filled", "host")
HINT, GOOD, WARNING, ERROR = ("hint", "good", "warning", "error")


@dataclass(frozen=True)
class Said:
    """One sentence for the page. kind: HINT, GOOD, WARNING or ERROR."""

    text: str
    kind: str = HINT


def overview(desk: Desk) -> dict[str, Any]:
    """The whole mask, as a data URL; and of a fill that is quick, the filled picture.

    factor: by how much its lengths are smaller than the picture's.
    """
    factor = desk.opened.overview
    mask = _shown(desk, factor).mask
    shown: dict[str, Any] = {
        "factor": factor,
        "mask": _url("png", _rgb(mask.inpaint, mask.source)),
        "filled": None,
    }
    return shown if FILLS[desk.params.method].in_pixels else shown | filled(desk)


def filled(desk: Desk) -> dict[str, Any]:
    """The whole filled picture, as a data URL, and the sentence about it."""
    if FILLS[desk.params.method].in_pixels:
        prepared = desk.finished()  # a small copy would be filled otherwise
        small = prepared.image.reduce(desk.opened.overview)
    else:
        mask = _shown(desk, desk.opened.overview).mask
        prepared = prepare(desk.request(desk.opened.small, mask))
        small = prepared.image
    said = _said(desk, prepared)
    return {"filled": _url("jpg", _flat(small)), "said": said.text, "kind": said.kind}


def part(desk: Desk, what: str, box: Box, size: tuple[int, int]) -> bytes:
    """A part of the picture as a file: PNG for MASK, else JPEG.

    what: of WHATS. box: left, upper, right, lower in pixels of the picture. size: width and
    height of the result. Raises ValueError for a box outside the picture or a size out of range.
    """
    (left, upper, right, lower), (width, height) = box, size
    if not (0 <= left < right <= desk.size[0] and 0 <= upper < lower <= desk.size[1]):
        raise ValueError(f"expected a box within {desk.size[0]}x{desk.size[1]}, got {box}")
    if not (1 <= width <= LARGEST and 1 <= height <= LARGEST):
        raise ValueError(f"expected a size of 1 to {LARGEST} pixels, got {width}x{height}")
    # the smallest copy that has the pixels that are asked for
    factor = max(1, int(min((right - left) / width, (lower - upper) / height)))
    if what == MASK:
        return _file("png", _cut(_mask_in(desk, factor), factor, box, size))
    if what == HOST:
        factor = desk.opened.overview * HOST_FILL_SHRINK
        fill = _host_fill(desk)
        return _file("jpg", _cut(lambda b: np.asarray(fill.crop(b)), factor, box, size))
    if FILLS[desk.params.method].in_pixels or desk.params.grain:
        factor = 1  # nothing smaller looks the same
    elif _is_large(desk, factor):
        return _file("jpg", _cut(_filled_in(desk, factor), factor, box, size))
    whole = _filled(desk, factor)
    return _file("jpg", _cut(lambda b: _flat(whole.crop(b)), factor, box, size))


def _is_large(desk: Desk, factor: int) -> bool:
    """Whether a copy is too large to be made as a whole for the sake of a part."""
    return desk.size[0] * desk.size[1] > WHOLE * factor**2


def _shown(desk: Desk, factor: int) -> Shown:
    """At one more size than the overview's at a time: they are large."""
    shown = desk.shown.get(factor)
    if shown is None:
        shown = Shown(desk.mask(factor))
        for other in set(desk.shown) - {desk.opened.overview}:
            desk.shown.pop(other, None)  # another look may have been quicker
        desk.shown[factor] = shown
    return shown


def _filled(desk: Desk, factor: int) -> Image.Image:
    shown = _shown(desk, factor)
    if shown.filled is None:
        shown.filled = prepare(desk.request(desk.opened.reduced(factor), shown.mask)).image
    return shown.filled


def _mask_in(desk: Desk, factor: int) -> Callable[[Box], Plane]:
    """Gives the mask in a box of a copy, as RGB."""
    if _is_large(desk, factor):
        layers = [desk.layer(name) for name in LAYERS]
        return lambda box: _rgb(*(layer.part(box, factor) for layer in layers))
    mask = _shown(desk, factor).mask

    def crop(box: Box) -> Plane:
        left, upper, right, lower = box
        return _rgb(*mask.strip(upper, lower, left, right))

    return crop


def _filled_in(desk: Desk, factor: int) -> Callable[[Box], Plane]:
    """Gives the filled picture in a box of a large copy.

    The fill is that of a smaller copy, which looks the same; picture and mask are as sharp as ever.
    """
    smaller = math.ceil(math.sqrt(desk.size[0] * desk.size[1] / WHOLE))
    bare, mask = _bare(desk, smaller), _mask_in(desk, factor)

    def crop(box: Box) -> Plane:
        left, upper, right, lower = (edge * factor for edge in box)
        inside = (left, upper, min(right, desk.size[0]), min(lower, desk.size[1]))
        picture = _flat(desk.opened.picture.crop(inside).reduce(factor))
        height, width = picture.shape[:2]
        over = _cut(lambda b: _flat(bare.crop(b)), smaller, inside, (width, height))
        red, green, _ = cv2.split(mask(box))
        weight = images.scaled(green, cv2.LUT(red, _WEIGHT))
        rows = (plane.reshape(height, -1) for plane in (picture, over, cv2.merge([weight] * 3)))
        return images.blend(*rows).reshape(picture.shape)

    return crop


def _bare(desk: Desk, factor: int) -> Image.Image:
    """The fill alone, where red is half or more: red is full there, so that nothing shines through.

    Colours are taken where red is below half, which stays as it is.
    """
    shown = _shown(desk, factor)
    if shown.bare is None:
        red = cv2.max(shown.mask.inpaint, images.above(shown.mask.inpaint, HALF - 1))
        mask = TwoChannelMask(red, shown.mask.source)
        shown.bare = prepare(desk.request(desk.opened.reduced(factor), mask)).image
    return shown.bare


def _cut(crop: Callable[[Box], Plane], factor: int, box: Box, size: tuple[int, int]) -> Plane:
    """The box, in pixels of the picture, of a copy whose lengths are 1/factor."""
    left, upper, right, lower = (edge / factor for edge in box)
    x, y = math.floor(left), math.floor(upper)
    pixels = crop((x, y, math.ceil(right), math.ceil(lower)))
    across, down = (right - left) / size[0], (lower - upper) / size[1]
    if (across, down, x, y) == (1, 1, left, upper):
        return pixels
    # the box need not begin and end at a pixel of the copy
    matrix = np.array([
        [across, 0, left - x + across / 2 - 0.5],
        [0, down, upper - y + down / 2 - 0.5],
    ])  # fmt: skip
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return cv2.warpAffine(pixels, matrix, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)


def _said(desk: Desk, prepared: Prepared) -> Said:
    if not desk.inpaint.plane.any():
        return Said(_NEXT[desk.preset])
    is_small = prepared.inpaint_mask.size != desk.size
    if is_small and (not prepared.applied or prepared.notes):
        prepared = desk.finished()  # a thin stroke is seen at full size alone
    if not prepared.applied:
        return Said(prepared.reason, ERROR)
    if prepared.notes:
        return Said(" ".join(prepared.notes), WARNING)
    method = desk.params.method
    return Said(
        f"Filled by {method}. Colour is taken from {prepared.useful:.1%} of the picture.", GOOD
    )


_NEXT = {
    RETEXTURE: "Paint over the part to repaint. The object is found automatically.",
    REMOVE: "Drag a box around the object to remove.",
    OUTPAINT: "Enter how many pixels to add on each side, then extend.",
}


def _host_fill(desk: Desk) -> Image.Image:
    """The WebUI's own fill, smaller than the overview: it is blurred anyway."""
    small = desk.opened.small.reduce(HOST_FILL_SHRINK)
    red = images.plane_image(_shown(desk, desk.opened.overview).mask.inpaint)
    scale = 1 / (desk.opened.overview * HOST_FILL_SHRINK)
    return host_fill(small, red.reduce(HOST_FILL_SHRINK), scale=scale).convert("RGB")


def _rgb(red: Plane, green: Plane) -> Plane:
    return np.dstack([red, green, np.zeros_like(green)])


def _flat(picture: Image.Image) -> Plane:
    """RGB, without what is transparent: the page knows where that is."""
    return np.asarray(picture.convert("RGB"))


def _file(kind: str, pixels: Plane) -> bytes:
    options = {
        "jpg": [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY, *FULL_COLOUR],
        "png": [cv2.IMWRITE_PNG_COMPRESSION, PNG_SPEED],
    }[kind]
    _, content = cv2.imencode(f".{kind}", np.ascontiguousarray(pixels[..., ::-1]), options)
    return bytes(content)


def _url(kind: str, pixels: Plane) -> str:
    name = {"jpg": "jpeg"}.get(kind, kind)
    return f"data:image/{name};base64," + base64.b64encode(_file(kind, pixels)).decode()
