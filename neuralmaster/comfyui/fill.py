"""The node *NeuralMaster Fill*."""

from __future__ import annotations

from typing import Any

from torch import Tensor

from neuralmaster import tensors
from neuralmaster.comfyui import inputs, notes
from neuralmaster.params import FillParams


class Fill:
    """Fills the area to repaint with the colours of the useful object, and of nothing else."""

    DESCRIPTION = (
        "Fills the area to repaint with the colours of the useful object, and of nothing else, "
        "before VAE encoding. Everything else stays as it is."
    )
    CATEGORY = inputs.CATEGORY
    FUNCTION = "fill"
    RETURN_TYPES = ("IMAGE", "MASK", "STRING")
    RETURN_NAMES = ("image", "inpaint_mask", "note")
    OUTPUT_TOOLTIPS = (
        "the filled image, for VAE Encode",
        "where to repaint, stretched to its full range and feathered, for Set Latent Noise Mask",
        "why an image stays as it is, and what else to know; empty if all went well",
    )

    @classmethod
    def INPUT_TYPES(cls) -> dict[str, Any]:  # noqa: N802 - ComfyUI's name
        """The inputs, from the table of parameters."""
        return {
            "required": {
                "image": ("IMAGE", {"tooltip": "the image, or a batch of them"}),
                "inpaint_mask": (
                    "MASK",
                    {"tooltip": "where to repaint in white, the mask's red; may be a gradient"},
                ),
                **inputs.parameters(),
            },
            "optional": {
                "object_mask": (
                    "MASK",
                    {
                        "tooltip": "the useful object in white, the mask's green: its colours are "
                        "taken, and only it is filled; without it the source auto finds it"
                    },
                ),
            },
            "hidden": {"unique_id": "UNIQUE_ID"},
        }

    def fill(
        self,
        image: Tensor,
        inpaint_mask: Tensor,
        seed: int,
        object_mask: Tensor | None = None,
        unique_id: str | None = None,
        **parameters: Any,
    ) -> tuple[Tensor, Tensor, str]:
        """Fills a batch; see tensors.prepare, which raises ValueError in one sentence."""
        marked = None if object_mask is None else inputs.planes(object_mask, image)
        batch = tensors.prepare(
            inputs.pictures(image),
            inputs.planes(inpaint_mask, image),
            FillParams(**parameters),
            object_mask=marked,
            seed=seed,
        )
        note = notes.joined(batch.notes)
        notes.show(note, unique_id)
        return inputs.image(batch.image), batch.inpaint_mask[:, 0], note
