"""The overlays that a host pastes over its results."""

from __future__ import annotations

import numpy as np
from PIL import Image

from neuralmaster import images
from neuralmaster.webui import geometry

UNKNOWN = (
    "this WebUI pastes the unmasked part of the picture in an unknown way, and would paste "
    "the fill; choose original, or switch off the setting that does so"
)


def recut(overlay: object, original: Image.Image, resize_mode: int, background: str) -> object:
    """The overlay that the host would have made from the original, with the weights it chose.

    overlay: the one that it made from the prepared image: a picture whose alpha is the weight, or
    a pair of the whole picture and the weights of the result in 32 bit (Forge Neo's setting for
    the mask blur). Raises ValueError in one sentence if it is neither: then the way it is made is
    unknown.
    """
    if isinstance(overlay, Image.Image) and "A" in overlay.getbands():
        whole = geometry.laid(original, overlay.size, resize_mode, background)
        cut = Image.new("RGBa", overlay.size)
        cut.paste(whole.convert("RGBA").convert("RGBa"), mask=overlay.getchannel("A"))
        return cut.convert("RGBA")
    if isinstance(overlay, tuple) and len(overlay) == 2 and isinstance(overlay[0], Image.Image):
        filled, weights = overlay
        whole = geometry.laid(original, filled.size, resize_mode, background)
        return whole.convert(filled.mode), weights
    raise ValueError(UNKNOWN)


def kept(overlay: object) -> Image.Image | None:
    """How much of the overlay covers the result: L, 255 = all; None if that is unknown."""
    if isinstance(overlay, Image.Image) and "A" in overlay.getbands():
        return overlay.getchannel("A")
    if isinstance(overlay, tuple) and len(overlay) == 2 and isinstance(overlay[1], np.ndarray):
        return images.plane_image(images.to_levels(1 - overlay[1]))
    return None
