"""The result of a job, back through the camera onto the texture."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from . import planes
from .contours import APART, STEEP, inset, on_plane
from .look import Visibility
from .parallel import mapped, pieces
from .raster import NONE, Triangles, cross
from .surface import Surface, quality, texel_sizes

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Rules:
    """How a result is laid over what is there.

    full: see `surface.quality`. soft: the difference in quality over which one view fades into
    another; 0 is a hard border. inset: pixels along a contour whose colours the background may
    have run into; they take theirs from farther inside. padding: texels around each UV island.
    """

    full: float = 0.25
    soft: float = 0.2
    inset: int = 4
    padding: int = 8


@dataclass(frozen=True, eq=False)
class Change:
    """What a projection changes in a texture, nothing else.

    texel: N, by number in rows from the bottom, ascending. colour: Nx4, as displayed. quality: N.
    painted: how many of them are in the triangles; the rest is padding.
    """

    texel: Ints
    colour: Singles
    quality: Singles
    painted: int

    def applied(self, surface: Surface) -> Surface:
        """The surface with the change; the given one stays as it is."""
        texture, stored = surface.texture.copy(), surface.quality.copy()
        texture.reshape(-1, 4)[self.texel] = self.colour
        stored.reshape(-1)[self.texel] = self.quality
        return Surface(surface.name, texture, stored)


@dataclass(frozen=True, eq=False)
class Layer:
    """What is laid over textures. picture: HxWx3, 0..1, as displayed. red: HxW, 0..1, its weight.

    Both are as large as the view.
    """

    picture: Singles
    red: Singles


@dataclass(frozen=True, eq=False)
class Target:
    """Texture `number` of a scene. chart: the triangle of each texel, see `surface.chart`."""

    number: int
    surface: Surface
    chart: Ints


def project(visibility: Visibility, target: Target, layer: Layer, rules: Rules) -> Change:
    """Lays a picture over a texture, as far as it shows, is red and is the better view."""
    caster, chart = _Caster(visibility, target, layer, rules), target.chart
    candidates = np.flatnonzero(caster.may_be_seen(chart.ravel()))
    changes = mapped(lambda some: caster.cast(chart.ravel()[some], some), pieces(candidates))
    texel, colour, better = (np.concatenate(parts) for parts in zip(*changes, strict=True))
    changed = np.zeros(chart.size, np.bool_)
    changed[texel] = True
    return _padded(Change(texel, colour, better, len(texel)), chart, changed, rules.padding)


def _padded(change: Change, chart: Ints, changed: Bools, steps: int) -> Change:
    """Also the texels beyond the islands whose nearest texel has changed."""
    to, origin = planes.outward(chart != NONE, steps)
    some = changed[origin]
    to, origin = to[some], origin[some]
    place = np.searchsorted(change.texel, origin)
    texel = np.concatenate([change.texel, to])
    colour = np.concatenate([change.colour, change.colour[place]])
    better = np.concatenate([change.quality, change.quality[place]])
    sorting = np.argsort(texel, kind="stable")
    return Change(texel[sorting], colour[sorting], better[sorting], change.painted)


class _Caster:
    """Takes texels to the picture and back."""

    def __init__(self, visibility: Visibility, target: Target, layer: Layer, rules: Rules) -> None:
        surface, number = target.surface, target.number
        self.visibility, self.rules = visibility, rules
        self.texture = surface.texture.reshape(-1, 4)
        self.stored = surface.quality.ravel()
        self.red = layer.red
        height, width = surface.quality.shape
        self.width = width
        soup, view = visibility.soup, visibility.view
        with np.errstate(divide="ignore"):
            depth = view.linear_depth(visibility.order.astype(np.float64))
        self.depth = np.where(visibility.chosen(), depth, np.inf).ravel()
        source, self.trust = inset(visibility, self.depth, rules.inset)
        self.picture = layer.picture.reshape(-1, 3)[source]
        flat = Triangles.flat(soup.uv * [width, height])
        to_camera = np.concatenate([soup.corners, np.ones((*soup.triangles.shape, 1))], axis=2)
        to_camera = to_camera @ view.to_camera.T
        to_pixels = to_camera @ view.to_pixels.T
        # each is linear in the texel's (u, v, 1): corners' values times the corners' shares
        self.place: Floats = np.matmul(to_pixels.transpose(0, 2, 1), flat.inside)
        normals = soup.normals @ view.to_camera[:3, :3].T
        self.normal: Floats = np.matmul(normals.transpose(0, 2, 1), flat.inside)
        self.texel = texel_sizes(soup, number, width, height)
        self.sides = self._sides(to_camera, normals)

    def _sides(self, corners: Floats, normals: Floats) -> Floats:
        """T: 1 if the front of a triangle is towards the camera, -1 if its back is, 0 edge-on."""
        normal = normals.sum(axis=1)
        rays = (
            np.array([0.0, 0.0, 1.0]) if self.visibility.view.orthographic else -corners[:, 0, :3]
        )
        across = cross(corners[:, 1, :3] - corners[:, 0, :3], corners[:, 2, :3] - corners[:, 0, :3])
        across *= np.sign((across * normal).sum(axis=1))[:, None]
        result: Floats = np.sign((across * rays).sum(axis=1))
        return result

    def may_be_seen(self, chart: Ints) -> Bools:
        """Which texels have a triangle with the side to the camera that the object shows it."""
        soup = self.visibility.soup
        visible = np.zeros(len(soup.surface), np.bool_)
        visible[self.visibility.which[self.visibility.chosen()]] = True
        shows_back = np.zeros(len(soup.colours), np.bool_)
        shows_back[soup.owner[visible & (self.sides < 0)]] = True
        possible = (self.sides > 0) | ((self.sides < 0) & shows_back[soup.owner])
        possible &= self.visibility.triangles.inside.any(axis=(1, 2)) & (self.texel > 0)
        result: Bools = np.append(possible, False)[chart]
        return result

    def cast(self, triangle: Ints, texel: Ints) -> tuple[Ints, Singles, Singles]:
        """Texels, colours and qualities of what is to be changed of some texels."""
        view = self.visibility.view
        row, column = np.divmod(texel, self.width)
        u, v = column + 0.5, row + 0.5
        place = _linear(self.place[triangle], u, v)
        depth = place[:, 3]
        with np.errstate(divide="ignore", invalid="ignore"):
            x, y = place[:, 0] / place[:, 2], place[:, 1] / place[:, 2]
        inside = (depth > view.near) & (x > 0) & (x < view.width) & (y > 0) & (y < view.height)
        some = np.flatnonzero(inside)
        taps = planes.Taps.at(x[some], y[some], view.width, view.height)
        strength = taps.of(self.red)
        marked = strength > 0
        some, strength = some[marked], strength[marked]
        taps = planes.Taps(taps.pixel[:, marked], taps.share[:, marked])
        texel, triangle = texel[some], triangle[some]
        facing = self._facing(triangle, x[some], y[some], u[some], v[some])
        colour, trust = self._colours(triangle, taps, depth[some], facing)
        found = quality(facing, self.texel[triangle], depth[some], view, self.rules.full) * trust
        weight = self._weight(found, self.stored[texel], strength)
        changed = weight > 0
        return self._mixed(texel[changed], weight[changed], colour[changed], found[changed])

    def _facing(self, triangle: Ints, x: Floats, y: Floats, u: Floats, v: Floats) -> Floats:
        view = self.visibility.view
        normal = _linear(self.normal[triangle], u, v)
        rays = np.zeros((len(x), 3))
        rays[:, 2] = 1
        if not view.orthographic:
            scale = view.projection
            rays[:, 0] = -(2 * x / view.width - 1 + scale[0, 2]) / scale[0, 0]
            rays[:, 1] = -(2 * y / view.height - 1 + scale[1, 2]) / scale[1, 1]
        lengths = np.linalg.norm(normal, axis=1) * np.linalg.norm(rays, axis=1)
        cosine = (normal * rays).sum(axis=1) / np.maximum(lengths, 1e-12)
        result: Floats = np.clip(cosine * self.sides[triangle], 0, 1)
        return result

    def _colours(
        self, triangle: Ints, taps: planes.Taps, depth: Floats, facing: Floats
    ) -> tuple[Singles, Singles]:
        """Colours from the pixels that show the texel's own surface, and how far to trust them."""
        steep = np.minimum(np.sqrt(1 - facing**2) / np.maximum(facing, 1e-3), STEEP)
        apart = self.visibility.view.pixel_size(depth) * (APART + steep)
        plane = self.visibility.triangles.order[triangle]
        colour = np.zeros((len(triangle), 3), np.float32)
        trust, total = np.zeros((2, len(triangle)), np.float32)
        for pixel, share in zip(taps.pixel, taps.share, strict=True):
            same = on_plane(self.visibility, plane, pixel, self.depth, apart)
            counted = np.where(same, share, np.float32(0))
            colour += self.picture[pixel] * counted[:, None]
            trust += self.trust[pixel] * counted
            total += counted
        shown = np.maximum(total, np.float32(1e-6))
        return colour / shown[:, None], np.where(total > 1e-3, trust / shown, 0)

    def _weight(self, found: Floats, stored: Singles, red: Singles) -> Floats:
        """0..1: how much of the new colour; by red, and by which view is the better one."""
        soft = np.maximum(np.minimum(self.rules.soft, 2 * stored), 1e-6)
        share = np.clip((found - stored) / soft + 0.5, 0, 1)
        weight = red * share * share * (3 - 2 * share)
        # what was never painted has no colour to keep, so it is painted whole or not at all
        weight = np.where(stored > 0, weight, red >= 0.5)
        result: Floats = np.where(found > 0, weight, 0)
        return result

    def _mixed(
        self, texel: Ints, weight: Floats, colour: Singles, found: Floats
    ) -> tuple[Ints, Singles, Singles]:
        old, stored = self.texture[texel], self.stored[texel]
        new = np.concatenate([colour, np.ones((len(texel), 1), np.float32)], axis=1)
        mixed = (old + weight[:, None] * (new - old)).astype(np.float32)
        better = stored + weight * np.maximum(found - stored, 0)
        # 8 bits: what is painted must not round to never painted
        return texel, mixed, np.maximum(better, 1 / 255).astype(np.float32)


def _linear(forms: Floats, u: Floats, v: Floats) -> Floats:
    """NxKx3 . (u, v, 1) -> NxK."""
    result: Floats = forms[:, :, 0] * u[:, None] + forms[:, :, 1] * v[:, None] + forms[:, :, 2]
    return result
