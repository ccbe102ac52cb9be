"""One picture of a batch, filled on the CPU: it goes through the pipeline at 8 bits.

Tensors become arrays as OpenCV has them and back: pixels whose channels lie side by side in
memory as one array, others plane by plane. What the fill does not change is never written.
"""

from __future__ import annotations

import cv2
import numpy as np
import torch
from PIL import Image
from torch import Tensor

from neuralmaster import images
from neuralmaster.images import LEVELS, Plane
from neuralmaster.masks import TwoChannelMask
from neuralmaster.pipeline import Prepared, prepare
from neuralmaster.request import Request
from neuralmaster.tensors.job import Job


def fill_into(target: Tensor, job: Job) -> Prepared:
    """Fills the one picture of a job; target: a copy of it, C x H x W, which is written to.

    All colours are finite. Raises ValueError as the pipeline does.
    """
    picture = _picture(job.image[0])
    prepared = prepare(_request(job, picture))
    if prepared.applied:
        _write(target, np.asarray(picture), np.array(prepared.image))
    return prepared


def sentences(job: Job) -> tuple[str, ...]:
    """What `prepare` says of the one picture of a job: why it stays as it is, and its notes."""
    colours = job.image[0]
    picture = _picture(colours.nan_to_num(0, 0, 0))
    if not colours.isfinite().all():  # those pixels give no colour
        shown = _levels(colours.isfinite().all(dim=0, keepdim=True).float())
        given = images.alpha(picture) if images.has_alpha(picture) else shown
        picture.putalpha(images.plane_image(cv2.min(shown, given)))
    return told(prepare(_request(job, picture)))


def told(prepared: Prepared) -> tuple[str, ...]:
    """All that a result says, a sentence each."""
    return tuple(filter(None, (prepared.reason, *prepared.notes)))


def _request(job: Job, picture: Image.Image) -> Request:
    return Request(
        picture,
        _mask(job.mask[0], job.object_mask),
        params=job.params,
        invert=job.invert,
        seed=job.seed,
    )


def _mask(mask: Tensor, object_mask: Tensor | None) -> TwoChannelMask:
    """See masks.TwoChannelMask.read and compose, of which these are the arguments."""
    red, green = _clean(mask[0]), _clean(mask[min(1, len(mask) - 1)])
    if len(mask) == 4:
        alpha = _clean(mask[3])
        red, green = images.scaled(red, alpha), images.scaled(green, alpha)
    if object_mask is None:
        return TwoChannelMask.from_planes(red, green)
    marked = images.plane_image(_clean(object_mask[0, 0]))
    return TwoChannelMask.compose(images.plane_image(red), marked)


def _clean(plane: Tensor) -> Plane:
    """A plane of a mask as levels; what is no number is 0."""
    return _levels((plane if plane.sum().isfinite() else plane.nan_to_num(0))[None])


def _picture(tensor: Tensor) -> Image.Image:
    return Image.fromarray(_levels(tensor))


def _levels(picture: Tensor) -> Plane:
    """C x H x W numbers as levels, H x W x C; H x W if there is one channel."""
    channels, height, width = picture.shape
    levels = np.empty((height, width, channels), np.uint8)
    parts = _parts(picture)
    for first, last in images.strips((0, 0, width, height)):
        strips = (part[first:last].float().cpu().contiguous().numpy() for part in parts)
        clipped = (np.clip(strip, 0, 1) for strip in strips)
        rows = [cv2.convertScaleAbs(strip, alpha=LEVELS) for strip in clipped]
        merged = cv2.merge(rows) if len(rows) > 1 else rows[0]
        levels[first:last] = merged.reshape(last - first, width, channels)
    return levels[..., 0] if channels == 1 else levels


def _parts(picture: Tensor) -> list[Tensor]:
    """All of a C x H x W tensor as H x W x C if it lies so in memory, else its planes."""
    pixels = picture.movedim(0, -1)
    return [pixels] if pixels.is_contiguous() else list(picture)


def _write(target: Tensor, before: Plane, after: Plane) -> None:
    """Writes levels, H x W x C, into a C x H x W tensor where they differ from before."""
    height, width = after.shape[:2]
    parts = _parts(target)
    for first, last in images.strips((0, 0, width, height)):
        old, new = before[first:last], after[first:last]
        if np.array_equal(old, new):
            continue
        pairs = [(old, new)]
        if len(parts) > 1:
            pairs = list(zip(cv2.split(old), cv2.split(new), strict=True))
        for part, (old, new) in zip(parts, pairs, strict=True):
            rows = part[first:last]
            levels = torch.from_numpy(new.reshape(rows.shape)).to(rows.device)
            same = torch.from_numpy((old == new).reshape(rows.shape)).to(rows.device)
            rows.copy_(torch.where(same, rows, (levels.float() / LEVELS).to(rows.dtype)))
