"""What is probed of the running WebUI, once."""

from __future__ import annotations

import ast
import dataclasses
import functools
import importlib
import importlib.util
import inspect
import logging
from collections.abc import Sequence
from dataclasses import dataclass, is_dataclass
from pathlib import Path

import gradio as gr
from modules import images, processing, scripts, shared

from neuralmaster.webui.hosts.canvases import Tabs, tabs_of

log = logging.getLogger("neuralmaster")

STOCK_CHOICES = ("fill", "original", "latent noise", "latent nothing")
ORIGINAL = STOCK_CHOICES.index("original")
RADIOS = ("img2img_inpainting_fill", "replacer_inpainting_fill")  # Masked content
# How many choices an unknown WebUI may have before the index after them could be one of its own;
# the most known are six (ersatzForge).
LEFT_TO_THE_HOST = 32
_FURTHER = range(len(STOCK_CHOICES), LEFT_TO_THE_HOST)
RESERVED = (*STOCK_CHOICES, *(f"choice {number} of this WebUI" for number in _FURTHER))
# The attributes of `p` that a job of ours reads, sets and restores.
NEEDED_OF_A_JOB = (
    *("init_images", "image_mask", "inpainting_fill", "inpainting_mask_invert", "script_args"),
    *("override_settings", "extra_generation_params", "comment", "overlay_images"),
    *("resize_mode", "batch_size", "seed", "subseed"),
)
NEEDED_CALLS = ((images, "flatten"), (images, "resize_image"), (processing, "fix_seed"))


@dataclass(frozen=True)
class Host:
    """The properties of a WebUI, as probed.

    unsupported: a sentence that says why the extension stays off; "" if it works.
    choices: the host's own choices of Masked content, in the order of `inpainting_fill`, for use
        without a page.
    canvases: the elem_ids of the canvases with a mask.
    tabs: the tabs with a mask, by their position in img2img: name, and a function that reads the
        image and the mask.
    js: the keyword argument for the JavaScript of a gradio event.
    hard_masks: the page thresholds an uploaded mask, so that every level is 0 or 255.
    latent_rounding: jobs can choose whether the latent mask is rounded (`p.mask_round`).
    latent_blending: scripts can decide what of each step is kept (`on_mask_blend`).
    pastes_content: pasting an infotext also sets Masked content.
    unknown: a sentence that says what could not be found out, and what is assumed; "" for nothing.
    """

    unsupported: str
    choices: tuple[str, ...]
    canvases: tuple[str, ...]
    tabs: Tabs
    js: str
    hard_masks: bool
    latent_rounding: bool
    latent_blending: bool
    pastes_content: bool
    unknown: str


def _kind_of_job() -> type | None:
    return getattr(processing, "StableDiffusionProcessingImg2Img", None)


def _unsupported() -> str:
    job = _kind_of_job()
    fields = {field.name for field in dataclasses.fields(job)} if is_dataclass(job) else set()
    lacking = [name for name in NEEDED_OF_A_JOB if name not in fields and not hasattr(job, name)]
    lacking += [name for module, name in NEEDED_CALLS if not hasattr(module, name)]
    if not lacking:
        return ""
    why = f"its img2img has no {', '.join(lacking)}"
    if "inpainting_fill" in lacking:  # also SD.Next, whose jobs still have one that means nothing
        why = "it has no Masked content, where NeuralMaster adds its choice"
    return (
        f"This WebUI is not supported: {why}. NeuralMaster stays off and changes nothing; "
        "AUTOMATIC1111 from 1.6 on, Forge, Forge Neo and reForge can run it."
    )


def _parameters_of_img2img() -> tuple[str, ...]:
    """The names of the parameters of the function behind the page's button; none if unknown."""
    try:
        run = importlib.import_module("modules.img2img").img2img
        return tuple(inspect.signature(run).parameters)
    except Exception:  # whatever it is; has_canvas finds out from the page
        return ()


def _choices_of_the_page() -> tuple[str, ...]:
    """The choices of Masked content by the source of the page, which may not be loaded; or none."""
    try:
        spec = importlib.util.find_spec("modules.ui")
        assert spec
        assert spec.origin
        page = ast.parse(Path(spec.origin).read_text(encoding="utf-8"))
        calls = (node.keywords for node in ast.walk(page) if isinstance(node, ast.Call))
        for given in ({word.arg: word.value for word in words} for words in calls):
            if _is_text(given.get("elem_id"), RADIOS[0]):
                return tuple(map(str, ast.literal_eval(given["choices"])))
    except Exception:  # no such file, or written in another way
        log.debug("The source of the page cannot be read.", exc_info=True)
    return ()


def _unknown(choices: Sequence[str], parameters: Sequence[str]) -> str:
    """What of these is empty, and what is assumed instead, in one sentence."""
    assumed = {
        f"the choices of Masked content (without a page, the index is {LEFT_TO_THE_HOST})": choices,
        "how its page reads masks (they are taken as they come)": parameters,
    }
    missing = [what for what, found in assumed.items() if not found]
    return f"This WebUI does not tell {' nor '.join(missing)}." if missing else ""


def _is_text(node: ast.expr | None, text: str) -> bool:
    return isinstance(node, ast.Constant) and node.value == text


def init_folder() -> str | None:
    """Where the host saves init images; None if it never does (ersatzForge)."""
    return getattr(shared.opts, "outdir_init_images", None)


def probe() -> Host:
    """Probes the running WebUI; never raises."""
    choices, parameters = _choices_of_the_page(), _parameters_of_img2img()
    canvases, tabs = tabs_of(parameters)
    return Host(
        unsupported=_unsupported(),
        choices=choices or RESERVED,
        canvases=canvases,
        tabs=tabs,
        js="_js" if gr.__version__.startswith("3.") else "js",
        # a host that takes strokes and their background apart also thresholds uploaded masks
        hard_masks=any(name.endswith("_fg") for name in parameters),
        latent_rounding=hasattr(_kind_of_job(), "mask_round"),
        latent_blending=hasattr(scripts, "MaskBlendArgs"),
        pastes_content=importlib.util.find_spec("modules.infotext_utils") is not None,
        unknown=_unknown(choices, parameters),
    )


current = functools.cache(probe)  # `callbacks.register` clears the cache
