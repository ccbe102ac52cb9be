"""The public calls: what they accept, and where each batch is filled."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch
from torch import Tensor

from neuralmaster.images import LEVELS
from neuralmaster.params import FillParams
from neuralmaster.tensors import device, pictures
from neuralmaster.tensors.job import Job, PreparedBatch
from neuralmaster.tensors.methods import METHODS


def fill(  # noqa: PLR0913 - options, by name
    image: Tensor,
    mask: Tensor,
    params: FillParams = FillParams(),  # noqa: B008 - frozen, so safe to share
    *,
    object_mask: Tensor | None = None,
    invert: bool = False,
    seed: int = 0,
) -> Tensor:
    """The images of `prepare` alone: filled, or unchanged where the mask permits no fill."""
    return prepare(image, mask, params, object_mask=object_mask, invert=invert, seed=seed).image


def prepare(  # noqa: PLR0913 - options, by name
    image: Tensor,
    mask: Tensor,
    params: FillParams = FillParams(),  # noqa: B008 - frozen, so safe to share
    *,
    object_mask: Tensor | None = None,
    invert: bool = False,
    seed: int = 0,
) -> PreparedBatch:
    """Fills the region to repaint with the colours of the useful object, in each picture.

    image: B x C x H x W floats in [0, 1]; C is 1 gray, 2 gray and alpha, 3 RGB, 4 RGBA; colour
        not premultiplied. Not changed.
    mask: B or 1 x 1..4 x h x w floats in [0, 1] on the same device; the channels are red (1 =
        repaint), green (1 = useful), blue (ignored), alpha (multiplies both). One channel alone
        stands for both, so it wants another source. Resized to the image. Not changed.
    object_mask: B or 1 x 1 x h x w floats in [0, 1] on the same device; marks the useful object
        in place of green, 1 = useful. Resized to the mask. Not changed.
    invert: the area to repaint is where red is low.
    seed: for the random parts of a fill, the same in each picture.

    On a CPU each picture becomes what `preprocess` makes of it at 8 bits. On a GPU, `context` and
    `mean` with all other parameters but `source` at their defaults are computed there, within
    1/255 of that; everything else is filled on the CPU and brought back.

    Pixels whose 8-bit colour the fill does not change keep every bit. A mask that permits no fill
    (red or green flat or matching, no object, no context, no alpha to take it from) leaves its
    image as it is. No gradient flows through. A pixel of the image with a NaN or an infinity
    in it gives no colour; where it is filled, the fill takes its place. NaN in the mask or in
    alpha is 0.

    Raises ValueError for another shape, type or device, and for a NaN or an infinity in an image
    to be filled by other parameters than those that are computed on a GPU.
    """
    _check(image, mask, object_mask)
    marked = None
    if object_mask is not None:
        marked = object_mask.detach()
        if params.source == "auto":
            params = replace(params, source="green")  # nothing is left to find
    job = Job(image.detach(), mask.detach(), marked, params, invert, seed)
    with torch.no_grad():
        if not _stays(job):
            return _one_by_one(job)
        done = device.prepare(job)
        notes = (
            () if applied else pictures.sentences(job.of(k))
            for k, applied in enumerate(done.applied.tolist())
        )
        return replace(done, notes=tuple(notes))


def _stays(job: Job) -> bool:
    """Whether torch fills the batch where it is; on a CPU it would be several times as slow."""
    return job.image.device.type != "cpu" and device.can_fill(job.params)


def _one_by_one(job: Job) -> PreparedBatch:
    batch, _, height, width = job.image.shape
    result = job.image.clone()
    red = result.new_empty((batch, 1, height, width))
    applied, notes = [], []
    for k in range(batch):
        one = job.of(k)
        # the sum is finite only if every value is
        if one.image.float().sum().isfinite():
            prepared = pictures.fill_into(result[k], one)
            red[k, 0] = torch.from_numpy(np.array(prepared.inpaint_mask))
            red[k] /= LEVELS
            applied.append(prepared.applied)
            notes.append(pictures.notes_of(prepared))
            continue
        if not device.can_fill(job.params):
            raise ValueError(_NOT_FINITE)
        filled = device.prepare(one)
        result[k], red[k] = filled.image[0], filled.inpaint_mask[0]
        applied.append(bool(filled.applied))
        notes.append(() if filled.applied else pictures.sentences(one))
    return PreparedBatch(result, red, torch.tensor(applied, device=red.device), tuple(notes))


_NOT_FINITE = (
    "image: expected finite colours, got NaN or infinity; only "
    f"{' and '.join(METHODS)}, with the other parameters at their defaults, replace them"
)


def _check(image: Tensor, mask: Tensor, object_mask: Tensor | None) -> None:
    _check_one("image", image)
    _check_one("mask", mask)
    if object_mask is not None:
        _check_one("object_mask", object_mask, most=1)
    for name, tensor in (("mask", mask), ("object_mask", object_mask)):
        if tensor is None:
            continue
        if len(tensor) not in (1, len(image)):
            raise ValueError(f"{name}: expected 1 or {len(image)} of them, got {len(tensor)}")
        if tensor.device != image.device:
            raise ValueError(f"{name}: expected it on {image.device}, got {tensor.device}")


def _check_one(name: str, tensor: Tensor, most: int = 4) -> None:
    if not isinstance(tensor, Tensor) or not tensor.is_floating_point():
        kind = tensor.dtype if isinstance(tensor, Tensor) else type(tensor).__name__
        raise ValueError(f"{name}: expected a tensor of floats in [0, 1], got {kind}")
    if tensor.ndim != 4 or not 1 <= tensor.shape[1] <= most or not tensor.numel():
        channels = "1 channel" if most == 1 else f"1 to {most} channels"
        shape = "x".join(map(str, tensor.shape))
        raise ValueError(f"{name}: expected BxCxHxW with {channels}, got {shape}")
