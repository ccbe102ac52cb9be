"""The tabs with a mask: their components, and how a host reads an image and a mask from them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType

import numpy as np
from modules import processing
from PIL import Image
from PIL.ImageFilter import GaussianBlur, MaxFilter

Key = str | tuple[str, str]  # of a component: its elem_id, or that of a canvas, and a part
Values = Mapping[Key, object]  # of components
Pair = tuple[Image.Image | None, Image.Image | None]  # image and mask

DRAWN, SKETCH = "img2maskimg", "inpaint_sketch"
SHARED = "img2img_image"  # of ersatzForge: its one canvas, whose method says what is done with it
BASE, MASK = "img_inpaint_base", "img_inpaint_mask"
MODE, BLUR, FADED = "img2img_mask_mode", "img2img_mask_blur", "img2img_mask_alpha"
# Parts of a canvas, which have no elem_id, and their CSS classes. A1111 keeps the picture before a
# sketch in a State, which has no class.
BEFORE, OVER, UNDER, METHOD = "before", "foreground", "background", "method"
CLASSES = {OVER: "logical_image_foreground", UNDER: "logical_image_background"}
PARTS = (BEFORE, OVER, UNDER, METHOD)
ERSATZ_INPAINT, ERSATZ_SKETCH = "inpaint", "inpaint+"  # of its methods, those with a mask


def has_canvas(keys: Iterable[Key]) -> bool:
    """Whether one of the components of a page is Forge's canvas."""
    return any(key[1] == OVER for key in keys if isinstance(key, tuple))


def part_of(canvas: str, component: object, classes: object) -> str | None:
    """The part of a canvas that a component without elem_id is, which comes after it; or None."""
    for part, name in CLASSES.items():
        if isinstance(classes, Iterable) and name in classes:
            return part
    if canvas == SKETCH and type(component).__name__ == "State":
        return BEFORE
    choices = getattr(component, "choices", None) or ()
    names = [choice if isinstance(choice, str) else choice[0] for choice in choices]
    return METHOD if canvas == SHARED and ERSATZ_SKETCH in names else None


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
        return _under_strokes(values, DRAWN)
    both = values.get(DRAWN)
    if not isinstance(both, Mapping):
        return None, None
    return both["image"], processing.create_binary_mask(both["mask"])


def sketched(values: Values) -> Pair:
    """The picture of Inpaint sketch with its strokes, and where they are."""
    if (SKETCH, OVER) in values:
        return _with_strokes(values, SKETCH)
    image = _picture(values, SKETCH)
    if image is None:
        return None, None
    sketch = (_picture(values, (SKETCH, BEFORE)) or image).copy()
    changed = (np.asarray(image) != np.asarray(sketch)).any(axis=2)
    mask = Image.fromarray(np.uint8(255 * (1 - _number(values, FADED) / 100) * changed))
    soft = GaussianBlur(_number(values, BLUR))
    sketch.paste(image.filter(soft), mask=mask.filter(soft))
    return sketch, mask


def shared(values: Values) -> Pair:
    """The picture of the one canvas, and its strokes if the method takes them as a mask."""
    method = values.get((SHARED, METHOD))
    if method == ERSATZ_SKETCH:
        return _with_strokes(values, SHARED)
    image, mask = _under_strokes(values, SHARED)
    return image, mask if method == ERSATZ_INPAINT else None


def _under_strokes(values: Values, canvas: str) -> Pair:
    strokes = _picture(values, (canvas, OVER))
    return _picture(values, (canvas, UNDER)), strokes and hardened(strokes.getchannel("A"))


def _with_strokes(values: Values, canvas: str) -> Pair:
    under, over = _picture(values, (canvas, UNDER)), _picture(values, (canvas, OVER))
    if under is None or over is None:
        return under, over
    around = int(0.015 * min(over.size)) * 2 + 1
    strokes = over.getchannel("A")
    if around > 1:  # some versions of Pillow end the process at a filter of one pixel
        strokes = strokes.filter(MaxFilter(around))
    return Image.alpha_composite(under, over), hardened(strokes)


# By position among the tabs of img2img: the name, and the reader, of those with a mask.
Tabs = Mapping[int, tuple[str, Callable[[Values], Pair]]]
USUAL: Tabs = MappingProxyType(
    {2: ("Inpaint", drawn), 3: ("Inpaint sketch", sketched), 4: ("Inpaint upload", uploaded)}
)
ERSATZ: Tabs = MappingProxyType({0: ("img2img", shared), 1: ("Inpaint upload", uploaded)})


def tabs_of(parameters: Sequence[str]) -> tuple[tuple[str, ...], Tabs]:
    """The canvases and tabs of a host, by the parameters of its function behind the button."""
    has_one = "init_img_fg" in parameters and "init_img_with_mask" not in parameters
    return ((SHARED,), ERSATZ) if has_one else ((DRAWN, SKETCH), USUAL)
