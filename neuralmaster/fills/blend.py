"""How a fill gets into the picture: through the red gradient, and only into the green."""

from __future__ import annotations

import cv2
import numpy as np
from PIL import Image

from neuralmaster import images
from neuralmaster.fills.field import Field
from neuralmaster.fills.grain import Grain
from neuralmaster.fills.progress import Report, silent
from neuralmaster.images import Box, Plane
from neuralmaster.masks import HALF, TwoChannelMask


def fill_weight(red: Plane) -> Plane:
    """How much of the fill shows where red is this high: nothing up to half, then rising to all.

    Both in levels.
    """
    return cv2.subtract(red, cv2.bitwise_not(red))  # 2 * red - 255, at least 0


def blend_in(  # noqa: PLR0913 - the last two are options
    image: Image.Image,
    field: Field,
    mask: TwoChannelMask,
    box: Box,
    grain: Grain | None = None,
    *,
    report: Report = silent,
) -> bool:
    """Blends a fill, with grain over it, into the part of a standard picture inside `box`.

    In place: image + w * (fill - image) with w = green * fill_weight(red); pixels where w is 0
    and the alpha channel keep their bytes. Returns whether there was any pixel to fill.
    """
    box = _to_fill(mask, box)
    left, upper, right, lower = box
    if left == right:
        return False
    colours = images.colour_channels(image)
    filled = False
    for first, last in images.strips(box):
        report((first - upper) / (lower - upper))
        red, green = mask.strip(first, last, left, right)
        weight = images.scaled(fill_weight(red), green)
        if not cv2.countNonZero(weight):
            continue
        filled = True
        bands = [weight] * colours
        if images.has_alpha(image):
            bands.append(np.zeros_like(weight))
        weights = cv2.merge(bands).reshape(last - first, -1)
        part = (left, first, right, last)
        fill = field.strip(first, last, left, right)
        if grain:
            fill = grain.over(fill, part)
        images.write_box(image, part, images.blend(images.read_box(image, part), fill, weights))
    return filled


def _to_fill(mask: TwoChannelMask, box: Box) -> Box:
    """The smallest box in a box that holds all pixels with both green and a red above half."""
    left, _, right, _ = box
    boxes = []
    for first, last in images.strips(box):
        red, green = mask.strip(first, last, left, right)
        both = cv2.bitwise_and(images.above(red, HALF - 1), green)
        x, y, width, height = cv2.boundingRect(both)
        if width:
            boxes.append((left + x, first + y, left + x + width, first + y + height))
    if not boxes:
        return (left, box[1], left, box[1])
    lefts, uppers, rights, lowers = zip(*boxes, strict=True)
    return min(lefts), uppers[0], max(rights), lowers[-1]
