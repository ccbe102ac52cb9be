"""A part of a picture and its small copy, in which finders work, and the way back to full size."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from neuralmaster import images
from neuralmaster.images import LEVELS, Box, Floats, Plane
from neuralmaster.making.finders.seeded import seeded

SIDE = 128  # pixels of the copy that GrabCut sees; larger is slower and hardly better
ROUNDS = 3  # of GrabCut; fewer leave parts of a many-coloured object out
KEPT = 0.1  # of the largest piece: smaller ones are crumbs
RADIUS = 3  # cells of the small copy within which the edge is looked for in the large one
EDGE = 2e-3  # squared: colour steps smaller than its root are no edge
SHARPNESS = 3.0  # of the refined edge; larger is harder


def without_crumbs(found: Plane) -> Plane:
    """Only the largest piece and those that are not far smaller. Both 1 = object."""
    count, pieces, stats, _ = cv2.connectedComponentsWithStats(found, connectivity=4)
    if count < 3:
        return found
    areas = stats[:, cv2.CC_STAT_AREA].copy()
    areas[0] = 0
    return (areas >= KEPT * areas.max())[pieces].astype(np.uint8)


class Part:
    """A part of a picture, and the small copy of it in which the object is looked for."""

    def __init__(self, picture: Image.Image, area: Box, side: int = SIDE) -> None:
        colours = picture.convert("RGB")
        self.large: Plane = np.asarray(colours.crop(area))[..., ::-1]  # OpenCV's order: B, G, R
        height, width = self.large.shape[:2]
        share = min(1.0, side / max(width, height))
        self.size = (max(1, round(width * share)), max(1, round(height * share)))
        self.scale = (self.size[0] / width, self.size[1] / height)
        self.small = self.reduced(self.large)

    def lab(self) -> Floats:
        """The small copy in CIELAB, float32."""
        return cv2.cvtColor(self.small.astype(np.float32) / np.float32(LEVELS), cv2.COLOR_BGR2LAB)

    def reduced(self, pixels: Plane) -> Plane:
        """Pixels of the part at full size, at the size of the small copy."""
        return cv2.resize(np.ascontiguousarray(pixels), self.size, interpolation=cv2.INTER_AREA)

    def cut(self, marks: Plane) -> Plane:
        """GrabCut of the small copy from OpenCV's four marks; 1 = object."""
        background = (marks == cv2.GC_BGD) | (marks == cv2.GC_PR_BGD)
        if background.all():
            return np.zeros_like(marks)
        if not background.any():  # a box of the whole picture: its border has to do
            marks[[0, -1]], marks[:, [0, -1]] = cv2.GC_BGD, cv2.GC_BGD
        models = np.zeros((2, 1, 65))
        given = (self.small, marks, None, models[0], models[1], ROUNDS, cv2.GC_INIT_WITH_MASK)
        seeded(lambda: cv2.grabCut(*given))
        return (marks & 1).astype(np.uint8)

    def refined(self, found: Plane) -> Plane:
        """The found object at full size, its edge laid along the edges of the large picture.

        A guided filter: near the edge the object is a linear function of the colours around,
        learnt in the small copy and applied to the large one (He et al., Guided Image Filtering).
        """
        if self.large.shape[:2] == found.shape:
            return found * np.uint8(LEVELS)
        window = (2 * RADIUS + 1, 2 * RADIUS + 1)
        near = cv2.morphologyEx(found, cv2.MORPH_GRADIENT, np.ones(window, np.uint8))
        guide = self.small.astype(np.float32) / np.float32(LEVELS)
        slope, level = _guided(guide, found, window)
        plane, close = (self._enlarged(cells * np.uint8(LEVELS)) for cells in (found, near))
        plane = cv2.threshold(plane, LEVELS // 2, LEVELS, cv2.THRESH_BINARY)[1]
        places = np.nonzero(close > LEVELS // 2)
        if not places[0].size:  # there is no edge
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
        """Values of the small copy's cells at places (rows, columns) of the large picture."""
        count = len(places[0])
        row = 1 << 10  # OpenCV takes no list of places that is longer than 32767
        maps = []
        for at, scale in zip(places[::-1], self.scale, strict=True):
            padded = np.zeros(-(-count // row) * row, np.float32)
            padded[:count] = (at + 0.5) * scale - 0.5
            maps.append(padded.reshape(-1, row))
        x, y = maps
        found = cv2.remap(cells, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        return found.reshape(-1, cells.shape[2])[:count]


def _guided(guide: Floats, found: Plane, window: tuple[int, int]) -> tuple[Floats, Floats]:
    """slope, level such that slope . guide + level is 1 in the object, 0 outside, nearly.

    guide: h x w x 3; found: h x w, 1 = object. Returns h x w x 3 and h x w.
    """

    def mean(values: NDArray[np.float32]) -> Floats:
        return cv2.blur(values, window)

    target = found.astype(np.float32)
    middle, aim = mean(guide), mean(target)
    shared = mean(guide * target[..., None]) - middle * aim[..., None]
    spread = np.stack(
        [mean(guide * guide[..., k : k + 1]) - middle * middle[..., k : k + 1] for k in range(3)],
        axis=-1,
    )
    spread += EDGE * np.eye(3, dtype=np.float32)
    slope = np.linalg.solve(spread, shared[..., None])[..., 0]
    level = aim - (slope * middle).sum(axis=-1)
    return mean(slope), mean(level)
