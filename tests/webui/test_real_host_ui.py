"""The extension in a real WebUI, by a person in Chromium."""

from __future__ import annotations

import base64

import numpy as np
import pytest
from PIL import Image, ImageOps

from tests.pictures import APPLE, EXAMPLE, textured_scene
from tests.webui.person import PANEL, SHOTS, beside, keep_shot, needs_a_person, unmasked
from tests.webui.real_host import PASTES_ALL, by_name, changed, same

pytestmark = needs_a_person

IMAGE, MASK = textured_scene(512, 512)
RED = MASK.getchannel(0)


def test_inpaint_upload(person, command_line):
    folder = APPLE if APPLE.is_dir() and not SHOTS else EXAMPLE
    image, mask = (Image.open(folder / f"{name}.png").convert("RGB") for name in ("image", "mask"))
    person.upload_for_inpainting(image, mask)
    person.choose("NeuralMaster")
    person.type("#img2img_width", image.width)
    person.type("#img2img_height", image.height)
    person.open_panel()
    settings = person.shot("#mode_img2img", "#inpaint_controls")
    keep_shot("webui-inpaint-upload.png", beside(settings, person.shot(PANEL)))

    (run,) = person.generate()
    prepared, red = command_line.fill(image, mask)
    assert same(run.prepared, prepared)
    assert same(run.picture("process", "mask"), red)
    assert changed(person.result().convert("RGB"), image, unmasked(run)) == 0
    assert "NeuralMaster: " in person.page.locator("#html_info_img2img").first.inner_text()
    keep_shot("webui-result.png", person.shot("#mode_img2img", "#img2img_results"))


def test_the_brush_is_enough_when_the_whole_picture_is_useful(person):
    person.upload_for_inpainting(IMAGE, MASK)  # does not count in the other tab
    person.open_mode("Inpaint")
    person.upload("#img2maskimg", IMAGE)
    person.choose("NeuralMaster")
    person.open_panel()
    person.choose("all", "#neuralmaster_source")
    person.page.wait_for_timeout(1000)  # the canvas grows to its size
    person.draw("#img2maskimg", (0.12, 0.45), (0.3, 0.5))
    (run,) = person.generate()
    (original,) = run.inits("postprocess")
    levels = np.asarray(run.picture("process", "mask"))  # the edge of a stroke is soft
    stroke, filled = levels > 0, levels > 140
    assert 0.001 < stroke.mean() < 0.3
    assert run.fields("process")["our_args"][0][2] == "all"
    assert changed(run.prepared, original, ~stroke) == 0
    assert changed(run.prepared, original, filled) > 0.9 * filled.sum() > 100
    assert changed(person.result().convert("RGB"), IMAGE, ~stroke) == 0


def test_in_the_batch_tab_each_image_is_filled_from_its_own_pixels(
    person, webui, command_line, tmp_path
):
    scenes = {name: textured_scene(512, 512, seed) for seed, name in enumerate("abc", 1)}
    scenes["b"] = tuple(ImageOps.mirror(picture) for picture in scenes["b"])
    for kind, folder in enumerate(("images", "masks")):
        (tmp_path / folder).mkdir()
        for name, scene in scenes.items():
            scene[kind].save(tmp_path / folder / f"{name}.png")
    person.open_mode("Inpaint upload")
    person.choose("NeuralMaster")
    person.open_mode("Batch")
    folders = person.page.locator('#img2img_batch_source button:text-is("From directory")')
    if folders.count():  # reForge has nothing else there
        folders.click()
    for name, folder in {"input": "images", "output": "made", "inpaint_mask": "masks"}.items():
        person.page.fill(f"#img2img_batch_{name}_dir textarea", str(tmp_path / folder))
    runs = person.generate()
    files = sorted((tmp_path / "made").glob("*.png"))  # in order, by whatever names
    for run, file, (_, scene) in zip(runs, files, sorted(scenes.items()), strict=True):
        assert same(run.prepared, command_line.fill(*scene)[0])
        with Image.open(file) as made:
            assert changed(made.convert("RGB"), scene[0], unmasked(run)) == 0
            assert "NeuralMaster: " in made.info["parameters"]


def test_resize_by_fills_the_image_before_it_is_resized(person, command_line):
    person.upload_for_inpainting(IMAGE, MASK)
    person.choose("NeuralMaster")
    person.page.click('#tab_img2img button:text-is("Resize by")')
    person.type("#img2img_scale", 0.5)
    (run,) = person.generate()
    assert same(run.prepared, command_line.fill(IMAGE, MASK)[0])
    assert person.result().size == (256, 256)


def jobs_infotexts(webui):
    ours = webui.img2img(IMAGE, MASK, **by_name(method="mean", feather=120))
    fill = webui.img2img(IMAGE, RED, inpainting_fill=0)
    original = webui.img2img(IMAGE, RED)
    return ours, fill, original


def test_a_pasted_infotext_chooses_what_its_job_had(person, webui, command_line):
    ours, fill, original = (answer.infotext for answer in jobs_infotexts(webui))
    person.upload_for_inpainting(IMAGE, MASK)
    person.choose("NeuralMaster")
    person.open_panel()
    person.choose("original")
    pasted = [(fill, "fill"), (ours, "NeuralMaster"), (original, "original")]
    if not webui.host["pastes_content"]:
        pasted = []
    elif not PASTES_ALL:
        pasted = pasted[:1]
    for infotext, chosen in [*pasted, (ours, "NeuralMaster")]:
        person.page.fill("#img2img_prompt textarea", infotext)
        person.page.click("#img2img_tools #paste")
        person.wait_for(chosen)
        prompt = "document.querySelector('#img2img_prompt textarea').value"
        if PASTES_ALL:
            person.page.wait_for_function(f"{prompt} === 'an apple'")  # a page sets one by one
    person.wait_for("mean", "#neuralmaster_method")
    assert person.page.input_value("#neuralmaster_feather input[type=number]") == "120"
    person.open_mode("Inpaint upload")  # pasting switches to plain img2img
    (run,) = person.generate()
    options = ("--method", "mean", "--feather", "120")
    assert same(run.prepared, command_line.fill(IMAGE, MASK, *options)[0])


@pytest.mark.parametrize("target", ["img2img", "inpaint"])
def test_png_info_sends_a_job_with_its_choice(person, webui, target):
    ours, fill, _ = jobs_infotexts(webui)
    pastes = webui.host["pastes_content"]
    person.open_mode("Inpaint upload")
    person.choose("NeuralMaster")
    person.open_panel()
    for answer, chosen in [(ours, "NeuralMaster"), (fill, "fill")][: 1 + pastes]:
        person.open("PNG Info")
        person.upload("#pnginfo_image", base64.b64decode(answer.body["images"][0]))
        # of this picture, and not of the one before
        person.page.wait_for_function(
            """isOurs => {
                const text = document.querySelector("#tab_pnginfo").innerText;
                return text.includes("Seed: 1") && text.includes("NeuralMaster") === isOurs;
            }""",
            arg=chosen == "NeuralMaster",
        )
        person.page.wait_for_timeout(500)
        person.page.click(f'#tab_pnginfo button:text-is("Send to {target}")')
        person.wait_for(chosen)
    assert person.chosen("#neuralmaster_method") == "mean"


def test_a_refused_job_shows_our_sentence_as_its_error(person):
    person.upload_for_inpainting(IMAGE, MASK)
    person.choose("NeuralMaster")
    person.open_panel()
    person.type("#neuralmaster_feather", 600)  # typed, the page corrects it when it is left
    (run,) = person.generate()
    assert run.stages() == ["process"]
    sentence = "NeuralMaster: feather: expected a number from 0 to 512, got 600"
    assert sentence in person.refusal()


def test_a_fallback_is_told_under_the_result(person):
    person.upload_for_inpainting(IMAGE, RED.convert("RGB"))
    person.choose("NeuralMaster")
    (run,) = person.generate()
    assert same(run.prepared, IMAGE)
    assert (
        "NeuralMaster: Original is used: the mask's red and green channels match" in person.said()
    )


def test_no_hook_has_failed_so_far(webui):
    assert not webui.failures()
