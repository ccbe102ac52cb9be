"""The picture to repaint and its two-channel mask, from what a camera sees."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from . import planes
from .look import Visibility
from .parallel import mapped, pieces
from .raster import NONE
from .soup import OCCLUDER
from .surface import Surface, texel_sizes

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Ints = NDArray[np.int64]
_PLATEAU = 2  # pixels of full red around what was never painted; larger repaints more of the rest
_SPECK = 3  # pixels, half the width of what is a speck; larger repaints less around creases
_COARSEST = 3  # halvings of a texture; larger smooths a texture that is far too fine even more


@dataclass(frozen=True)
class Range:
    """What counts as well painted: at `low` and below red is full, from `high` on there is none.

    width: pixels over which red fades around what is to be repainted in full.
    """

    low: float = 0.2
    high: float = 0.55
    width: int = 48


@dataclass(frozen=True, eq=False)
class Shown:
    """What the camera shows of the chosen objects, before it is decided what to repaint.

    picture: HxWx3, 0..1, as displayed. coverage: HxW, 0..1. quality: HxW, 0..1, 1 where there is
    no chosen object. Rows count from the bottom.
    """

    picture: Singles
    coverage: Singles
    quality: Singles


def show(visibility: Visibility, surfaces: Sequence[Surface], background: Sequence[float]) -> Shown:
    """Draws the chosen objects with their textures alone, unlit, and what is around them."""
    height, width = visibility.which.shape
    painter = _Painter(visibility, surfaces, background)
    row, column = np.divmod(np.arange(height * width), width)
    colour, quality = painter.paint(visibility.which.ravel(), column + 0.5, row + 0.5)
    pixels, fine = visibility.pixels, np.arange(visibility.fine.count)
    fine_colour, fine_quality = painter.paint(
        visibility.fine_which, visibility.fine.x(fine), visibility.fine.y(fine)
    )
    colour[pixels] = visibility.averaged(fine_colour)
    chosen = np.append(visibility.soup.chosen, False)[visibility.fine_which]
    covered = visibility.averaged(chosen)
    total = visibility.averaged(np.where(chosen, fine_quality, 0))
    quality[pixels] = np.where(covered > 0, total / np.where(covered > 0, covered, 1), 1)
    return Shown(
        colour.reshape(height, width, 3), visibility.coverage(), quality.reshape(height, width)
    )


class _Painter:
    """Colour and quality at samples of a picture."""

    def __init__(
        self, visibility: Visibility, surfaces: Sequence[Surface], background: Sequence[float]
    ) -> None:
        self.visibility, self.surfaces = visibility, surfaces
        self.background = np.asarray(background, np.float32)
        self.halving = threading.Lock()
        self.levels = [[surface.texture] for surface in surfaces]
        self.depths = (
            -(visibility.soup.corners @ visibility.view.to_camera[2, :3])
            - visibility.view.to_camera[2, 3]
        )
        self.sizes = [
            texel_sizes(visibility.soup, n, *surface.quality.shape[::-1])
            for n, surface in enumerate(surfaces)
        ]

    def paint(self, which: Ints, x: Floats, y: Floats) -> tuple[Singles, Singles]:
        """Nx3 colours and N qualities at places in the picture, of triangles `which`."""
        colour = np.empty((len(which), 3), np.float32)
        colour[:] = self.background
        quality = np.ones(len(which), np.float32)
        something = np.flatnonzero(which != NONE)

        def paint_some(some: Ints) -> None:
            triangle = which[some]
            shares = self.visibility.triangles.shares(triangle, x[some], y[some])
            surface = self.visibility.soup.surface[triangle]
            for number in range(OCCLUDER, len(self.surfaces)):
                of = np.flatnonzero(surface == number)
                if number == OCCLUDER:
                    colour[some[of]] = self._around(triangle[of], shares[of])
                elif len(of):
                    values = self._textured(number, triangle[of], shares[of])
                    colour[some[of]], quality[some[of]] = values

        mapped(paint_some, pieces(something))
        return colour, quality

    def _around(self, triangle: Ints, shares: Floats) -> Floats:
        """Other objects: their colour in the viewport, lit from the camera."""
        soup = self.visibility.soup
        normal = np.einsum("nc,ncj->nj", shares, soup.normals[triangle])
        facing = np.abs(normal @ self.visibility.view.to_camera[2, :3])
        result: Floats = soup.colours[soup.owner[triangle]] * (0.4 + 0.6 * facing[:, None])
        return result

    def _textured(self, number: int, triangle: Ints, shares: Floats) -> tuple[Singles, Singles]:
        soup, view = self.visibility.soup, self.visibility.view
        uv = np.einsum("nc,ncj->nj", shares, soup.uv[triangle])
        height, width = self.surfaces[number].quality.shape
        taps = planes.Taps.at(uv[:, 0] * width, uv[:, 1] * height, width, height)
        stored = self.surfaces[number].quality
        quality = taps.of(stored)
        unpainted = (stored.ravel()[taps.pixel] == 0) & (taps.share > 0)
        quality[unpainted.any(axis=0)] = 0  # white that the colour is mixed with
        pixel = view.pixel_size((shares * self.depths[triangle]).sum(axis=1))
        with np.errstate(divide="ignore"):
            texels = np.log2(pixel / self.sizes[number][triangle])
        level = np.clip(np.rint(texels), 0, _COARSEST).astype(np.int64)
        colour = np.empty((len(triangle), 3), np.float32)
        for one in range(int(level.max()) + 1):
            of = np.flatnonzero(level == one)
            if not len(of):
                continue
            texture = self._level(number, one)
            h, w = texture.shape[:2]
            colour[of] = planes.Taps.at(uv[of, 0] * w, uv[of, 1] * h, w, h).of(texture)[:, :3]
        return colour, quality

    def _level(self, number: int, level: int) -> Singles:
        """The texture, halved as often."""
        with self.halving:
            levels = self.levels[number]
            while len(levels) <= level and min(levels[-1].shape[:2]) > 1:
                levels.append(planes.halved(levels[-1]))
            return levels[min(level, len(levels) - 1)]


def red(shown: Shown, limits: Range) -> Singles:
    """HxW, 0..1: where to repaint. The lack of quality, and a gradient around what is full.

    Raises ValueError if the limits are not in order.
    """
    if not limits.low < limits.high:
        raise ValueError(
            f"expected a lower limit of quality below the upper one, got {limits.low:g} and "
            f"{limits.high:g}"
        )
    lack = (np.float32(limits.high) - shown.quality) / np.float32(limits.high - limits.low)
    lack = np.clip(lack, 0, 1)
    lack[shown.coverage == 0] = 0
    full = lack >= 1
    for part, width in _parts(full, limits.width):
        most = _PLATEAU + max(width, 1)
        around = (most - planes.distance(part, most)) / np.float32(max(width, 1))
        lack = np.maximum(lack, np.clip(around, 0, 1))
    return lack


def _parts(full: NDArray[np.bool_], width: int) -> list[tuple[NDArray[np.bool_], int]]:
    """What is wider than a speck, and the specks, each with the width of its gradient.

    A texel that no view can reach, such as in a crease, must not ask for all around it anew.
    """
    inner = planes.distance(~full, _SPECK) >= _SPECK
    large = full & (planes.distance(inner, 2 * _SPECK) < 2 * _SPECK)
    parts = ((large, width), (full & ~large, min(width, 2 * _SPECK)))
    return [(part, width) for part, width in parts if part.any()]


def levels(plane: Singles) -> NDArray[np.uint8]:
    """0..1 as 0..255, rounded."""
    result: NDArray[np.uint8] = (np.clip(plane, 0, 1) * 255 + 0.5).astype(np.uint8)
    return result


def two_channels(red_plane: Singles, shown: Shown) -> NDArray[np.uint8]:
    """HxWx3: red where to repaint, green the chosen objects, blue 0."""
    result = np.zeros((*red_plane.shape, 3), np.uint8)
    result[..., 0], result[..., 1] = levels(red_plane), levels(shown.coverage)
    return result


def depth_map(visibility: Visibility) -> NDArray[np.uint8]:
    """HxW for ControlNet: the nearest is white, the farthest nearly black, nothing is black."""
    there = visibility.which != NONE
    result = np.zeros(visibility.which.shape, np.uint8)
    if there.any():
        near = 1 / visibility.view.linear_depth(visibility.order[there].astype(np.float64))
        low, high = near.min(), near.max()
        share = (near - low) / (high - low) if high > low else np.ones_like(near)
        result[there] = np.rint(25 + 230 * share)
    return result


def normal_map(visibility: Visibility) -> NDArray[np.uint8]:
    """HxWx3 for ControlNet: normals to the camera; red to the right, green up, blue towards it."""
    result = np.empty((*visibility.which.shape, 3), np.uint8)
    result[:] = 128, 128, 255
    row, column = np.nonzero(visibility.which != NONE)
    which = visibility.which[row, column]
    places = np.stack([column, row]).astype(np.float64) + 0.5
    shares = visibility.triangles.shares(which, places[0], places[1])
    normal = np.einsum("nc,ncj->nj", shares, visibility.soup.normals[which])
    normal = normal @ visibility.view.to_camera[:3, :3].T
    normal /= np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-12)
    normal[normal[:, 2] < 0] *= -1
    result[row, column] = np.rint(127.5 + 127.5 * normal)
    return result
