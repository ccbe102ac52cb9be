"""What the page shows of a desk: small pictures as data URLs, and one sentence."""

from __future__ import annotations

import base64
import html
from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np
from PIL import Image

from neuralmaster import images
from neuralmaster.fills import FILLS
from neuralmaster.images import Plane
from neuralmaster.masks import TwoChannelMask
from neuralmaster.pipeline import Prepared, prepare
from neuralmaster.sheet import host_fill
from neuralmaster.studio.desk import OUTPAINT, REMOVE, RETEXTURE, Desk

JPEG_QUALITY = 90
TINTS = (((235, 45, 50), 0.55), ((40, 200, 80), 0.35))  # of red and green over the picture
CHECKS = 8  # pixels of a square behind what is transparent
HOST_FILL_SHRINK = 2  # it is blurred anyway, and slow

ORIGINAL, HOST_FILL, MASK = COMPARED = ("Original", "WebUI's fill", "Mask")


def live(desk: Desk, compared: str) -> tuple[str, str]:
    """The style that shows the desk's pictures, and the sentence about them."""
    mask = desk.small_mask()
    small = desk.opened.small
    prepared = _prepared(desk, mask)
    flat = _flat(small)
    before: dict[str, Callable[[], Plane]] = {
        ORIGINAL: lambda: flat,
        HOST_FILL: lambda: _host_fill(desk, mask),
        MASK: lambda: np.dstack([mask.inpaint, mask.source, np.zeros_like(mask.source)]),
    }
    pictures = {
        "canvas": _tinted(flat, mask),
        "before": before[compared](),
        "after": _flat(prepared.image),
    }
    urls = "".join(f"--nm-{name}:url({_jpeg(pixels)});" for name, pixels in pictures.items())
    ratio = f"--nm-ratio:{small.width / small.height:.5f};"
    return f"<style>#neuralmaster_studio{{{ratio}{urls}}}</style>", _said(desk, prepared)


def sentence(text: str, kind: str = "hint") -> str:
    """One sentence for the page; kind: hint, good, warning or error."""
    return f'<p class="nm-said nm-{kind}" role="status">{html.escape(text)}</p>'


def _prepared(desk: Desk, mask: TwoChannelMask) -> Prepared:
    if not FILLS[desk.method].in_pixels:
        return prepare(desk.request(desk.opened.small, mask))
    full = desk.finished()  # a small copy would be filled otherwise
    small = full.image.resize(desk.opened.small.size, Image.Resampling.BOX)
    return replace(full, image=small)


def _said(desk: Desk, prepared: Prepared) -> str:
    if not desk.inpaint.plane.any():
        return sentence(_NEXT[desk.preset])
    if not prepared.applied:
        return sentence(prepared.reason, "warning")
    if prepared.notes:
        return sentence(" ".join(prepared.notes), "warning")
    share = f"{prepared.useful:.0%}" if prepared.useful >= 0.01 else "less than 1%"
    return sentence(f"Filled by {desk.method}; {share} of the picture gave colour.", "good")


_NEXT = {
    RETEXTURE: "Paint over the part to repaint. The object is found by itself.",
    REMOVE: "Drag a box around the object to remove.",
    OUTPAINT: "Say how many pixels to add on each side, then extend.",
}


def _host_fill(desk: Desk, mask: TwoChannelMask) -> Plane:
    width, height = (max(1, side // HOST_FILL_SHRINK) for side in desk.opened.small.size)
    small = desk.opened.small.resize((width, height), Image.Resampling.BOX)
    red = images.plane_image(mask.inpaint).resize((width, height), Image.Resampling.BOX)
    filled = host_fill(small, red, scale=width / desk.size[0])
    drawn = filled.resize(desk.opened.small.size, Image.Resampling.BILINEAR)
    # the host's fill shows where red is, and the picture, sharp, where it is not
    shown = Image.composite(
        drawn, desk.opened.small.convert("RGB"), images.plane_image(mask.inpaint)
    )
    return np.asarray(shown)


def _flat(picture: Image.Image) -> Plane:
    """RGB, transparent parts over a chequerboard."""
    if not images.has_alpha(picture):
        return np.asarray(picture.convert("RGB"))
    y, x = np.mgrid[0 : picture.height, 0 : picture.width] // CHECKS
    squares = Image.fromarray(np.where((x + y) % 2, 150, 105).astype(np.uint8)).convert("RGB")
    squares.paste(picture.convert("RGB"), mask=picture.getchannel("A"))
    return np.asarray(squares)


def _tinted(flat: Plane, mask: TwoChannelMask) -> Plane:
    shown = flat
    for (tint, strength), plane in zip(TINTS, (mask.inpaint, mask.source), strict=True):
        if plane.min() == images.LEVELS:  # the whole picture: a tint all over tells nothing
            continue
        weight = cv2.merge([cv2.convertScaleAbs(plane, alpha=strength)] * 3)
        width = flat.shape[1] * 3
        colour = np.broadcast_to(np.array(tint, np.uint8), flat.shape)
        rows = (np.ascontiguousarray(a).reshape(-1, width) for a in (shown, colour, weight))
        shown = images.blend(*rows).reshape(flat.shape)
    return shown


def _jpeg(pixels: Plane) -> str:
    bgr = np.ascontiguousarray(pixels[..., ::-1])
    _, content = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    return "data:image/jpeg;base64," + base64.b64encode(content.tobytes()).decode()
