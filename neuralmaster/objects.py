"""Finds the useful object in a picture: by its transparency, its background, a box or strokes.

Every finder takes a standard picture (see images.standard) and returns a plane, HxW uint8, 255 =
object. They raise ValueError in one sentence when there is nothing to find it by. The same
picture and marks give the same plane.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from neuralmaster import edits, images
from neuralmaster.images import LEVELS, Box, Floats, Plane

SIDE = 128  # pixels of the copy that GrabCut sees; larger is slower and hardly better
ROUNDS = 3  # of GrabCut; fewer leave parts of a many-coloured object out
MARGIN = 0.25  # of the box, looked at around it to learn the background
INSET = 0.02  # of the picture: without a box, the object is taken to keep this away from its border
TOLERANCE = 12.0  # in CIELAB, how far a background's colour may stray from its own mean
PLAIN = 0.9  # of the border must have the background's colour for it to count as plain
KEPT = 0.1  # of the largest piece: smaller ones are crumbs
RADIUS = 3  # cells of the small copy within which the edge is looked for in the large one
EDGE = 2e-3  # squared: colour steps smaller than its root are no edge
SHARPNESS = 3.0  # of the refined edge; larger is harder
MAIN_COLOURS = 6  # that strokes, or a border, are taken to show


def everything(picture: Image.Image) -> Plane:
    """The whole picture is useful."""
    return edits.blank(picture.size, LEVELS)


def by_alpha(picture: Image.Image) -> Plane:
    """The picture's own transparency."""
    if not _is_transparent(picture):
        raise ValueError(
            "expected a picture with transparency to tell the object by, got an opaque one; "
            "find the object by a box instead"
        )
    return images.alpha(picture).copy()


def by_background(picture: Image.Image, tolerance: float = TOLERANCE) -> Plane:
    """Everything but the plain background: its colour, as far as it goes from the border inwards.

    tolerance: in CIELAB units; a larger one takes more for background.
    """
    found = _but_background(picture, tolerance)
    if found is None:
        raise ValueError(
            "expected a plain background all along the picture's border, got many colours; "
            "find the object by a box instead"
        )
    return found


def by_box(picture: Image.Image, box: Box) -> Plane:
    """The object that a box holds, by GrabCut; what is outside the box is background.

    box: left, upper, right, lower in pixels; it is cut to the picture.
    """
    left, upper, right, lower = edits.bounds([box[:2], box[2:]], picture.size)
    if min(right - left, lower - upper) < 3:
        raise ValueError(
            f"expected a box of at least 3x3 pixels, got {right - left}x{lower - upper}; "
            "draw it around the object"
        )
    wide, high = round((right - left) * MARGIN), round((lower - upper) * MARGIN)
    area = (
        max(left - wide, 0), max(upper - high, 0),
        min(right + wide, picture.width), min(lower + high, picture.height),
    )  # fmt: skip
    part = _Part(picture, area)
    marks = np.full(part.small.shape[:2], cv2.GC_BGD, np.uint8)
    ends = enumerate((left, upper, right, lower))
    x, y, to_x, to_y = (
        round((at - area[k % 2]) * part.scale[k % 2]) for k, at in ends
    )  # fmt: skip
    marks[y:to_y, x:to_x] = cv2.GC_PR_FGD
    return _whole(part.refined(_without_crumbs(part.cut(marks))), area, picture)


def by_strokes(picture: Image.Image, strokes: Plane) -> Plane:
    """The object that strokes touch, by GrabCut.

    strokes: HxW uint8 of the picture's size; from half of full level on a pixel is object.
    """
    if strokes.shape != (picture.height, picture.width) or strokes.max() < LEVELS // 2:
        raise ValueError("expected strokes on the object, got none; draw across the object")
    area = (0, 0, *picture.size)
    part = _Part(picture, area)
    touched = part.reduced(strokes) > 0
    lab = part.lab()
    frame = np.ones_like(touched)
    frame[2:-2, 2:-2] = touched[2:-2, 2:-2]
    near, far = (_distance(lab, lab[of]) for of in (touched, frame & ~touched))
    marks = np.where(near < far, cv2.GC_PR_FGD, cv2.GC_PR_BGD).astype(np.uint8)
    marks[touched] = cv2.GC_FGD
    found = part.cut(marks)
    _, pieces = cv2.connectedComponents(found, connectivity=4)
    found[~np.isin(pieces, np.unique(pieces[touched]))] = 0
    return edits.add(_whole(part.refined(found), area, picture), strokes)


def auto(picture: Image.Image) -> Plane:
    """By what a picture offers: its transparency, else its plain background, else GrabCut."""
    if _is_transparent(picture):
        return by_alpha(picture)
    found = _but_background(picture, TOLERANCE)
    if found is not None:
        return found
    width, height = picture.size
    across, down = round(width * INSET), round(height * INSET)
    if min(width - 2 * across, height - 2 * down) < 3:
        return everything(picture)
    return by_box(picture, (across, down, width - across, height - down))


def _is_transparent(picture: Image.Image) -> bool:
    if not images.has_alpha(picture):
        return False
    alpha = images.alpha(picture)
    return bool(alpha.min() < LEVELS // 2 < alpha.max())


def _but_background(picture: Image.Image, tolerance: float) -> Plane | None:
    """The object before a plain background; None if the background is not plain."""
    part = _Part(picture, (0, 0, *picture.size), side=2 * SIDE)
    lab = part.lab()
    colour = np.median(_border(lab), axis=0)
    like = (np.linalg.norm(lab - colour, axis=2) < tolerance).astype(np.uint8)
    if _border(like).mean() < PLAIN:
        return None
    rim = cv2.copyMakeBorder(like, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=1)
    cv2.floodFill(rim, None, (0, 0), 2)
    found = _without_crumbs((rim[1:-1, 1:-1] != 2).astype(np.uint8))
    return part.refined(found) if 0.005 < found.mean() < 0.98 else None


def _border(grid: NDArray[Any]) -> NDArray[Any]:
    return np.concatenate([grid[0], grid[-1], grid[1:-1, 0], grid[1:-1, -1]])


def _without_crumbs(found: Plane) -> Plane:
    """Only the largest piece and those that are not far smaller. Both 1 = object."""
    count, pieces, stats, _ = cv2.connectedComponentsWithStats(found, connectivity=4)
    if count < 3:
        return found
    areas = stats[:, cv2.CC_STAT_AREA].copy()
    areas[0] = 0
    return (areas >= KEPT * areas.max())[pieces].astype(np.uint8)


def _distance(lab: Floats, samples: Floats) -> Floats:
    """How far each place's colour is from the nearest of the samples' main colours."""
    if not len(samples):
        return np.full(lab.shape[:2], np.inf, np.float32)
    if len(samples) > MAIN_COLOURS:
        stop = (cv2.TERM_CRITERIA_MAX_ITER, 10, 0)
        found = (samples, MAIN_COLOURS, None, stop, 1, cv2.KMEANS_PP_CENTERS)
        samples = _seeded(lambda: cv2.kmeans(*found))[2]
    return np.linalg.norm(lab[:, :, None] - samples, axis=3).min(axis=2)


def _seeded(run: Callable[[], Any]) -> Any:
    """What OpenCV makes from seed 0, in a thread of its own.

    OpenCV has a generator of random numbers for each thread and no way to put its state back.
    """
    made: list[Any] = []
    failed: list[Exception] = []

    def work() -> None:
        cv2.setRNGSeed(0)
        try:
            made.append(run())
        except Exception as error:
            failed.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    if failed:
        raise failed[0]
    return made[0]


def _whole(part: Plane, area: Box, picture: Image.Image) -> Plane:
    plane = edits.blank(picture.size)
    left, upper, right, lower = area
    plane[upper:lower, left:right] = part
    return plane


class _Part:
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
        _seeded(lambda: cv2.grabCut(*given))
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
