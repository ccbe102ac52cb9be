"""A batch filled in torch operations on its own device, from which no pixel goes to the host.

Only where each picture's object lies crosses over, once a batch: the sizes of the grids hang on
it. Batches of one size are read at once; fills are made and blended picture by picture. Inside,
masks are whole levels 0..255 in float32, and a fill is rounded as it is at 8 bits.
"""

from __future__ import annotations

from dataclasses import fields

import torch
from torch import Tensor

from neuralmaster.images import LEVELS
from neuralmaster.params import FillParams
from neuralmaster.tensors import masks
from neuralmaster.tensors.job import Job, PreparedBatch
from neuralmaster.tensors.methods import METHODS, Place


def can_fill(params: FillParams) -> bool:
    """Whether there is an implementation in torch of all that these parameters ask for."""
    made = {"method": tuple(METHODS), "source": masks.SOURCES}
    return all(
        getattr(params, field.name) in made.get(field.name, (field.default,))
        for field in fields(params)
    )


def prepare(job: Job) -> PreparedBatch:
    """As tensors.prepare, without notes; for parameters that `can_fill` permits."""
    image, size = job.image, job.image.shape[2:]
    # cuDNN would compute in 19 bits, autocast in 16
    exact = (
        torch.backends.cudnn.flags(enabled=False),
        torch.autocast(image.device.type, enabled=False),
    )
    with torch.no_grad(), exact[0], exact[1]:
        has_alpha = image.shape[1] in (2, 4)
        colours = image[:, : image.shape[1] - has_alpha]
        alpha = torch.round(_numbers(image[:, -1]) * LEVELS) if has_alpha else None
        red, green, steers = masks.read(job.mask, job.object_mask, job.params.source, alpha)
        red = masks.resized(red, size).expand(len(image), -1, -1)
        green = masks.resized(green, size).expand(len(image), -1, -1)
        painted = LEVELS - red if job.invert else red
        has_colour = colours.isfinite().all(dim=1)
        opacity = has_colour.float()
        if alpha is not None:
            opacity = opacity * alpha / LEVELS
        useful = (painted < LEVELS / 2) & (green > 0) & (opacity > 0)
        applied = steers.expand(len(image)) & useful.flatten(1).any(dim=1)
        result = image.clone()
        for k, place in _places(green, applied):
            box = (k, place.rows, place.columns)
            shown = result[k, : colours.shape[1], place.rows, place.columns]
            levels = (painted[box] / LEVELS, green[box] / LEVELS)
            filled = METHODS[job.params.method](_numbers(shown), *levels, opacity[box], place)
            _blend_in(shown, filled, painted[box], green[box], has_colour[box])
    notes = ((),) * len(image)
    return PreparedBatch(result, (red / LEVELS)[:, None].to(image.dtype), applied, notes)


def _blend_in(
    shown: Tensor, filled: Tensor, painted: Tensor, green: Tensor, has_colour: Tensor
) -> None:
    """Blends a fill in levels into the colours of the object's box, in place."""
    weight = masks.scaled((2 * painted - LEVELS).clamp(0, LEVELS), green)
    under = torch.where(has_colour, _numbers(shown) * LEVELS, filled)
    blended = masks.scaled(under, LEVELS - weight) + masks.scaled(filled, weight)
    blended = (blended.clamp(0, LEVELS) / LEVELS).to(shown.dtype)
    shown.copy_(torch.where(weight > 0, blended, shown))


def _numbers(plane: Tensor) -> Tensor:
    """In float32, with 0 for what is no number."""
    return plane.float().nan_to_num(0, 0, 0)


def _places(green: Tensor, applied: Tensor) -> list[tuple[int, Place]]:
    """Number of each picture to fill, and where its object lies; the one host sync."""
    height = green.shape[1]
    # whole numbers, exact in float32
    sums = [applied.float()[:, None], green.sum(dim=2), green.sum(dim=1)]
    table = torch.cat(sums, dim=1).cpu().numpy()
    rows, columns = table[:, 1 : 1 + height], table[:, 1 + height :]
    return [(k, Place.of(rows[k], columns[k])) for k in range(len(table)) if table[k, 0]]
