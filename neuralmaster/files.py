"""Picture files: read with one clear sentence if that fails, written whole or not at all."""

from __future__ import annotations

import base64
import io
import os
import tempfile
import warnings
from collections.abc import Mapping
from pathlib import Path

from PIL import Image, ImageOps, UnidentifiedImageError

MEGAPIXELS = 89.0  # what Pillow takes for safe; a host may have switched Pillow's own limit off
# What a stranger may send; other decoders are little tested, or start programs (EPS).
OF_THE_WEB = ("PNG", "JPEG", "WEBP", "BMP", "GIF")
# The metadata that still holds for a prepared picture, as Pillow's writers name it.
_KEPT = ("icc_profile", "dpi")
# For formats that lose some: below this the area to keep would visibly change.
_QUALITY = {"quality": 95, "subsampling": 0, "lossless": True}


def read(path: str | Path) -> Image.Image:
    """Reads a picture, turned upright as its EXIF orientation says.

    Raises ValueError in one sentence for whatever cannot be read, and for a picture of more
    than MEGAPIXELS: a small file can hold one that fills the memory.
    """
    path = Path(path)
    if path.is_dir():
        raise ValueError(f"{path}: expected a picture file, got a directory")
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ValueError(f"{path}: cannot be read: {error.strerror or error}") from error
    return decoded(content, str(path))


def decoded(
    content: bytes,
    name: str,
    megapixels: float = MEGAPIXELS,
    formats: tuple[str, ...] | None = None,
) -> Image.Image:
    """`read` for what is in memory already; errors begin with the name.

    formats: Pillow's names of those that are read; None for all it knows.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(content), formats=formats) as image:
                if image.width * image.height > megapixels * 1e6:
                    raise Image.DecompressionBombError(f"{image.width}x{image.height}")
                image.load()
                return ImageOps.exif_transpose(image)
    except Image.DecompressionBombError as error:  # Pillow may have raised it first
        raise ValueError(
            f"{name}: expected at most {megapixels:g} megapixels, got more ({error}); scale it down"
        ) from error
    except UnidentifiedImageError as error:
        kind = "a file of another kind" if content else "an empty file"
        known = f" ({', '.join(formats)})" if formats else ""
        raise ValueError(f"{name}: expected a picture{known}, got {kind}") from error
    except Exception as error:  # a damaged file can fail anywhere in a decoder
        raise ValueError(f"{name}: cannot be read: the picture is damaged ({error})") from error


def write_all(pictures: Mapping[Path, Image.Image | bytes]) -> None:
    """Writes pictures to the paths, in the formats their endings say; all of them or none.

    Bytes are a file already, written as it is if it has that format. Each is finished under
    another name beside its place first, so that nothing half written is ever seen there; the
    last to appear is the last of them. Raises ValueError in one sentence.
    """
    finished: dict[Path, Path] = {}
    try:
        for path, picture in pictures.items():
            finished[path] = _write_beside(path, _content(picture, path))
        for path in list(finished):
            finished[path].replace(path)
            del finished[path]
    except OSError as error:
        raise ValueError(f"{path}: cannot be written: {error.strerror or error}") from error
    finally:
        for unfinished in finished.values():
            unfinished.unlink(missing_ok=True)


def check_writable(path: Path) -> None:
    """Raises ValueError in one sentence if a picture could not be written there."""
    if path.is_dir():
        raise ValueError(f"{path}: expected a file name to write to, got a directory")
    if not path.parent.is_dir():
        raise ValueError(f"{path}: cannot be written: there is no directory {path.parent}")
    _format(path)


def in_base64(picture: Image.Image) -> str:
    """The picture as a PNG file in base64, as the WebUI's API takes it."""
    return base64.b64encode(encoded(picture, Path("picture.png"))).decode()


def data_url(picture: Image.Image) -> str:
    """The picture as a PNG file in a URL, as a page takes it."""
    return as_url(in_base64(picture))


def as_url(content: str) -> str:
    """A PNG file in base64 as a URL."""
    return f"data:image/png;base64,{content}"


def encoded(picture: Image.Image, path: Path) -> bytes:
    """The picture as a file of the format that the path's ending says."""
    file_format = _format(path)
    keep = {key: picture.info[key] for key in _KEPT if key in picture.info}
    buffer = io.BytesIO()
    try:
        picture.save(buffer, file_format, **_QUALITY, **keep)
    except (OSError, ValueError, KeyError) as error:
        raise ValueError(f"{path}: {file_format} cannot hold this picture ({error})") from error
    return buffer.getvalue()


def _content(picture: Image.Image | bytes, path: Path) -> bytes:
    if isinstance(picture, Image.Image):
        return encoded(picture, path)
    read = decoded(picture, str(path), formats=OF_THE_WEB)
    with Image.open(io.BytesIO(picture), formats=OF_THE_WEB) as image:
        return picture if image.format == _format(path) else encoded(read, path)


def _format(path: Path) -> str:
    Image.init()
    file_format = Image.EXTENSION.get(path.suffix.lower())
    if file_format not in Image.SAVE:
        raise ValueError(f"{path}: expected a name that ends in .png, .jpg or the like")
    return str(file_format)


def _write_beside(path: Path, content: bytes) -> Path:
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    unfinished = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        # mkstemp makes a file for its owner alone; a picture has the rights of any new file
        umask = os.umask(0)
        os.umask(umask)
        unfinished.chmod(0o666 & ~umask)
    except OSError:
        unfinished.unlink()
        raise
    return unfinished
