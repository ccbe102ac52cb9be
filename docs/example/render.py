"""Draw the example of the docs: a glazed vase whose texture is spoilt in the middle, and its mask.

    python docs/example/render.py [OUT_DIR]

image.png is the vase, with the pale, stretched stripe that a texture projection leaves behind.
mask.png has the inpaint gradient in red (255: repaint) and the vase's silhouette in green.
"""

import sys
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]  # of float32, kept so for speed
SIZE, PAD = 768, 64  # output pixels per side; the border of them that the vase never reaches
EYE, TARGET, ZOOM = (0, 2.3, 7.6), (0, 0.93, 0), 5.75  # the vase stands on y = 0 and is 2 high
KEY, FILL = np.array(
    [[-0.82, 0.45, 0.35], [0.87, 0.25, -0.42]], np.float32
)  # towards the two lights
CELLS, LOWEST = 400, -0.25  # of the distance table: cells per unit, and its first height
GLAZE = ((0.74, 0.36, 0.05), (0.66, 0.15, 0.02), (0.24, 0.03, 0.03), (0.08, 0.015, 0.04))


def vec(*values: float) -> Array:
    """A point, direction or colour."""
    return np.array(values, np.float32)


def unit(v: Array) -> Array:
    """Vectors along the last axis at length 1."""
    return v / np.linalg.norm(v, axis=-1, keepdims=True)


def step(low: float, high: float, x: Array) -> Array:
    """0 at `low`, 1 at `high`, a smooth cubic between them (smoothstep)."""
    t = np.clip((x - low) / (high - low), 0, 1)
    return t * t * (3 - 2 * t)


def fractal(rng: np.random.Generator, power: float, lowest: int, size: int = 1024) -> Array:
    """Periodic noise, mean 0 and deviation 1, with a spectrum 1 / f**power above `lowest`."""
    f = np.hypot(np.fft.fftfreq(size)[:, None], np.fft.rfftfreq(size)) * size
    gain = np.where(f >= lowest, np.maximum(f, 1) ** -power, 0)
    noise = np.fft.irfft2(np.fft.rfft2(rng.standard_normal((size, size))) * gain)
    return (noise / noise.std()).astype(np.float32)


def sample(noise: Array, u: Array, v: Array) -> Array:
    """Periodic noise at (u, v), in periods."""
    u, v = u % 1 * noise.shape[0], v % 1 * noise.shape[0]
    return cv2.remap(noise, u, v, cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP)


def distance_tables() -> list[Array]:
    """Signed distance to the vase over (height, radius), and its two slopes."""
    y, r = np.ogrid[LOWEST : 2.6 : 1 / CELLS, 0 : 1.8 : 1 / CELLS]
    belly, lip = np.exp(-(np.abs((y - 1.0) / 0.72) ** 3)), np.exp(-(((y - 2.04) / 0.14) ** 2))
    wall = 0.29 + 0.71 * belly + 0.15 * lip + 0.13 * np.exp(-(((y + 0.03) / 0.18) ** 2))
    lean = np.sqrt(1 + np.gradient(wall, 1 / CELLS, axis=0) ** 2)
    solid, hollow = (r - wall) / lean, np.maximum((r - wall + 0.055) / lean, 1.2 - y)
    sides = np.stack(np.broadcast_arrays(solid, -y, y - 2, -hollow))
    d = 0.012 * np.logaddexp.reduce(sides / 0.012)  # a maximum that rounds the edges
    return [a.astype(np.float32) for a in (d, *np.gradient(d, 1 / CELLS))]


def look_up(table: Array, p: Array) -> Array:
    """A table of `distance_tables` at points of the scene, (..., 3)."""
    r, y = np.hypot(p[..., 0], p[..., 2]) * CELLS, (p[..., 1] - LOWEST) * CELLS
    return cv2.remap(table, r, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


def camera_rays(x: Array, y: Array) -> Array:
    """Directions from the eye through (x, y) on the picture, each -1..1 from left and top."""
    forward, right = unit(vec(*TARGET) - vec(*EYE)), vec(1, 0, 0)
    return unit(forward * ZOOM + right * x[..., None] - np.cross(right, forward) * y[..., None])


def backdrop(table: Array) -> Array:
    """The studio: a teal sweep, lit behind the vase, with the vase's soft shadow on its floor."""
    y, x = np.mgrid[0:SIZE, 0:SIZE].astype(np.float32) / (SIZE / 2) - 1
    ray = camera_rays(x, y)
    floor = vec(*EYE) - EYE[1] * ray / np.minimum(ray[..., 1:2], -0.08)
    light = np.ones_like(x)
    for t in np.geomspace(0.03, 4, 24, dtype=np.float32):
        light = np.minimum(light, 0.5 + 2.2 * look_up(table, floor + t * KEY) / t)
    shadow = cv2.GaussianBlur(step(0, 1, light), (0, 0), 8)[..., None]
    close = np.exp(-np.maximum(look_up(table, floor), 0) / 0.12)[..., None]
    glow = np.exp(-(((x + 0.1) / 0.75) ** 2) - ((y + 0.15) / 0.65) ** 2)[..., None]
    wall = vec(0.012, 0.06, 0.085) + glow * vec(0.04, 0.20, 0.24)
    ground = vec(0.05, 0.20, 0.235) * (0.9 - 0.35 * x[..., None]) * (0.2 + 0.8 * shadow)
    ground = ground * (1 - 0.8 * close) + vec(0.05, 0.015, 0.002) * close * shadow
    return wall + (ground - wall) * step(-2.6, 0.2, floor[..., 2:])


def glaze(broad: Array, fine: Array, angle: Array, y: Array) -> tuple[Array, Array]:
    """Colour of the vase at an angle and a height, and how much of it is glazed."""
    broad, fine = (sample(n, angle / (2 * np.pi), y * 0.36) for n in (broad, fine))
    flow, stops = y / 2 + 0.035 * broad + 0.01 * fine, np.linspace(0.15, 0.95, len(GLAZE))
    channels = [np.interp(flow, stops, c) for c in zip(*GLAZE, strict=True)]
    colour = np.dstack(channels).astype(np.float32)
    colour *= np.exp(0.15 * fine + 0.12 * broad)[..., None]
    colour *= 1 - 0.7 * step(1.9, 2.7, fine - 0.3 * broad)[..., None]  # iron specks
    glazed = step(0.085, 0.1, y + 0.015 * broad)  # the foot is bare clay
    clay = vec(0.28, 0.15, 0.085) * np.exp(0.12 * fine)[..., None]
    return np.where(glazed[..., None] > 0.5, colour, clay), glazed


def shade(n: Array, ray: Array, colour: Array, glazed: Array) -> Array:
    """Soft key from the left, cool fill from the right; softbox and studio as reflections."""
    lit = np.clip((n @ KEY + 0.25) / 1.25, 0, 1)[..., None] ** 1.5 * vec(2.5, 2.3, 2.05)
    lit += np.clip((n @ FILL + 0.4) / 1.4, 0, 1)[..., None] ** 2 * vec(0.20, 0.32, 0.38)
    lit += (0.6 + 0.4 * n[..., 1:2]) * vec(0.17, 0.17, 0.175)
    facing = (n * ray).sum(-1)
    mirror = ray - 2 * facing[..., None] * n
    side = unit(np.cross(KEY, vec(0, 1, 0)))
    ahead = np.maximum(mirror @ KEY, 1e-3)
    across, along = np.abs(mirror @ side) / ahead, np.abs(mirror @ np.cross(side, KEY)) / ahead
    softbox = step(0.21, 0.10, across) * step(0.75, 0.35, along) + 0.10 * ahead**6
    rim = np.clip(mirror @ FILL, 0, 1) ** 16
    shine = (0.04 + 0.5 * np.clip(1 + facing, 0, 1) ** 5) * (6 * softbox + 0.9 * rim + 0.2)
    return colour * lit + (shine * glazed)[..., None] * vec(0.9, 1, 1)


def vase(tables: list[Array], rng: np.random.Generator) -> list[Array]:
    """Colour, coverage and spoilt part of the vase, each at the output's size."""
    y, x = np.mgrid[PAD : SIZE - PAD : 0.5, PAD : SIZE - PAD : 0.5].astype(np.float32)  # 4 a pixel
    ray = camera_rays(x * 2 / SIZE - 1, y * 2 / SIZE - 1)
    p = vec(*EYE) + ray * 6.2  # just in front of the vase
    for _ in range(48):
        d = look_up(tables[0], p)
        p += ray * d[..., None]
    hit: Array = (np.abs(d) < 0.01).astype(np.float32)
    hit = cv2.morphologyEx(hit, cv2.MORPH_CLOSE, np.ones((7, 7)))  # rays still grazing the lip
    angle, height = np.arctan2(p[..., 0], p[..., 2]), p[..., 1]
    slope_y, slope_r = look_up(tables[1], p), look_up(tables[2], p)
    outside = step(-0.5, 0.2, slope_r + slope_y)  # the wall in the neck looks inward

    # The spoilt stripe: texture stretched sideways and bleached, ragged, with a stain around it.
    broad, fine = fractal(rng, 1.9, 2), fractal(rng, 1.15, 24)
    streak = sample(broad, angle / 9, height * 2.2) + sample(fine, angle / 90, height * 0.5)
    off = np.abs(p[..., 0]) - 0.02 - 0.11 * np.exp(-(((height - 1.0) / 0.45) ** 2)) + 0.012 * streak
    front = outside * step(0.03, 0.09, height) * (p[..., 2] > 0)
    core, stain = (step(w, -w / 3, off) * front for w in (0.06, 0.2))
    colour, glazed = glaze(broad, fine, angle * (1 - 0.96 * core), height)
    pale = vec(0.50, 0.49, 0.47) * (1 + 0.09 * streak[..., None])
    colour += (pale - colour) * np.maximum(0.8 * core, 0.14 * stain)[..., None]

    n = np.dstack([slope_r * np.sin(angle), slope_y, slope_r * np.cos(angle)])
    n[..., 0] += 0.02 * sample(broad, angle / 4 + 0.5, height)  # the ripple of a thrown wall
    n[..., 1] += 0.02 * np.sin(height * 55) + 0.02 * sample(broad, angle / 6, height)
    seen = shade(unit(n), ray, colour, glazed * outside * (1 - 0.9 * core))
    seen *= ((0.12 + 0.88 * outside) * (0.3 + 0.7 * step(-0.05, 0.35, height)) * hit)[..., None]
    smooth = (cv2.GaussianBlur(a, (0, 0), 0.8) for a in (seen, hit, core * hit))
    planes = (cv2.resize(a, None, None, 0.5, 0.5, cv2.INTER_AREA) for a in smooth)
    return [cv2.copyMakeBorder(a, PAD, PAD, PAD, PAD, cv2.BORDER_CONSTANT) for a in planes]


def gradient(core: Array, cover: Array) -> Array:
    """What to repaint: the stripe and a margin fully, then less and less towards the sides."""
    away = cv2.distanceTransform((core < 0.02).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    rows = np.flatnonzero(cover.max(1) > 0)
    beyond = np.abs(np.arange(SIZE) - rows.mean()) - np.ptp(rows) / 2  # rows above or below it
    red = step(90, 10, cv2.GaussianBlur(away, (0, 0), 6)) * step(34, 4, beyond)[:, None]
    return cv2.GaussianBlur(red.astype(np.float32), (0, 0), 3)


def main(out: Path) -> None:
    """Renders image.png and mask.png into the folder `out`."""
    rng, tables = np.random.default_rng(7), distance_tables()
    seen, cover, core = vase(tables, rng)
    linear = seen + backdrop(tables[0]) * (1 - cover[..., None])
    film = 1 - np.exp(-1.7 * linear**1.12)  # highlights roll off, shadows deepen
    grain = rng.normal(0, 0.8, (SIZE, SIZE, 1))  # as in a photo; also hides the steps of 8 bits
    mask = np.dstack([gradient(core, cover), cover, np.zeros_like(cover)]) * 255
    out.mkdir(parents=True, exist_ok=True)
    for name, pixels in (("image.png", film ** (1 / 2.2) * 255 + grain), ("mask.png", mask)):
        bgr = np.clip(pixels, 0, 255).round().astype(np.uint8)[..., ::-1]
        cv2.imwrite(str(out / name), bgr, [cv2.IMWRITE_PNG_COMPRESSION, 9])


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
