"""The host's own scripts in a real WebUI: Loopback and the X/Y/Z plot."""

from __future__ import annotations

import hashlib

import pytest
from PIL import Image, ImageOps

from neuralmaster.fills import FILLS
from tests.webui.real_host import (
    by_name,
    needs_init_folder,
    needs_webui,
    plot_arguments,
    same,
    same_result,
)
from tests.webui.scene import IMAGE, MASK

pytestmark = needs_webui


LOOPBACK = {"script_name": "Loopback", "script_args": [3, 0.2, "Linear", "None"]}


@pytest.mark.parametrize("batches", [1, 2])
@pytest.mark.parametrize("asked", ["index", "name", "name over original"])
def test_loopback_fills_in_its_first_loop_and_goes_on_from_the_result(
    webui, command_line, asked, batches
):
    job = {
        "index": {"inpainting_fill": webui.index},
        "name": {"inpainting_fill": 0, **by_name()},
        "name over original": {"inpainting_fill": 1, **by_name()},
    }[asked]
    answer = webui.img2img(IMAGE, MASK, n_iter=batches, **LOOPBACK, **job)
    prepared, red = command_line.fill(IMAGE, MASK)
    assert len(answer.runs) == 3 * batches
    for number, run in enumerate(answer.runs):
        assert same(run.prepared, prepared) == (number % 3 == 0)
        assert run.fields("process")["inpainting_fill"] == 1
        assert same(run.picture("process", "mask"), red)
    if batches == 1:
        results = answer.images[-3:]  # the grid comes first
        assert [same(r.prepared, i) for r, i in zip(answer.runs[1:], results, strict=False)] == [
            True,
            True,
        ]


def xyz(webui, axis, values):
    """Script args of the X/Y/Z plot with one axis, by the label that the host shows."""
    chosen = {
        "x_type": webui.options("script_img2img_xyz_plot_x_type").index(axis),
        "x_values": ",".join(values),
        "include_lone_images": True,
        "csv_mode": True,  # the values of a choice are in x_values too
    }
    kinds = {"type": 0, "values": "", "values_dropdown": [], "size": 0}
    return {
        "script_name": "X/Y/Z plot",
        "script_args": [
            chosen.get(name, kinds.get(name.partition("_")[2], False)) for name in plot_arguments()
        ],
    }


@pytest.mark.parametrize("asked", ["index", "name"])
def test_every_cell_of_an_xyz_plot_is_filled_from_the_untouched_input(webui, command_line, asked):
    job = {"index": {"inpainting_fill": webui.index}, "name": by_name()}[asked]
    answer = webui.img2img(IMAGE, MASK, **xyz(webui, "Seed", ["1", "2", "3"]), **job)
    prepared, red = command_line.fill(IMAGE, MASK)
    assert len(answer.runs) == 3
    for run in answer.runs:
        assert same(run.prepared, prepared)
        assert same(run.picture("process", "mask"), red)
        assert same(run.inits("postprocess")[0], IMAGE)
    assert "Seed: 1," in answer.infotext


@pytest.mark.parametrize("asked", ["index", "name"])
@pytest.mark.parametrize(
    ("axis", "argument", "values"),
    [
        ("Fill method", "method", list(FILLS)),
        ("Useful object", "source", ["green", "all"]),
        ("Feather", "feather", ["0", "120"]),
    ],
)
def test_every_cell_over_an_argument_equals_its_single_run(webui, asked, axis, argument, values):
    fill = {"index": webui.index, "name": 0}[asked]
    plot = xyz(webui, f"[NeuralMaster] {axis}", values)
    job = {"inpainting_fill": fill, **by_name(enabled=asked == "name")}
    answer = webui.img2img(IMAGE, MASK, **plot, **job)
    cells = answer.images[-len(values) :]  # the grid comes first
    for run, cell, value in zip(answer.runs, cells, values, strict=True):
        given = float(value) if argument == "feather" else value
        named = by_name(enabled=asked == "name", **{argument: given})
        single = webui.img2img(IMAGE, MASK, inpainting_fill=fill, **named)
        assert same(run.prepared, single.run.prepared)
        assert same_result(cell.convert("RGB"), single.images[0])  # RGBA in reForge
        assert cell.info["parameters"] == single.infotext
    assert len({run.prepared.tobytes() for run in answer.runs}) == len(values)


def test_every_cell_over_masked_content_equals_its_single_run(webui):
    contents = {"fill": 0, "original": 1, "NeuralMaster": webui.index}
    answer = webui.img2img(IMAGE, MASK, **xyz(webui, "[NeuralMaster] Masked content", contents))
    cells = answer.images[-3:]
    for run, cell, fill in zip(answer.runs, cells, contents.values(), strict=True):
        single = webui.img2img(IMAGE, MASK, inpainting_fill=fill)
        assert same(run.prepared, single.run.prepared)
        assert same_result(cell.convert("RGB"), single.images[0])  # RGBA in reForge
    # not so of Original: the host writes "fill" into the later cells' infotexts
    assert cell.info["parameters"] == single.infotext


@needs_init_folder
@pytest.mark.parametrize("images", [1, 2])
def test_the_saved_init_images_are_the_originals(webui, tmp_path, images):
    sent = [IMAGE, ImageOps.mirror(IMAGE)][:images]
    settings = {"save_init_img": True, "outdir_init_images": str(tmp_path)}
    job = {"batch_size": images, "override_settings": settings}
    answer = webui.img2img(sent, MASK, **job, **by_name())
    hashes = [hashlib.md5(image.tobytes()).hexdigest() for image in sent]
    assert sorted(path.stem for path in tmp_path.iterdir()) == sorted(hashes)
    for image, name in zip(sent, hashes, strict=True):
        assert same(Image.open(tmp_path / f"{name}.png"), image)
    assert f"Init image hash: {hashes[-1]}" in answer.infotext  # of several, as of Original
    assert answer.run.fields("postprocess")["override_settings"] == settings
