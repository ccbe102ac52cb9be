"""The studio without its page: what happens to the desk, what is shown, what leaves it."""

import json
from dataclasses import asdict

import numpy as np
import pytest
from PIL import Image

from neuralmaster import FillParams, TwoChannelMask, files, preprocess
from neuralmaster.making import edits
from neuralmaster.params import SamplingParams
from neuralmaster.studio import canvas, desk, output, tools, view
from neuralmaster.studio.desk import Desk, Stroke
from neuralmaster.studio.layer import Layer
from tests.pictures import pixels, textured_scene

DOT = Stroke(desk.INPAINT, tools.PAINT, ((0.5, 0.5),), 0.3)


@pytest.fixture
def opened():
    return Desk.open(textured_scene(300, 200)[0], "scene.png")


def test_painting_is_enough_the_object_is_found(opened):
    painted = opened.drawn(DOT)
    mask, prepared = painted.mask().picture(), painted.finished()
    assert prepared.applied
    truth = pixels(textured_scene(300, 200)[1])[..., 1] > 127
    found = pixels(mask)[..., 1] > 127
    assert (found & truth).sum() / (found | truth).sum() > 0.95
    assert opened.inpaint.plane.max() == 0  # a step changes no desk


def test_what_is_spoilt_within_the_outline_belongs_to_the_object(opened):
    hole = edits.stroke(opened.size, [(150, 100)], 20)
    found = edits.erase(opened.opened.found.plane, hole)
    opened.opened.__dict__["_found"] = Layer(found)
    source = opened.drawn(DOT).layer(desk.SOURCE).plane
    assert (source[hole > 0] > 200).all()
    assert (source[:3] == found[:3]).all()


def test_painting_beside_the_object_found_means_what_lies_there(opened):
    corner = opened.drawn(Stroke(desk.INPAINT, tools.PAINT, ((0.05, 0.05),), 0.1))
    source = corner.layer(desk.SOURCE).plane
    assert source[10, 15] > 200
    assert source[100, 60] < 50  # on the object that is found first
    assert corner.finished().applied


def test_the_gradient_does_not_change_what_is_repainted(opened):
    painted = opened.drawn(DOT)
    hard, soft = (painted.with_feather(desk.INPAINT, w).mask().inpaint for w in (0, 40))
    assert np.array_equal(hard >= 128, soft >= 128)
    assert len(np.unique(soft)) > len(np.unique(hard))


def test_every_step_can_be_taken_back(opened):
    steps = [
        opened,
        opened.drawn(DOT),
        opened.drawn(DOT).edited(desk.INPAINT, "grow", 5),
        opened.drawn(DOT).edited(desk.INPAINT, "grow", 5).found_by(desk.SOURCE, "all"),
    ]
    last = steps[-1].extended((0, 0, 30, 0))
    assert last.size == (330, 200)
    for before in reversed(steps):
        last = last.undone()
        assert last.size == before.size
        for layer in desk.LAYERS:
            assert np.array_equal(last.layer(layer).plane, before.layer(layer).plane)
    assert last.undone() is last


def test_erasing_boxes_and_strokes(opened):
    everything = opened.found_by(desk.INPAINT, "all")
    erased = everything.drawn(Stroke(desk.INPAINT, tools.ERASE, ((0.5, 0.5),), 0.2))
    assert erased.inpaint.plane[100, 150] == 0
    assert erased.inpaint.plane[5, 5] == 255
    box = Stroke(desk.SOURCE, tools.BOX, ((0.02, 0.02), (0.98, 0.98)), 0)
    boxed = opened.drawn(box)
    assert not boxed.source.is_auto
    assert boxed.source.plane[100, 60] == 255
    touched = opened.drawn(Stroke(desk.SOURCE, tools.STROKES, ((0.2, 0.4), (0.2, 0.6)), 0.05))
    assert touched.source.plane[100, 60] == 255


@pytest.mark.parametrize("edit", desk.EDITS)
@pytest.mark.parametrize("layer", desk.LAYERS)
def test_every_edit_works_on_each_layer(opened, edit, layer):
    edited = opened.drawn(DOT).edited(layer, edit, 4)
    plane = edited.layer(layer).plane
    assert plane.shape == (200, 300)
    assert plane.dtype == np.uint8
    assert not edited.layer(layer).is_auto


def test_removing_takes_a_rim_and_everything_else_is_useful(opened):
    removing = opened.with_preset(desk.REMOVE)
    assert (removing.source.plane == 255).all()
    box = Stroke(desk.INPAINT, tools.BOX, ((0.02, 0.02), (0.98, 0.98)), 0)
    removed, plain = removing.drawn(box), opened.drawn(box)
    assert (removed.inpaint.plane > 127).sum() > (plain.inpaint.plane > 127).sum()
    assert removing.with_preset(desk.RETEXTURE).source.is_auto


def test_an_uploaded_mask_gives_both_layers_and_a_gray_one_the_layer_meant(opened):
    _, mask = textured_scene(300, 200)
    both = opened.uploaded(desk.SOURCE, mask)
    read = TwoChannelMask.read(mask)
    assert np.array_equal(both.inpaint.plane, read.inpaint)
    assert np.array_equal(both.source.plane, read.source)
    gray = opened.uploaded(desk.INPAINT, mask.getchannel("G").resize((150, 100)))
    assert gray.inpaint.plane.shape == (200, 300)
    assert gray.source.is_auto


def test_what_is_downloaded_is_what_fill_makes(opened):
    painted = opened.drawn(DOT).with_params(method="mean", grain=0.3)
    named = {what: output.file(painted, what) for what in (output.MASK, output.PREPARED)}
    assert named["mask"][0] == "scene-mask.png"
    mask, prepared = (files.decoded(named[what][1], what) for what in ("mask", "prepared"))
    params = FillParams(method="mean", grain=0.3)
    made = preprocess(textured_scene(300, 200)[0], mask, params)
    assert np.array_equal(pixels(prepared), pixels(made.image))


def test_the_job_asks_for_what_is_shown(opened):
    call = output.api_call(opened.drawn(DOT).with_params(method="classic", grain=0.5))
    job = json.loads(call["text"])
    arguments = {**asdict(FillParams(method="classic", grain=0.5)), **asdict(SamplingParams())}
    assert job["alwayson_scripts"] == {"NeuralMaster": {"args": [{"enabled": True, **arguments}]}}
    assert (job["width"], job["height"]) == (304, 200)  # multiples of 8
    assert call["send"] == {
        "image": job["init_images"][0],
        "mask": job["mask"],
        "width": 304,
        "height": 200,
        "params": arguments,
    }


def test_only_parameters_of_the_fill_can_be_set(opened):
    with pytest.raises(ValueError, match="expected a parameter of the job, got 'colour_of'"):
        opened.with_params(colour_of="red")
    with pytest.raises(ValueError, match="grain: expected a number from 0 to 1, got 2"):
        opened.with_params(grain=2)


@pytest.mark.parametrize("mode", ["L", "LA", "RGB", "RGBA", "P", "1", "I;16"])
def test_every_kind_of_picture(mode):
    image = textured_scene(64, 48)[0]
    image = image.convert("L").convert(mode) if mode in ("1", "I;16") else image.convert(mode)
    painted = Desk.open(image, "any").drawn(DOT)
    view.overview(painted)
    for what in view.WHATS:
        view.part(painted, what, view.Wanted((0, 0, 64, 48), (30, 20)))
    assert painted.finished().image.size == (64, 48)


@pytest.mark.parametrize("size", [(1, 1), (3, 500), (700, 2)])
def test_every_size(size):
    painted = Desk.open(Image.new("RGB", size, (200, 90, 30)), "any").drawn(DOT)
    view.overview(painted)
    for what in view.WHATS:
        view.part(painted, what, view.Wanted((0, 0, *size), size))
    painted.finished()


def test_strokes_are_read_and_anything_else_is_refused():
    sent = {"layer": "source", "tool": "box", "points": [[0, 0.5], [1, 1]], "brush": 0.1}
    assert canvas.stroke(sent) == Stroke("source", "box", ((0.0, 0.5), (1.0, 1.0)), 0.1)
    pen = canvas.stroke({**sent, "points": [[0, 0.5, 0.25], [1, 1, 7]]})
    assert (pen.points, pen.pressures) == (((0.0, 0.5), (1.0, 1.0)), (0.25, 1.0))
    for wrong in (
        {}, {"layer": "source"},
        {**sent, "tool": "hammer"},
        {**sent, "layer": "other"},
        {**sent, "points": []},
        {**sent, "points": [[0]]},
        {**sent, "points": [[0, 0.5], [1, 1, 1]]},
        {**sent, "points": [[0, float("nan")]]},
        {**sent, "points": "ab"},
        {**sent, "brush": 1e9},
    ):  # fmt: skip
        with pytest.raises(ValueError, match="expected a stroke of the canvas"):
            canvas.stroke(wrong)


def test_a_pen_draws_wider_where_it_presses(opened):
    stroke = Stroke(desk.INPAINT, tools.PAINT, ((0.2, 0.5), (0.8, 0.5)), 0.2, (0.1, 1.0))
    heights = (opened.drawn(stroke).inpaint.plane > 127).sum(axis=0)
    for x, height in ((60, 6), (150, 33), (240, 60)):
        assert abs(int(heights[x]) - height) <= 2  # an anti-aliased edge on either side
