"""Picture files: one clear sentence if reading fails, written completely or not at all."""

from __future__ import annotations

import base64
import io
import os
import stat
import warnings
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from PIL import Image, UnidentifiedImageError

from neuralmaster import atomic, formats

MEGAPIXELS = 89.0  # Pillow's own limit, which a host may have disabled; larger takes more memory
# What is accepted over HTTP; other decoders are little tested, or start programs (EPS).
OF_THE_WEB = ("PNG", "JPEG", "WEBP", "BMP", "GIF")
# Formats whose further frames are pictures; in others they are previews or layers of the first.
_FRAMES = ("AVIF", "GIF", "PNG", "TIFF", "WEBP")
_ORIENTATION = 0x0112  # the EXIF tag
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


@dataclass(frozen=True, eq=False)
class Opened:
    """A picture read from a file. notes: what the user should know about it, a sentence each."""

    picture: Image.Image
    notes: tuple[str, ...] = ()


def read(path: str | Path) -> Image.Image:
    """Reads a picture and applies its EXIF orientation.

    Raises ValueError in one sentence if it cannot be read or has more than MEGAPIXELS: a small
    file can hold a picture that exhausts the memory.
    """
    return opened(path).picture


def opened(path: str | Path) -> Opened:
    """Like `read`, with a note if there are more frames or pages than the first."""
    path = Path(path)
    try:
        if path.is_dir():
            raise ValueError(f"{path}: expected a picture file, got a directory")
        with _opened_file(path) as file:
            return _decoded(file, str(path))
    except OSError as error:
        raise ValueError(f"{path}: cannot be read: {error.strerror or error}") from error


def decoded(
    content: bytes,
    name: str,
    megapixels: float = MEGAPIXELS,
    formats: tuple[str, ...] | None = None,
) -> Image.Image:
    """Like `read`, from bytes in memory; error messages begin with the name.

    formats: the formats accepted, by Pillow's names; None for all.
    """
    return _decoded(io.BytesIO(content), name, megapixels, formats).picture


def _opened_file(path: Path) -> IO[bytes]:
    # opening a pipe can block for ever, and a device may have no end
    nonblocking, binary = getattr(os, "O_NONBLOCK", 0), getattr(os, "O_BINARY", 0)
    file = os.fdopen(os.open(path, os.O_RDONLY | nonblocking | binary), "rb")
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        file.close()
        raise ValueError(f"{path}: expected a picture file, got a pipe or a device")
    return file


def _decoded(
    file: IO[bytes],
    name: str,
    megapixels: float = MEGAPIXELS,
    formats: tuple[str, ...] | None = None,
) -> Opened:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(file, formats=formats) as image:
                if image.width * image.height > megapixels * 1e6:
                    raise Image.DecompressionBombError(f"{image.width}x{image.height}")
                image.load()
                return Opened(_upright(image), _left_out(image, name))
    except MemoryError:
        raise
    except Image.DecompressionBombError as error:  # Pillow may have raised it first
        raise ValueError(
            f"{name}: expected at most {megapixels:g} megapixels, got more ({error}); scale it down"
        ) from error
    except UnidentifiedImageError as error:
        file.seek(0)
        kind = "a file of another kind" if file.read(1) else "an empty file"
        known = f" ({', '.join(formats)})" if formats else ""
        raise ValueError(f"{name}: expected a picture{known}, got {kind}") from error
    except Exception as error:  # a damaged file can fail anywhere in a decoder
        raise ValueError(f"{name}: cannot be read: the picture is damaged ({error})") from error


def _upright(image: Image.Image) -> Image.Image:
    orientation = None
    if image.format != "TIFF":  # Pillow has applied that already, and may not say so
        with suppress(Exception):  # the pixels can be sound though the EXIF is damaged
            orientation = image.getexif().get(_ORIENTATION)
    turn = _UPRIGHT.get(orientation) if isinstance(orientation, int) else None
    if turn is not None:
        return image.transpose(turn)
    if image.format == "JPEG":  # it does not need its file once it is loaded, and can be large
        return image
    return image.copy()


def _left_out(image: Image.Image, name: str) -> tuple[str, ...]:
    several = False
    with suppress(Exception):  # what comes after the first frame may be damaged
        several = image.format in _FRAMES and getattr(image, "is_animated", False)
    return (f"{name}: holds several frames or pages: only the first is used.",) if several else ()


def write_all(pictures: Mapping[Path, Image.Image | bytes]) -> dict[Path, str]:
    """Writes pictures to the paths, in the formats of their extensions; all of them or none.

    Bytes are an encoded file, written unchanged if it has that format. Returns a sentence for
    each path whose format changed pixels. Targets are never half written, and appear in the order
    given (see atomic.write). Raises ValueError in one sentence.
    """
    contents, changes = {}, {}
    for path, picture in pictures.items():
        contents[path], change = _content(picture, path)
        if change:
            changes[path] = change
    try:
        atomic.write(contents)
    except OSError as error:
        raise ValueError(f"{error.filename}: cannot be written: {error.strerror}") from error
    return changes


def check_writable(path: Path) -> None:
    """Raises ValueError in one sentence if a picture could not be written there."""
    try:
        if path.is_dir():
            raise ValueError(f"{path}: expected a file name to write to, got a directory")
        if path.exists() and not path.is_file():
            raise ValueError(f"{path}: expected a file name to write to, got a pipe or a device")
        if not path.parent.is_dir():
            raise ValueError(f"{path}: cannot be written: there is no directory {path.parent}")
        formats.of(path)
        with suppress(FileNotFoundError):
            path.lstat()  # raises if the name itself is not valid
        atomic.check(path.parent)
    except OSError as error:
        raise ValueError(f"{path}: cannot be written: {error.strerror or error}") from error


def in_base64(picture: Image.Image) -> str:
    """The picture as a PNG file in base64, as the WebUI's API takes it."""
    return base64.b64encode(encoded(picture, Path("picture.png"))).decode()


def data_url(picture: Image.Image) -> str:
    """The picture as a PNG data URL."""
    return as_url(in_base64(picture))


def as_url(content: str) -> str:
    """A PNG file in base64 as a data URL."""
    return f"data:image/png;base64,{content}"


def encoded(picture: Image.Image, path: Path) -> bytes:
    """The picture as a file in the format of the path's extension."""
    return formats.encoded(picture, path)[0]


def _content(picture: Image.Image | bytes, path: Path) -> tuple[bytes, str]:
    if isinstance(picture, Image.Image):
        return formats.encoded(picture, path)
    read = decoded(picture, str(path), formats=OF_THE_WEB)
    with Image.open(io.BytesIO(picture), formats=OF_THE_WEB) as image:
        if image.format == formats.of(path):
            return picture, ""
    return formats.encoded(read, path)
