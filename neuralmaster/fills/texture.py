"""The colours of `context`, and over them the object's own surface, copied piece by piece.

A fill is colour and detail. Colour, and with it the light, flows in from all around as in
`context`. Detail is the picture less its low-pass; it is copied from valid pixels of the object
alone. What is copied where is decided on a grid of bounded size (patches.py), so that the search
takes no longer in a larger picture; copying is at full size.

Constants marked "bench" were chosen by tests/benchmarks/texture.py on that trial.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from neuralmaster import images
from neuralmaster.fills.context import context
from neuralmaster.fills.contrast import contrast
from neuralmaster.fills.detail import SELF, Detail, drawn_out
from neuralmaster.fills.field import Cells, Field
from neuralmaster.fills.grid import Grid
from neuralmaster.fills.patches import found
from neuralmaster.fills.progress import Report, part, silent
from neuralmaster.fills.pyramid import Level, low_passed
from neuralmaster.fills.scene import Scene
from neuralmaster.fills.seams import offsets
from neuralmaster.fills.table import fill
from neuralmaster.images import Floats, Plane
from neuralmaster.masks import HALF

WORK = 256  # cells, at most, of the object's longer side; larger is slower and finds finer detail
SCALE = 1 / 32  # sigma of the low-pass, as a share of that side; larger copies more colour (bench)
CLEAN = 0.05  # red up to which a pixel may be copied in any case; larger lets a smear in
BELIEVED = 0.8  # belief from which a pixel may be copied; smaller lets the rim of a smear in
INSIDE = 0.95  # green above which a pixel may be copied; smaller lets the background in
TOO_LITTLE = (
    "There is too little of the useful object outside the area to repaint to copy its texture: "
    "method context was used; mark more of it in green, or less of it in red."
)


@dataclass(frozen=True, eq=False, kw_only=True)
class TexturedField(Field):
    """A field with detail over it."""

    detail: Detail

    def strip(self, first: int, last: int, left: int, right: int) -> Plane:
        """See Field.strip; within the object's box."""
        smooth = super().strip(first, last, left, right)
        bands = self.detail.levels.shape[2]
        fill = smooth.reshape(last - first, right - left, -1).copy()
        fill[..., :bands] = self.detail.over(fill[..., :bands], first, left)
        return fill.reshape(last - first, -1)


@fill(
    "texture",
    rank=30,
    help="the colours of context with the object's own surface over them",
    takes=("seed", "report"),
    detail=True,
)
def texture(scene: Scene, seed: int = 0, report: Report = silent) -> Field:
    """The field of `context` with the object's own detail; the smooth field if there is none.

    seed: any integer; the same gives the same fill, another one another fill alike. report: see
    progress.Report.
    """
    bands = images.colour_channels(scene.picture)
    if bands == 1:  # as its colour twin, to the bit
        mode = "RGBA" if images.has_alpha(scene.picture) else "RGB"
        twin = texture(Scene(scene.picture.convert(mode), scene.mask), seed, report)
        return _gray(twin)
    field = context(scene)
    if not field.cells.useful:
        return field
    detail = _detail(scene, field, np.random.default_rng(seed % 2**64), report)
    if detail is None:
        return replace(field, notes=(*field.notes, TOO_LITTLE))
    return TexturedField(field.colour, field.cells, field.belief, field.notes, detail=detail)


def _gray(field: Field) -> Field:
    """The first of three alike bands, and alpha if there is one."""
    some = [0, 3][: field.colour.shape[2] - 2]
    cells = replace(field.cells, colour=field.cells.colour[..., some], mean=field.cells.mean[some])
    field = replace(field, colour=field.colour[..., some], cells=cells)
    if isinstance(field, TexturedField):
        detail = field.detail
        ends = {name: getattr(detail, name)[:1] for name in ("lowest", "highest")}
        thin = {name: getattr(detail, name)[..., :1] for name in ("levels", "offset")}
        field = replace(field, detail=replace(detail, **thin, **ends))
    return field


def _detail(scene: Scene, field: Field, rng: np.random.Generator, report: Report) -> Detail | None:
    """The detail for a picture in colour; None if there is too little to copy from."""
    left, upper, right, lower = box = scene.object
    size = -(-max(right - left, lower - upper) // WORK)
    grid = Grid.of_box(box, size)
    cells = usable(scene, grid)
    valid = cells.weight > 0.999
    red = _reddest(scene, grid.shape, size)
    believed = _at_cells(field.belief, field.grid, grid) >= BELIEVED
    valid &= believed | (red <= CLEAN * images.LEVELS)
    valid[(lower - upper) // size :] = False  # cells at the border that are not whole
    valid[:, (right - left) // size :] = False
    if not valid.any():
        return None
    colour = cells.colour[..., :3] * np.float32(images.LEVELS)
    low = low_passed(colour, valid, max(valid.shape) * SCALE)
    smooth = field.colour[..., :3] * np.float32(images.LEVELS)
    tone = np.where(valid[..., None], low, _at_cells(smooth, field.grid, grid))
    apart = np.where(valid[..., None], colour - low, np.float32(0))
    guide = np.dstack([tone, contrast(apart, valid)])
    level = Level(apart, guide, valid, red >= HALF)
    picks = found(level, rng, part(report, 0.1, 0.8))
    if picks is None:
        return None
    shift = np.full(valid.shape, SELF)
    width, across = right - left, valid.shape[1]
    y = picks // across - level.missing // across
    x = picks % across - level.missing % across
    shift.ravel()[level.missing] = (y * width + x) * size
    levels, lowest, highest = _measured(scene, low, valid, size, part(report, 0.8, 1))
    smooth = np.rint(smooth).astype(np.int16)
    return Detail(
        levels,
        shift,
        offsets(level, picks),
        np.minimum(lowest, smooth.min(axis=(0, 1))),
        np.maximum(highest, smooth.max(axis=(0, 1))),
        box,
        size,
    )


def usable(scene: Scene, grid: Grid) -> Cells:
    """The cells of a grid; only those of weight 1 may be copied from.

    A pixel may be if it is opaque, outside the area to repaint and wholly inside the object.
    """
    return scene.gather(
        lambda red: (red < 0.5).astype(np.float32),
        lambda green: (green > INSIDE).astype(np.float32),
        scene.object,
        grid,
    )


def _at_cells(values: Floats, grid: Grid, other: Grid) -> Floats:
    """The values of a grid's cells, interpolated at the middles of another grid's cells."""
    share = other.size / grid.size
    x, y = (
        (theirs.start - own.start) / grid.size + share / 2 - 0.5
        for own, theirs in ((grid.across, other.across), (grid.down, other.down))
    )
    places = np.array([[share, 0, x], [0, share, y]], np.float32)
    return cv2.warpAffine(
        values,
        places,
        other.shape[::-1],
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )


def _reddest(scene: Scene, shape: tuple[int, int], size: int) -> Plane:
    """The highest red of each cell's pixels inside the object, h x w levels."""
    left, upper, right, _ = box = scene.object
    down, across = shape
    highest = np.zeros((down, across), np.uint8)
    for first, last in images.strips(box, size):
        red, green = scene.mask.strip(first, last, left, right)
        rows = -(-(last - first) // size)
        beyond = rows * size - (last - first), across * size - (right - left)
        red = np.where(green > 0, red, np.uint8(0))
        red = cv2.copyMakeBorder(red, 0, beyond[0], 0, beyond[1], cv2.BORDER_CONSTANT)
        top = (first - upper) // size
        highest[top : top + rows] = red.reshape(rows, size, across, size).max(axis=3).max(axis=1)
    return highest


def _measured(
    scene: Scene, low: Floats, valid: NDArray[np.bool_], size: int, report: Report
) -> tuple[NDArray[np.int16], NDArray[np.int16], NDArray[np.int16]]:
    """The picture less its low-pass at full size, and the range of what is valid of it."""
    left, upper, right, lower = box = scene.object
    levels = np.zeros((lower - upper, right - left, 3), np.int16)
    lowest, highest = np.full(3, images.LEVELS, np.int16), np.zeros(3, np.int16)
    columns = np.arange(right - left)
    for first, last in images.strips(box, size):
        pixels = images.read_box(scene.picture, (left, first, right, last))
        pixels = pixels.reshape(last - first, right - left, -1)[..., :3]
        rows = np.arange(first - upper, last - upper)
        apart = pixels - drawn_out(low, rows, columns, size)
        levels[rows[0] : rows[-1] + 1] = np.rint(apart)
        inside = valid[np.ix_(rows // size, columns // size)]
        if inside.any():
            lowest = np.minimum(lowest, pixels[inside].min(axis=0))
            highest = np.maximum(highest, pixels[inside].max(axis=0))
        report((last - upper) / (lower - upper))
    return levels, lowest, highest
