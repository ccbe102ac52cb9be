"""Jobs that are refused, on the fake host."""

import pytest
from PIL import Image

from neuralmaster.fills import FILLS
from neuralmaster.params import BY_POSITION
from tests.webui.fake_job import Processing
from tests.webui.jobs import job, same

NAMES = ", ".join(["enabled", *BY_POSITION[:3], "object_mask", *BY_POSITION[3:]])

REFUSALS = [
    (
        {"methd": "mean"},
        f"expected {NAMES}, got 'methd'",
    ),
    (
        {"mask": "aGVsbG8="},
        f"expected {NAMES}, got 'mask'",
    ),
    ({"enabled": 1}, "enabled: expected true or false, got 1"),
    ({"method": "best"}, f"method: expected one of {', '.join(FILLS)}, got 'best'"),
    ({"source": 3}, "source: expected one of green, alpha, all, auto, got 3"),
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


def test_a_refusal_does_not_repeat_all_that_it_was_sent(process):
    _, _, fields = job(script_args=({"method": "x" * 1_000_000},))
    with pytest.raises(Exception) as error:
        process(**fields)
    start = f"NeuralMaster: method: expected one of {', '.join(FILLS)}, got 'xxx"
    assert str(error.value).startswith(start)
    assert len(str(error.value)) == len("NeuralMaster: ") + 400


def test_an_unreadable_init_image_stops_the_job(process):
    _, _, fields = job(init_images=[Image.new("LAB", (64, 64))])
    with pytest.raises(Exception, match="expected a gray, RGB or CMYK picture, got mode LAB"):
        process(**fields)


def test_a_failure_of_ours_stops_the_job(process, host, monkeypatch):
    def broken(*_, **__):
        raise RuntimeError("oh")

    monkeypatch.setattr("neuralmaster.webui.arguments.prepare", broken)
    _, _, fields = job()
    with pytest.raises(
        Exception, match=r"the fill failed, please report this: RuntimeError\('oh'\)"
    ):
        process(**fields)


def test_after_a_failure_what_was_put_on_p_is_taken_back(process, monkeypatch):
    def broken(*_, **__):
        raise RuntimeError("oh")

    monkeypatch.setattr("neuralmaster.webui.infotext.keys_of", broken)
    _, _, fields = job(override_settings={"save_init_img": True}, script_args=({"grain": 1},))
    p = Processing(**fields)
    with pytest.raises(Exception, match="the fill failed"):
        process(p)
    assert p.script_args is fields["script_args"]
    assert p.override_settings is fields["override_settings"]
    assert (p.inpainting_fill, p.seed, p.subseed) == (4, -1, -1)


def test_bad_arguments_of_an_unused_script_harm_nothing(process):
    image, _, fields = job(inpainting_fill=1, script_args=({"enabled": False, "method": "x"},))
    p, _ = process(**fields)
    assert same(p.sampled[0], image)
