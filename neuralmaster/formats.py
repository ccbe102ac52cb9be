"""Formats of picture files: what a file's ending stands for, and what a format keeps."""

from __future__ import annotations

import io
import math
from pathlib import Path
from typing import Any

from PIL import Image, ImageChops

# What makes each format lose as little as it can.
_SAVING: dict[str, dict[str, Any]] = {
    "AVIF": {"quality": 100, "subsampling": "4:4:4"},
    "JPEG": {"quality": 95, "subsampling": 0},
    "MPO": {"quality": 95, "subsampling": 0},
    "TIFF": {"compression": "raw"},  # not what the input had, which may be JPEG's
    "WEBP": {"lossless": True, "exact": True},  # exact: also the colours of transparent pixels
}
_STARTS_PROGRAMS = ("EPS",)  # to be read
_SEEN = 8  # levels of alpha: a lossy format changes it by less, one without alpha by more
_MOST_DPI = 65535  # of a JPEG file (JFIF: 16 bits); other formats hold no less


def of(path: Path) -> str:
    """Pillow's name of the format that the path's ending stands for.

    Raises ValueError in one sentence if pictures are not written, or not read again, in it.
    """
    Image.init()
    file_format = Image.EXTENSION.get(path.suffix.lower())
    readable = file_format in Image.OPEN and file_format not in _STARTS_PROGRAMS
    if file_format not in Image.SAVE or not readable:
        raise ValueError(f"{path}: expected a name that ends in .png, .jpg or the like")
    return str(file_format)


def encoded(picture: Image.Image, path: Path) -> tuple[bytes, str]:
    """A picture (L, LA, RGB, RGBA) as a file, and what the format made of it, a sentence or "".

    The colour profile and the resolution go along, if the format can hold them. Raises ValueError
    in one sentence if the format cannot hold the picture in its size or with its transparency.
    """
    file_format = of(path)
    content = _saved(picture, path, file_format)
    return content, "" if file_format == "PNG" else _changes(picture, content, path, file_format)


def _saved(picture: Image.Image, path: Path, file_format: str) -> bytes:
    for metadata in (_metadata(picture), {}):  # no picture is refused for its metadata
        buffer = io.BytesIO()
        try:
            picture.save(buffer, file_format, **_SAVING.get(file_format, {}), **metadata)
            return buffer.getvalue()
        except MemoryError:
            raise
        except Exception as error:  # an encoder refuses in many ways
            refusal = error
    raise ValueError(
        f"{path}: {file_format} cannot hold this picture ({refusal}); choose a name that ends in "
        ".png"
    ) from refusal


def _metadata(picture: Image.Image) -> dict[str, Any]:
    """What still holds for a prepared picture, as Pillow's writers name it."""
    kept = {}
    if isinstance(picture.info.get("icc_profile"), bytes):
        kept["icc_profile"] = picture.info["icc_profile"]
    try:
        x, y = (float(dots) for dots in picture.info["dpi"])
    except (KeyError, TypeError, ValueError, ArithmeticError):
        return kept
    # files hold any number there; none that is not one, or of no printer, is a resolution
    if all(math.isfinite(dots) and 1 <= dots <= _MOST_DPI for dots in (x, y)):
        kept["dpi"] = (x, y)
    return kept


def _changes(picture: Image.Image, content: bytes, path: Path, file_format: str) -> str:
    """Compares a file with the picture that it was made of."""
    with Image.open(io.BytesIO(content), formats=(file_format,)) as made:
        made.load()
        if made.size != picture.size:
            width, height = made.size
            raise ValueError(
                f"{path}: {file_format} cannot hold this picture ({picture.width}x{picture.height} "
                f"becomes {width}x{height}); choose a name that ends in .png"
            )
        of_bands = _differences(picture, made)
        if picture.mode in ("LA", "RGBA") and of_bands[-1] > _SEEN:
            raise ValueError(
                f"{path}: {file_format} cannot hold this picture (it loses its transparency); "
                "choose a name that ends in .png"
            )
    if not max(of_bands):
        return ""
    return (
        f"{path}: {file_format} does not keep pixels as they are: they changed by up to "
        f"{max(of_bands)} of 255 levels, also those outside the mask; a name that ends in .png "
        "keeps them."
    )


def _differences(one: Image.Image, other: Image.Image) -> list[int]:
    """The largest of each band; where the modes differ, of red, green, blue and alpha."""
    if one.mode != other.mode:
        one, other = one.convert("RGBA"), other.convert("RGBA")
    bands = zip(one.split(), other.split(), strict=True)
    extrema: list[Any] = [ImageChops.difference(a, b).getextrema() for a, b in bands]
    return [highest for _, highest in extrema]
