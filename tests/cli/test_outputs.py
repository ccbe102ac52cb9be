"""Where the command line writes: never over an input, and what it says of what is lost."""

import os
import struct
from pathlib import Path

import numpy as np
import pytest

from neuralmaster import atomic, files, preprocess
from neuralmaster.cli import batch, main, paths
from neuralmaster.remote import client
from tests.cli.process import FOLDER, run
from tests.fake_webui import FakeWebUI
from tests.pictures import pixels

unprivileged = pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="the superuser may write everywhere"
)


def everything():
    """The content of every file below the working directory."""
    found = (path for path in Path().rglob("*") if path.is_file())
    return {str(path): path.read_bytes() for path in found}


# --- no output is an input --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("prepare", "arguments"),
    [
        (lambda: Path("out/b.png").write_bytes(Path("mask.png").read_bytes()),
         ["images", "out/b.png", "-o", "out"]),
        (lambda: Path("out/b.png").write_bytes(Path("mask.png").read_bytes()),
         ["images", "masks", "-o", "red", "--mask-out", "out", "--object", "out/b.png"]),
        (lambda: Path("out/b.png").symlink_to("../images/c.png"), ["images", "masks", "-o", "out"]),
        (lambda: os.link("masks/c.png", "out/b.png"), ["images", "masks", "-o", "out"]),
        (lambda: (Path("images/b.png").rename("out/b.png"),
                  Path("images/b.png").symlink_to("../out/b.png")),
         ["images", "masks", "-o", "out"]),
        (lambda: Path("other").symlink_to("images"), ["images", "masks", "-o", "other"]),
        (lambda: Path("other").symlink_to("out"),
         ["images", "masks", "-o", "out", "--sheet", "other"]),
        (lambda: Path("new.png").symlink_to("mask.png"),
         ["image.png", "mask.png", "-o", "new.png"]),
        (lambda: os.link("image.png", "new.png"), ["image.png", "mask.png", "-o", "new.png"]),
        (lambda: None, ["image.png", "mask.png", "-o", "out/../mask.png"]),
        (lambda: None, ["image.png", "mask.png", "-o", "out/a.png", "--sheet", "out/../out/a.png"]),
    ],
)  # fmt: skip
def test_nothing_is_written_over_an_input_or_another_output(workspace, capsys, prepare, arguments):
    prepare()
    before = everything()
    assert main(["fill", *arguments]) == 2
    out, err = capsys.readouterr()
    assert ": is an input or named twice; choose another " in err
    assert (out, err.count("\n")) == ("", 1)
    assert everything() == before


def test_an_earlier_result_is_replaced(workspace):
    Path("out/a.png").touch()
    os.link("out/a.png", "out/b.png")  # by a program that finds doubles
    assert main(["fill", "images", "masks", "-o", "out"]) == 0
    expected = pixels(preprocess(*workspace).image)
    assert all(np.array_equal(pixels(files.read(f"out/{n}.png")), expected) for n in "abc")


@pytest.mark.parametrize(("ignores", "status"), [(True, 2), (False, 0)])
def test_names_that_are_one_file_there_are_one_name(workspace, monkeypatch, ignores, status):
    monkeypatch.setattr(atomic, "ignores_case", lambda _: ignores)
    common = ["fill", "image.png", "mask.png"]
    assert main([*common, "-o", "out/É.png", "--sheet", "out/é.png"]) == status
    assert main([*common, "-o", "out/x.png", "--sheet", "out/X.png"]) == status
    Path("images/A.png").write_bytes(Path("images/a.png").read_bytes())
    Path("masks/A.png").write_bytes(Path("masks/a.png").read_bytes())
    assert main(["fill", "images", "masks", "-o", "new"]) == status
    assert Path("new").exists() == (status == 0)


def test_whether_case_matters_depends_on_the_file_system(workspace):
    (Path("out") / "Aa").touch()
    assert atomic.ignores_case(Path("out")) == Path("out/aA").exists()
    assert [path.name for path in Path("out").iterdir()] == ["Aa"]


def test_an_unwritable_folder_is_assumed_to_be_of_the_usual_kind(tmp_path, monkeypatch):
    def refuse(_):
        raise PermissionError

    monkeypatch.setattr(atomic, "ignores_case", refuse)
    pairs = [batch.Pair(Path("i"), Path("m"), None, Path(name)) for name in ("A.png", "a.png")]
    if os.name == "posix":
        paths.check_pairs(pairs, [tmp_path])


def test_a_second_result_never_replaces_an_input_by_another_name(workspace, monkeypatch, capsys):
    monkeypatch.setattr(client, "POLL", 0.02)
    Path("out-2.png").symlink_to("mask.png")
    before = everything()
    with FakeWebUI() as webui:
        webui.pictures = 2
        arguments = ["img2img", "image.png", "mask.png", "--url", webui.url, "-o", "out.png"]
        assert main(arguments) == 2
    assert "out-2.png: is an input or another's result" in capsys.readouterr().err
    assert everything() == before


# --- what the operating system refuses --------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["x" * 300 + ".png", "mask.png", "-o", "o.png"], "x" * 300 + ".png: File name too long"),
        (["x" * 300, "mask.png", "-o", "o"], "x" * 300 + ": File name too long"),
        (["image.png", "mask.png", "-o", "x" * 300 + ".png"], ".png: cannot be written: File nam"),
        (["loop", "mask.png", "-o", "o.png"], "loop: Too many levels of symbolic links"),
        (["image.png", "loop", "-o", "o.png"], "loop: Too many levels of symbolic links"),
        (["image.png", "mask.png", "-o", "loop.png"], "loop.png: Too many levels of symbolic lin"),
        (["image.png", "image.png/mask.png", "-o", "o.png"], "image.png/mask.png: Not a directory"),
        (["images", "masks", "-o", "x" * 300], ": File name too long"),
        (["images", "loop", "-o", "o"], "loop: Too many levels of symbolic links"),
    ],
)
def test_what_the_system_refuses_is_one_sentence_and_exit_status_2(
    workspace, capsys, arguments, sentence
):
    Path("loop").symlink_to("loop")
    Path("loop.png").symlink_to("loop.png")
    assert main(["fill", *arguments]) == 2
    out, err = capsys.readouterr()
    assert err.startswith("neuralmaster: ")
    assert sentence in err
    assert (out, err.count("\n")) == ("", 1)


def test_what_pillow_logs_of_a_damaged_file_is_not_a_second_line(workspace):
    workspace[0].save("damaged.tif")
    content = Path("damaged.tif").read_bytes()
    samples = struct.pack("<HHIH", 277, 3, 1, 3)  # per pixel
    assert samples in content
    many = struct.pack("<HHIH", 277, 3, 1, 65284)
    Path("damaged.tif").write_bytes(content.replace(samples, many))
    done = run("fill", "damaged.tif", "mask.png", "-o", "out.png")
    assert done.returncode == 2
    assert done.stderr.startswith(b"neuralmaster: damaged.tif: ")
    assert done.stderr.count(b"\n") == 1


@unprivileged
def test_a_folder_without_permission_is_one_sentence(workspace, capsys):
    Path("images").chmod(0)
    try:
        assert main(list(FOLDER)) == 2
        assert main(["fill", "images/a.png", "mask.png", "-o", "out.png"]) == 2
    finally:
        Path("images").chmod(0o755)
    assert capsys.readouterr().err == (
        "neuralmaster: images: Permission denied\nneuralmaster: images/a.png: Permission denied\n"
    )


def test_permission_is_checked_in_one_place(workspace, capsys, monkeypatch):
    def refuse(path):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "iterdir", refuse)
    assert main(list(FOLDER)) == 2
    assert capsys.readouterr().err == "neuralmaster: images: Permission denied\n"


def test_a_picture_of_a_folder_that_cannot_be_written_does_not_stop_the_rest(workspace, capsys):
    Path("out/b.png").mkdir()
    assert main(list(FOLDER)) == 3
    out, err = capsys.readouterr()
    assert out == "2 written, 0 skipped, 1 failed\n"
    assert err == "neuralmaster: out/b.png: cannot be written: Is a directory\n"


# --- notes on pictures --------------------------------------------------------------------------


def test_frames_that_are_left_out_and_pixels_that_change_are_warned_of(workspace, capsys):
    image, mask = workspace
    image.save("moving.gif", save_all=True, append_images=[mask])
    mask.save("pages.tif", save_all=True, append_images=[mask])
    arguments = ["moving.gif", "pages.tif", "-o", "out.jpg", "--mask-out", "red.jpg"]
    assert main(["fill", *arguments, "--sheet", "sheet.jpg"]) == 0
    warnings = capsys.readouterr().err.splitlines()
    assert [warning.split(": ")[2:4] for warning in warnings] == [
        ["moving.gif", "holds several frames or pages"],
        ["pages.tif", "holds several frames or pages"],
        ["red.jpg", "JPEG does not keep pixels as they are"],
        ["out.jpg", "JPEG does not keep pixels as they are"],
    ]
    note = "pages.tif: holds several frames or pages: only the first is used."
    for arguments in (
        ["--split", "pages.tif", "--inpaint-out", "r.png", "--object-out", "g.png"],
        ["--remove", "pages.tif", "-o", "m.png"],
        ["--inpaint", "pages.tif", "-o", "m.png"],
        ["--outpaint", "1,1,1,1", "--image", "pages.tif", "-o", "m.png"],
        ["--remove", "all", "--image", "pages.tif", "-o", "m.png"],
    ):
        assert main(["mask", *arguments]) == 0
        assert note in capsys.readouterr().out
    with FakeWebUI() as webui:
        arguments = ["image.png", "pages.tif", "-o", "m.png", "--url", webui.url]
        assert main(["img2img", *arguments]) == 0
    assert capsys.readouterr().err == f"neuralmaster: warning: {note}\n"


def test_a_mask_in_a_lossy_format_is_a_warning(workspace, capsys):
    assert main(["mask", "--inpaint", "mask.png", "-o", "m.jpg"]) == 0
    assert "m.jpg: JPEG does not keep pixels as they are" in capsys.readouterr().out
