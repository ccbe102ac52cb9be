"""Writing picture files."""

import io
import os
import struct
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, TiffImagePlugin, features

from neuralmaster import atomic, files, formats
from tests.pictures import noise, pixels

needs_avif = pytest.mark.skipif(
    not features.check("avif") if "avif" in features.modules else True, reason="Pillow without AVIF"
)

MODES = ("L", "LA", "RGB", "RGBA")


@pytest.mark.parametrize(
    ("ending", "mode"),
    [
        *((ending, mode) for ending in ("png", "webp", "tif") for mode in MODES),
        ("bmp", "L"),
        ("bmp", "RGB"),
        ("gif", "L"),
    ],
)  # fmt: skip
def test_a_lossless_format_keeps_every_byte(tmp_path, ending, mode):
    """WebP also the colours of pixels that are fully transparent."""
    image = noise(mode)
    path = tmp_path / f"out.{ending}"
    assert files.write_all({path: image}) == {}
    read = files.read(path)
    assert np.array_equal(pixels(read.convert("RGBA")), pixels(image.convert("RGBA")))
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize(
    ("ending", "levels"), [("jpg", 18), ("gif", 45), pytest.param("avif", 3, marks=needs_avif)]
)
def test_a_format_that_changes_pixels_is_written_with_a_note(tmp_path, ending, levels):
    path = tmp_path / f"out.{ending}"
    image = noise("RGB")
    notes = files.write_all({path: image})
    difference = np.abs(pixels(files.read(path).convert("RGB")).astype(int) - pixels(image)).max()
    assert difference > 0
    assert notes == {
        path: f"{path}: {formats.of(path)} does not keep pixels as they are: they changed by up to "
        f"{difference} of 255 levels, also those outside the mask; a name that ends in .png keeps "
        "them."
    }


@pytest.mark.parametrize(
    ("name", "mode", "why"),
    [
        ("out.ico", "RGB", r"ICO cannot hold this picture \(33x21 becomes 16x10\)"),
        ("out.icns", "RGB", r"ICNS cannot hold this picture \(33x21 becomes 1024x1024\)"),
        ("out.bmp", "RGBA", r"BMP cannot hold this picture \(it loses its transparency\)"),
        ("out.gif", "LA", r"GIF cannot hold this picture \(it loses its transparency\)"),
        ("out.gif", "RGBA", r"GIF cannot hold this picture \(it loses its transparency\)"),
        ("out.ppm", "RGBA", r"PPM cannot hold this picture \(it loses its transparency\)"),
        ("out.jpg", "RGBA", r"JPEG cannot hold this picture \(cannot write mode RGBA as JPEG\)"),
        ("out.pdf", "RGB", "expected a name that ends in .png, .jpg or the like"),
        ("out.eps", "RGB", "expected a name that ends in .png, .jpg or the like"),
    ],
)
def test_a_format_that_cannot_hold_the_picture_is_refused(tmp_path, name, mode, why):
    with pytest.raises(ValueError, match=why):
        files.write_all({tmp_path / name: noise(mode)})
    assert list(tmp_path.iterdir()) == []


def test_a_tiff_is_not_compressed_as_the_input_was(tmp_path):
    noise("RGB").save(tmp_path / "in.tif", compression="jpeg")
    image = files.read(tmp_path / "in.tif")
    assert files.write_all({tmp_path / "out.tif": image}) == {}
    assert np.array_equal(pixels(files.read(tmp_path / "out.tif")), pixels(image))


ODD = [float("nan"), float("inf"), 4294967295, -3, 0, "x", None, TiffImagePlugin.IFDRational(0, 0)]


@pytest.mark.parametrize("ending", ["png", "jpg", "tif", "webp", "bmp"])
@pytest.mark.parametrize("dots", ODD, ids=str)
def test_a_resolution_that_is_none_is_left_out(tmp_path, ending, dots):
    image = noise("L")
    for dpi in ((dots, dots), (72, dots), dots):
        image.info["dpi"] = dpi
        files.write_all({tmp_path / f"out.{ending}": image})
    assert files.read(tmp_path / f"out.{ending}").size == image.size


def test_metadata_that_a_format_does_not_take_is_left_out(tmp_path, monkeypatch):
    real = Image.Image.save

    def save(image, *arguments, **options):
        if "dpi" in options:
            raise struct.error("argument out of range")
        real(image, *arguments, **options)

    monkeypatch.setattr(Image.Image, "save", save)
    image = noise("L")
    image.info["dpi"] = (72, 72)
    files.write_all({tmp_path / "out.png": image})
    assert np.array_equal(pixels(files.read(tmp_path / "out.png")), pixels(image))


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("ending", ["jpg", "tif", "png"])
def test_odd_resolutions_in_exif_do_not_matter(tmp_path, orientation, ending):
    image = noise("L", (6, 4)).resize((48, 32), Image.Resampling.NEAREST)
    exif = Image.Exif()
    exif[0x0112] = orientation
    for tag in (0x011A, 0x011B):
        exif[tag] = TiffImagePlugin.IFDRational(4294967295, 1)
    path = tmp_path / f"turned.{ending}"
    image.save(path, exif=exif, **({"quality": 100} if ending == "jpg" else {}))
    turned = {
        1: lambda a: a,
        2: np.fliplr,
        3: lambda a: np.rot90(a, 2),
        4: np.flipud,
        5: np.transpose,
        6: lambda a: np.rot90(a, -1),
        7: lambda a: np.rot90(a, 2).T,
        8: np.rot90,
    }[orientation]
    read = pixels(files.read(path)).astype(int)
    assert np.abs(read - turned(pixels(image)).astype(int)).max() <= 3


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
        ("pipe.png", "expected a file name to write to, got a pipe or a device"),
        ("none/out.png", "cannot be written: there is no directory"),
        ("out.what", "expected a name that ends in .png, .jpg or the like"),
        ("out", "expected a name that ends in .png, .jpg or the like"),
    ],
)
def test_an_unwritable_name_is_an_error_before_the_work(tmp_path, name, message):
    os.mkfifo(tmp_path / "pipe.png")
    with pytest.raises(ValueError) as error:
        files.check_writable(tmp_path / name)
    assert message in str(error.value)


@pytest.mark.parametrize("stem", ["x" * 251, "я" * 125])
def test_the_longest_name_can_be_written(tmp_path, stem):
    path = tmp_path / f"{stem}.png"
    files.check_writable(path)
    files.write_all({path: noise("L")})
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("name", ["x" * 252 + ".png", "loop/out.png", "loop.png/out.png"])
def test_a_name_that_cannot_be_is_one_sentence(tmp_path, name):
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "loop.png").touch()
    with pytest.raises(ValueError, match="cannot be written: "):
        files.check_writable(tmp_path / name)
    with pytest.raises(ValueError, match=r"\.png: cannot be read: "):
        files.read(tmp_path / name)


def test_a_folder_that_takes_no_files_is_an_error_before_the_work(tmp_path, monkeypatch):
    def refuse(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(ValueError, match=r"out\.png: cannot be written: Permission denied"):
        files.check_writable(tmp_path / "out.png")


def test_a_file_has_the_rights_of_any_other_and_the_umask_is_not_touched(tmp_path, monkeypatch):
    (tmp_path / "any").touch()
    monkeypatch.setattr(os, "umask", None)  # it is the whole process's, other threads' too
    files.write_all({tmp_path / "out.png": noise("L")})
    modes = {path.stat().st_mode for path in tmp_path.iterdir()}
    assert len(modes) == 1


def test_what_was_left_unfinished_is_swept_but_not_what_is_being_written(tmp_path):
    fcntl = pytest.importorskip("fcntl", reason="no locks here")
    for number in range(3):
        (tmp_path / f".neuralmaster-{number}.part").touch()
    for name in (".hidden", "out.png", ".neuralmaster-notes.txt"):
        (tmp_path / name).touch()
    with (tmp_path / ".neuralmaster-1.part").open("rb") as alive:
        fcntl.flock(alive, fcntl.LOCK_EX)
        atomic.sweep(tmp_path)
    left = sorted(path.name for path in tmp_path.iterdir())
    assert left == [".hidden", ".neuralmaster-1.part", ".neuralmaster-notes.txt", "out.png"]


def test_a_file_is_locked_until_it_is_in_its_place(tmp_path, monkeypatch):
    pytest.importorskip("fcntl", reason="no locks here")
    real, seen = Path.replace, []

    def replace(part, path):
        atomic.sweep(tmp_path)
        seen.append(part.exists())
        return real(part, path)

    monkeypatch.setattr(Path, "replace", replace)
    files.write_all({tmp_path / "a.png": noise("L"), tmp_path / "b.png": noise("L")})
    assert seen == [True, True]
