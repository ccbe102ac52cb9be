"""What the studio's page is shown: an overview, parts in the screen's own pixels, one sentence."""

import base64
import io

import numpy as np
import pytest
from PIL import Image

from neuralmaster import files
from neuralmaster.studio import desk, opened, tools, view
from neuralmaster.studio.desk import Desk, Stroke
from tests.pictures import EXAMPLE, pixels, psnr, textured_scene

STRIPE = Stroke(desk.INPAINT, tools.PAINT, ((0.5, 0.1), (0.5, 0.9)), 0.15)
DOT = Stroke(desk.INPAINT, tools.PAINT, ((0.5, 0.5),), 0.3)


@pytest.fixture
def scene():
    return Desk.open(textured_scene(300, 200)[0], "scene.png")


@pytest.fixture(scope="module")
def large():
    image = files.read(EXAMPLE / "image.png").resize((1501, 1203))
    return Desk.open(image, "large").drawn(STRIPE)


def picture(sent):
    content = base64.b64decode(sent.partition(",")[2]) if isinstance(sent, str) else sent
    return Image.open(io.BytesIO(content))


def test_the_overview_is_mask_and_fill(scene):
    shown = view.overview(scene.drawn(DOT))
    assert shown["factor"] == 1
    mask = pixels(picture(shown["mask"]))
    assert np.array_equal(mask, pixels(scene.drawn(DOT).mask().picture()))
    filled = pixels(picture(shown["filled"]))
    assert psnr(filled, pixels(scene.drawn(DOT).finished().image)) > 33  # JPEG
    assert shown["kind"] == view.GOOD


def test_the_overview_of_a_large_picture_is_small_and_close_to_the_whole(large):
    shown = view.overview(large)
    assert shown["factor"] == 2
    small = picture(shown["filled"])
    assert small.size == (751, 602)
    assert max(small.size) <= opened.OVERVIEW
    whole = large.finished().image.reduce(2)
    assert np.abs(pixels(small).astype(int) - pixels(whole)).mean() < 3
    mask = pixels(large.mask().picture().reduce(2)).astype(int)
    assert np.abs(pixels(picture(shown["mask"])) - mask).mean() < 1


def test_a_fill_in_pixels_is_made_afterwards(scene):
    shown = view.overview(scene.drawn(DOT).with_params(method="classic"))
    assert (shown["filled"], "said" in shown) == (None, False)
    made = view.filled(scene.drawn(DOT).with_params(method="classic"))
    assert made["said"].startswith("Filled by classic. Colour is taken from ")


def test_a_part_at_full_size_is_what_is_downloaded(large):
    box = (301, 402, 801, 652)
    mask = picture(view.part(large, view.MASK, box, (500, 250)))
    assert mask.format == "PNG"
    assert np.array_equal(pixels(mask), pixels(large.mask().picture().crop(box)))
    filled = picture(view.part(large, view.FILLED, box, (500, 250)))
    assert psnr(pixels(filled), pixels(large.finished().image.crop(box))) > 34


@pytest.mark.parametrize("box", [(0, 0, 1501, 1203), (203, 7, 1100, 801), (1400, 1100, 1501, 1203)])
@pytest.mark.parametrize("shrink", [1.5, 2, 3.7, 5])
def test_a_part_may_have_any_size(large, box, shrink):
    size = tuple(round((box[k + 2] - box[k]) / shrink) for k in range(2))
    for what, whole in (
        (view.MASK, large.mask().picture()),
        (view.FILLED, large.finished().image),
    ):
        part = picture(view.part(large, what, box, size))
        assert part.size == size
        expected = whole.convert("RGB").resize(size, Image.Resampling.BOX, box=box)
        assert np.abs(pixels(part).astype(int) - pixels(expected)).mean() < 3


def test_a_part_outside_the_picture_or_too_large_is_refused(scene):
    for box in ((-1, 0, 9, 9), (0, 0, 301, 9), (5, 0, 5, 9), (0, 9, 9, 9), (0, 0, 9, 201)):
        with pytest.raises(ValueError, match="expected a box within 300x200, got"):
            view.part(scene, view.MASK, box, (9, 9))
    for size in ((0, 9), (9, 0), (view.LARGEST + 1, 9)):
        with pytest.raises(ValueError, match="expected a size of 1 to 4096 pixels"):
            view.part(scene, view.MASK, (0, 0, 9, 9), size)


def test_the_webuis_fill_is_shown_smooth(large):
    whole = picture(view.part(large, view.HOST, (0, 0, 1501, 1203), (750, 601)))
    original = pixels(large.opened.picture.resize((750, 601), Image.Resampling.BOX))
    change = np.abs(pixels(whole).astype(int) - original).max(axis=2)
    assert change[300, 375] > 20  # the middle of the stripe


def test_views_keep_one_size_besides_the_overview(large):
    view.overview(large)
    for size in ((750, 601), (1501, 1203), (500, 401)):
        view.part(large, view.FILLED, (0, 0, 1501, 1203), size)
        assert len(large.shown) <= 2
    assert large.memory() > large.shown[2].mask.inpaint.nbytes


def test_it_says_what_to_do_next(scene):
    hint = "Paint over the part to repaint. The object is found automatically."
    assert view.overview(scene)["said"] == hint
    removing = view.overview(scene.with_preset(desk.REMOVE))
    assert removing["said"] == "Drag a box around the object to remove."
    assert removing["kind"] == view.HINT


def test_red_means_that_the_picture_stays_as_it_is(scene):
    shown = view.overview(scene.drawn(DOT).edited(desk.SOURCE, "clear", 0))
    assert shown["kind"] == view.ERROR
    assert "Original is used" in shown["said"]


def test_amber_means_that_the_fill_is_doubtful(scene):
    elsewhere = Stroke(desk.SOURCE, tools.PAINT, ((0.05, 0.05),), 0.1)
    cleared = scene.edited(desk.SOURCE, "clear", 0).drawn(elsewhere)
    shown = view.overview(cleared.drawn(DOT))
    assert shown["kind"] == view.WARNING
    assert shown["said"].startswith("Nothing was filled: ")


def test_a_line_too_thin_for_the_overview_is_filled_all_the_same():
    image = files.read(EXAMPLE / "image.png").resize((2400, 2400))
    line = Stroke(desk.INPAINT, tools.PAINT, ((0.4, 0.5), (0.6, 0.52)), 1 / 2400)
    painted = Desk.open(image, "thin").with_feather(desk.INPAINT, 0).drawn(line)
    shown = view.overview(painted)
    assert shown["kind"] == view.GOOD
    assert shown["said"].startswith("Filled by context. Colour is taken from ")


@pytest.mark.parametrize("box", [(301, 402, 801, 652), (0, 0, 400, 300), (1201, 1003, 1501, 1203)])
@pytest.mark.parametrize("factor", [1, 2])
def test_a_part_of_a_picture_too_large_to_be_filled_for_it(large, box, factor, monkeypatch):
    size = tuple((box[k + 2] - box[k]) // factor for k in range(2))
    expected = {what: pixels(picture(view.part(large, what, box, size))) for what in view.WHATS}
    monkeypatch.setattr(view, "WHOLE", 300e3)
    afresh = Desk.open(large.opened.image, "large").drawn(STRIPE)
    mask = pixels(picture(view.part(afresh, view.MASK, box, size)))
    assert np.array_equal(mask, expected[view.MASK])
    filled = pixels(picture(view.part(afresh, view.FILLED, box, size)))
    assert psnr(filled, expected[view.FILLED]) > 34
    assert {one.mask.inpaint.size <= 300e3 for one in afresh.shown.values()} <= {True}


def test_a_part_of_a_large_picture_that_stays_as_it_is(monkeypatch):
    monkeypatch.setattr(view, "WHOLE", 9e3)
    image = textured_scene(300, 200)[0]
    nothing = Desk.open(image, "large").drawn(DOT).edited(desk.SOURCE, "clear", 0)
    filled = picture(view.part(nothing, view.FILLED, (50, 40, 250, 160), (200, 120)))
    assert psnr(pixels(filled), pixels(image.crop((50, 40, 250, 160)))) > 33
