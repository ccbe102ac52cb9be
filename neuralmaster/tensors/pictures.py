"""One picture of a batch, filled on the CPU: it goes through the pipeline at 8 bits."""

from __future__ import annotations

import cv2
import numpy as np
from PIL import Image
from torch import Tensor

from neuralmaster import images
from neuralmaster.images import Plane
from neuralmaster.masks import TwoChannelMask
from neuralmaster.pipeline import Prepared, prepare
from neuralmaster.request import Request
from neuralmaster.tensors import convert
from neuralmaster.tensors.job import Job


def fill_into(target: Tensor, job: Job) -> Prepared:
    """Fills the one picture of a job; target: a copy of it, C x H x W, which is written to.

    All colours are finite. Raises ValueError as the pipeline does.
    """
    levels = convert.levels(job.image[0])
    prepared = prepare(_request(job, Image.fromarray(levels)))
    if prepared.applied:
        convert.write(target, levels, np.array(prepared.image))
    return prepared


def sentences(job: Job) -> tuple[str, ...]:
    """What `prepare` says of the one picture of a job: why it stays as it is, and its notes."""
    colours = job.image[0]
    picture = convert.picture(colours.nan_to_num(0, 0, 0))
    if not colours.isfinite().all():  # those pixels give no colour
        shown = convert.levels(colours.isfinite().all(dim=0, keepdim=True).float())
        alpha = images.alpha(picture) if images.has_alpha(picture) else shown
        picture.putalpha(images.plane_image(cv2.min(shown, alpha)))
    return notes_of(prepare(_request(job, picture)))


def notes_of(prepared: Prepared) -> tuple[str, ...]:
    """The reason and the notes of a result, a sentence each."""
    return tuple(filter(None, (prepared.reason, *prepared.notes)))


def _request(job: Job, picture: Image.Image) -> Request:
    red, green = _channels(job.mask[0])
    mask: TwoChannelMask | Image.Image = TwoChannelMask.from_planes(red, green)
    object_mask = None
    if job.object_mask is not None:
        mask = images.plane_image(red)
        object_mask = images.plane_image(_clean(job.object_mask[0, 0]))
    return Request(picture, mask, object_mask, job.params, job.invert, job.seed)


def _channels(mask: Tensor) -> tuple[Plane, Plane]:
    """Red and green of a mask of 1 to 4 channels."""
    red = _clean(mask[0])
    green = _clean(mask[1]) if len(mask) > 1 else red
    if len(mask) < 4:
        return red, green
    alpha = _clean(mask[3])
    return images.scaled(red, alpha), images.scaled(green, alpha)


def _clean(plane: Tensor) -> Plane:
    """A plane of a mask as levels; NaN is 0."""
    return convert.levels((plane if plane.sum().isfinite() else plane.nan_to_num(0))[None])
