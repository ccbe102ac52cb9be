"""Runs of the host with our fill in them, on the fake host: what it is handed, and gets back."""

import numpy as np
import pytest
from PIL import Image

from neuralmaster import FillParams, __version__, preprocess
from tests.pictures import OBJECT, flat_scene, pixels, ramp, textured_scene
from tests.webui.fake_host import Script
from tests.webui.fake_job import Processing, run
from tests.webui.jobs import BY_NAME, job, same

MAGENTA = (255, 0, 255)


def test_choosing_it_hands_the_prepared_image_to_the_host(process):
    image, mask, fields = job()
    p, _ = process(**fields)
    prepared = preprocess(image, mask)
    assert prepared.applied
    assert same(p.sampled[0], prepared.image)
    assert same(p.latent_mask, prepared.inpaint_mask)
    assert p.extra_generation_params == {"NeuralMaster": __version__}
    assert p.comments == {}


@pytest.mark.parametrize("fill", [0, 1, 2, None])
def test_asking_by_name_does_the_same_whatever_masked_content_says(process, fill):
    image, mask, fields = job(inpainting_fill=fill, script_args=tuple(BY_NAME))
    p, _ = process(**fields)
    assert same(p.sampled[0], preprocess(image, mask).image)


@pytest.mark.parametrize("fill", [0, 1, 2, 3])
def test_other_choices_are_left_alone(process, fill):
    image, mask, fields = job(inpainting_fill=fill)
    p, _ = process(**fields)
    assert p.image_mask is mask
    assert p.extra_generation_params == {}
    assert same(p.sampled[0], image) == (fill == 1)


def test_without_a_mask_there_is_nothing_to_do_or_say(process):
    image, _, fields = job(image_mask=None)
    p, results = process(**fields)
    assert same(results[0], image)
    assert p.extra_generation_params == {}


@pytest.mark.parametrize("by_name", [False, True])
def test_p_is_given_back_as_it_was_sent(process, by_name):
    image, mask, fields = job(script_args=tuple(BY_NAME) if by_name else (False,))
    p, _ = process(**fields)
    assert p.init_images is fields["init_images"]
    assert p.init_images == [image]
    assert p.image_mask is mask
    assert p.script_args == fields["script_args"]
    assert p.override_settings == {}
    assert p.inpainting_fill == 4


def test_the_batch_tab_fills_every_image_from_its_own_pixels(process):
    p = Processing([], None, inpainting_fill=4)
    for seed in range(3):
        image, mask = textured_scene(64, 64, seed)
        mask = mask.rotate(90 * seed)
        p.init_images, p.image_mask = [image], mask
        process(p)
        assert same(p.sampled[0], preprocess(image, mask).image)


def test_several_init_images_are_each_filled_from_their_own_pixels(process):
    scenes = [textured_scene(64, 64, seed) for seed in range(2)]
    images, mask = [image for image, _ in scenes], scenes[0][1]
    p, results = process(init_images=images, image_mask=mask, inpainting_fill=4, batch_size=2)
    for k, image in enumerate(images):
        assert same(p.sampled[k], preprocess(image, mask).image)
        outside = pixels(mask)[..., 0] == 0
        assert np.array_equal(pixels(results[k])[outside], pixels(image)[outside])


def test_init_images_of_other_sizes_are_filled_at_their_own(process):
    (one, mask), (other, _) = textured_scene(64, 64), textured_scene(96, 80, 1)
    p, _ = process(init_images=[one, other], image_mask=mask, inpainting_fill=4, batch_size=2)
    assert p.latent_mask.size == (64, 64)
    expected = preprocess(other, mask).image.resize((64, 64), Image.Resampling.LANCZOS)
    assert same(p.sampled[1], expected)


@pytest.mark.parametrize("full_res", [False, True])
@pytest.mark.parametrize("invert", [0, 1])
@pytest.mark.parametrize("blur", [0, 4])
def test_nothing_of_the_fill_is_pasted_back(process, full_res, invert, blur):
    image, mask, fields = job(inpaint_full_res=full_res, mask_blur=blur, batch_size=2)
    fields["inpainting_mask_invert"] = invert
    p, _ = process(**fields)
    red = preprocess(image, mask).inpaint_mask
    original, _ = process(**{**fields, "image_mask": red, "inpainting_fill": 1})
    assert len(p.overlay_images) == len(original.overlay_images) == 2
    for ours, theirs in zip(p.overlay_images, original.overlay_images, strict=True):
        assert same(ours, theirs)


@pytest.mark.parametrize("full_res", [False, True])
def test_unmasked_pixels_are_untouched_whatever_is_filled_in(process, host, full_res):
    image, _, fields = job(inpaint_full_res=full_res)

    class Magenta(Script):
        args_from = args_to = 0

        def process(self, p):
            filled = np.array(p.init_images[0])
            filled[(filled != pixels(image)).any(axis=2)] = MAGENTA
            p.init_images = [Image.fromarray(filled)]

    p = Processing(**fields)
    (result,) = run(host, p, host.script, [Magenta()])
    kept = pixels(p.mask_for_overlay) == 0
    assert (pixels(p.sampled[0]) == MAGENTA).all(axis=2).any()
    assert np.array_equal(pixels(result)[kept], pixels(image)[kept])


@pytest.mark.parametrize("mode", ["L", "LA", "P", "RGBA", "CMYK", "1", "I;16"])
def test_init_images_of_every_mode(process, host, mode):
    image, mask, fields = job()
    given = Image.new("I;16", image.size, 9000) if mode == "I;16" else image.convert(mode)
    fields["init_images"] = [given]
    p, _ = process(**fields)
    assert same(p.sampled[0], preprocess(given, mask).image.convert("RGB"))
    assert host.errors == []


def test_a_transparent_init_image_is_flattened_by_the_host_and_gives_no_hidden_colour(process):
    image, mask = flat_scene(64)
    alpha = Image.new("L", image.size, 255)
    alpha.paste(0, (0, 0, 64, 24))
    hidden = image.copy()
    hidden.paste(MAGENTA, (0, 0, 64, 24))
    hidden.putalpha(alpha)
    p, _ = process(init_images=[hidden], image_mask=mask, inpainting_fill=4)
    full = (pixels(mask)[..., 0] == 255) & (pixels(mask)[..., 1] == 255)
    full[:24] = False
    assert np.abs(pixels(p.sampled[0])[full].astype(int) - OBJECT).max() <= 1
    assert pixels(p.sampled[0])[2, 2].tolist() == [255, 255, 255]


def test_a_mask_of_another_size_is_resized_and_told(process):
    _, mask, fields = job()
    fields["image_mask"] = mask.resize((32, 32))
    p, _ = process(**fields)
    note = "The mask is 32x32 and the image 64x64: the mask was resized to the image."
    assert p.latent_mask.size == (64, 64)
    assert p.extra_generation_params["NeuralMaster note"] == note
    assert p.comments == {f"NeuralMaster: {note}": 1}


def test_a_fallback_hands_over_the_original_and_red_and_says_why(process, caplog):
    image, _, fields = job()
    red = ramp(64, 0.3, 0.7).astype(np.uint8)
    fields["image_mask"] = Image.fromarray(np.dstack([red] * 3))
    p, _ = process(**fields)
    assert same(p.sampled[0], image)
    assert same(p.latent_mask, Image.fromarray(red))
    (comment,) = p.comments
    assert comment.startswith("NeuralMaster: Original is used: the mask's red and green channels")
    assert p.extra_generation_params["NeuralMaster note"] == comment.removeprefix("NeuralMaster: ")
    assert p.extra_generation_params["NeuralMaster fallback"] == "channels-match"


def test_inpaint_not_masked_fills_where_red_is_low_and_leaves_the_mask_to_the_host(process):
    image, mask, fields = job(inpainting_mask_invert=1)
    p, _ = process(**fields)
    prepared = preprocess(image, mask, invert=True)
    assert same(p.sampled[0], prepared.image)
    inverted = Image.fromarray(255 - pixels(prepared.inpaint_mask))
    assert same(p.latent_mask, inverted)


def test_parameters_reach_the_fill_and_the_infotext(process):
    image, mask, fields = job()
    args = {"enabled": True, "method": "classic", "feather": 12, "source": "all"}
    p, _ = process(**{**fields, "script_args": (args,)})
    params = FillParams(method="classic", feather=12, source="all")
    assert same(p.sampled[0], preprocess(image, mask, params).image)
    assert p.extra_generation_params == {
        "NeuralMaster": __version__,
        "NeuralMaster method": "classic",
        "NeuralMaster source": "all",
        "NeuralMaster feather": "12",
    }
