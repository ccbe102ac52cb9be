"""Blender's images as arrays, and back; the quality map that belongs to a texture."""

from __future__ import annotations

import tempfile
from pathlib import Path

import bpy
import numpy as np

from .planes import Taps
from .surface import Surface

PICTURE, MASK, RESULT = "NeuralMaster picture", "NeuralMaster mask", "NeuralMaster result"


class StepError(Exception):
    """A step that cannot be done; the message is one sentence."""


def pixels(image: bpy.types.Image) -> np.ndarray:
    """HxWx4 float32, 0..1, as displayed; rows from the bottom."""
    width, height = image.size
    values = np.empty(width * height * 4, np.float32)
    image.pixels.foreach_get(values)
    values = values.reshape(height, width, 4)
    if image.is_float and image.colorspace_settings.name != "Non-Color":
        values[..., :3] = displayed(values[..., :3])
    return values


def set_pixels(image: bpy.types.Image, values: np.ndarray) -> None:
    """Writes all of an image at once: HxWx4 float32, as displayed."""
    if image.is_float and image.colorspace_settings.name != "Non-Color":
        values = np.concatenate([linear(values[..., :3]), values[..., 3:]], axis=2)
    image.pixels.foreach_set(np.ascontiguousarray(values, np.float32).ravel())
    image.update()
    image.update_tag()


def displayed(values: np.ndarray) -> np.ndarray:
    """Linear light as sRGB, IEC 61966-2-1."""
    values = np.clip(values, 0, 1)
    bright = 1.055 * np.power(np.maximum(values, 0.0031308), 1 / 2.4) - 0.055
    return np.where(values <= 0.0031308, values * 12.92, bright).astype(np.float32)


def linear(values: np.ndarray) -> np.ndarray:
    """sRGB as linear light."""
    bright = np.power((values + 0.055) / 1.055, 2.4)
    return np.where(values <= 0.04045, values / 12.92, bright).astype(np.float32)


def surface(image: bpy.types.Image) -> Surface:
    """A texture and its quality map."""
    width, height = image.size
    stored = image.neuralmaster.quality
    if stored is None:
        quality = np.zeros((height, width), np.float32)
    else:
        quality = np.ascontiguousarray(pixels(stored)[..., 0])
        if quality.shape != (height, width):  # the texture was scaled since
            quality = sized(quality, width, height)
    return Surface(image.name, pixels(image), quality)


def keep(image: bpy.types.Image, changed: Surface) -> None:
    """Writes a texture and its quality map, which is made if there is none."""
    height, width = changed.quality.shape
    stored = image.neuralmaster.quality
    if stored is None or tuple(stored.size) != (width, height):
        if stored is None:
            stored = bpy.data.images.new(f"{image.name} quality", width, height, is_data=True)
            image.neuralmaster.quality = stored
        else:
            stored.scale(width, height)
    values = np.ones((height, width, 4), np.float32)
    values[..., :3] = changed.quality[..., None]
    set_pixels(image, changed.texture)
    set_pixels(stored, values)


def named(name: str, levels: np.ndarray) -> bpy.types.Image:
    """The image of this name, made or resized, with HxWx3 levels 0..255 in it."""
    height, width = levels.shape[:2]
    image = bpy.data.images.get(name)
    if image is None:
        image = bpy.data.images.new(name, width, height)
    elif tuple(image.size) != (width, height):
        image.scale(width, height)
    values = np.ones((height, width, 4), np.float32)
    values[..., :3] = levels.astype(np.float32) / 255
    set_pixels(image, values)
    image.use_fake_user = True
    return image


def of_file(name: str, content: bytes) -> bpy.types.Image:
    """The image of this name, from the content of a PNG or another picture file.

    Raises StepError if Blender cannot read it; the image of that name is then as it was.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "result.png"
        path.write_bytes(content)
        try:
            loaded = bpy.data.images.load(str(path))
        except RuntimeError as error:
            raise StepError("The WebUI returned a picture that Blender cannot read.") from error
        if not loaded.has_data and not loaded.size[0]:
            bpy.data.images.remove(loaded)
            raise StepError("The WebUI returned a picture that Blender cannot read.")
        values = pixels(loaded)
        bpy.data.images.remove(loaded)
    return named(name, np.rint(values[..., :3] * 255).astype(np.uint8))


def sized(plane: np.ndarray, width: int, height: int) -> np.ndarray:
    """A plane at another size, interpolated."""
    if plane.shape[:2] == (height, width):
        return plane
    row, column = np.divmod(np.arange(width * height), width)
    x = (column + 0.5) * (plane.shape[1] / width)
    y = (row + 0.5) * (plane.shape[0] / height)
    values = Taps.at(x, y, plane.shape[1], plane.shape[0]).of(plane)
    return values.reshape(height, width, *plane.shape[2:])


def pack_ours() -> None:
    """Puts what exists only in memory into the .blend that is about to be saved."""
    ours = {PICTURE, MASK, RESULT}
    for image in bpy.data.images:
        quality = image.neuralmaster.quality
        if quality is not None and quality.is_dirty:
            quality.pack()
        in_memory = image.source == "GENERATED" or image.packed_file is not None
        if in_memory and image.is_dirty and (image.name in ours or image.neuralmaster.revision):
            image.pack()
