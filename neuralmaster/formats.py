"""Picture file formats: which format an extension means, and what a format preserves."""

from __future__ import annotations

import io
import math
from pathlib import Path
from typing import Any

from PIL import Image, ImageChops

# The options with which each format loses the least.
_SAVING: dict[str, dict[str, Any]] = {
    "AVIF": {"quality": 100, "subsampling": "4:4:4"},
    "JPEG": {"quality": 95, "subsampling": 0},
    "MPO": {"quality": 95, "subsampling": 0},
    "TIFF": {"compression": "raw"},  # not the input's own compression, which may be JPEG
    "WEBP": {"lossless": True, "exact": True},  # exact: also the colours of transparent pixels
}
_STARTS_PROGRAMS = ("EPS",)  # Pillow runs Ghostscript to read it
_SEEN = 8  # levels of alpha: lossy formats change it by less; larger accepts a lost alpha channel
_MOST_DPI = 65535  # what a JPEG file can hold (JFIF: 16 bits); other formats hold at least that


def of(path: Path) -> str:
    """Pillow's name of the format that the path's extension means.

    Raises ValueError in one sentence if Pillow cannot both write and read it.
    """
    Image.init()
    file_format = Image.EXTENSION.get(path.suffix.lower())
    readable = file_format in Image.OPEN and file_format not in _STARTS_PROGRAMS
    if file_format not in Image.SAVE or not readable:
        raise ValueError(f"{path}: expected a name that ends in .png, .jpg or the like")
    return str(file_format)


def encoded(picture: Image.Image, path: Path) -> tuple[bytes, str]:
    """A picture (L, LA, RGB, RGBA) as a file, and a sentence if the format changed it, or "".

    The colour profile and the resolution are kept if the format can hold them. Raises ValueError
    in one sentence if the format cannot hold the picture at its size or with its transparency.
    """
    file_format = of(path)
    content = _saved(picture, path, file_format)
    return content, "" if file_format == "PNG" else _changes(picture, content, path, file_format)


def _saved(picture: Image.Image, path: Path, file_format: str) -> bytes:
    for metadata in (_metadata(picture), {}):  # metadata alone is no reason to fail
        buffer = io.BytesIO()
        try:
            picture.save(buffer, file_format, **_SAVING.get(file_format, {}), **metadata)
            return buffer.getvalue()
        except MemoryError:
            raise
        except Exception as error:  # encoders fail in many ways
            failure = error
    raise ValueError(
        f"{path}: {file_format} cannot hold this picture ({failure}); choose a name that ends in "
        ".png"
    ) from failure


def _metadata(picture: Image.Image) -> dict[str, Any]:
    """The metadata that still applies to a prepared picture, under Pillow's names."""
    kept = {}
    if isinstance(picture.info.get("icc_profile"), bytes):
        kept["icc_profile"] = picture.info["icc_profile"]
    try:
        x, y = (float(dots) for dots in picture.info["dpi"])
    except (KeyError, TypeError, ValueError, ArithmeticError):
        return kept
    # a file can hold any number here; NaN, 0 or a huge one is not a resolution
    if all(math.isfinite(dots) and 1 <= dots <= _MOST_DPI for dots in (x, y)):
        kept["dpi"] = (x, y)
    return kept


def _changes(picture: Image.Image, content: bytes, path: Path, file_format: str) -> str:
    """Compares a file with the picture that it was written from."""
    with Image.open(io.BytesIO(content), formats=(file_format,)) as decoded:
        decoded.load()
        if decoded.size != picture.size:
            width, height = decoded.size
            raise ValueError(
                f"{path}: {file_format} cannot hold this picture ({picture.width}x{picture.height} "
                f"becomes {width}x{height}); choose a name that ends in .png"
            )
        by_band = _differences(picture, decoded)
        if picture.mode in ("LA", "RGBA") and by_band[-1] > _SEEN:
            raise ValueError(
                f"{path}: {file_format} cannot hold this picture (it loses its transparency); "
                "choose a name that ends in .png"
            )
    if not max(by_band):
        return ""
    return (
        f"{path}: {file_format} does not keep pixels as they are: they changed by up to "
        f"{max(by_band)} of 255 levels, also those outside the mask; a name that ends in .png "
        "keeps them."
    )


def _differences(one: Image.Image, other: Image.Image) -> list[int]:
    """The largest difference in each band; in RGBA if the modes differ."""
    if one.mode != other.mode:
        one, other = one.convert("RGBA"), other.convert("RGBA")
    bands = zip(one.split(), other.split(), strict=True)
    extrema: list[Any] = [ImageChops.difference(a, b).getextrema() for a, b in bands]
    return [highest for _, highest in extrema]
