"""The arguments and the result of `prepare`, whichever way a batch is filled."""

from __future__ import annotations

from dataclasses import dataclass, replace

from torch import Tensor

from neuralmaster.params import FillParams


@dataclass(frozen=True, eq=False)
class PreparedBatch:
    """What goes on to inpainting; as `pipeline.Prepared`, for tensors.

    image: B x C x H x W, the prepared images, type of the input.
    inpaint_mask: B x 1 x H x W in [0, 1], the red channel as it was used, 1 = repaint; not
        inverted.
    applied: (B,) bool, False where the image is unchanged.
    notes: for each picture why it is unchanged, and what else its author should know, a sentence
        each. A picture that was filled on a GPU has none.
    """

    image: Tensor
    inpaint_mask: Tensor
    applied: Tensor
    notes: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, eq=False)
class Job:
    """The arguments of `prepare`, checked and detached; see there."""

    image: Tensor
    mask: Tensor
    object_mask: Tensor | None
    params: FillParams
    invert: bool
    seed: int

    def of(self, number: int) -> Job:
        """The job of one picture, as a batch of 1."""

        def of(batch: Tensor) -> Tensor:
            return batch if len(batch) == 1 else batch[number : number + 1]

        masked = self.object_mask
        return replace(
            self,
            image=of(self.image),
            mask=of(self.mask),
            object_mask=None if masked is None else of(masked),
        )
