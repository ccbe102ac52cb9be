"""All differences between WebUIs, and the only module to change for one.

It probes the WebUI itself, never its name or version. Where a probe finds nothing there is a safe
default: a feature of ours stays off, or the job is refused; none runs with a wrong mask.
"""

from __future__ import annotations

import dataclasses
import functools
import importlib
import importlib.util
import inspect
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, is_dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol, cast

import gradio as gr
import numpy as np
from gradio.context import Context
from modules import images, processing, scripts, shared
from PIL import Image
from PIL.ImageFilter import GaussianBlur, MaxFilter

from neuralmaster.webui import geometry

if TYPE_CHECKING:
    from modules.processing import StableDiffusionProcessingImg2Img as Processing

Key = str | tuple[str, str]  # of a component: its elem_id, or that of a canvas, and a part
Values = Mapping[Key, object]  # of components
Pair = tuple[Image.Image | None, Image.Image | None]  # image and mask

STOCK_CHOICES = ("fill", "original", "latent noise", "latent nothing")
ORIGINAL = STOCK_CHOICES.index("original")
RADIOS = ("img2img_inpainting_fill", "replacer_inpainting_fill")  # Masked content
DRAWN, SKETCH = CANVASES = ("img2maskimg", "inpaint_sketch")
BASE, MASK = "img_inpaint_base", "img_inpaint_mask"
MODE, BLUR, FADED = "img2img_mask_mode", "img2img_mask_blur", "img2img_mask_alpha"
# Parts of a canvas, which have no elem_id, and their CSS classes. A1111 keeps the picture before a
# sketch in a State, which has no class.
BEFORE, OVER, UNDER = "before", "foreground", "background"
PARTS = {BEFORE: "", OVER: "logical_image_foreground", UNDER: "logical_image_background"}
# The attributes of `p` that a job of ours reads, sets and restores.
NEEDED_OF_A_JOB = (
    *("init_images", "image_mask", "inpainting_fill", "inpainting_mask_invert", "script_args"),
    *("override_settings", "extra_generation_params", "comment", "overlay_images"),
    *("resize_mode", "batch_size", "seed", "subseed"),
)
NEEDED_CALLS = ((images, "flatten"), (images, "resize_image"), (processing, "fix_seed"))


class Content(Protocol):
    """The component of Masked content, a Radio or a Dropdown; a job gets the index of its value."""

    choices: list[str | tuple[str, str]]


Apply = Callable[["Processing", object, list[object]], None]


class Plot(Protocol):
    """The module of the X/Y/Z plot. An axis has a label, a type of values, and a setter."""

    axis_options: list[object]

    def AxisOptionImg2Img(  # noqa: D102, N802 - the host's
        self, label: str, kind: type, apply: Apply, /, **more: object
    ) -> object: ...


@dataclass(frozen=True)
class Host:
    """The properties of a WebUI, as probed.

    unsupported: a sentence that says why the extension stays off; "" if it works.
    choices: the host's own choices of Masked content, in the order of `inpainting_fill`, for use
        without a page.
    tabs: the tabs with a mask, by their position in img2img: name, and a function that reads the
        image and the mask.
    js: the keyword argument for the JavaScript of a gradio event.
    hard_masks: the page thresholds an uploaded mask, so that every level is 0 or 255.
    latent_rounding: jobs can choose whether the latent mask is rounded (`p.mask_round`).
    latent_blending: scripts can decide what of each step is kept (`on_mask_blend`).
    pastes_content: pasting an infotext also sets Masked content.
    """

    unsupported: str
    choices: tuple[str, ...]
    tabs: Mapping[int, tuple[str, Callable[[Values], Pair]]]
    js: str
    hard_masks: bool
    latent_rounding: bool
    latent_blending: bool
    pastes_content: bool


def _kind_of_job() -> type | None:
    return getattr(processing, "StableDiffusionProcessingImg2Img", None)


def _unsupported() -> str:
    job = _kind_of_job()
    fields = {field.name for field in dataclasses.fields(job)} if is_dataclass(job) else set()
    lacking = [name for name in NEEDED_OF_A_JOB if name not in fields and not hasattr(job, name)]
    lacking += [name for module, name in NEEDED_CALLS if not hasattr(module, name)]
    if not lacking:
        return ""
    return (
        f"This WebUI is not supported: its img2img has no {', '.join(lacking)}. NeuralMaster "
        "stays off and changes nothing; AUTOMATIC1111 from 1.6 on, Forge and reForge can run it."
    )


def _takes_strokes_apart() -> bool:
    """Whether img2img takes a drawing and its background as two pictures.

    Hosts whose canvas does so also threshold uploaded masks.
    """
    try:
        run = importlib.import_module("modules.img2img").img2img
        return any(name.endswith("_fg") for name in inspect.signature(run).parameters)
    except Exception:  # whatever it is; has_canvas finds out from the page
        return False


def has_canvas(keys: Iterable[Key]) -> bool:
    """Whether one of the components of a page is Forge's canvas."""
    return any(key[1] == OVER for key in keys if isinstance(key, tuple))


def on_page(component: object) -> bool:
    """Whether the component is on the page that is being built now.

    The host also creates scripts' components outside any page, to learn their defaults.
    """
    page = Context.root_block
    return page is not None and getattr(component, "_id", None) in page.blocks


def plots() -> Iterator[Plot]:
    """The modules of the host's own X/Y/Z plot that accept axes."""
    for data in scripts.scripts_data:
        known = hasattr(data.module, "AxisOptionImg2Img")
        if known and data.script_class.__module__ == "xyz_grid.py":
            yield cast(Plot, data.module)


def logins() -> tuple[list[str], list[str]]:
    """The logins ("user:password") that the API and the page were started with.

    If those of the page cannot be read, a random one takes their place, so nobody can log in.
    """
    api_logins = [user for user in (shared.cmd_opts.api_auth or "").split(",") if user]
    try:
        read = importlib.import_module("modules.initialize_util").get_gradio_auth_creds
    except (ImportError, AttributeError):
        return api_logins, [secrets.token_hex()]
    return api_logins, [":".join(user) for user in read()]


def hardened(mask: Image.Image) -> Image.Image:
    """A mask thresholded as Forge's page does for a job (its modules/img2img.py)."""
    return mask.point(lambda level: 255 if level > 128 else 0)


def recut(overlay: object, original: Image.Image, resize_mode: int, background: str) -> Image.Image:
    """The overlay that the host would have made from the original, with the alpha it chose.

    overlay: the one that it made from the prepared image. Raises ValueError in one sentence if
    that is not a picture with alpha: then the way it is made is unknown.
    """
    if not isinstance(overlay, Image.Image) or "A" not in overlay.getbands():
        raise ValueError(
            "this WebUI pastes the unmasked part of the picture in an unknown way, and would paste "
            "the fill; choose original, or switch off the setting that does so"
        )
    image = geometry.laid(original, overlay.size, resize_mode, background)
    cut = Image.new("RGBa", overlay.size)
    cut.paste(image.convert("RGBA").convert("RGBa"), mask=overlay.getchannel("A"))
    return cut.convert("RGBA")


def _picture(values: Values, key: Key) -> Image.Image | None:
    value = values.get(key)
    return value if isinstance(value, Image.Image) else None


def _number(values: Values, key: Key) -> float:
    value = values.get(key)
    return value if isinstance(value, int | float) else 0


def _uploaded(values: Values) -> Pair:
    return _picture(values, BASE), _picture(values, MASK)


def _drawn(values: Values) -> Pair:
    if (DRAWN, OVER) in values:
        strokes = _picture(values, (DRAWN, OVER))
        return _picture(values, (DRAWN, UNDER)), strokes and hardened(strokes.getchannel("A"))
    both = values.get(DRAWN)
    if not isinstance(both, Mapping):
        return None, None
    return both["image"], processing.create_binary_mask(both["mask"])


def _sketched(values: Values) -> Pair:
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


def probe() -> Host:
    """Probes the running WebUI; never raises."""
    return Host(
        unsupported=_unsupported(),
        choices=STOCK_CHOICES,
        tabs=MappingProxyType(
            {
                2: ("Inpaint", _drawn),
                3: ("Inpaint sketch", _sketched),
                4: ("Inpaint upload", _uploaded),
            }
        ),
        js="_js" if gr.__version__.startswith("3.") else "js",
        hard_masks=_takes_strokes_apart(),
        latent_rounding=hasattr(_kind_of_job(), "mask_round"),
        latent_blending=hasattr(scripts, "MaskBlendArgs"),
        pastes_content=importlib.util.find_spec("modules.infotext_utils") is not None,
    )


current = functools.cache(probe)  # `callbacks.register` clears the cache
