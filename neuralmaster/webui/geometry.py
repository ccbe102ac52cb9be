"""Where in the original the picture lies that the host samples."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modules import images
from PIL import Image

if TYPE_CHECKING:
    from modules.processing import StableDiffusionProcessingImg2Img as Processing


def laid(
    original: Image.Image, size: tuple[int, int], resize_mode: int, background: str
) -> Image.Image:
    """The original as the host lays it under its overlay of this size: RGB, without alpha."""
    image = images.flatten(original, background)
    return image if image.size == size else images.resize_image(resize_mode, image, *size)


def sampled(p: Processing, picture: Image.Image, size: tuple[int, int]) -> Image.Image:
    """The part of a picture as large as the overlay that the host samples, at this size.

    With Only masked that is a crop, scaled; else the whole.
    """
    if p.paste_to:
        left, upper, width, height = p.paste_to
        picture = picture.crop((left, upper, left + width, upper + height))
    return picture if picture.size == size else picture.resize(size, Image.Resampling.LANCZOS)


def number(p: Processing) -> int | None:
    """Which init image the current picture of a batch was made from; None if that is unknown."""
    if len(p.init_images) == 1:
        return 0
    index = getattr(p, "batch_index", None)
    return index if index is not None and index < len(p.init_images) else None
