"""A part of a picture, the small copy in which finders work, and refinement to full size."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from neuralmaster import images
from neuralmaster.images import LEVELS, Box, Floats, Plane
from neuralmaster.making.finders.seeded import seeded

# Checked by tests/benchmarks/finders.py: overlap with the true object, and time.
SIDE = 128  # pixels of the copy for GrabCut; larger is slower and, without a box, not better
LARGE = 2048  # pixels to which edges are refined; what is larger is drawn out from there
ROUNDS = 3  # iterations of GrabCut; larger finds more of a many-coloured object, slower
KEPT = 0.1  # of the largest piece's area; larger drops more of the smaller pieces
RADIUS = 3  # of the guided filter in cells of the small copy; larger follows edges further off
EDGE = 2e-3  # regularization of the guided filter, a colour variance; larger ignores weaker edges
SHARPNESS = 3.0  # slope of the refined edge; larger is harder


def without_crumbs(mask: Plane) -> Plane:
    """The largest connected piece, and those not smaller than KEPT of it. Masks are 1 = object."""
    count, pieces, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=4)
    if count < 3:
        return mask
    areas = stats[:, cv2.CC_STAT_AREA].copy()
    areas[0] = 0
    return (areas >= KEPT * areas.max())[pieces].astype(np.uint8)


def shrunk(picture: Image.Image, area: Box) -> Image.Image:
    """An area of a picture, LARGE pixels a side at most."""
    left, upper, right, lower = area
    share = LARGE / max(right - left, lower - upper)
    if share >= 1:
        return picture if area == (0, 0, *picture.size) else picture.crop(area)
    size = _scaled((right - left, lower - upper), share)
    return picture.resize(size, Image.Resampling.BOX, box=area, reducing_gap=1.0)


def enlarged(plane: Plane, size: tuple[int, int]) -> Plane:
    """A plane of a shrunk area at the area's (width, height)."""
    if plane.shape[1::-1] == size:
        return plane
    return cv2.resize(plane, size, interpolation=cv2.INTER_LINEAR)


class Part:
    """A part of a picture, and the small copy of it in which the object is found."""

    def __init__(self, picture: Image.Image, area: Box, side: int = SIDE) -> None:
        left, upper, right, lower = area
        self.whole = (right - left, lower - upper)
        pixels = np.asarray(images.rgb(shrunk(picture, area)))
        self.large: Plane = np.ascontiguousarray(pixels[..., ::-1])  # OpenCV's order: B, G, R
        height, width = self.large.shape[:2]
        share = min(1.0, side / max(width, height))
        self.size = _scaled((width, height), share)
        self.scale = (self.size[0] / width, self.size[1] / height)
        self.small = self.reduced(self.large)

    def lab(self) -> Floats:
        """The small copy in CIELAB, h x w x 3, float32."""
        return cv2.cvtColor(self.small.astype(np.float32) / np.float32(LEVELS), cv2.COLOR_BGR2LAB)

    def reduced(self, pixels: Plane) -> Plane:
        """Scales pixels of the part from full size to the size of the small copy."""
        return cv2.resize(np.ascontiguousarray(pixels), self.size, interpolation=cv2.INTER_AREA)

    def placed(self, box: Box) -> Box:
        """A box in pixels of the part, in cells of the small copy; it holds a cell at least."""
        across, down = (have / of for have, of in zip(self.size, self.whole, strict=True))
        left, upper = min(round(box[0] * across), self.size[0] - 1), round(box[1] * down)
        upper = min(upper, self.size[1] - 1)
        right, lower = round(box[2] * across), round(box[3] * down)
        return left, upper, max(right, left + 1), max(lower, upper + 1)

    def cut(self, marks: Plane) -> Plane:
        """GrabCut of the small copy from OpenCV's four kinds of marks; h x w, 1 = object."""
        background = (marks == cv2.GC_BGD) | (marks == cv2.GC_PR_BGD)
        if background.all():
            return np.zeros_like(marks)
        if not background.any():  # the box is the whole picture: take its border
            marks[[0, -1]], marks[:, [0, -1]] = cv2.GC_BGD, cv2.GC_BGD
            if not (marks & 1).any():
                return np.zeros_like(marks)
        models = np.zeros((2, 1, 65))
        arguments = (self.small, marks, None, *models, ROUNDS, cv2.GC_INIT_WITH_MASK)
        seeded(lambda: cv2.grabCut(*arguments))
        return (marks & 1).astype(np.uint8)

    def refined(self, mask: Plane) -> Plane:
        """A mask of the small copy at the part's size, its edge aligned with the picture's.

        mask: h x w, 1 = object. Returns HxW, 255 = object.
        """
        return enlarged(self._refined(mask), self.whole)

    def _refined(self, mask: Plane) -> Plane:
        """At the size of `large`, by a guided filter (He et al., Guided Image Filtering, 2013).

        Near the edge, the mask is fitted as a linear function of colour in the small copy, and
        the function is applied to the large one's colours.
        """
        if self.large.shape[:2] == mask.shape:
            return mask * np.uint8(LEVELS)
        window = (2 * RADIUS + 1, 2 * RADIUS + 1)
        near = cv2.morphologyEx(mask, cv2.MORPH_GRADIENT, np.ones(window, np.uint8))
        guide = self.small.astype(np.float32) / np.float32(LEVELS)
        slope, level = _guided(guide, mask, window)
        plane, close = (self._enlarged(cells * np.uint8(LEVELS)) for cells in (mask, near))
        plane = cv2.threshold(plane, LEVELS // 2, LEVELS, cv2.THRESH_BINARY)[1]
        places = np.nonzero(close > LEVELS // 2)
        if not places[0].size:  # no edge
            return plane
        weights = self._interpolated(np.dstack([slope, level]), places)
        colours = self.large[places] * np.float32(1 / LEVELS)
        inside = (weights[:, :3] * colours).sum(axis=1) + weights[:, 3]
        plane[places] = images.to_levels((inside - 0.5) * SHARPNESS + 0.5)
        return plane

    def _enlarged(self, cells: Plane) -> Plane:
        height, width = self.large.shape[:2]
        return cv2.resize(cells, (width, height), interpolation=cv2.INTER_LINEAR)

    def _interpolated(self, cells: Floats, places: tuple[NDArray[Any], ...]) -> Floats:
        """The small copy's values, interpolated at (rows, columns) of the full-size picture."""
        count = len(places[0])
        row = 1 << 10  # reshaped into rows, since OpenCV's maps have at most 32767 columns
        maps = []
        for at, scale in zip(places[::-1], self.scale, strict=True):
            padded = np.zeros(-(-count // row) * row, np.float32)
            padded[:count] = (at + 0.5) * scale - 0.5
            maps.append(padded.reshape(-1, row))
        x, y = maps
        values = cv2.remap(cells, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        return values.reshape(-1, cells.shape[2])[:count]


def _scaled(size: tuple[int, int], share: float) -> tuple[int, int]:
    return max(1, round(size[0] * share)), max(1, round(size[1] * share))


def _guided(guide: Floats, mask: Plane, window: tuple[int, int]) -> tuple[Floats, Floats]:
    """slope, level such that slope . guide + level is about 1 in the object and 0 outside.

    guide: h x w x 3; mask: h x w, 1 = object. Returns h x w x 3 and h x w.
    """

    def mean(values: NDArray[np.float32]) -> Floats:
        return cv2.blur(values, window)

    target = mask.astype(np.float32)
    guide_mean, target_mean = mean(guide), mean(target)
    covariance = mean(guide * target[..., None]) - guide_mean * target_mean[..., None]
    variance = np.stack(
        [
            mean(guide * guide[..., k : k + 1]) - guide_mean * guide_mean[..., k : k + 1]
            for k in range(3)
        ],
        axis=-1,
    )
    variance += EDGE * np.eye(3, dtype=np.float32)
    slope = np.linalg.solve(variance, covariance[..., None])[..., 0]
    level = target_mean - (slope * guide_mean).sum(axis=-1)
    return mean(slope), mean(level)
