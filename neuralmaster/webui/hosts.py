"""What differs from one WebUI to another: the only room that knows, and the one to touch.

Everything is asked of the WebUI itself, never of its name or version. What it does not answer has
a safe answer: a feature of ours stays off, or the job is refused; none runs with a wrong mask.
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

if TYPE_CHECKING:
    from modules.processing import StableDiffusionProcessingImg2Img as Processing

Key = str | tuple[str, str]  # of a component: its id, or that of a canvas and the part of it
Values = Mapping[Key, object]  # what components hold
Pair = tuple[Image.Image | None, Image.Image | None]  # image and mask

STOCK_CHOICES = ("fill", "original", "latent noise", "latent nothing")
ORIGINAL = STOCK_CHOICES.index("original")
RADIOS = ("img2img_inpainting_fill", "replacer_inpainting_fill")  # Masked content
DRAWN, SKETCH = CANVASES = ("img2maskimg", "inpaint_sketch")
BASE, MASK = "img_inpaint_base", "img_inpaint_mask"
MODE, BLUR, FADED = "img2img_mask_mode", "img2img_mask_blur", "img2img_mask_alpha"
BEFORE, OVER, UNDER = "before", "foreground", "background"  # parts of a canvas, without an id
# and their class: A1111 keeps what was there before a sketch in a State, which has none
PARTS = {BEFORE: "", OVER: "logical_image_foreground", UNDER: "logical_image_background"}
# without these no job of ours can be put on `p`, and `p` given back
NEEDED_OF_A_JOB = (
    *("init_images", "image_mask", "inpainting_fill", "inpainting_mask_invert", "script_args"),
    *("override_settings", "extra_generation_params", "comment", "overlay_images"),
    *("resize_mode", "batch_size", "seed", "subseed"),
)
NEEDED_CALLS = ((images, "flatten"), (images, "resize_image"), (processing, "fix_seed"))


class Content(Protocol):
    """The component of Masked content, a Radio or a Dropdown: both give a job the index."""

    choices: list[str | tuple[str, str]]


Apply = Callable[["Processing", object, list[object]], None]


class Plot(Protocol):
    """The module of the X/Y/Z plot; its axes have a label, a type of value and what sets one."""

    axis_options: list[object]

    def AxisOptionImg2Img(  # noqa: D102, N802 - the host's
        self, label: str, kind: type, apply: Apply, /, **more: object
    ) -> object: ...


@dataclass(frozen=True)
class Host:
    """A WebUI, as it was found.

    unsupported: the sentence that says why the extension stays off; "" where it works.
    choices: the host's own of Masked content, in the order of `inpainting_fill`, for when there
        is no page to read them from.
    tabs: those with a mask, by their place in img2img: name, and what reads image and mask.
    js: the keyword of a gradio event's JavaScript.
    hard_masks: its page hands jobs an uploaded mask with every level at 0 or 255.
    latent_rounding: a job says whether its latent mask is rounded (`p.mask_round`).
    pastes_content: pasting an infotext sets Masked content as well.
    """

    unsupported: str
    choices: tuple[str, ...]
    tabs: Mapping[int, tuple[str, Callable[[Values], Pair]]]
    js: str
    hard_masks: bool
    latent_rounding: bool
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
    """Whether img2img is given a drawing and what is under it as two pictures.

    Hosts whose canvas does so also set every level of an uploaded mask to 0 or 255.
    """
    try:
        run = importlib.import_module("modules.img2img").img2img
        return any(name.endswith("_fg") for name in inspect.signature(run).parameters)
    except Exception:  # whatever it is, the page's canvases tell as well
        return False


def has_canvas(keys: Iterable[Key]) -> bool:
    """Whether there is a canvas of Forge's among the components of a page."""
    return any(key[1] == OVER for key in keys if isinstance(key, tuple))


def on_page(component: object) -> bool:
    """Whether the page with a component is being made just now.

    The host also makes scripts' components on no page, to learn their defaults.
    """
    page = Context.root_block
    return page is not None and getattr(component, "_id", None) in page.blocks


def plots() -> Iterator[Plot]:
    """The modules of the X/Y/Z plot that can be given axes; none if it is another's."""
    for data in scripts.scripts_data:
        known = hasattr(data.module, "AxisOptionImg2Img")
        if known and data.script_class.__module__ == "xyz_grid.py":
            yield cast(Plot, data.module)


def logins() -> tuple[list[str], list[str]]:
    """The logins ("user:password") that the API and the page were started with.

    If those of the page cannot be read there is one that nobody knows: none gets in.
    """
    of_api = [user for user in (shared.cmd_opts.api_auth or "").split(",") if user]
    try:
        read = importlib.import_module("modules.initialize_util").get_gradio_auth_creds
    except (ImportError, AttributeError):
        return of_api, [secrets.token_hex()]
    return of_api, [":".join(user) for user in read()]


def hardened(mask: Image.Image) -> Image.Image:
    """As Forge's page hands a mask to a job, uploaded or drawn (its img2img.py)."""
    return mask.point(lambda level: 255 if level > 128 else 0)


def recut(overlay: object, original: Image.Image, resize_mode: int, background: str) -> Image.Image:
    """The overlay that the host would have cut from an original, in the shape it chose.

    overlay: what it has cut from the prepared image. Raises ValueError in one sentence if that
    is not a picture with alpha: then it is not known how to cut one.
    """
    if not isinstance(overlay, Image.Image) or "A" not in overlay.getbands():
        raise ValueError(
            "this WebUI pastes the unmasked part of the picture in a way that is not known, and "
            "would paste the fill; choose original, or switch such a setting off"
        )
    image = images.flatten(original, background)
    if image.size != overlay.size:
        image = images.resize_image(resize_mode, image, *overlay.size)
    cut = Image.new("RGBa", overlay.size)
    cut.paste(image.convert("RGBA").convert("RGBa"), mask=overlay.getchannel("A"))
    return cut.convert("RGBA")


def _picture(held: Values, key: Key) -> Image.Image | None:
    value = held.get(key)
    return value if isinstance(value, Image.Image) else None


def _number(held: Values, key: Key) -> float:
    value = held.get(key)
    return value if isinstance(value, int | float) else 0


def _uploaded(held: Values) -> Pair:
    return _picture(held, BASE), _picture(held, MASK)


def _drawn(held: Values) -> Pair:
    if (DRAWN, OVER) in held:
        strokes = _picture(held, (DRAWN, OVER))
        return _picture(held, (DRAWN, UNDER)), strokes and hardened(strokes.getchannel("A"))
    both = held.get(DRAWN)
    if not isinstance(both, Mapping):
        return None, None
    return both["image"], processing.create_binary_mask(both["mask"])


def _sketched(held: Values) -> Pair:
    if (SKETCH, OVER) in held:
        under, over = _picture(held, (SKETCH, UNDER)), _picture(held, (SKETCH, OVER))
        if under is None or over is None:
            return under, over
        around = round(0.015 * min(over.size) - 0.5) * 2 + 1
        strokes = over.getchannel("A").filter(MaxFilter(around))
        return Image.alpha_composite(under, over), hardened(strokes)
    image = _picture(held, SKETCH)
    if image is None:
        return None, None
    sketch = (_picture(held, (SKETCH, BEFORE)) or image).copy()
    changed = (np.asarray(image) != np.asarray(sketch)).any(axis=2)
    mask = Image.fromarray(np.uint8(255 * (1 - _number(held, FADED) / 100) * changed))
    soft = GaussianBlur(_number(held, BLUR))
    sketch.paste(image.filter(soft), mask=mask.filter(soft))
    return sketch, mask


def probe() -> Host:
    """Asks the WebUI that is running; never raises."""
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
        pastes_content=importlib.util.find_spec("modules.infotext_utils") is not None,
    )


current = functools.cache(probe)  # of the WebUI as it was loaded last: `register` clears it
