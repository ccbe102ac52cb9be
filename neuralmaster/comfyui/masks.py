"""The nodes of masks: *Find Object*, *Compose* and *Split Two-Channel Mask*."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor

from neuralmaster.comfyui import inputs
from neuralmaster.making.finders import FINDERS
from neuralmaster.masks import TwoChannelMask
from neuralmaster.tensors import convert


class FindObject:
    """Finds the useful object in each image."""

    DESCRIPTION = "Finds the useful object in an image: white where it is."
    CATEGORY = inputs.CATEGORY
    FUNCTION = "find"
    RETURN_TYPES = ("MASK",)
    RETURN_NAMES = ("object_mask",)
    OUTPUT_TOOLTIPS = ("the object in white",)

    @classmethod
    def INPUT_TYPES(cls) -> dict[str, Any]:  # noqa: N802 - ComfyUI's name
        """The inputs, from the table of finders."""
        known = "; ".join(f"{name}: {finder.help}" for name, finder in FINDERS.items())
        return {
            "required": {
                "image": ("IMAGE", {"tooltip": "the image, or a batch of them"}),
                "finder": (list(FINDERS), {"tooltip": known}),
            }
        }

    def find(self, image: Tensor, finder: str) -> tuple[Tensor]:
        """Finds it in each picture. Raises ValueError in one sentence if one has none."""
        found = [FINDERS[finder](convert.picture(one)) for one in inputs.pictures(image)]
        return (torch.stack([convert.floats(plane) for plane in found]).to(image),)


class Compose:
    """Two masks as one picture, as NeuralMaster reads and writes it."""

    DESCRIPTION = (
        "Makes one picture of two masks: red where to repaint, green where the useful object is. "
        "The other NeuralMasters and the command line read it."
    )
    CATEGORY = inputs.CATEGORY
    FUNCTION = "compose"
    RETURN_TYPES = ("IMAGE",)
    RETURN_NAMES = ("mask",)
    OUTPUT_TOOLTIPS = ("red and green; blue is black",)

    @classmethod
    def INPUT_TYPES(cls) -> dict[str, Any]:  # noqa: N802 - ComfyUI's name
        """The inputs: one mask for each channel."""
        return {
            "required": {
                "inpaint_mask": ("MASK", {"tooltip": "where to repaint in white"}),
                "object_mask": ("MASK", {"tooltip": "the useful object in white"}),
            }
        }

    def compose(self, inpaint_mask: Tensor, object_mask: Tensor) -> tuple[Tensor]:
        """Composes batches; one mask may serve a batch. Raises ValueError if they do not match."""
        red, green = (inputs.planes(mask, inpaint_mask) for mask in (inpaint_mask, object_mask))
        if red.shape[2:] != green.shape[2:]:
            sizes = [f"{mask.shape[3]}x{mask.shape[2]}" for mask in (red, green)]
            raise ValueError(
                f"object_mask: expected {sizes[0]} as the inpaint mask has, got {sizes[1]}; "
                "scale one of them"
            )
        if len(green) not in (1, len(red)) and len(red) != 1:
            raise ValueError(f"object_mask: expected 1 or {len(red)} of them, got {len(green)}")
        count = max(len(red), len(green))
        pairs = zip(*(mask.expand(count, -1, -1, -1) for mask in (red, green)), strict=True)
        masks = (TwoChannelMask.compose(*map(convert.picture, pair)) for pair in pairs)
        composed = [convert.floats(np.asarray(mask.picture())) for mask in masks]
        return (torch.stack(composed).to(red),)


class Split:
    """A two-channel mask as two masks."""

    DESCRIPTION = "Splits a two-channel mask: red is where to repaint, green the useful object."
    CATEGORY = inputs.CATEGORY
    FUNCTION = "split"
    RETURN_TYPES = ("MASK", "MASK")
    RETURN_NAMES = ("inpaint_mask", "object_mask")
    OUTPUT_TOOLTIPS = ("where to repaint in white", "the useful object in white")

    @classmethod
    def INPUT_TYPES(cls) -> dict[str, Any]:  # noqa: N802 - ComfyUI's name
        """The input: a picture."""
        return {"required": {"mask": ("IMAGE", {"tooltip": "a two-channel mask as a picture"})}}

    def split(self, mask: Tensor) -> tuple[Tensor, Tensor]:
        """Splits each picture of a batch; alpha multiplies both. Raises ValueError for gray."""
        channels = inputs.pictures(mask)
        if channels.shape[1] < 3:
            raise ValueError(f"mask: expected a colour picture, got {channels.shape[1]} channel(s)")
        red, green = channels[:, 0], channels[:, 1]
        return (
            (red * channels[:, 3], green * channels[:, 3])
            if len(channels[0]) == 4
            else (red, green)
        )
