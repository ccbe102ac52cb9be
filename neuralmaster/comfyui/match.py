"""The node *Match Colours*."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor

from neuralmaster.comfyui import inputs, notes
from neuralmaster.matching import Matched, match_request
from neuralmaster.params import SamplingParams, matching_specs
from neuralmaster.request import Request
from neuralmaster.tensors import convert


class Match:
    """Matches what a model made to the image that it was made from."""

    DESCRIPTION = (
        "Corrects the colours of what the model made, and puts it into the image: through the "
        "mask's gradient, and nowhere else."
    )
    CATEGORY = inputs.CATEGORY
    FUNCTION = "match"
    RETURN_TYPES = ("IMAGE", "STRING")
    RETURN_NAMES = ("image", "note")
    OUTPUT_TOOLTIPS = (
        "the image with the matched result in the area to repaint",
        "why no colour was corrected, and what else to know; empty if all went well",
    )

    @classmethod
    def INPUT_TYPES(cls) -> dict[str, Any]:  # noqa: N802 - ComfyUI's name
        """The inputs, those of matching from the table of parameters."""
        return {
            "required": {
                "image": ("IMAGE", {"tooltip": "the image before anything was filled"}),
                "result": ("IMAGE", {"tooltip": "what the model made, as it left VAE Decode"}),
                "inpaint_mask": (
                    "MASK",
                    {"tooltip": "where to repaint in white, as NeuralMaster Fill gives it"},
                ),
                **{name: inputs.parameter(name, SamplingParams) for name in matching_specs()},
            },
            "optional": {
                "object_mask": (
                    "MASK",
                    {"tooltip": "the useful object in white; only object needs it"},
                ),
            },
            "hidden": {"unique_id": "UNIQUE_ID"},
        }

    def match(
        self,
        image: Tensor,
        result: Tensor,
        inpaint_mask: Tensor,
        object_mask: Tensor | None = None,
        unique_id: str | None = None,
        **parameters: Any,
    ) -> tuple[Tensor, str]:
        """Matches each result of a batch. Raises ValueError in one sentence."""
        params = SamplingParams(**parameters)
        results = inputs.pictures(result)
        batches = {"image": inputs.pictures(image), "mask": inputs.planes(inpaint_mask, result)}
        if object_mask is not None:
            batches["object_mask"] = inputs.planes(object_mask, result)
        for name, batch in batches.items():
            if len(batch) not in (1, len(results)):
                raise ValueError(f"{name}: expected 1 or {len(results)} of them, got {len(batch)}")
        matched, sentences = [], []
        for k, made in enumerate(results):
            one = {name: batch[k % len(batch)] for name, batch in batches.items()}
            read = {name: convert.picture(tensor) for name, tensor in one.items()}
            request = Request(read["image"], read["mask"], read.get("object_mask"))
            done = match_request(request, convert.picture(made), params)
            matched.append(_shown(one["image"], np.asarray(read["image"]), done))
            sentences.append(done.notes)
        note = notes.joined(tuple(sentences))
        notes.show(note, unique_id)
        return inputs.image(torch.stack(matched).to(result.device)), note


def _shown(image: Tensor, before: np.ndarray, done: Matched) -> Tensor:
    """The matched image, C x H x W; where no level changed, with every bit of the input."""
    after = np.array(done.image)
    if after.shape != before.shape:  # the result has another size
        return convert.floats(after.reshape(*after.shape[:2], -1)).movedim(-1, 0)
    target = image.clone()
    convert.write(target, before, after)
    return target
