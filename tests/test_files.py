"""Reading picture files."""

import io
import os
import struct
import threading
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from neuralmaster import files, images
from tests.pictures import noise, pixels


def test_a_picture_is_turned_upright(tmp_path):
    image = Image.fromarray(np.arange(24, dtype=np.uint8).reshape(4, 6) * 10)
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned a quarter to the right
    image.save(tmp_path / "turned.png", exif=exif)
    read = files.read(tmp_path / "turned.png")
    assert np.array_equal(pixels(read), np.rot90(pixels(image), -1))


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("empty.png", b"", "expected a picture, got an empty file"),
        ("text.png", b"hello", "expected a picture, got a file of another kind"),
        ("cut.png", None, "cannot be read: the picture is damaged"),
    ],
)
def test_what_is_no_picture_is_refused_in_one_sentence(tmp_path, name, content, message):
    path = tmp_path / name
    if content is None:
        Image.effect_noise((64, 64), 50).save(path)
        content = path.read_bytes()[:1500]
    path.write_bytes(content)
    with pytest.raises(ValueError) as error:
        files.read(path)
    assert str(error.value).startswith(f"{path}: {message}")
    assert "\n" not in str(error.value)


def test_a_directory_and_a_missing_file_are_refused(tmp_path):
    with pytest.raises(ValueError, match="expected a picture file, got a directory"):
        files.read(tmp_path)
    with pytest.raises(ValueError, match="cannot be read: No such file or directory"):
        files.read(tmp_path / "none.png")


@pytest.mark.parametrize("side", [9500, 15_000])
@pytest.mark.parametrize("pillows_limit", [None, 89_478_485])
def test_a_decompression_bomb_is_refused(tmp_path, monkeypatch, side, pillows_limit):
    Image.new("1", (side, side)).save(tmp_path / "bomb.png")
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", pillows_limit)
    with pytest.raises(ValueError, match=r"bomb.png: expected at most 89 megapixels, got more \("):
        files.read(tmp_path / "bomb.png")


def test_eight_thousand_pixels_square_are_no_bomb():
    assert files.MEGAPIXELS * 1e6 > 8192 * 8192


def test_damaged_exif_is_no_damaged_picture(tmp_path):
    path = tmp_path / "image.jpg"
    noise("L").save(path, exif=b"Exif\0\0MM\0*" + struct.pack(">I", 8) + b"\xff\xff\x01")
    assert files.read(path).size == (33, 21)


@pytest.mark.parametrize(
    ("file_format", "ending"),
    [("GIF", "gif"), ("PNG", "png"), ("TIFF", "tif"), ("WEBP", "webp")],
)
def test_the_first_of_several_frames_is_used_with_a_note(tmp_path, file_format, ending):
    frames = [Image.new("L", (8, 8), level) for level in (0, 80, 160)]
    path = tmp_path / f"moving.{ending}"
    frames[0].save(path, file_format, save_all=True, append_images=frames[1:], lossless=True)
    opened = files.opened(path)
    assert opened.picture.convert("L").getextrema() == (0, 0)
    assert opened.notes == (f"{path}: holds several frames or pages: only the first is used.",)
    frames[0].save(path, file_format)
    assert files.opened(path).notes == ()


def test_what_is_no_file_is_refused_and_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.png")
    said = []

    def read():
        for path in (tmp_path / "pipe.png", Path("/dev/zero")):
            try:
                files.read(path)
            except ValueError as error:
                said.append(str(error))

    thread = threading.Thread(target=read, daemon=True)
    thread.start()
    thread.join(20)
    assert said == [
        f"{path}: expected a picture file, got a pipe or a device"
        for path in (tmp_path / "pipe.png", "/dev/zero")
    ]


def test_too_little_memory_is_no_damage(tmp_path, monkeypatch):
    noise("L").save(tmp_path / "image.png")

    def load(_):
        raise MemoryError

    monkeypatch.setattr("PIL.ImageFile.ImageFile.load", load)
    with pytest.raises(MemoryError):
        files.read(tmp_path / "image.png")


def test_a_damaged_picture_that_is_opened_late_is_one_sentence(monkeypatch):
    buffer = io.BytesIO()
    noise("RGB", (64, 64)).save(buffer, "PPM")
    late = Image.open(io.BytesIO(b"qoif" + struct.pack(">IIBB", 64, 64, 3, 0) + bytes(9)))
    with pytest.raises(ValueError, match="expected a whole picture, got a damaged one"):
        images.standard(late)  # an IndexError to Pillow
    late = Image.open(io.BytesIO(buffer.getvalue()))
    for error in (RuntimeError("Failed to decode frame 0"), IndexError(), MemoryError()):

        def load(_, error=error):
            raise error

        monkeypatch.setattr(type(late), "load", load)
        with pytest.raises(MemoryError if isinstance(error, MemoryError) else ValueError):
            images.standard(late)
