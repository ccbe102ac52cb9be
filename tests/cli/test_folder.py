"""Folders of images, for the command `fill`."""

import io
import json
import sys
from pathlib import Path

import numpy as np
import pytest

from neuralmaster import FillParams, files, preprocess
from neuralmaster.cli import batch, main
from tests.cli.folders import fill, listed
from tests.pictures import pixels


def test_every_image_is_filled_by_the_mask_of_its_name(folders, capsys):
    assert fill("--mask-out", "red", "--sheet", "sheets", "--method", "mean") == 0
    for name, (image, mask) in folders.items():
        prepared = preprocess(image, mask, FillParams(method="mean"))
        assert np.array_equal(pixels(files.read(f"out/{name}.png")), pixels(prepared.image))
        red = pixels(files.read(f"red/{name}.png"))
        assert np.array_equal(red, pixels(prepared.inpaint_mask))
    assert listed() == listed("red") == listed("sheets") == ["a.png", "b.png", "c.png"]
    assert capsys.readouterr() == ("3 written, 0 skipped, 0 failed\n", "")


def test_one_mask_and_one_object_may_serve_all_and_lie_among_the_images(folders):
    mask = folders["a"][1]
    mask.save("images/mask.png")
    mask.getchannel("G").save("images/object.png")
    common = ["-o", "out", "--object", "images/object.png"]
    assert main(["fill", "images", "images/mask.png", *common]) == 0
    assert listed() == ["a.png", "b.png", "c.png"]
    expected = preprocess(folders["b"][0], mask).image
    assert np.array_equal(pixels(files.read("out/b.png")), pixels(expected))


def test_objects_are_found_by_name_as_well(folders, capsys):
    Path("objects").mkdir()
    for name in ("a", "c"):
        folders[name][1].getchannel("G").save(f"objects/{name}.webp")
    assert fill("--object", "objects") == 3
    assert listed() == ["a.png", "c.png"]
    assert "neuralmaster: b: there is no object mask b.* in objects" in capsys.readouterr().err


def test_one_bad_file_does_not_stop_the_rest(folders, capsys):
    Path("images/b.png").write_bytes(b"x")
    Path("masks/c.png").unlink()
    folders["a"][0].save("images/d.png")
    folders["a"][1].save("masks/d.png")
    folders["a"][1].save("masks/d.bmp")
    assert fill() == 3
    out, err = capsys.readouterr()
    assert out == "1 written, 0 skipped, 3 failed\n"
    assert sorted(err.splitlines()) == [
        "neuralmaster: c: there is no mask c.* in masks",
        "neuralmaster: d: expected one mask in masks, got d.bmp, d.png; rename them",
        "neuralmaster: images/b.png: expected a picture, got a file of another kind",
    ]
    assert listed() == ["a.png"]


def test_resume_leaves_out_what_is_finished(folders, capsys):
    Path("out").mkdir()
    Path("out/b.png").write_bytes(b"finished")
    assert fill("--resume") == 0
    assert Path("out/b.png").read_bytes() == b"finished"
    assert capsys.readouterr().out == "2 written, 1 skipped, 0 failed\n"
    assert fill("--resume", "--mask-out", "red") == 0  # b has no mask yet: it is not finished
    assert capsys.readouterr().out == "3 written, 0 skipped, 0 failed\n"
    assert fill() == 0
    assert capsys.readouterr().out == "3 written, 0 skipped, 0 failed\n"


def test_a_fallback_is_reported_by_name_and_counts_with_strict(folders, capsys):
    folders["b"][1].getchannel("R").save("masks/b.png")
    assert fill() == 0
    err = capsys.readouterr().err
    assert err.startswith("neuralmaster: warning: out/b.png: Original is used: ")
    assert fill("--strict") == 1


def test_the_report_is_a_json_object_a_line(folders, capsys):
    Path("images/b.png").write_bytes(b"x")
    assert fill("--json") == 3
    reports = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [report.get("output") for report in reports[:2]] == ["out/a.png", "out/c.png"]
    assert reports[2]["error"].startswith("images/b.png: expected a picture")
    assert reports[3] == {"written": 2, "skipped": 0, "left": 0, "failed": 1}


@pytest.mark.parametrize(
    ("command", "arguments", "message"),
    [
        ("fill", ["images", "none", "-o", "o"], "none: expected a folder with pictures, got no su"),
        ("fill", ["empty", "masks", "-o", "o"], "empty: expected a folder with pictures, got none"),
        ("fill", ["images", "masks", "-o", "o.png"], "o.png: expected a folder to write to, as IM"),
        ("fill", ["images", "masks", "-o", "x/y"], "x/y: cannot be made: there is no directory x"),
        ("fill", ["images", "masks", "-o", "masks"], "masks: is an input or named twice; choose"),
        ("fill", ["images", "masks", "-o", "o", "--sheet", "o"], "o: is an input or named twice;"),
        ("fill", ["images", "masks", "-o", "file"], "file: expected a folder to write to, as IM"),
        ("fill", ["images/a.png", "masks", "-o", "o.png"], "masks: expected a picture file, got"),
        ("img2img", ["images", "none", "-o", "o"], "none: expected a folder with pictures, got n"),
        ("img2img", ["images/a.png", "masks/a.png", "-o", "empty"], "empty: expected a file name"),
    ],
)
def test_folders_that_make_no_sense_are_refused(folders, capsys, command, arguments, message):
    Path("empty").mkdir()
    Path("file").touch()
    before = sorted(Path.cwd().rglob("*"))
    assert main([command, *arguments]) == 2
    out, err = capsys.readouterr()
    assert err.startswith(f"neuralmaster: {message}")
    assert (out, err.count("\n")) == ("", 1)
    assert sorted(Path.cwd().rglob("*")) == before


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_the_bar_counts_and_guesses(monkeypatch):
    monkeypatch.setattr(sys, "stderr", terminal := Terminal())
    bar = batch.Bar()
    bar.start -= 10
    bar.show(0.25, "1/4")
    bar.close()
    shown = terminal.getvalue().split("\r")
    assert shown[1].rstrip() == "[######..................] 1/4, 30 s left"
    assert shown[-1] == ""
    monkeypatch.setattr(sys, "stderr", pipe := io.StringIO())
    batch.Bar().show(0.5, "1/2")
    assert pipe.getvalue() == ""


def test_pictures_are_told_from_other_files(tmp_path):
    for name in ("a.png", "b.JPG", "c.txt", ".d.png", "e.pdf"):
        (tmp_path / name).touch()
    (tmp_path / "mask.png").touch()
    found = batch.pairs(tmp_path, tmp_path / "mask.png", None, tmp_path / "out")
    assert [pair.image.name for pair in found] == ["a.png", "b.JPG"]
    assert [pair.out.name for pair in found] == ["a.png", "b.png"]


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (MemoryError(), "images/b.png: there is not enough memory; scale it down"),
        (TypeError("no"), "images/b.png: failed with TypeError: no"),
        (RecursionError("deep"), "images/b.png: failed with RecursionError: deep"),
        (OSError(5, "Input/output error"), "images/b.png: Input/output error"),
        (PermissionError(13, "Permission denied", "x"), "x: Permission denied"),
    ],
)
def test_whatever_happens_to_one_picture_does_not_stop_the_rest(
    folders, monkeypatch, capsys, error, sentence
):
    real = files.opened

    def opened(path):
        if path == Path("images/b.png"):
            raise error
        return real(path)

    monkeypatch.setattr(files, "opened", opened)
    assert fill() == 3
    out, err = capsys.readouterr()
    assert (out, err) == ("2 written, 0 skipped, 1 failed\n", f"neuralmaster: {sentence}\n")
    assert listed() == ["a.png", "c.png"]


def test_a_dry_run_goes_on_as_well(folders, capsys):
    Path("images/b.png").write_bytes(b"x")
    assert main(["img2img", "images", "masks", "--dry-run"]) == 3
    out, err = capsys.readouterr()
    assert len(out.splitlines()) == 2
    assert err.startswith("neuralmaster: warning: images/b.png: expected a picture, got a file")
