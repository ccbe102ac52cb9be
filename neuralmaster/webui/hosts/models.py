"""What the loaded model takes besides a job's own pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modules import shared

if TYPE_CHECKING:
    from modules.processing import StableDiffusionProcessingImg2Img as Processing

# By the attribute of a model of Forge Neo's: the setting that makes it take a reference.
BY_SETTING = {"text_processing_engine_anima": "anima_do_reference"}


def takes_a_reference(p: Processing) -> bool:
    """Whether the model also takes the init image as a reference; to ask once it is encoded.

    Such a model edits what it sees, and sees the fill. Forge Neo's (Flux.2 Klein, Flux Kontext,
    Qwen-Image-Edit) keep the latent for the prompt's encoder to add; A1111's InstructPix2Pix is
    conditioned on it.
    """
    model = getattr(p, "sd_model", None)
    by_setting = any(
        hasattr(model, attribute) and shared.opts.data.get(setting)
        for attribute, setting in BY_SETTING.items()
    )
    keeps_latent = getattr(model, "ini_latent", None) is not None
    return by_setting or keeps_latent or getattr(model, "cond_stage_key", None) == "edit"
