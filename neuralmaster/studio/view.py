"""What the page shows of a desk: small pictures of the whole, parts of it, and one sentence.

The page holds the picture itself. It gets an *overview* with every answer: the mask, and the fill
alone, small. Where the screen shows more than that, it asks for the *part* in view, in as many
pixels as the screen has for it; with acts it gets the mask in that part at once.
"""

from __future__ import annotations

import base64
import math
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from PIL import Image

from neuralmaster import images
from neuralmaster.fills.progress import Progress
from neuralmaster.images import Box, Plane
from neuralmaster.sheet import host_fill
from neuralmaster.studio import copies
from neuralmaster.studio.desk import OUTPAINT, REMOVE, RETEXTURE, SOURCE, Desk

JPEG_QUALITY = 92
FULL_COLOUR = (cv2.IMWRITE_JPEG_SAMPLING_FACTOR, 0x111111)  # as many pixels in colour as in gray
# zlib's level, and no row filtered (filters: the PNG specification, section 9): they help photos; a
# mask takes four times as long with them, and is larger. An older OpenCV cannot leave them out.
PNG_FAST = [cv2.IMWRITE_PNG_COMPRESSION, 1]
if hasattr(cv2, "IMWRITE_PNG_FILTER"):
    PNG_FAST += [cv2.IMWRITE_PNG_FILTER, cv2.IMWRITE_PNG_FILTER_NONE]
HOST_FILL_SHRINK = 2  # it is blurred anyway, and slow
LARGEST = 4096  # pixels, at most, of a side of a part

MASK, FILLED, HOST = WHATS = ("mask", "filled", "host")
HINT, GOOD, WARNING, ERROR = ("hint", "good", "warning", "error")


@dataclass(frozen=True)
class Said:
    """One sentence for the page. kind: HINT, GOOD, WARNING or ERROR."""

    text: str
    kind: str = HINT


@dataclass(frozen=True)
class Wanted:
    """A part of the picture that the page shows.

    box: left, upper, right, lower in pixels of the picture. size: width and height of the result.
    """

    box: Box
    size: tuple[int, int]

    @property
    def factor(self) -> int:
        """Of the smallest copy that has the pixels that are asked for."""
        (left, upper, right, lower), (width, height) = self.box, self.size
        return max(1, int(min((right - left) / max(width, 1), (lower - upper) / max(height, 1))))


def overview(desk: Desk, wanted: Wanted | None = None) -> dict[str, Any]:
    """The whole mask, as a data URL; and what `filled` has, unless that takes longer.

    factor: by how much its lengths are smaller than the picture's. detail: whether a part of the
    fill shows more than the whole of it. part: the mask in the part that is wanted, if there is
    such a part (any more), instead of the whole; exact: whether it is what `part` makes of it.
    """
    is_later = copies.has_detail(desk) or _is_unsought(desk)
    if wanted is None or _is_unsought(desk) or not _is_there(desk, wanted):
        return _marks(desk) | ({"filled": None} if is_later else _filled(desk))
    _ = desk.layer(SOURCE)  # both look for it
    with ThreadPoolExecutor(1) as aside:  # both take about as long
        near = aside.submit(_near, desk, wanted)
        fill = {"filled": None} if is_later else _filled(desk)
        return near.result() | fill


def filled(desk: Desk, progress: Progress | None = None) -> dict[str, Any]:
    """The overview with the bare fill, and the sentence about it.

    filled: a data URL of the box that is filled, "" if nothing is; corner: of that box, in pixels
    of the overview. Raises StoppedError if `progress` stops the fill.
    """
    _ = desk.layer(SOURCE)  # found now, if it finds itself
    if desk.inpaint.is_marked:
        copies.bare(desk, desk.opened.overview, progress)  # what follows looks at it
    return _marks(desk) | _filled(desk)


def _marks(desk: Desk) -> dict[str, Any]:
    factor = desk.opened.overview
    if _is_unsought(desk):
        red = desk.inpaint.reduced(factor)
        mask = copies.rgb(red, np.zeros_like(red))
    else:
        whole = copies.mask(desk, factor)
        mask = copies.rgb(whole.inpaint, whole.source)
    return _sizes(desk) | {"mask": _url("png", mask)}


def _near(desk: Desk, wanted: Wanted) -> dict[str, Any]:
    seen, is_exact = _quick(desk, wanted)
    return _sizes(desk) | {"mask": None, "part": _url("png", seen), "exact": is_exact}


def _sizes(desk: Desk) -> dict[str, Any]:
    return {"factor": desk.opened.overview, "detail": copies.has_detail(desk)}


def _is_unsought(desk: Desk) -> bool:
    """Whether there is no object yet, nor any need of one."""
    return desk.source.is_auto and not desk.inpaint.is_marked and not desk.opened.is_sought


def _filled(desk: Desk) -> dict[str, Any]:
    said = _said(desk)
    if not desk.inpaint.is_marked:
        return {"filled": "", "corner": (0, 0), "said": said.text, "kind": said.kind}
    made = copies.bare(desk, desk.opened.overview)
    url = "" if made.is_empty else _url("jpg", _flat(made.prepared.image.crop(made.box)))
    return {"filled": url, "corner": made.box[:2], "said": said.text, "kind": said.kind}


def part(desk: Desk, what: str, wanted: Wanted, progress: Progress | None = None) -> bytes:
    """A part as a file: PNG for MASK, JPEG for the bare fill and the picture with the WebUI's fill.

    what: of WHATS. Raises ValueError for a box outside the picture or a size out of range,
    StoppedError if `progress` stops the fill.
    """
    box, size, factor = wanted.box, wanted.size, wanted.factor
    if not _is_there(desk, wanted):
        raise ValueError(
            f"expected a box within {desk.size[0]}x{desk.size[1]} and a size of 1 to {LARGEST} "
            f"pixels, got {box} and {size[0]}x{size[1]}"
        )
    if what == MASK:
        return _file("png", _cut(copies.mask_in(desk, factor), factor, box, size))
    if what == HOST:
        factor = desk.opened.overview * HOST_FILL_SHRINK
        fill = _host_fill(desk)
        return _file("jpg", _cut(lambda b: np.asarray(fill.crop(b)), factor, box, size))
    factor = max(factor, copies.largest(desk))
    whole = copies.bare(desk, factor, progress).prepared.image
    return _file("jpg", _cut(lambda b: _flat(whole.crop(b)), factor, box, size))


def _is_there(desk: Desk, wanted: Wanted) -> bool:
    left, upper, right, lower = wanted.box
    is_within = 0 <= left < right <= desk.size[0] and 0 <= upper < lower <= desk.size[1]
    return is_within and all(1 <= side <= LARGEST for side in wanted.size)


def _quick(desk: Desk, wanted: Wanted) -> tuple[Plane, bool]:
    """The mask in a part, and whether it is what `part` makes of it."""
    made = copies.quick(desk, wanted.factor)
    red, green = (_cut(crop, factor, wanted.box, wanted.size) for crop, factor in made)
    return copies.rgb(red, green), all(factor == wanted.factor for _, factor in made)


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


def _said(desk: Desk) -> Said:
    if not desk.inpaint.is_marked:
        return Said(_NEXT[desk.preset])
    prepared = copies.prepared(desk, desk.opened.overview)
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
    red = images.plane_image(copies.mask(desk, desk.opened.overview).inpaint)
    scale = 1 / (desk.opened.overview * HOST_FILL_SHRINK)
    return host_fill(small, red.reduce(HOST_FILL_SHRINK), scale=scale).convert("RGB")


def _flat(picture: Image.Image) -> Plane:
    """RGB, without what is transparent: the page knows where that is."""
    return np.asarray(images.rgb(picture))


def _file(kind: str, pixels: Plane) -> bytes:
    options = {
        "jpg": [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY, *FULL_COLOUR],
        "png": PNG_FAST,
    }[kind]
    _, content = cv2.imencode(f".{kind}", cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR), options)
    return bytes(content)


def _url(kind: str, pixels: Plane) -> str:
    name = {"jpg": "jpeg"}.get(kind, kind)
    return f"data:image/{name};base64," + base64.b64encode(_file(kind, pixels)).decode()
