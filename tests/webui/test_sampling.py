"""Results matched on the fake host: which original, in which geometry, and when not."""

from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from neuralmaster import SamplingParams, match, preprocess
from tests.pictures import pixels, two_channel
from tests.webui.fake_host import Script
from tests.webui.fake_job import Processing, run

TINT = np.array([9, -6, 12])
CORRECTED = (
    "The result was not matched: the WebUI's own colour correction is on, which would undo it; "
    "switch one of the two off."
)

PASTED_FIRST = (
    "The result was not matched: this WebUI shows it to extensions only after the original is "
    "pasted over it."
)
FINISHED = (
    "The pictures that another extension added to the batch, such as those of other machines, were "
    "not matched: the original is pasted over them already."
)


def scene(seed=0, size=192):
    """A smooth picture, and a disc of it to repaint."""
    y, x = (np.mgrid[:size, :size] + 0.5) / size
    colour = np.dstack([60 + 120 * x, 170 - 90 * y, 60 + 90 * x * y])
    colour = colour[..., [seed % 3, (seed + 1) % 3, (seed + 2) % 3]]
    red = 255 * (np.hypot(x - 0.5, y - 0.5) < 0.2)
    image = Image.fromarray(colour.clip(0, 255).round().astype(np.uint8))
    return image, two_channel(red, np.full_like(red, 255))


IMAGE, MASK = scene()
INSIDE = pixels(MASK)[..., 0] > 0


def tinted(image):
    return Image.fromarray((pixels(image) + TINT).clip(0, 255).astype(np.uint8))


def job(images=IMAGE, mask=MASK, size=192, **more):
    images = images if isinstance(images, list) else [images]
    given = {"width": size, "height": size, "inpainting_fill": 4, **more}
    return Processing(images, mask, **given)


def off(finished, expected, where=INSIDE):
    return abs(pixels(finished).astype(int) - pixels(expected))[where].max()


@pytest.fixture
def tinting(host):
    host.decoded = tinted
    return host


@pytest.mark.parametrize("only_masked", [False, True])
def test_the_tint_is_taken_out_before_the_original_is_pasted(tinting, only_masked):
    p = job(inpaint_full_res=only_masked)
    if only_masked:  # with some of the picture around it, as the host's padding has
        p.prepared_mask = lambda plain=p.prepared_mask: cropped(p, plain)
    (finished,) = run(tinting, p, tinting.script)
    expected = preprocess(IMAGE, MASK).image
    assert off(finished, expected) <= 2
    assert off(finished, IMAGE, ~INSIDE) == 0
    assert tinting.errors == []


def cropped(p, plain):
    mask = plain()
    p.paste_to = (20, 20, 160, 160)
    return mask


def test_off_leaves_the_result_as_the_model_made_it(tinting):
    p = job(script_args=({"match": "off"},))
    (finished,) = run(tinting, p, tinting.script)
    assert off(finished, tinted(preprocess(IMAGE, MASK).image)) == 0
    assert p.extra_generation_params["NeuralMaster match"] == "off"


def test_the_result_is_that_of_the_function(tinting):
    for how in ("seam", "object"):
        p = job(script_args=({"match": how},))
        (finished,) = run(tinting, p, tinting.script)
        made = tinted(preprocess(IMAGE, MASK).image)
        expected = match(IMAGE, made, MASK, SamplingParams(match=how)).image
        assert finished.tobytes() == expected.tobytes()


def test_each_of_several_images_is_matched_to_its_own(tinting):
    others = [scene(seed)[0] for seed in range(3)]
    finished = run(tinting, job(others, batch_size=3), tinting.script)
    for image, one in zip(others, finished, strict=True):
        assert off(one, preprocess(image, MASK).image) <= 2


def test_a_batch_of_one_image_is_matched_to_it(tinting):
    finished = run(tinting, job(batch_size=2, n_iter=2), tinting.script)
    assert len(finished) == 4
    for one in finished:
        assert off(one, preprocess(IMAGE, MASK).image) <= 2


class Adds(Script):
    """Adds a finished picture to the batch, as Distributed does with those of its workers."""

    def before_process_batch(self, p, *args, **kwargs):
        p.sampled.append(IMAGE)
        p.batch_size += 1


@pytest.mark.parametrize("images", [1, 2])
@pytest.mark.parametrize("only_masked", [False, True])
def test_a_picture_that_another_extension_added_is_left_as_it_is(tinting, images, only_masked):
    p = job([IMAGE] * images, batch_size=images, inpaint_full_res=only_masked)
    *ours, added = run(tinting, p, tinting.script, others=[Adds()])
    assert len(ours) == images
    for one in ours:
        assert off(one, preprocess(IMAGE, MASK).image) <= 4
    assert added.tobytes() == tinted(IMAGE).tobytes()
    assert list(p.comments) == [f"NeuralMaster: {FINISHED}"]


@pytest.mark.parametrize("only_masked", [False, True])
def test_where_the_original_is_pasted_first_a_result_stays_as_it_is(tinting, only_masked):
    tinting.pastes_first = True
    p = job([IMAGE] * 2, batch_size=2, n_iter=2, inpaint_full_res=only_masked)
    finished = run(tinting, p, tinting.script)
    assert len(finished) == 4
    for one in finished:
        assert off(one, tinted(preprocess(IMAGE, MASK).image)) == 0
        assert off(one, IMAGE, ~INSIDE) == 0
    assert list(p.comments) == [f"NeuralMaster: {PASTED_FIRST}"]


def test_a_larger_result_is_matched_at_its_size(tinting):
    (finished,) = run(tinting, job(size=384), tinting.script)
    large = preprocess(IMAGE, MASK).image.resize((384, 384), Image.Resampling.LANCZOS)
    inside = np.kron(INSIDE, np.ones((2, 2))) > 0
    assert abs(pixels(finished).astype(int) - pixels(large))[inside].mean() < 1


def test_later_loops_are_matched_to_what_they_began_with(tinting):
    p = job()
    for _ in range(3):
        p.init_images = run(tinting, p, tinting.script)
        p.inpainting_fill = 1
        assert off(p.init_images[0], preprocess(IMAGE, MASK).image) <= 3


def test_where_it_is_not_known_which_image_was_made_nothing_is_matched(tinting, monkeypatch):
    plain = tinting.decoded

    def decoded(image):
        monkeypatch.delattr(p, "batch_index", raising=False)
        return plain(image)

    p = job([scene(seed)[0] for seed in range(2)], batch_size=2)
    tinting.decoded = decoded
    monkeypatch.setattr("modules.processing.StableDiffusionProcessingImg2Img", Processing)
    finished = run(tinting, p, tinting.script)
    assert len(finished) == 2


def test_the_hosts_own_colour_correction_goes_first(tinting):
    p = job(color_corrections=["of the host"])
    (finished,) = run(tinting, p, tinting.script)
    assert off(finished, tinted(preprocess(IMAGE, MASK).image)) == 0
    assert f"NeuralMaster: {CORRECTED}" in p.comments


def test_a_job_without_our_choice_is_not_matched(tinting):
    (finished,) = run(tinting, job(inpainting_fill=1, mask=MASK.getchannel(0)), tinting.script)
    assert off(finished, tinted(IMAGE)) == 0


def test_without_an_object_the_tint_is_taken_out_all_the_same(tinting):
    p = job(mask=MASK.getchannel(0), script_args=({"match": "object"},))
    (finished,) = run(tinting, p, tinting.script)
    assert off(finished, IMAGE) <= 2
    assert p.extra_generation_params["NeuralMaster fallback"] == "channels-match"


def soft_inpainting(args, title="Soft Inpainting"):
    class Soft:
        args_from, args_to = 1, 1 + len(args)

        def title(self):
            return title

        def __getattr__(self, _):
            return lambda *args, **more: None

    return Soft()


@pytest.mark.parametrize(("enabled", "told"), [(True, True), (False, False)])
def test_beside_soft_inpainting_strength_stays_off_and_says_so(host, enabled, told):
    soft = soft_inpainting([enabled])
    host.script.args_from, host.script.args_to = 0, 1
    p = job(script_args=({"gradient": "strength"}, enabled))
    p.scripts = SimpleNamespace(alwayson_scripts=[host.script, soft])
    run(host, p, host.script)
    note = (
        "The gradient was not used as strength: Soft inpainting is on, which decides itself "
        "what of each step is kept."
    )
    assert (p.extra_generation_params.get("NeuralMaster note") == note) == told
    assert p.extra_generation_params["NeuralMaster gradient"] == "strength"


@pytest.mark.parametrize(
    ("old", "params", "gradient"),
    [
        ({"neuralmaster_keep_gradient": True}, {}, "blend"),
        ({"neuralmaster_keep_gradient": False}, {}, None),
        ({"neuralmaster_keep_gradient": True}, {"gradient": "hard"}, None),
        (
            {"neuralmaster_keep_gradient": True, "neuralmaster_gradient": "strength"},
            {},
            "strength",
        ),
    ],
)
def test_what_the_gradient_was_called_before_is_still_read(host, old, params, gradient):
    host.add_settings()
    p = job(override_settings=old, script_args=(params,))
    run(host, p, host.script)
    assert p.extra_generation_params.get("NeuralMaster gradient") == gradient


def test_a_setting_of_before_moves_to_the_new_one(host):
    host.opts.data["neuralmaster_keep_gradient"] = True
    host.add_settings()
    assert host.opts.data["neuralmaster_gradient"] == "blend"
    host.opts.data["neuralmaster_gradient"] = "hard"
    host.opts.data["neuralmaster_keep_gradient"] = True
    host.add_settings()
    assert host.opts.data["neuralmaster_gradient"] == "hard"


def test_an_infotext_of_before_brings_its_gradient_back(host):
    components = host.script.ui(True)
    fields = {id(component): read for component, read in host.script.infotext_fields}
    names = [component.label for component in components]
    gradient = components[names.index("Gradient while sampling")]
    read = fields[id(gradient)]
    assert read({"NeuralMaster": "1.0.0", "NeuralMaster keep gradient": "True"}) == "blend"
    assert read({"NeuralMaster": "1.0.0", "NeuralMaster gradient": "strength"}) == "strength"
    assert read({"NeuralMaster": "1.0.0"}) == "hard"
    assert read({}) is None
