"""Runs of the host with our fill in them, on the fake host."""

import copy
import json

import numpy as np
import pytest
from PIL import Image

from neuralmaster import FillParams, __version__, preprocess
from tests.pictures import OBJECT, ROOT, flat_scene, pixels, ramp, textured_scene
from tests.webui.fake_host import Processed, Processing, Script, run

BY_NAME = [{"enabled": True}, "context", "green", 0.0, ""]
MAGENTA = (255, 0, 255)


def same(a, b):
    return a.size == b.size and a.mode == b.mode and a.tobytes() == b.tobytes()


def job(size=64, **fields):
    image, mask = textured_scene(size, size)
    return image, mask, {"init_images": [image], "image_mask": mask, "inpainting_fill": 4, **fields}


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
    image, mask, fields = job(inpaint_full_res=full_res)

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
    image, mask, fields = job()
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


def test_loopback_goes_on_from_its_result_by_original(process):
    for by_name, sent in [(False, 4), (True, 0), (True, 1)]:
        image, mask, fields = job(inpainting_fill=sent)
        p = Processing(**{**fields, "script_args": tuple(BY_NAME) if by_name else (False,)})
        for _ in range(2):  # two batches, each of two loops
            p.init_images = fields["init_images"]
            process(p)
            assert same(p.sampled[0], preprocess(image, mask).image)
            looped, _ = textured_scene(64, 64, 5)
            p.init_images, p.inpainting_fill = [looped], 1
            process(p)
            assert same(p.sampled[0], looped)
            assert same(p.latent_mask, preprocess(image, mask).inpaint_mask)
            assert p.image_mask is mask
            p.inpainting_fill = sent


def test_copies_of_p_do_not_disturb_each_other(process):
    image, mask, fields = job()
    p = Processing(**fields)
    for method in ("context", "mean"):
        cell = copy.copy(p)
        cell.script_args = ({"method": method},)
        process(cell)
        assert same(cell.sampled[0], preprocess(image, mask, FillParams(method=method)).image)
    assert p.init_images == [image]
    assert p.extra_generation_params == {}


def test_what_an_earlier_job_said_of_its_fill_is_not_kept(process):
    """The cells of an X/Y/Z plot share one dict of generation parameters."""
    _, _, fields = job()
    earlier = {"Masked content": "fill", "NeuralMaster note": "old", "Mask blur": 4}
    p, _ = process(**fields, extra_generation_params=earlier)
    assert p.extra_generation_params == {"Mask blur": 4, "NeuralMaster": __version__}
    assert earlier["Masked content"] == "fill"


def test_a_job_writes_no_files(process, tmp_path, monkeypatch):
    def files():
        found = {path for path in ROOT.rglob("*") if path.is_file()}
        return {path for path in found if not {".git", "__pycache__"} & set(path.parts)}

    monkeypatch.chdir(tmp_path)
    before = files()
    _, _, fields = job()
    process(**fields)
    assert files() == before
    assert list(tmp_path.iterdir()) == []


def test_saved_init_images_are_the_originals(process, host):
    image, mask, fields = job(override_settings={"save_init_img": True})
    p, _ = process(**fields)
    ((name, saved),) = host.saved.items()
    assert same(saved, image)
    assert p.init_img_hash == name
    assert p.override_settings == {"save_init_img": True}


def test_what_others_see_in_p_is_plain(process, host):
    """Distributed copies `p.__dict__` as JSON for its workers, and they must not fill again."""
    seen = []

    class Distributed(Script):
        args_from = args_to = 0

        def before_process(self, p):
            seen.append(
                {k: v for k, v in vars(p).items() if k not in ("init_images", "image_mask")}
            )

    args = (*BY_NAME, 0.0, Image.new("RGBA", (8, 8)))  # the page of a host that makes masks hard
    _, _, fields = job(script_args=args)
    run(host, Processing(**fields), host.script, [Distributed()])
    (values,) = seen
    sent = json.loads(json.dumps(values))
    assert sent["inpainting_fill"] == 1
    assert sent["script_args"][0] == {"enabled": False}


def hard(mask):
    """As Forge's page hands over an uploaded mask."""
    return mask.convert("RGBA").point(lambda level: 255 if level > 128 else 0)


def test_of_a_mask_that_the_host_made_hard_the_uploaded_one_is_used(process):
    image, mask, fields = job()
    uploaded = mask.convert("RGBA")
    args = (False, "context", "green", 0.0, "", 0.0, uploaded)
    p, _ = process(**{**fields, "image_mask": hard(mask), "script_args": args})
    prepared = preprocess(image, mask)
    assert not same(prepared.image, preprocess(image, hard(mask)).image)
    assert same(p.sampled[0], prepared.image)
    assert same(p.latent_mask, prepared.inpaint_mask)
    assert p.script_args is args
    assert same(p.image_mask, hard(mask))


@pytest.mark.parametrize("given", ["drawn", "soft", "of the Batch tab"])
def test_a_mask_of_another_origin_than_the_uploaded_one_is_used_itself(process, given):
    image, mask, fields = job()
    of_job = {
        "drawn": hard(mask.transpose(Image.Transpose.FLIP_LEFT_RIGHT)),
        "soft": mask.convert("RGBA"),
        "of the Batch tab": hard(mask).convert("RGB"),
    }[given]
    blank = Image.new("RGBA", mask.size, (0, 0, 0, 255))
    for uploaded in (mask.convert("RGBA"), blank, None, ""):
        args = (False, "context", "green", 0.0, "", 0.0, uploaded)
        p, _ = process(**{**fields, "image_mask": of_job, "script_args": args})
        assert same(p.sampled[0], preprocess(image, of_job).image)


@pytest.mark.parametrize("by_name", [True, False])
@pytest.mark.parametrize("had", ["nothing", "its own"])
def test_what_another_extension_brings_later_is_filled_instead(host, had, by_name):
    """As Segment Anything does with Copy to Inpaint Upload, in `process`, before us."""
    image, mask = textured_scene(64, 64, seed=3)
    args = ({"source": "all"},) if by_name else (False, "context", "all", 0.0, "")
    _, _, fields = job(inpainting_fill=0 if by_name else 4, script_args=args)
    if had == "nothing":
        fields |= {"init_images": [None], "image_mask": None}
    p = Processing(**fields)
    host.script.before_process(p, *p.script_args)
    brought = [image], mask.getchannel("R")
    p.init_images, p.image_mask = brought
    host.script.process(p, *p.script_args)
    prepared = preprocess(image, brought[1], FillParams(source="all"))
    assert same(p.init_images[0], prepared.image)
    assert (p.inpainting_fill, p.extra_generation_params) == (1, {
        "NeuralMaster": __version__, "NeuralMaster source": "all"
    })  # fmt: skip
    p.init(host)
    host.script.before_process_batch(p)
    host.script.postprocess(p, Processed([]))
    assert p.init_images is brought[0]
    assert p.image_mask is brought[1]
    assert p.inpainting_fill == 4
    assert p.script_args is args


def test_state_goes_when_p_goes(process, host):
    _, _, fields = job()
    process(**fields)
    process(**fields)
    assert len(host.script.jobs) == 1


REFUSALS = [
    (
        {"methd": "mean"},
        "expected enabled, method, source, feather, object_mask, grain, got 'methd'",
    ),
    (
        {"mask": "aGVsbG8="},
        "expected enabled, method, source, feather, object_mask, grain, got 'mask'",
    ),
    ({"enabled": 1}, "enabled: expected true or false, got 1"),
    ({"method": "best"}, "method: expected one of context, classic, mean, texture, got 'best'"),
    ({"source": 3}, "source: expected one of green, alpha, all, got 3"),
    ({"feather": 600}, "feather: expected a number from 0 to 512, got 600"),
    ({"feather": "4"}, "feather: expected a number from 0 to 512, got '4'"),
    ({"object_mask": 7}, "object_mask: expected a picture in base64, got int"),
    ({"object_mask": "%%%"}, "object_mask: expected a picture in base64, got other text"),
    (
        {"object_mask": "aGVsbG8="},
        "object_mask: expected a picture (PNG, JPEG, WEBP, BMP, GIF)",
    ),
]


@pytest.mark.parametrize(("args", "sentence"), REFUSALS)
def test_a_bad_argument_stops_the_job_with_one_sentence(process, args, sentence):
    _, _, fields = job(script_args=(args,))
    p = Processing(**fields)
    with pytest.raises(Exception) as error:
        process(p)
    assert type(error.value).__name__ == "NeuralMasterError"
    assert error.value.status_code == 422
    assert str(error.value).startswith(f"NeuralMaster: {sentence}")
    assert "\n" not in str(error.value)
    assert p.sampled == []


def test_an_unreadable_init_image_stops_the_job(process):
    _, _, fields = job(init_images=[Image.new("LAB", (64, 64))])
    with pytest.raises(Exception, match="expected a gray, RGB or CMYK picture, got mode LAB"):
        process(**fields)


def test_a_failure_of_ours_stops_the_job(process, host, monkeypatch):
    def broken(*_, **__):
        raise RuntimeError("oh")

    monkeypatch.setattr("neuralmaster.webui.arguments.preprocess", broken)
    _, _, fields = job()
    with pytest.raises(
        Exception, match=r"the fill failed, please report this: RuntimeError\('oh'\)"
    ):
        process(**fields)


def test_bad_arguments_of_an_unused_script_harm_nothing(process):
    image, _, fields = job(inpainting_fill=1, script_args=({"enabled": False, "method": "x"},))
    p, _ = process(**fields)
    assert same(p.sampled[0], image)


def files(folder):
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("what", ["prepared", "two-channel-mask"])
def test_what_the_settings_ask_for_is_saved_beside_the_result(process, host, tmp_path, what):
    host.add_settings()
    key = {"prepared": "neuralmaster_save_prepared", "two-channel-mask": "neuralmaster_save_mask"}
    image, mask, fields = job(saved_to=tmp_path, n_iter=2)
    process(**fields)
    assert files(tmp_path) == []
    process(**fields, override_settings={key[what]: True})
    assert files(tmp_path) == [f"00000-1-{what}.png", f"00001-1-{what}.png"]
    made = preprocess(image, mask)
    expected = made.image if what == "prepared" else made.mask.picture()
    for path in tmp_path.iterdir():
        with Image.open(path) as saved:
            assert same(saved, expected)


def test_each_of_several_init_images_is_saved_with_its_own_result(process, host, tmp_path):
    host.opts.data["neuralmaster_save_prepared"] = True
    image, mask = textured_scene(64, 64)
    other = image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    process(
        init_images=[image, other], image_mask=mask, inpainting_fill=4, batch_size=2, n_iter=2,
        saved_to=tmp_path,
    )  # fmt: skip
    assert len(files(tmp_path)) == 4
    for number, given in enumerate([image, other, image, other]):
        with Image.open(tmp_path / f"{number:05}-1-prepared.png") as saved:
            assert same(saved, preprocess(given, mask).image)


def test_a_result_that_is_not_saved_has_nothing_beside_it(process, host, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    host.opts.data["neuralmaster_save_prepared"] = True
    process(**job()[2])
    assert files(tmp_path) == []


def test_files_that_cannot_be_saved_do_not_spoil_the_job(process, host, tmp_path, caplog):
    host.opts.data["neuralmaster_save_prepared"] = True
    image, _, fields = job(saved_to=tmp_path / "gone")
    p, _ = process(**fields)
    assert host.errors == []
    (said,) = caplog.messages
    assert said.startswith("The prepared image and its mask were not saved: ")
    assert p.init_images == [image]


NOT_KEPT = (
    "The gradient was not kept: this WebUI always makes the latent mask hard; "
    "A1111 can keep it from 1.8 on."
)


class Watch(Script):
    """Notes whether the host will round the latent mask."""

    def __init__(self):
        self.rounded = []

    def process(self, p, *args):
        self.rounded.append(p.mask_round)


def test_the_latent_mask_keeps_its_gradient_if_the_setting_says_so(host):
    watch = Watch()
    for kept in (True, False):
        p = Processing(**job(override_settings={"neuralmaster_keep_gradient": kept})[2])
        run(host, p, host.script, others=[watch])
        assert p.mask_round is True
        assert ("NeuralMaster keep gradient" in p.extra_generation_params) == kept
    other = {"inpainting_fill": 1, "override_settings": {"neuralmaster_keep_gradient": True}}
    run(host, Processing(**job(**other)[2]), host.script, others=[watch])
    assert watch.rounded == [False, True, True]


def test_where_the_latent_mask_stays_hard_a_job_that_wants_its_gradient_is_told(host, monkeypatch):
    monkeypatch.delattr(Processing, "mask_round")
    p = Processing(**job(override_settings={"neuralmaster_keep_gradient": True})[2])
    run(host, p, host.script)
    assert p.extra_generation_params["NeuralMaster note"] == NOT_KEPT
    assert list(p.comments) == [f"NeuralMaster: {NOT_KEPT}"]
    assert "NeuralMaster keep gradient" not in p.extra_generation_params


def test_later_loops_keep_the_gradient_too(host):
    watch = Watch()
    p = Processing(**job(override_settings={"neuralmaster_keep_gradient": True})[2])
    for _ in range(3):
        p.init_images = run(host, p, host.script, others=[watch])
        p.inpainting_fill = 1
    assert watch.rounded == [False, False, False]
    assert p.mask_round is True


def test_grain_is_of_the_jobs_seed_and_another_for_every_init_image(process):
    image, mask = textured_scene(64, 64)
    args = ({"grain": 1},)
    fields = {"image_mask": mask, "inpainting_fill": 4, "script_args": args, "batch_size": 2}
    p, _ = process(init_images=[image, image.copy()], seed=7, **fields)
    for number, sampled in enumerate(p.sampled):
        expected = preprocess(image, mask, FillParams(grain=1), seed=7 + number)
        assert same(sampled, expected.image)
    assert p.seed == 7


def test_a_seed_that_is_drawn_is_drawn_anew_for_the_next_run(process):
    image, mask = textured_scene(64, 64)
    args = ({"grain": 1},)
    p = Processing([image], mask, inpainting_fill=4, script_args=args)
    grains = []
    for _ in range(2):
        process(p)
        grains.append(p.sampled[0].tobytes())
        assert p.seed == -1
    assert grains[0] != grains[1]


def test_without_grain_the_seed_is_left_to_the_host(process, monkeypatch):
    monkeypatch.setattr("modules.processing.fix_seed", None)
    p, _ = process(**job()[2])
    assert p.seed == -1
