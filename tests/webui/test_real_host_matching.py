"""Tints taken out and gradients as strength, in a real WebUI whose decoder tints."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from PIL import Image

from tests.pictures import two_channel
from tests.webui.real_host import (
    STANDIN,
    WebUI,
    changed,
    needs_soft_inpainting,
    needs_soft_latents,
    needs_webui,
)

pytestmark = needs_webui

TINTS = ("linear", "vertical", "colour")
ONLY_MASKED = {"inpaint_full_res": True, "inpaint_full_res_padding": 64}
SIZE = 512


def scene(hard: bool = True):
    """A smoothly coloured picture, its object all of it, and a disc to repaint."""
    y, x = (np.mgrid[:SIZE, :SIZE] + 0.5) / SIZE
    waves = 20 * np.sin(9 * x + 4 * y)[..., None]
    colour = np.dstack([70 + 110 * x, 160 - 80 * y, 60 + 90 * x * y]) + waves
    depth = 0.2 - np.hypot(x - 0.5, y - 0.45)
    red = np.where(depth > 0, 255, 0) if hard else np.clip(0.5 + depth / 0.2, 0, 1) * 255
    image = Image.fromarray(colour.clip(0, 255).round().astype(np.uint8))
    return image, two_channel(red.round(), np.full_like(red, 255))


IMAGE, MASK = scene()
SOFT = scene(hard=False)[1]


@pytest.fixture(scope="module")
def tinting(tmp_path_factory):
    with WebUI(tmp_path_factory.mktemp("tinting"), beside=("aa_tints", "zz_shares")) as running:
        if STANDIN.levels:
            pytest.skip("the figures are of the exact stand-in, which the forks do not have")
        yield running


def job(tint="", **arguments):
    args = {"NeuralMaster": {"args": [arguments]}, "Tints": {"args": [tint]}}
    return {"alwayson_scripts": args}


def levels(answer, number=0):
    return np.asarray(answer.images[number]).astype(float)


def step(picture, untinted, inside):
    """The largest step across the edge that the tint makes, of any channel, on average."""
    kernel = np.ones((5, 5), np.uint8)
    rim = inside & ~cv2.erode(inside.astype(np.uint8), kernel).astype(bool)
    return abs((picture - untinted)[rim].mean(axis=0)).max()


@pytest.mark.parametrize("more", [{}, ONLY_MASKED], ids=["whole", "only masked"])
@pytest.mark.parametrize("tint", TINTS)
def test_seam_takes_the_tint_out_of_the_repainted_area(tinting, tint, more):
    inside = np.asarray(MASK.getchannel(0)) > 0
    untinted = levels(tinting.img2img(IMAGE, MASK, **more, **job(match="off")))
    tinted = levels(tinting.img2img(IMAGE, MASK, **more, **job(tint, match="off")))
    answer = tinting.img2img(IMAGE, MASK, **more, **job(tint, match="seam"))
    matched = levels(answer)
    before, after = (abs(picture - untinted)[inside].mean() for picture in (tinted, matched))
    assert before > 2
    assert after < before / 5
    if tint != "vertical":  # which is about as much up as down along the edge
        assert step(matched, untinted, inside) < step(tinted, untinted, inside) / 10
    assert changed(answer.images[0], IMAGE, ~inside) == 0


@pytest.mark.parametrize("more", [{}, ONLY_MASKED], ids=["whole", "only masked"])
def test_without_a_tint_seam_moves_nothing_by_more_than_a_level(tinting, more):
    off = levels(tinting.img2img(IMAGE, MASK, **more, **job(match="off")))
    matched = levels(tinting.img2img(IMAGE, MASK, **more, **job()))
    assert abs(matched - off).max() <= 1


def test_seam_is_the_default_and_off_is_told_in_the_infotext(tinting):
    assert "NeuralMaster match" not in tinting.img2img(IMAGE, MASK, **job()).our_keys
    off = tinting.img2img(IMAGE, MASK, **job(match="off"))
    assert off.our_keys["NeuralMaster match"] == "off"
    again = tinting.img2img(
        IMAGE, MASK, alwayson_scripts={}, infotext=off.infotext.replace("Steps: 4", "Steps: 3")
    )
    assert again.our_keys.get("NeuralMaster match") == "off"


def test_each_of_several_images_is_matched_to_its_own_original(tinting):
    other = Image.fromarray(255 - np.asarray(IMAGE))
    inside = np.asarray(MASK.getchannel(0)) > 0
    images, more = [IMAGE, other], {"batch_size": 2}
    untinted = tinting.img2img(images, MASK, **more, **job(match="off"))
    tinted = tinting.img2img(images, MASK, **more, **job("linear", match="off"))
    matched = tinting.img2img(images, MASK, **more, **job("linear"))
    for number, original in ((-2, IMAGE), (-1, other)):
        before, after = (
            abs(levels(one, number) - levels(untinted, number))[inside].mean()
            for one in (tinted, matched)
        )
        assert after < before / 5
        assert changed(matched.images[number], original, ~inside) == 0


def test_every_picture_of_two_batches_is_matched(tinting):
    inside = np.asarray(MASK.getchannel(0)) > 0
    more = {"batch_size": 2, "n_iter": 2}
    untinted = tinting.img2img(IMAGE, MASK, **more, **job(match="off"))
    matched = tinting.img2img(IMAGE, MASK, **more, **job("colour"))
    for number in (-4, -3, -2, -1):
        assert abs(levels(matched, number) - levels(untinted, number))[inside].mean() < 2
        assert changed(matched.images[number], IMAGE, ~inside) == 0


@pytest.mark.parametrize("resize_mode", [0, 1, 2])
def test_a_result_of_another_size_is_matched_too(tinting, resize_mode):
    more = {"width": 768, "height": 640, "resize_mode": resize_mode}
    untinted = levels(tinting.img2img(IMAGE, MASK, **more, **job(match="off")))
    tinted = levels(tinting.img2img(IMAGE, MASK, **more, **job("linear", match="off")))
    matched = levels(tinting.img2img(IMAGE, MASK, **more, **job("linear")))
    inside = abs(tinted - untinted).max(axis=-1) > 3
    assert inside.sum() > 10_000
    assert abs(matched - untinted)[inside].mean() < abs(tinted - untinted)[inside].mean() / 5


@needs_soft_inpainting
def test_with_soft_inpainting_the_tint_is_taken_out_as_well(tinting):
    inside = np.asarray(SOFT.getchannel(0)) > 192

    def soft(tint="", **arguments):
        args = {**job(tint, **arguments)["alwayson_scripts"]}
        args["Soft Inpainting"] = {"args": [True, 1, 0.5, 4, 0, 0.5, 2]}
        return levels(tinting.img2img(IMAGE, SOFT, **STRONG, alwayson_scripts=args))

    untinted, tinted, matched = soft(match="off"), soft("colour", match="off"), soft("colour")
    assert abs(matched - untinted)[inside].mean() < abs(tinted - untinted)[inside].mean() / 5


def low(picture, inside, sigma=25):
    """Blurred within an area."""
    area = inside.astype(np.float32)[..., None]
    planes = cv2.GaussianBlur(np.float32(np.concatenate([picture * area, area], -1)), (0, 0), sigma)
    return planes[..., :-1] / np.maximum(planes[..., -1:], 1e-3)


@pytest.mark.parametrize("more", [{}, ONLY_MASKED], ids=["whole", "only masked"])
def test_object_gives_the_low_frequencies_of_the_field_and_keeps_the_detail(
    tinting, command_line, more
):
    """At a high denoising strength, where the stand-in paints coloured clouds."""
    inside = np.asarray(MASK.getchannel(0)) > 0
    deep = cv2.erode(inside.astype(np.uint8), np.ones((25, 25), np.uint8)) > 0
    strong = {"denoising_strength": 0.75, "steps": 8, **more}
    off = levels(tinting.img2img(IMAGE, MASK, **strong, **job(match="off")))
    answer = tinting.img2img(IMAGE, MASK, **strong, **job(match="object"))
    matched = levels(answer)
    field = np.asarray(command_line.fill(IMAGE, MASK)[0]).astype(float)
    assert abs(low(off, inside) - low(field, inside))[deep].max() > 6
    assert abs(low(matched, inside) - low(field, inside))[deep].max() < 2
    fine = [(one - low(one, inside, 4))[deep].ravel() for one in (off, matched)]
    assert np.corrcoef(*fine)[0, 1] > 0.99
    assert changed(answer.images[0], IMAGE, ~inside) == 0


def counted(tinting):
    with np.load(tinting.data / "shares.npz") as found:
        return {name: found[name] for name in found}


def latents(mask):
    """The share of red of each latent, as the host scales it."""
    return np.asarray(mask.getchannel(0).resize((64, 64), Image.Resampling.BICUBIC)) / 255


STRONG = {"denoising_strength": 0.75, "steps": 20}


@needs_soft_latents
@pytest.mark.parametrize("sampler", ["Euler", "Euler a", "DPM++ 2M"])
def test_with_strength_a_latent_takes_part_in_its_share_of_the_last_steps(tinting, sampler):
    answer = tinting.img2img(
        IMAGE, SOFT, **STRONG, sampler_name=sampler, **job(gradient="strength")
    )
    found = counted(tinting)
    assert found["steps"] == found["calls"] == 16
    assert (found["counts"] == np.floor(latents(SOFT) * 16 + 1e-3)).all()
    assert (found["changed"] == (found["counts"] > 0)).all()
    assert changed(answer.images[0], IMAGE, np.asarray(SOFT.getchannel(0)) == 0) == 0
    assert answer.our_keys["NeuralMaster gradient"] == "strength"


def changes(tinting, sampler, shares):
    """How far a flat picture changes on average, in levels, where red is such a share or more."""
    more = {**STRONG, "sampler_name": sampler}
    flat = Image.new("RGB", IMAGE.size, (200, 80, 40))
    made = levels(tinting.img2img(flat, SOFT, **more, **job(gradient="strength", match="off")))
    share = np.kron(latents(SOFT), np.ones((8, 8)))
    change = abs(made - np.asarray(flat)).mean(axis=-1)
    assert change[np.asarray(SOFT.getchannel(0)) == 0].max() == 0
    return [change[(share >= s) & (share < s + 0.2)].mean() for s in shares]


@needs_soft_latents
@pytest.mark.parametrize("sampler", ["Euler", "Heun", "DPM++ 2M"])
def test_with_strength_the_change_grows_with_red(tinting, sampler):
    rings = changes(tinting, sampler, (0, 0.2, 0.4, 0.6, 0.8))
    assert rings == sorted(rings)
    assert rings[-1] > 4 * rings[0]


@needs_soft_latents
@pytest.mark.parametrize("sampler", ["DDIM", "PLMS", "UniPC"])
def test_strength_works_with_samplers_that_blend_before_the_model(tinting, sampler):
    """There the stand-in changes as much as it can from half of the steps on."""
    rings = changes(tinting, sampler, (0, 0.2, 0.4))
    assert rings == sorted(rings)
    assert rings[-1] > 3 * rings[0]


@needs_soft_latents
@pytest.mark.parametrize("sampler", ["Euler", "DPM++ 2M"])
def test_with_strength_hard_edges_stay_as_hard(tinting, sampler):
    more = {**STRONG, "sampler_name": sampler}
    hard = tinting.img2img(IMAGE, MASK, **more, **job())
    strength = tinting.img2img(IMAGE, MASK, **more, **job(gradient="strength"))
    assert (levels(hard) == levels(strength)).all()


@needs_soft_latents
@needs_soft_inpainting
def test_beside_soft_inpainting_strength_stays_off_and_says_so(tinting):
    results = []
    for gradient in ("hard", "strength"):
        args = job(gradient=gradient)["alwayson_scripts"]
        args["Soft Inpainting"] = {"args": [True, 1, 0.5, 4, 0, 0.5, 2]}
        results.append(tinting.img2img(IMAGE, SOFT, **STRONG, alwayson_scripts=args))
    assert (levels(results[0]) == levels(results[1])).all()
    note = "The gradient was not used as strength: Soft inpainting is on, which decides itself"
    assert results[1].our_keys["NeuralMaster note"].startswith(note)


def test_with_the_hosts_colour_correction_the_result_is_left_to_that(tinting):
    """The last but one: the host keeps what is overridden here."""
    settings = {"img2img_color_correction": True}
    jobs = [job("linear", match=match) for match in ("off", "seam")]
    off, seam = (tinting.img2img(IMAGE, MASK, **one, override_settings=settings) for one in jobs)
    assert (levels(off) == levels(seam)).all()
    assert "NeuralMaster: The result was not matched: the WebUI's own colour" in tinting.log()


def test_nothing_failed(tinting):
    assert not tinting.failures()
    assert "*** Error" not in tinting.log()
