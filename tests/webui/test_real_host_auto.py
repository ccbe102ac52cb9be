"""The object that is found, and a colour of one's own, in a real WebUI with a saliency model."""

from __future__ import annotations

import base64
import io

import numpy as np
import pytest
from PIL import Image, ImageDraw

from tests.pictures import pixels, two_channel
from tests.red import RED, noise_with_red, overlap
from tests.webui.api.test_real_host_scripts import xyz
from tests.webui.person import needs_a_person
from tests.webui.real_host import (
    WebUI,
    b64,
    by_name,
    needs_webui,
    same,
    same_result,
)
from tests.webui.test_real_host_panel import apart, preview

pytestmark = needs_webui

IMAGE, TRUTH = noise_with_red((512, 512), (130, 110, 330, 400))
IMAGE.paste("white", (200, 110, 240, 400))
BRUSH = Image.new("L", (512, 512))
ImageDraw.Draw(BRUSH).rectangle((194, 100, 246, 410), fill=255)
AUTO = {"source": "auto"}
TOLD = "The useful object was found by the model red.onnx: 22% of the image."


@pytest.fixture(scope="module")
def webui(tmp_path_factory, red_model):
    folder = tmp_path_factory.mktemp("webui")
    with WebUI(folder, "--neuralmaster-model", str(red_model)) as running:
        yield running


def found_in(webui):
    """The two-channel mask that was saved beside the result."""
    (path,) = webui.data.rglob("*-two-channel-mask.png")
    with Image.open(path) as mask:
        mask.load()
    path.unlink()
    return mask


def saving():
    return {"save_images": True, "override_settings": {"neuralmaster_save_mask": True}}


def test_a_job_with_auto_is_the_job_with_the_object_that_was_found_in_green(webui):
    auto = webui.img2img(IMAGE, BRUSH, **by_name(**AUTO), **saving())
    assert auto.status == 200
    assert auto.our_keys["NeuralMaster source"] == "auto"
    assert auto.our_keys["NeuralMaster note"] == TOLD
    assert "NeuralMaster fallback" not in auto.our_keys
    mask = found_in(webui)
    assert overlap(pixels(mask)[..., 1], TRUTH) > 0.95
    given = webui.img2img(IMAGE, mask, **by_name())
    assert same(auto.run.prepared, given.run.prepared)
    assert same(auto.run.picture("process", "mask"), given.run.picture("process", "mask"))
    # Forge hides an infotext in the alpha of a picture that it saves
    assert same_result(auto.images[0].convert("RGB"), given.images[0])
    stripe = pixels(auto.run.prepared)[120:390, 205:235].astype(int)
    assert np.abs(stripe - RED).max() <= 3


def test_the_command_line_finds_the_same(webui, command_line, red_model):
    prepared, red = command_line.fill(IMAGE, BRUSH, "--source", "auto", "--model", str(red_model))
    run = webui.img2img(IMAGE, BRUSH, **by_name(**AUTO)).run
    assert same(run.prepared, prepared)
    assert same(run.picture("process", "mask"), red)


def test_each_image_of_a_job_has_its_own_object(webui):
    other, _ = noise_with_red((512, 512), (180, 60, 460, 470))
    other.paste("white", (200, 110, 240, 400))
    run = webui.img2img([IMAGE, other], BRUSH, **by_name(**AUTO)).run
    alone = [webui.img2img(image, BRUSH, **by_name(**AUTO)).run for image in (IMAGE, other)]
    assert all(same(a, b.prepared) for a, b in zip(run.inits("process"), alone, strict=True))


def test_by_the_index_and_the_setting_a_gray_mask_is_enough(webui):
    overrides = {"neuralmaster_source": "auto"}
    run = webui.img2img(IMAGE, BRUSH, inpainting_fill=webui.index, override_settings=overrides).run
    expected = webui.img2img(IMAGE, BRUSH, **by_name(**AUTO)).run
    assert same(run.prepared, expected.prepared)


def test_a_gray_mask_stays_original_by_default_and_auto_is_named(webui):
    answer = webui.img2img(IMAGE, BRUSH, **by_name())
    assert answer.our_keys["NeuralMaster fallback"] == "channels-match"
    assert answer.our_keys["NeuralMaster note"].endswith("another source for it, such as auto.")
    assert same(answer.run.prepared, IMAGE)


def test_a_colour_of_ones_own_needs_no_object(webui):
    colour = {"method": "colour", "colour": "#b2543a"}
    answer = webui.img2img(IMAGE, BRUSH, **by_name(**colour))
    keys = answer.our_keys
    assert (keys["NeuralMaster method"], keys["NeuralMaster colour"]) == ("colour", "#b2543a")
    filled = pixels(answer.run.prepared)
    assert (filled[pixels(BRUSH) > 0] == (178, 84, 58)).all()
    assert np.array_equal(filled[pixels(BRUSH) == 0], pixels(IMAGE)[pixels(BRUSH) == 0])
    green = two_channel(pixels(BRUSH), TRUTH * 255)
    within = pixels(webui.img2img(IMAGE, green, **by_name(**colour)).run.prepared)
    assert ((within == (178, 84, 58)).all(axis=2) == ((pixels(BRUSH) > 0) & TRUTH)).all()


def test_a_colour_that_is_none_is_refused(webui):
    answer = webui.img2img(IMAGE, BRUSH, **by_name(method="colour", colour="brick"))
    assert answer.status == 422
    assert answer.body["detail"] == (
        "NeuralMaster: colour: expected a colour as in #b2543a, got 'brick'"
    )


def test_the_routes_tell_of_them(webui):
    known = webui.get("/neuralmaster/v1/info")["parameters"]["properties"]
    assert known["source"]["enum"] == ["green", "alpha", "all", "auto", "upload"]
    assert known["colour"]["pattern"] == "^#[0-9a-fA-F]{6}$"
    asked = {"image": b64(IMAGE), "mask": b64(BRUSH), "params": AUTO}
    status, answer = webui.post("/neuralmaster/v1/preview", asked)
    assert (status, answer["applied"], answer["notes"]) == (200, True, [TOLD])
    expected = webui.img2img(IMAGE, BRUSH, **by_name(**AUTO)).run.prepared
    assert same(loaded(answer["image"]), expected)


def loaded(text):
    return Image.open(io.BytesIO(base64.b64decode(text)))


def test_the_plot_has_colours_and_sources(webui):
    colours = {"#b2543a": (178, 84, 58), "#00ff00": (0, 255, 0)}
    plot = xyz(webui, "[NeuralMaster] Fill colour", list(colours))
    runs = webui.img2img(IMAGE, BRUSH, **plot, **by_name(method="colour")).runs
    assert [tuple(pixels(run.prepared)[200, 220]) for run in runs] == list(colours.values())
    plot = xyz(webui, "[NeuralMaster] Useful object", ["green", "auto"])
    green, auto = webui.img2img(IMAGE, BRUSH, **plot, **by_name()).runs
    assert same(green.prepared, IMAGE)
    assert same(auto.prepared, webui.img2img(IMAGE, BRUSH, **by_name(**AUTO)).run.prepared)


@pytest.mark.usefixtures("browser")
class TestPage:
    pytestmark = needs_a_person

    def test_a_brush_mask_on_the_page_finds_its_object(self, person, webui):
        person.upload_for_inpainting(IMAGE, BRUSH.convert("RGB"))
        person.choose("NeuralMaster")
        person.open_panel()
        person.choose("auto", "#neuralmaster_source")
        said, pictures = preview(person)
        assert said[0].startswith("Filled by context.")
        assert said[1] == TOLD
        green = pixels(pictures["Green: useful object"].convert("RGB").resize((512, 512)))
        assert overlap(green[..., 1], TRUTH) > 0.9
        (run,) = person.generate()
        expected = webui.img2img(IMAGE, BRUSH, **by_name(**AUTO)).run
        assert same(run.prepared, expected.prepared)
        assert TOLD in person.said()
        assert apart(pictures["Prepared image"], run.prepared) < 1

    def test_the_colour_is_picked_on_the_page(self, person):
        person.upload_for_inpainting(IMAGE, BRUSH.convert("RGB"))
        person.choose("NeuralMaster")
        person.open_panel()
        picker = person.page.locator("#neuralmaster_colour")
        assert not picker.is_visible()
        person.choose("colour", "#neuralmaster_method")
        picker.wait_for(state="visible")
        picker.locator("input[type=color]").fill("#b2543a")
        said, _ = preview(person)
        assert said == ["Filled by colour. Its colour is 178, 84, 58."]
        (run,) = person.generate()
        assert pixels(run.prepared)[200, 220].tolist() == [178, 84, 58]
        person.choose("mean", "#neuralmaster_method")
        picker.wait_for(state="hidden")
