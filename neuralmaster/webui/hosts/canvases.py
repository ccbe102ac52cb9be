"""The tabs with a mask: their components, and how a host reads an image and a mask from them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
from modules import processing
from PIL import Image
from PIL.ImageFilter import GaussianBlur, MaxFilter

Key = str | tuple[str, str]  # of a component: its elem_id, or that of a canvas, and a part
Values = Mapping[Key, object]  # of components
Pair = tuple[Image.Image | None, Image.Image | None]  # image and mask

DRAWN, SKETCH = CANVASES = ("img2maskimg", "inpaint_sketch")
BASE, MASK = "img_inpaint_base", "img_inpaint_mask"
MODE, BLUR, FADED = "img2img_mask_mode", "img2img_mask_blur", "img2img_mask_alpha"
# Parts of a canvas, which have no elem_id, and their CSS classes. A1111 keeps the picture before a
# sketch in a State, which has no class.
BEFORE, OVER, UNDER = "before", "foreground", "background"
PARTS = {BEFORE: "", OVER: "logical_image_foreground", UNDER: "logical_image_background"}


def has_canvas(keys: Iterable[Key]) -> bool:
    """Whether one of the components of a page is Forge's canvas."""
    return any(key[1] == OVER for key in keys if isinstance(key, tuple))


def hardened(mask: Image.Image) -> Image.Image:
    """A mask thresholded as Forge's page does for a job (its modules/img2img.py)."""
    return mask.point(lambda level: 255 if level > 128 else 0)


def _picture(values: Values, key: Key) -> Image.Image | None:
    value = values.get(key)
    return value if isinstance(value, Image.Image) else None


def _number(values: Values, key: Key) -> float:
    value = values.get(key)
    return value if isinstance(value, int | float) else 0


def uploaded(values: Values) -> Pair:
    """The two uploads of Inpaint upload."""
    return _picture(values, BASE), _picture(values, MASK)


def drawn(values: Values) -> Pair:
    """The picture of Inpaint and the strokes over it."""
    if (DRAWN, OVER) in values:
        strokes = _picture(values, (DRAWN, OVER))
        return _picture(values, (DRAWN, UNDER)), strokes and hardened(strokes.getchannel("A"))
    both = values.get(DRAWN)
    if not isinstance(both, Mapping):
        return None, None
    return both["image"], processing.create_binary_mask(both["mask"])


def sketched(values: Values) -> Pair:
    """The picture of Inpaint sketch with its strokes, and where they are."""
    if (SKETCH, OVER) in values:
        under, over = _picture(values, (SKETCH, UNDER)), _picture(values, (SKETCH, OVER))
        if under is None or over is None:
            return under, over
        around = round(0.015 * min(over.size) - 0.5) * 2 + 1
        strokes = over.getchannel("A").filter(MaxFilter(around))
        return Image.alpha_composite(under, over), hardened(strokes)
    image = _picture(values, SKETCH)
    if image is None:
        return None, None
    sketch = (_picture(values, (SKETCH, BEFORE)) or image).copy()
    changed = (np.asarray(image) != np.asarray(sketch)).any(axis=2)
    mask = Image.fromarray(np.uint8(255 * (1 - _number(values, FADED) / 100) * changed))
    soft = GaussianBlur(_number(values, BLUR))
    sketch.paste(image.filter(soft), mask=mask.filter(soft))
    return sketch, mask
