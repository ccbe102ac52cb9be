"""The mask and the fill of a desk in a smaller copy of its picture, of which views are made.

The page holds the picture itself, so that it gets the *bare* fill alone, and lays it over the
picture as strongly as the mask says. A fill is smooth: that of a small copy is as good as a large
one's.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np

from neuralmaster import images
from neuralmaster.fallbacks import STOPPED
from neuralmaster.fills import FILLS
from neuralmaster.fills.progress import Progress, StoppedError
from neuralmaster.images import Box, Plane
from neuralmaster.masks import TwoChannelMask
from neuralmaster.pipeline import Prepared, doubts, prepare
from neuralmaster.studio.desk import INPAINT, LAYERS, SOURCE, Desk
from neuralmaster.studio.layer import Layer
from neuralmaster.studio.opened import Bare, Shown

WHOLE = 4e6  # pixels of the largest copy that is made as a whole for a part of it; larger is slower
RIM = np.ones((3, 3), np.uint8)  # the bare fill goes a cell further, since it is drawn out linearly
# Cells of the copy in which a quick view makes a gradient of red; fewer are quicker. Red is off by
# half a cell at its edge, which is 1.3 levels.
GRADIENT = 100


def mask(desk: Desk, factor: int) -> TwoChannelMask:
    """The mask of the copy whose lengths are 1/factor."""
    return _shown(desk, factor).mask


def is_large(desk: Desk, factor: int) -> bool:
    """Whether a copy is too large to be made as a whole for the sake of a part."""
    return desk.size[0] * desk.size[1] > WHOLE * factor**2


def largest(desk: Desk) -> int:
    """The factor of the largest copy that is made as a whole."""
    return max(1, math.ceil(math.sqrt(desk.size[0] * desk.size[1] / WHOLE)))


def bare(desk: Desk, factor: int, progress: Progress | None = None) -> Bare:
    """The fill of a copy, wherever there is a pixel with some green and a red of half or more.

    Colours are taken where red is below half, which stays as it is. A line that is thinner than a
    cell is filled as well. progress: called with the share that is done; raises StoppedError if it
    stops the fill.
    """
    shown = _shown(desk, factor)
    if shown.bare is None:
        red, green = shown.mask.inpaint, shown.mask.source
        inside = desk.inpaint.hard(factor)
        object_ = images.above(green, 0)
        if factor > 1:
            inside, object_ = cv2.dilate(inside, RIM), cv2.dilate(object_, RIM)
        filled = cv2.min(inside, object_)
        whole = TwoChannelMask(cv2.max(red, inside), cv2.max(green, filled))
        left, upper, width, height = cv2.boundingRect(filled)
        request = desk.request(desk.opened.reduced(factor), whole)
        prepared = prepare(replace(request, scale=factor), progress)
        if prepared.fallback is STOPPED:
            raise StoppedError
        box = (left, upper, left + width, upper + height)
        shown.bare = Bare(prepared, box if prepared.applied else (0, 0, 0, 0))
    return shown.bare


def prepared(desk: Desk, factor: int) -> Prepared:
    """The job's outcome, as the copy shows it: its fallback and notes are those of the job."""
    small = bare(desk, factor).prepared
    if not small.applied:
        return desk.finished() if factor > 1 else small
    if doubts(mask(desk, factor), filled=True):  # unless it only looks so in a copy
        layers = (desk.layer(name).plane for name in LAYERS)
        more = doubts(TwoChannelMask.from_planes(*layers), filled=True)
        return replace(small, notes=(*small.notes, *more))
    return small


def has_detail(desk: Desk) -> bool:
    """Whether the fill is as sharp as the picture, so that a part shows more in a larger copy."""
    return FILLS[desk.params.method].detail or desk.params.grain > 0


def mask_in(desk: Desk, factor: int) -> Callable[[Box], Plane]:
    """Gives the mask in a box of a copy, as RGB."""
    if is_large(desk, factor):
        layers = [desk.layer(name) for name in LAYERS]
        return lambda box: rgb(*(layer.part(box, factor) for layer in layers))
    whole = mask(desk, factor)

    def crop(box: Box) -> Plane:
        left, upper, right, lower = box
        return rgb(*whole.strip(upper, lower, left, right))

    return crop


def quick(desk: Desk, factor: int) -> list[tuple[Callable[[Box], Plane], int]]:
    """Gives the red and the green in a box of a copy, and the factors of their copies.

    A wide gradient is made in a smaller copy than the one that is asked for.
    """

    def of(layer: Layer) -> tuple[Callable[[Box], Plane], int]:
        smaller = max(factor, int(layer.feather / GRADIENT))
        return lambda box: layer.part(box, smaller), smaller

    return [of(desk.layer(INPAINT)), of(desk.layer(SOURCE))]


def rgb(red: Plane, green: Plane) -> Plane:
    """A mask's channels as the page takes them."""
    return cv2.merge([red, green, np.zeros_like(green)])


def _shown(desk: Desk, factor: int) -> Shown:
    """At one more size than the overview's at a time: they are large."""
    shown = desk.shown.get(factor)
    if shown is None:
        shown = Shown(desk.mask(factor))
        for other in set(desk.shown) - {desk.opened.overview}:
            desk.shown.pop(other, None)  # another look may have been quicker
        desk.shown[factor] = shown
    return shown
