"""What a job leaves behind and what it tells, to the last word, on the fake host."""

import logging
import sys
import warnings
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from neuralmaster import FillParams, preprocess
from tests.pictures import pixels, ramp, textured_scene, two_channel
from tests.webui.fake_host import Script
from tests.webui.fake_job import Processed, Processing, run
from tests.webui.jobs import BY_NAME, job, same

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # its own, at import; not ours to mend
    from fastapi import FastAPI

ORIGINAL = 1


def filled(p, image, mask, **more):
    return same(p.sampled[0], preprocess(image, mask, **more).image)


@pytest.mark.parametrize("what", ["nothing new", "a new mask", "both new", "not by Original"])
def test_what_is_no_later_loop_is_filled(process, what):
    """A loop goes on by Original, with the mask that was sent and another image."""
    image, mask, fields = job(script_args=tuple(BY_NAME))
    p, _ = process(**fields)
    other, other_mask = textured_scene(64, 64, 3)
    other_mask = other_mask.rotate(90)
    p.inpainting_fill = ORIGINAL
    if what in ("both new", "not by Original"):
        image, p.init_images = other, [other]
    if what in ("a new mask", "both new"):
        mask = p.image_mask = other_mask
    if what == "not by Original":
        p.inpainting_fill = 0
    process(p)
    assert filled(p, image, mask)
    assert p.init_images == [image]
    assert p.image_mask is mask
    assert p.script_args == fields["script_args"]


def test_a_later_loop_leaves_p_as_it_came(process, host, tmp_path):
    """It is no fill: neither Masked content nor what is saved beside results is ours."""
    host.opts.data["neuralmaster_save_prepared"] = True
    _, mask, fields = job()
    p, _ = process(**fields)
    looped, _ = textured_scene(64, 64, 5)
    p.init_images, p.inpainting_fill, p.saved_to = [looped], ORIGINAL, tmp_path
    sent = p.init_images
    process(p)
    assert (p.inpainting_fill, p.image_mask, p.mask_round) == (ORIGINAL, mask, True)
    assert p.init_images is sent
    assert p.script_args is fields.get("script_args", p.script_args)
    assert list(tmp_path.iterdir()) == []
    assert host.errors == []


class Seen(Script):
    """Another extension, which notes what is on `p` while the host samples."""

    args_from = args_to = 0

    def process(self, p):
        self.seen = {name: getattr(p, name) for name in ("inpainting_fill", "override_settings")}
        self.handed, self.mask = p.init_images, p.image_mask


def test_during_a_run_the_host_goes_by_original_and_saves_no_init_image(host):
    host.opts.data["save_init_img"] = True
    image, mask, fields = job(override_settings={"steps": 3})
    seen, p = Seen(), Processing(**fields)
    run(host, p, host.script, [seen])
    assert seen.seen == {
        "inpainting_fill": ORIGINAL,
        "override_settings": {"steps": 3, "save_init_img": False},
    }
    assert same(seen.handed[0], preprocess(image, mask).image)
    assert p.override_settings is fields["override_settings"]
    ((name, saved),) = host.saved.items()
    assert same(saved, image)
    assert p.init_img_hash == name


def test_where_init_images_are_not_saved_their_hash_is_the_hosts(process, host):
    p, _ = process(**job(init_img_hash="of the host")[2])
    assert p.init_img_hash == "of the host"
    assert host.saved == {}


def test_what_is_pasted_over_is_on_the_hosts_own_background(process, host):
    host.opts.data["img2img_background_color"] = "#123456"
    image, mask, fields = job()
    image.putalpha(Image.fromarray(np.uint8(ramp(64, 0.5, 1))))
    p, _ = process(**fields)
    red = preprocess(image, mask).inpaint_mask
    original, _ = process(**{**fields, "image_mask": red, "inpainting_fill": ORIGINAL})
    assert same(p.overlay_images[0], original.overlay_images[0])
    assert p.overlay_images[0].getpixel((0, 0)) == (0x12, 0x34, 0x56, 255)


def test_what_is_pasted_over_is_resized_as_the_job_says(process, monkeypatch):
    def resize_image(mode, image, width, height):
        image = image.transpose(Image.Transpose.FLIP_LEFT_RIGHT) if mode == 2 else image
        return image.resize((width, height))

    for place in ("modules.images", "tests.webui.fake_job"):
        monkeypatch.setattr(f"{place}.resize_image", resize_image)
    image, mask, fields = job(96, resize_mode=2)
    p, _ = process(**fields)
    red = preprocess(image, mask).inpaint_mask
    original, _ = process(**{**fields, "image_mask": red, "inpainting_fill": ORIGINAL})
    assert same(p.overlay_images[0], original.overlay_images[0])


def test_an_overlay_that_cannot_be_cut_is_told_in_the_log(host, monkeypatch, caplog):
    def broken(*_):
        raise RuntimeError("oh")

    monkeypatch.setattr("modules.images.resize_image", broken)
    monkeypatch.setattr("tests.webui.fake_job.resize_image", lambda m, i, w, h: i.resize((w, h)))
    p = Processing(**job(96)[2])
    with pytest.raises(Exception, match="the overlays failed") as error:
        run(host, p, host.script)
    assert str(error.value) == "NeuralMaster: the overlays failed: RuntimeError('oh')"
    (record,) = caplog.records
    assert (record.levelno, record.message) == (logging.ERROR, "The overlays could not be cut.")
    assert len(p.overlay_images) == 1


def test_notes_of_a_job_are_told_in_the_order_of_its_images(process, caplog):
    image, mask = textured_scene(64, 64)
    small, large = image.resize((32, 32)), image.resize((96, 96))
    fields = {"image_mask": mask, "inpainting_fill": 4, "batch_size": 4, "width": 32, "height": 32}
    p, _ = process(init_images=[small, image, large, small.copy()], **fields)
    notes = [
        f"The mask is 64x64 and the image {side}x{side}: the mask was resized to the image."
        for side in (32, 96)
    ]
    assert p.extra_generation_params["NeuralMaster note"] == " ".join(notes)
    assert list(p.comments) == [f"NeuralMaster: {note}" for note in notes]
    assert [(r.levelno, r.message) for r in caplog.records] == [(logging.WARNING, n) for n in notes]


def test_an_image_that_stays_as_it_is_has_its_reason_told_before_its_notes(process):
    image, _, fields = job()
    red, far = np.zeros((2, 32, 32))
    red[:16], far[4:12, 4:12] = 255, 255  # the object is wholly inside the red
    fields["image_mask"] = two_channel(red, far)
    p, _ = process(**fields)
    reason, note = p.comments
    assert reason.startswith("NeuralMaster: Original is used: no useful object lies outside")
    assert note == (
        "NeuralMaster: The mask is 32x32 and the image 64x64: the mask was resized to the image."
    )
    assert same(p.sampled[0], image)


def test_a_gradient_that_nobody_wants_to_keep_is_not_told_of(host, monkeypatch):
    monkeypatch.delattr(Processing, "mask_round")
    host.load()
    p = Processing(**job()[2])
    run(host, p, host.script)
    assert p.comments == {}
    assert "NeuralMaster note" not in p.extra_generation_params


def test_grain_goes_with_the_place_of_an_image_among_all(process):
    """Also after a picture that was there already."""
    image, mask = textured_scene(64, 64)
    third = image.copy()
    fields = {"image_mask": mask, "inpainting_fill": 4, "script_args": ({"grain": 1},)}
    p, _ = process(init_images=[image, image, third], batch_size=3, seed=7, **fields)
    for sampled, seed in zip(p.sampled, (7, 7, 9), strict=True):
        assert same(sampled, preprocess(image, mask, FillParams(grain=1), seed=seed).image)


@pytest.mark.parametrize("invert", [0, 1])
def test_with_grain_the_mask_is_inverted_as_well(process, invert):
    image, mask = textured_scene(64, 64)
    args = ({"grain": 1},)
    p, _ = process(**job(script_args=args, seed=5, inpainting_mask_invert=invert)[2])
    expected = preprocess(image, mask, FillParams(grain=1), invert=bool(invert), seed=5)
    assert same(p.sampled[0], expected.image)


@pytest.mark.parametrize("by", ["image", "mask"])
def test_where_only_one_of_ours_is_replaced_the_run_goes_on_with_the_other(host, by):
    """Another extension that changes our image, or our mask, has seen the fill."""
    image, mask, fields = job()
    p = Processing(**fields)
    host.script.before_process(p, *p.script_args)
    ours = p.init_images, p.image_mask
    brought = [image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)], Image.new("L", (64, 64), 255)
    if by == "image":
        p.init_images = brought[0]
    else:
        p.image_mask = brought[1]
    host.script.process(p, *p.script_args)
    assert p.init_images is (brought[0] if by == "image" else ours[0])
    assert p.image_mask is (ours[1] if by == "image" else brought[1])
    assert p.inpainting_fill == ORIGINAL
    assert pixels(ours[0][0]).tobytes() == pixels(preprocess(image, mask).image).tobytes()


def test_a_run_that_ends_before_its_first_batch_gives_p_back_too(host):
    """As an interrupted one does: the host has made nothing, and goes on to the end."""
    image, mask, fields = job(override_settings={"save_init_img": True})
    p = Processing(**fields)
    args = p.script_args
    host.script.before_process(p, *args)
    assert p.init_images is not fields["init_images"]
    host.script.postprocess(p, Processed([]))
    assert p.init_images is fields["init_images"]
    assert p.init_images == [image]
    assert p.image_mask is mask
    assert p.override_settings is fields["override_settings"]
    assert p.script_args is args


def test_after_a_failure_the_refused_images_are_those_that_were_sent(process, monkeypatch):
    def broken(*_, **__):
        raise RuntimeError("oh")

    monkeypatch.setattr("neuralmaster.webui.infotext.keys_of", broken)
    image, _, fields = job()
    p = Processing(**fields)
    with pytest.raises(Exception, match="the fill failed"):
        process(p)
    assert p.init_images[0] is image
    assert fields["init_images"] == [image]


def test_the_end_of_a_run_whose_fill_was_taken_back_changes_nothing(host):
    """Another extension brought a mask, and no image to fill."""
    _, mask, fields = job()
    p = Processing(**fields)
    host.script.before_process(p, *p.script_args)
    brought = p.init_images, p.image_mask = [], mask.copy()
    host.script.process(p, *p.script_args)
    host.script.before_process_batch(p)
    p.inpainting_fill = 2
    host.script.postprocess(p, Processed([]))
    assert (p.init_images, p.image_mask, p.inpainting_fill) == (*brought, 2)
    assert p.image_mask is brought[1]


def test_what_is_pasted_over_is_on_the_hosts_usual_background_if_none_is_set(process, host):
    """White in most, gray in Forge Neo."""
    del host.opts.data["img2img_background_color"]
    host.opts.img2img_background_color = "#808080"
    image, _, fields = job()
    image.putalpha(Image.fromarray(np.uint8(ramp(64, 0.5, 1))))
    p, _ = process(**fields)
    assert p.overlay_images[0].getpixel((0, 0)) == (128, 128, 128, 255)
    assert host.errors == []


def test_the_mask_that_is_handed_over_has_the_size_of_the_first_image(host):
    (one, mask), (other, _) = textured_scene(64, 64), textured_scene(96, 80, 1)
    p = Processing([one, other], mask, inpainting_fill=4, batch_size=2)
    seen = Seen()
    run(host, p, host.script, [seen])
    assert same(seen.mask, preprocess(one, mask).inpaint_mask)
    assert [image.size for image in seen.handed] == [(64, 64), (96, 80)]


def test_what_is_told_of_the_original_extension_is_in_our_log(host, caplog):
    path = "/extensions/neuralmaster_inpainter/scripts/neuralmaster_inpainter.py"
    sys.modules["modules.scripts"].scripts_data.append(SimpleNamespace(path=path))
    for callback in host.callbacks["app_started"]:
        callback(None, FastAPI())
    (record,) = caplog.records
    assert (record.name, record.levelno) == ("neuralmaster", logging.WARNING)
