"""Jobs on the fake host beside other extensions, and with more than one picture."""

import pytest
from PIL import Image

from neuralmaster import FillParams, preprocess
from tests.pictures import textured_scene
from tests.webui.fake_host import Radio
from tests.webui.fake_job import Processed, Processing
from tests.webui.jobs import BY_NAME, job, same


@pytest.mark.parametrize("by_name", [True, False])
def test_an_unreadable_mask_stops_the_job_with_our_sentence(process, by_name):
    """The host would look at the mask before it looks at the init images."""
    args = tuple(BY_NAME) if by_name else (False,)
    _, _, fields = job(image_mask=Image.new("LAB", (64, 64)), script_args=args)
    sentence = "^NeuralMaster: expected a gray, RGB or CMYK picture, got mode LAB$"
    with pytest.raises(Exception, match=sentence):
        process(**fields)


def test_a_picture_given_twice_is_filled_once(process):
    image, mask = textured_scene(64, 64)
    fields = {"image_mask": mask, "inpainting_fill": 4, "script_args": ({"grain": 1},)}
    p, _ = process(init_images=[image, image], batch_size=2, seed=7, **fields)
    expected = preprocess(image, mask, FillParams(grain=1), seed=7).image
    assert all(same(sampled, expected) for sampled in p.sampled)


def test_what_is_true_of_several_init_images_is_told_once(process):
    image, mask = textured_scene(64, 64)
    fields = {"image_mask": mask.resize((32, 32)), "inpainting_fill": 4, "batch_size": 2}
    p, _ = process(init_images=[image, image.copy()], **fields)
    note = "The mask is 32x32 and the image 64x64: the mask was resized to the image."
    assert p.extra_generation_params["NeuralMaster note"] == note


def test_where_another_extension_takes_the_mask_away_p_is_still_given_back(host):
    _, mask, fields = job()
    p = Processing(**fields)
    args = p.script_args
    host.script.before_process(p, *args)
    p.init_images, p.image_mask = [textured_scene(64, 64, 3)[0]], None
    host.script.process(p, *p.script_args)
    p.init(host)
    host.script.before_process_batch(p)
    host.script.postprocess(p, Processed([]))
    assert p.init_images is fields["init_images"]
    assert p.image_mask is mask
    assert p.inpainting_fill == 4
    assert p.script_args is args


def test_a_choice_that_another_extension_added_before_ours_moves_ours(process, host):
    host.load()
    host.add(Radio(extra=("of another extension",)))
    image, mask, fields = job(inpainting_fill=4)
    p, _ = process(**fields)
    assert p.extra_generation_params == {}
    p, _ = process(**{**fields, "inpainting_fill": 5})
    assert same(p.sampled[0], preprocess(image, mask).image)
    assert p.inpainting_fill == 5
