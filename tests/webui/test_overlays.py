"""The overlays pasted over results, of every kind that a host makes; on the fake host."""

import importlib

import numpy as np
import pytest
from PIL import Image

from neuralmaster import preprocess
from tests.pictures import textured_scene
from tests.webui.fake_job import Processing, run
from tests.webui.jobs import job, same

ORIGINAL = 1


class Precise(Processing):
    """Pairs of the whole picture and weights, as Forge Neo holds with its mask blur in fp32."""

    def overlay(self, image):
        return image.copy(), np.asarray(self.mask_for_overlay, np.float32) / 255


def pasted(p, image, overlay):
    """The sampler's picture and the overlay, by the weights; as Forge Neo finishes it."""
    picture, weights = overlay
    full = image
    if p.paste_to:
        left, upper, width, height = p.paste_to
        full = Image.new("RGB", picture.size)
        full.paste(image.resize((width, height)), (left, upper))
    sampled, kept = (np.asarray(side, np.float32) for side in (full, picture))
    mixed = sampled * weights[..., None] + kept * (1 - weights[..., None])
    return Image.fromarray(mixed.round().astype(np.uint8))


@pytest.fixture
def precise(monkeypatch, host):
    monkeypatch.setattr("tests.webui.fake_job.pasted", pasted)

    def go(**fields):
        p = Precise(**fields)
        return p, run(host, p, host.script)

    return go


@pytest.mark.parametrize("only_masked", [False, True], ids=["whole", "only masked"])
def test_of_a_pair_the_picture_becomes_the_original_and_the_weights_stay(
    precise, host, only_masked
):
    host.opts.data["save_init_img"] = True
    image, mask, fields = job(inpaint_full_res=only_masked, batch_size=2)
    p, results = precise(**fields)
    assert host.errors == []
    assert [same(saved, image) for saved in host.saved.values()] == [True]
    red = preprocess(image, mask).inpaint_mask
    original, _ = precise(**{**fields, "image_mask": red, "inpainting_fill": ORIGINAL})
    assert len(p.overlay_images) == 2
    for (picture, weights), (theirs, their_weights) in zip(
        p.overlay_images, original.overlay_images, strict=True
    ):
        assert same(picture, theirs)
        assert np.array_equal(weights, their_weights)
    kept = np.asarray(p.mask_for_overlay) == 0
    assert kept.any()
    for result in results:
        assert np.array_equal(np.asarray(result)[kept], np.asarray(image)[kept])


def test_of_a_pair_the_picture_is_on_the_hosts_own_background_and_resized_by_it(precise, host):
    host.opts.data["img2img_background_color"] = "#123456"
    image, mask, fields = job(96, resize_mode=2)
    image.putalpha(Image.new("L", image.size, 0))
    p, _ = precise(**fields)
    red = preprocess(image, mask).inpaint_mask
    original, _ = precise(**{**fields, "image_mask": red, "inpainting_fill": ORIGINAL})
    assert same(p.overlay_images[0][0], original.overlay_images[0][0])
    assert p.overlay_images[0][0].getpixel((5, 5)) == (0x12, 0x34, 0x56)


@pytest.mark.parametrize(
    "overlay",
    [
        Image.new("RGB", (64, 64)),
        Image.new("L", (64, 64)),
        (Image.new("RGB", (64, 64)),),
        (Image.new("RGB", (64, 64)), None, None),
        (None, None),
        np.zeros((64, 64, 4)),
        "overlay",
    ],
    ids=["opaque", "gray", "alone", "three", "none", "array", "text"],
)
def test_an_overlay_of_another_kind_is_refused(host, overlay):
    class Other(Processing):
        def overlay(self, _):
            return overlay

    image, mask = textured_scene(64, 64)
    p = Other([image], mask, inpainting_fill=4, batch_size=2)
    with pytest.raises(Exception, match="NeuralMaster") as error:
        run(host, p, host.script)
    assert host.errors == []
    assert error.value.status_code == 422
    assert str(error.value) == (
        "NeuralMaster: this WebUI pastes the unmasked part of the picture in an unknown way, and "
        "would paste the fill; choose original, or switch off the setting that does so"
    )
    assert len(p.overlay_images) == 2


def test_where_an_overlay_cannot_be_cut_the_job_is_refused(host, monkeypatch):
    def broken(*_):
        raise RuntimeError("oh")

    monkeypatch.setattr("modules.images.resize_image", broken)
    monkeypatch.setattr("tests.webui.fake_job.resize_image", lambda m, i, w, h: i.resize((w, h)))
    image, mask = textured_scene(96, 96)
    p = Processing([image], mask, inpainting_fill=4)
    with pytest.raises(Exception, match=r"NeuralMaster: the overlays failed: RuntimeError\('oh'\)"):
        run(host, p, host.script)


def test_a_pair_is_never_changed_itself(host):
    hosts = importlib.import_module("neuralmaster.webui.hosts")
    image, _ = textured_scene(8, 8)
    filled, weights = Image.new("RGB", (8, 8), "red"), np.full((8, 8), 0.5, np.float32)
    pair = (filled, weights)
    picture, kept = hosts.recut(pair, image, 0, "#ffffff")
    assert same(picture, image)
    assert kept is weights
    assert pair == (filled, weights)
    assert same(filled, Image.new("RGB", (8, 8), "red"))
