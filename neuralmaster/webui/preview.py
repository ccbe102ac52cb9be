"""The preview: what a job would start from, shown on the page without generating."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from modules import images as host_images
from modules import shared
from PIL import Image

from neuralmaster import images, sheet
from neuralmaster.pipeline import Prepared
from neuralmaster.webui import arguments, settings, tabs

# Pixels, at most, of the longer side of the channels and of the prepared image; larger is slower.
SMALL, LARGE = 384, 1024

_GRID = "display:grid; grid-template-columns:repeat({}, 1fr); gap:8px; margin-top:8px"
_CAPTION = "color:var(--body-text-color-subdued)"
_PICTURE = "width:100%; border-radius:6px; border:1px solid var(--border-color-primary)"


def html(tab: int, values: Mapping[Any, Any], args: Sequence[Any]) -> str:
    """The preview of an inpaint tab as HTML, or a sentence that says why there is none.

    tab, values: see `tabs.picked`. args: the script's arguments, by position.
    """
    try:
        image, mask = tabs.picked(tab, values)
        megapixels = shared.cmd_opts.neuralmaster_max_megapixels
        parsed = arguments.parse(args, settings.defaults({}), megapixels)
        invert = bool(values[tabs.MODE])
        prepared = parsed.prepare(image, mask, invert=invert)
    except ValueError as error:
        return _sentence(f"No preview: {error}.")
    return _sentences(prepared, parsed.params.method) + _pictures(image, prepared, invert)


def _sentences(prepared: Prepared, method: str) -> str:
    sentences = [prepared.reason] if prepared.reason else []
    if prepared.applied:
        mean = ", ".join(map(str, prepared.mean))
        taken = f"Colour is taken from {prepared.useful:.1%} of the picture; its mean is {mean}."
        told = taken if prepared.useful else f"Its colour is {mean}."
        sentences = [f"Filled by {method}. {told}"]
    return "".join(map(_sentence, (*sentences, *prepared.notes)))


def _sentence(text: str) -> str:
    return f'<p style="margin:8px 0 0; color:var(--body-text-color)">{escape(text)}</p>'


def _pictures(image: Image.Image, prepared: Prepared, invert: bool) -> str:
    small = _scaled(_flat(images.standard(image)), SMALL)
    red, green = (_scaled(channel, SMALL) for channel in prepared.mask.channels())
    shown = {
        "Red: area to repaint": sheet.tinted(red, sheet.RED),
        "Green: useful object": sheet.tinted(green, sheet.GREEN),
    }
    if prepared.applied:
        area = sheet.useful_area(small, red, green, invert=invert)
        shown["Useful area: gives colour"] = area
    figures = [_figure(name, picture) for name, picture in shown.items()]
    name = "Prepared image" if prepared.applied else "Original"
    figures.append(_figure(name, _scaled(_flat(prepared.image), LARGE), "grid-column:1/-1"))
    return f'<div style="{_GRID.format(len(shown))}">{"".join(figures)}</div>'


def _flat(picture: Image.Image) -> Image.Image:
    """Without alpha, as the host does before its VAE."""
    return host_images.flatten(picture, shared.opts.img2img_background_color)


def _figure(caption: str, picture: Image.Image, style: str = "") -> str:
    buffer = io.BytesIO()
    picture.convert("RGB").save(buffer, "JPEG", quality=90, subsampling=0)
    data = base64.b64encode(buffer.getvalue()).decode()
    name = escape(caption)
    return (
        f'<figure style="margin:0; {style}"><figcaption style="{_CAPTION}">{name}</figcaption>'
        f'<img alt="{name}" style="{_PICTURE}" src="data:image/jpeg;base64,{data}"></figure>'
    )


def _scaled(picture: Image.Image, side: int) -> Image.Image:
    scale = side / max(picture.size)
    if scale >= 1:
        return picture
    width, height = (max(1, round(length * scale)) for length in picture.size)
    return picture.resize((width, height), Image.Resampling.BILINEAR, reducing_gap=2.0)
