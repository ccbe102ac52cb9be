import io

import numpy as np
import pytest
from PIL import Image

from neuralmaster import files
from tests.pictures import pixels


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


@pytest.mark.parametrize("ending", ["png", "webp", "tif", "bmp"])
def test_a_lossless_format_keeps_every_byte(tmp_path, ending):
    image = Image.effect_noise((33, 21), 90).convert("RGB")
    path = tmp_path / f"out.{ending}"
    files.write_all({path: image})
    assert np.array_equal(pixels(files.read(path)), pixels(image))
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


def test_the_colour_profile_is_kept(tmp_path):
    image = Image.new("RGB", (4, 4))
    image.info.update(icc_profile=b"profile", dpi=(300, 300), comment="not kept")
    for name in ("out.png", "out.jpg"):
        files.write_all({tmp_path / name: image})
        assert files.read(tmp_path / name).info["icc_profile"] == b"profile"


def test_all_pictures_are_written_or_none(tmp_path):
    good, bad = tmp_path / "good.png", tmp_path / "bad.jpg"
    good.write_bytes(b"what was there before")
    with pytest.raises(ValueError) as error:
        files.write_all({good: Image.new("RGBA", (2, 2)), bad: Image.new("RGBA", (2, 2))})
    assert str(error.value).startswith(f"{bad}: JPEG cannot hold this picture (")
    assert good.read_bytes() == b"what was there before"
    assert [path.name for path in tmp_path.iterdir()] == ["good.png"]


def test_a_failed_replacement_leaves_nothing_behind(tmp_path):
    taken = tmp_path / "taken.png"
    taken.mkdir()
    with pytest.raises(ValueError, match=r"taken.png: cannot be written: "):
        files.write_all({taken: Image.new("L", (2, 2))})
    assert list(tmp_path.iterdir()) == [taken]


def test_a_picture_in_memory_is_written_as_it_is_if_the_ending_fits(tmp_path):
    buffer = io.BytesIO()
    Image.new("RGB", (3, 2), "red").save(buffer, "PNG", compress_level=0)
    files.write_all({tmp_path / "a.png": buffer.getvalue(), tmp_path / "b.jpg": buffer.getvalue()})
    assert (tmp_path / "a.png").read_bytes() == buffer.getvalue()
    assert (tmp_path / "b.jpg").read_bytes()[:3] == b"\xff\xd8\xff"
    with pytest.raises(ValueError, match=r"c\.png: expected a picture"):
        files.write_all({tmp_path / "c.png": buffer.getvalue()[:40]})


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("", "expected a file name to write to, got a directory"),
        ("none/out.png", "cannot be written: there is no directory"),
        ("out.what", "expected a name that ends in .png, .jpg or the like"),
        ("out", "expected a name that ends in .png, .jpg or the like"),
    ],
)
def test_an_unwritable_name_is_told_before_the_work(tmp_path, name, message):
    with pytest.raises(ValueError) as error:
        files.check_writable(tmp_path / name)
    assert message in str(error.value)
