"""A gradient across the hard edge of a plane; see masks.TwoChannelMask.feathered."""

from __future__ import annotations

import cv2
import numpy as np

from neuralmaster.images import LEVELS, Plane


def feathered(red: Plane, inside: Plane, width: float) -> Plane:
    """A plane with a gradient at least `width` pixels wide across the edge of an area.

    red, inside: HxW uint8; inside is 255 where red is at least half, else 0.
    """
    outside = cv2.bitwise_not(inside)
    # inside, red is at most the ramp; outside, at least what is left of it on its way down
    highest = cv2.bitwise_or(_ramp_into(inside, width, whole=True), outside)
    lowest = cv2.bitwise_and(cv2.bitwise_not(_ramp_into(outside, width)), outside)
    return cv2.max(cv2.min(red, highest), lowest)


def _ramp_into(area: Plane, width: float, *, whole: bool = False) -> Plane:
    """Rises from half at the edge of the area to full level, half of `width` pixels inside it.

    whole: rises faster where the area is not as deep as that, to be full along its middle.
    """
    depth = cv2.distanceTransform(area, cv2.DIST_L2, 5)
    # measured to the centre of the next pixel outside; the edge is half a pixel nearer
    if not whole or float(depth.max()) == 0:
        slope = LEVELS / width
        return cv2.convertScaleAbs(depth, alpha=slope, beta=LEVELS / 2 - slope / 2)
    # from the edge, and no deeper than the ramp goes; in place, since large planes are wanted
    np.subtract(depth, 0.5, out=depth)
    np.clip(depth, 0, width / 2, out=depth)
    summit = cv2.compare(depth, cv2.dilate(depth, np.ones((3, 3), np.uint8)), cv2.CMP_GE)
    summit = cv2.bitwise_and(summit, area)
    nearest = cv2.distanceTransformWithLabels(
        cv2.bitwise_not(summit), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )[1]
    heights = np.full(int(nearest.max()) + 1, width / 2, np.float32)
    heights[nearest[summit > 0]] = depth[summit > 0]
    height = heights[nearest]
    del nearest
    np.divide(depth, np.maximum(height, np.float32(0.25), out=height), out=depth)
    return cv2.convertScaleAbs(depth, alpha=LEVELS / 2, beta=LEVELS / 2)
