"""Small pictures and masks that several tests need."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
EXAMPLE = ROOT / "docs" / "example"
APPLE = ROOT.parent / "shared" / "apple"  # a real render, kept outside this repository

OBJECT = (200, 80, 40)
BACKGROUND = (20, 90, 160)
SPOILT = (250, 250, 250)


def two_channel(red: NDArray[np.generic], green: NDArray[np.generic]) -> Image.Image:
    """An RGB mask of two HxW arrays of levels."""
    red, green = np.asarray(red, np.uint8), np.asarray(green, np.uint8)
    return Image.fromarray(np.dstack([red, green, np.zeros_like(red)]))


def ramp(size: int, low: float, high: float) -> NDArray[np.float64]:
    """Red that rises from 0 to 255 between two shares of the width, HxW levels."""
    x = (np.arange(size) + 0.5) / size
    return np.tile(np.clip((x - low) / (high - low), 0, 1) * 255, (size, 1)).round()


def flat_scene(size: int) -> tuple[Image.Image, Image.Image]:
    """A flat object, spoilt where red is high, before a background of another colour.

    The object fills the picture but for a margin of a quarter; red rises over its right half.
    """
    green = np.zeros((size, size))
    margin = size // 4
    green[margin : size - margin, margin : size - margin] = 255
    red = ramp(size, 0.4, 0.7)
    image = np.empty((size, size, 3), np.uint8)
    image[:] = BACKGROUND
    image[green > 0] = OBJECT
    image[(green > 0) & (red >= 128)] = SPOILT
    return Image.fromarray(image), two_channel(red, green)


def textured_scene(width: int, height: int, seed: int = 0) -> tuple[Image.Image, Image.Image]:
    """A smoothly coloured, grainy object with a spoilt round hole, and a gradient around it."""
    rng = np.random.default_rng(seed)
    y, x = (np.mgrid[0:height, 0:width] + 0.5) / np.array([height, width])[:, None, None]
    colour = np.dstack([140 + 90 * x, 60 + 80 * y, 150 - 100 * x * y])
    inside = np.hypot((x - 0.5) / 0.45, (y - 0.5) / 0.42) < 1
    image = np.where(inside[..., None], colour, BACKGROUND) + rng.normal(0, 6, colour.shape)
    depth = 0.18 - np.hypot(x - 0.52, y - 0.5)
    red = np.clip(0.5 + depth / 0.15, 0, 1) * 255
    image[red >= 128] = SPOILT
    pixels = image.clip(0, 255).round().astype(np.uint8)
    return Image.fromarray(pixels), two_channel(red.round(), inside * 255)


def pixels(image: Image.Image) -> NDArray[np.uint8]:
    return np.asarray(image)


def psnr(a: NDArray[np.floating], b: NDArray[np.floating]) -> float:
    """Peak signal-to-noise ratio in dB of two arrays of levels 0..255."""
    error = np.mean((np.asarray(a, np.float64) - np.asarray(b, np.float64)) ** 2)
    return float(10 * np.log10(255**2 / error)) if error else float("inf")


def noise(mode: str, size: tuple[int, int] = (33, 21)) -> Image.Image:
    """A picture of random levels in every channel; the same at each call."""
    channels = len(mode)
    levels = np.random.default_rng(0).integers(0, 256, (size[1], size[0], channels), np.uint8)
    return Image.fromarray(levels.squeeze())


def assert_flat(image: Image.Image, region: object, colour: tuple[int, int, int] = OBJECT) -> None:
    """Whether a region of a picture is of one colour, to a level."""
    assert np.abs(pixels(image)[region].astype(int) - colour).max() <= 1
