"""What the studio's page is shown: an overview, parts in the screen's own pixels, one sentence."""

import base64
import io

import numpy as np
import pytest
from PIL import Image

from neuralmaster import files
from neuralmaster.making.finders import find
from neuralmaster.studio import copies, desk, opened, tools, view
from neuralmaster.studio.desk import Desk, Stroke
from neuralmaster.studio.view import Wanted
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


def laid(original, shown, mask):
    """The picture as the page shows it: the bare fill over it, as strongly as the mask says."""
    red, green = (mask[..., k : k + 1].astype(float) / 255 for k in range(2))
    weight = green * np.clip(2 * red - 1, 0, 1)
    return original + weight * (shown.astype(float) - original)


def as_shown(painted):
    """The whole picture as the page shows it, at the overview's size."""
    shown = view.filled(painted)
    original = pixels(painted.opened.small.convert("RGB"))
    bare, (left, upper) = original.copy(), shown["corner"]
    if shown["filled"]:
        part = pixels(picture(shown["filled"]))
        bare[upper : upper + part.shape[0], left : left + part.shape[1]] = part
    return laid(original, bare, pixels(picture(shown["mask"])))


def part_as_shown(painted, box, size):
    """A part of it, where the fill has no detail."""
    mask = pixels(picture(view.part(painted, view.MASK, Wanted(box, size))))
    shape = painted.opened.picture.convert("RGB").resize(size, Image.Resampling.BOX, box=box)
    bare = pixels(picture(view.part(painted, view.FILLED, Wanted(box, size))))
    return laid(pixels(shape), bare, mask)


def test_the_overview_is_mask_and_fill(scene):
    shown = view.overview(scene.drawn(DOT))
    assert shown["factor"] == 1
    mask = pixels(picture(shown["mask"]))
    assert np.array_equal(mask, pixels(scene.drawn(DOT).mask().picture()))
    finished = pixels(scene.drawn(DOT).finished().image)
    assert psnr(as_shown(scene.drawn(DOT)), finished) > 38
    assert shown["kind"] == view.GOOD


def test_the_overview_of_a_large_picture_is_small_and_close_to_the_whole(large):
    shown = view.overview(large)
    assert shown["factor"] == 2
    small = as_shown(large)
    assert small.shape == (602, 751, 3)
    assert max(small.shape) <= opened.OVERVIEW
    whole = large.finished().image.reduce(2)
    assert np.abs(small - pixels(whole)).mean() < 0.5
    mask = pixels(large.mask().picture().reduce(2)).astype(int)
    assert np.abs(pixels(picture(shown["mask"])) - mask).mean() < 1


@pytest.mark.parametrize("params", [{"method": "texture"}, {"grain": 0.5}])
def test_a_fill_with_detail_is_made_afterwards(scene, params):
    painted = scene.drawn(DOT).with_params(**params)
    shown = view.overview(painted)
    assert (shown["filled"], shown["detail"], "said" in shown) == (None, True, False)
    made = view.filled(painted)
    assert made["said"].startswith(f"Filled by {params.get('method', 'context')}. Colour is ")
    assert made["mask"] == shown["mask"]


def test_the_object_is_sought_after_the_picture_is_seen(scene):
    shown = view.overview(scene)
    assert shown["filled"] is None
    assert not pixels(picture(shown["mask"])).any()
    found = pixels(picture(view.filled(scene)["mask"]))
    assert np.array_equal(found[..., 1], scene.layer(desk.SOURCE).plane)
    assert found[..., 1].any()


def test_the_blurs_of_classic_are_as_wide_in_a_copy(large):
    painted = large.with_params(method="classic")
    whole = painted.finished().image.reduce(2)
    assert np.abs(as_shown(painted) - pixels(whole)).max() < 20
    assert np.abs(as_shown(painted) - pixels(whole)).mean() < 0.5


def test_a_part_at_full_size_is_what_is_downloaded(large):
    box = (301, 402, 801, 652)
    mask = picture(view.part(large, view.MASK, Wanted(box, (500, 250))))
    assert mask.format == "PNG"
    assert np.array_equal(pixels(mask), pixels(large.mask().picture().crop(box)))
    filled = part_as_shown(large, box, (500, 250))
    assert psnr(filled, pixels(large.finished().image.crop(box))) > 38


@pytest.mark.parametrize("box", [(0, 0, 1501, 1203), (203, 7, 1100, 801), (1400, 1100, 1501, 1203)])
@pytest.mark.parametrize("shrink", [1.5, 2, 3.7, 5])
def test_a_part_may_have_any_size(large, box, shrink):
    size = tuple(round((box[k + 2] - box[k]) / shrink) for k in range(2))
    mask = picture(view.part(large, view.MASK, Wanted(box, size)))
    assert mask.size == size
    for shown, whole in (
        (pixels(mask).astype(float), large.mask().picture()),
        (part_as_shown(large, box, size), large.finished().image),
    ):
        expected = whole.convert("RGB").resize(size, Image.Resampling.BOX, box=box)
        assert np.abs(shown - pixels(expected)).mean() < 3


def test_a_part_outside_the_picture_or_too_large_is_refused(scene):
    for box in ((-1, 0, 9, 9), (0, 0, 301, 9), (5, 0, 5, 9), (0, 9, 9, 9), (0, 0, 9, 201)):
        with pytest.raises(ValueError, match="expected a box within 300x200 and"):
            view.part(scene, view.MASK, Wanted(box, (9, 9)))
        assert "part" not in view.overview(scene.drawn(DOT), Wanted(box, (9, 9)))
    for size in ((0, 9), (9, 0), (view.LARGEST + 1, 9)):
        with pytest.raises(ValueError, match="and a size of 1 to 4096 pixels"):
            view.part(scene, view.MASK, Wanted((0, 0, 9, 9), size))


def test_acts_are_answered_with_the_mask_in_the_part_that_is_seen(large):
    box, size = (301, 402, 801, 652), (500, 250)
    shown = view.overview(large, Wanted(box, size))
    assert (shown["exact"], shown["mask"]) == (True, None)
    assert np.array_equal(pixels(picture(shown["part"])), pixels(large.mask().picture().crop(box)))
    soft = large.with_feather(desk.INPAINT, 400)
    quick = view.overview(soft, Wanted(box, size))
    assert quick["exact"] is False
    exact = pixels(soft.mask().picture().crop(box)).astype(int)
    assert np.abs(pixels(picture(quick["part"])) - exact).max() <= 4


def test_the_webuis_fill_is_shown_smooth(large):
    whole = picture(view.part(large, view.HOST, Wanted((0, 0, 1501, 1203), (750, 601))))
    original = pixels(large.opened.picture.resize((750, 601), Image.Resampling.BOX))
    change = np.abs(pixels(whole).astype(int) - original).max(axis=2)
    assert change[300, 375] > 20  # the middle of the stripe


def test_views_keep_one_size_besides_the_overview(large):
    view.overview(large)
    for size in ((750, 601), (1501, 1203), (500, 401)):
        view.part(large, view.FILLED, Wanted((0, 0, 1501, 1203), size))
        assert len(large.shown) <= 2
    assert large.memory() > large.shown[2].mask.inpaint.nbytes


def test_it_says_what_to_do_next(scene):
    hint = "Paint over the part to repaint. The object is found automatically."
    assert view.filled(scene)["said"] == hint
    removing = view.filled(scene.with_preset(desk.REMOVE))
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
    wanted = Wanted(box, tuple((box[k + 2] - box[k]) // factor for k in range(2)))
    whats = (view.MASK, view.HOST)
    expected = {what: pixels(picture(view.part(large, what, wanted))) for what in whats}
    filled = part_as_shown(large, box, wanted.size)
    monkeypatch.setattr(copies, "WHOLE", 300e3)
    afresh = Desk.open(large.opened.image, "large").drawn(STRIPE)
    for what in whats:
        assert np.array_equal(pixels(picture(view.part(afresh, what, wanted))), expected[what])
    # by the width of the stroke, 38 to 53
    assert psnr(part_as_shown(afresh, box, wanted.size), filled) > 37.5
    assert min(afresh.shown) == 2  # the overview's; no larger one was made


def test_a_part_of_a_picture_that_stays_as_it_is():
    image = textured_scene(300, 200)[0]
    nothing = Desk.open(image, "large").drawn(DOT).edited(desk.SOURCE, "clear", 0)
    box = (50, 40, 250, 160)
    assert view.overview(nothing)["filled"] == ""
    assert np.array_equal(part_as_shown(nothing, box, (200, 120)), pixels(image.crop(box)))


def test_a_hard_line_of_a_pixel_is_filled_to_its_edges(large):
    line = Stroke(desk.INPAINT, tools.PAINT, ((0.4, 0.5), (0.6, 0.52)), 1 / 1501)
    painted = Desk.open(large.opened.image, "thin").with_feather(desk.INPAINT, 0).drawn(line)
    box = (600, 580, 900, 640)
    finished = pixels(painted.finished().image.crop(box))
    assert np.abs(finished - pixels(large.opened.image.crop(box)).astype(int)).max() > 10
    made = painted.shown.clear() or copies.bare(painted, painted.opened.overview)
    assert not made.is_empty
    bare = made.prepared.image.resize(painted.size).crop(box)
    mask = pixels(picture(view.part(painted, view.MASK, Wanted(box, (300, 60)))))
    shown = laid(pixels(large.opened.image.crop(box)), pixels(bare), mask)
    assert np.abs(shown - finished).mean(axis=2)[mask[..., 0] > 127].mean() < 8


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_the_object_is_the_one_that_is_found_in_the_whole_picture(mode):
    image = files.read(EXAMPLE / "image.png").resize((2300, 2100)).convert(mode)
    if mode == "RGBA":
        image.putalpha(files.read(EXAMPLE / "mask.png").getchannel(1).resize(image.size))
    seen = Desk.open(image, "large").opened
    assert np.array_equal(seen.found.plane, find(image).plane)
