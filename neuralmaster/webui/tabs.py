"""The host's inpaint tabs: their components, and the image and mask that they hold.

What a tab holds differs by host; it is read here as the host itself reads it for a job.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from gradio.context import Context
from modules import processing
from PIL import Image, ImageOps
from PIL.ImageFilter import GaussianBlur, MaxFilter

RADIOS = ("img2img_inpainting_fill", "replacer_inpainting_fill")  # Masked content
DRAWN, SKETCH = "img2maskimg", "inpaint_sketch"
BASE, MASK = "img_inpaint_base", "img_inpaint_mask"
MODE, BLUR, FADED = "img2img_mask_mode", "img2img_mask_blur", "img2img_mask_alpha"
NAMED = (*RADIOS, DRAWN, SKETCH, BASE, MASK, MODE, BLUR, FADED)
BEFORE, OVER, UNDER = "before", "foreground", "background"  # parts of a canvas, without an id
SHOWN = (DRAWN, SKETCH, BASE, MASK, MODE, BLUR, FADED)  # what a preview looks at
SHOWN_PARTS = tuple((canvas, part) for canvas in (DRAWN, SKETCH) for part in (BEFORE, OVER, UNDER))

_made: dict[Any, Any] = {}
_last = ""  # the component with an id that was made last


def capture(component: Any, **kwargs: Any) -> None:
    """Called by the host after every component; remembers those of the inpaint tabs."""
    global _last  # noqa: PLW0603 - the host makes its page one component after the other
    elem_id, classes = kwargs.get("elem_id"), kwargs.get("elem_classes") or ()
    if elem_id in NAMED:
        _last = elem_id
        for key in [key for key in _made if key == elem_id or key[0] == elem_id]:
            del _made[key]  # of an earlier page
        _made[elem_id] = component
    elif "logical_image_foreground" in classes:  # Forge
        _made.setdefault((_last, OVER), component)
    elif "logical_image_background" in classes:
        _made.setdefault((_last, UNDER), component)
    elif _last == SKETCH and type(component).__name__ == "State":
        _made.setdefault((_last, BEFORE), component)


def component(elem_id: str) -> Any | None:
    """A component by its id, or None if no page has it."""
    return _made.get(elem_id)


def on_page() -> bool:
    """Whether the page with the inpaint tabs is being made just now.

    The host also makes scripts' components on no page, to learn their defaults.
    """
    radio, page = component(RADIOS[0]), Context.root_block
    return radio is not None and page is not None and radio._id in page.blocks


def loses_gradients() -> bool:
    """Whether the page is of a host that makes masks hard (Forge), by the canvases it draws on."""
    return (DRAWN, OVER) in _made


def before_hardening(mask: Image.Image, uploaded: Image.Image | None) -> Image.Image:
    """The mask of a job as it was uploaded, if the host made just this mask of it; else itself."""
    if uploaded is None:
        return mask
    uploaded = ImageOps.exif_transpose(uploaded)
    hard = _hardened(uploaded)
    same = (hard.mode, hard.size, hard.tobytes()) == (mask.mode, mask.size, mask.tobytes())
    return uploaded if same else mask


def shown() -> dict[Any, Any]:
    """The components that a preview of the open tab needs, as far as this host has them."""
    return {key: _made[key] for key in (*SHOWN, *SHOWN_PARTS) if key in _made}


def picked(tab: int, held: Mapping[Any, Any]) -> tuple[Image.Image, Image.Image]:
    """The image and the mask of a tab, by its place, as the host would make a job of them.

    held: the values of `shown`. Raises ValueError in one sentence if there is nothing to fill.
    """
    of_tab = {
        2: ("Inpaint", _drawn),
        3: ("Inpaint sketch", _sketched),
        4: ("Inpaint upload", _sent),
    }
    if tab not in of_tab:
        raise ValueError("open Inpaint, Inpaint sketch or Inpaint upload to see a preview of it")
    name, read = of_tab[tab]
    image, mask = read(held)
    if image is None or mask is None:
        missing = "image" if image is None else "mask"
        raise ValueError(f"{name} has no {missing} yet; put one there")
    return ImageOps.exif_transpose(image), ImageOps.exif_transpose(mask)


def _sent(held: Mapping[Any, Any]) -> tuple[Any, Any]:
    return held[BASE], held[MASK]


def _drawn(held: Mapping[Any, Any]) -> tuple[Any, Any]:
    if (DRAWN, OVER) in held:
        return held[DRAWN, UNDER], _opacity(held[DRAWN, OVER])
    both = held[DRAWN]
    return (both["image"], processing.create_binary_mask(both["mask"])) if both else (None, None)


def _sketched(held: Mapping[Any, Any]) -> tuple[Any, Any]:
    if (SKETCH, OVER) in held:
        under, over = held[SKETCH, UNDER], held[SKETCH, OVER]
        if under is None or over is None:
            return under, over
        around = round(0.015 * min(over.size) - 0.5) * 2 + 1
        strokes = over.getchannel("A").filter(MaxFilter(around))
        return Image.alpha_composite(under, over), _hardened(strokes)
    image = held[SKETCH]
    if image is None:
        return None, None
    sketch = (held.get((SKETCH, BEFORE)) or image).copy()
    strokes = (np.asarray(image) != np.asarray(sketch)).any(axis=2)
    mask = Image.fromarray(np.uint8(255 * (1 - held[FADED] / 100) * strokes))
    soft = GaussianBlur(held[BLUR])
    sketch.paste(image.filter(soft), mask=mask.filter(soft))
    return sketch, mask


def _opacity(strokes: Any) -> Any:
    return strokes and _hardened(strokes.getchannel("A"))


def _hardened(mask: Image.Image) -> Image.Image:
    """As Forge's page hands a mask to a job, uploaded or drawn (its img2img.py)."""
    return mask.point(lambda level: 255 if level > 128 else 0)
