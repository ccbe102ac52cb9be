"""The node *Match Colours*, without ComfyUI."""

import numpy as np
import pytest

from neuralmaster import Request, SamplingParams
from neuralmaster.matching import match_request
from neuralmaster.params import matching_specs
from tests.pictures import pixels, textured_scene
from tests.tensors.scenes import tensor, torch

comfyui = pytest.importorskip("neuralmaster.comfyui")
Match = comfyui.NODE_CLASS_MAPPINGS["NeuralMasterMatch"]


def as_image(picture):
    return tensor(picture).movedim(1, -1).contiguous()


def channels(mask):
    names = {"inpaint_mask": "R", "object_mask": "G"}
    return {name: tensor(mask.getchannel(band))[:, 0] for name, band in names.items()}


def tinted(picture):
    """As a model may give a picture back: a little redder."""
    return picture.point(lambda level: min(255, level + 12) if level else 9)


def matched(image, result, masks, **more):
    defaults = {"match": "seam", "match_strength": 1.0}
    return Match().match(as_image(image), as_image(result), **masks, **{**defaults, **more})


def test_the_inputs_are_those_parameters_that_matching_takes():
    names = list(Match.INPUT_TYPES()["required"])
    assert names[:5] == ["image", "result", "inpaint_mask", "match", "match_strength"]
    assert names[3:] == list(matching_specs())
    kind, more = Match.INPUT_TYPES()["required"]["match"]
    assert (kind, more["default"]) == (["off", "seam", "object"], SamplingParams().match)


@pytest.mark.parametrize("more", [{}, {"match": "off"}, {"match": "object", "match_strength": 0.5}])
def test_it_is_the_match_of_the_request(more):
    image, mask = textured_scene(96, 64)
    request = Request(image, mask.getchannel("R"), mask.getchannel("G"))
    expected = match_request(request, tinted(image), SamplingParams(**more))
    made, note = matched(image, tinted(image), channels(mask), **more)
    assert np.array_equal((made[0] * 255).numpy(), pixels(expected.image).astype(np.float32))
    assert note == "\n".join(expected.notes)


def test_a_tint_is_taken_out_and_bits_without_red_stay():
    image, mask = textured_scene(96, 64)
    between = as_image(image) * 0.99 + 0.003
    red = channels(mask)["inpaint_mask"]
    made, _ = Match().match(between, as_image(tinted(image)), red, match="seam", match_strength=1)
    kept = red[0] == 0
    assert torch.equal(made[0][kept], between[0][kept])
    assert (made - between).abs().max() < (as_image(tinted(image)) - between).abs().max()


def test_one_image_serves_all_results():
    image, mask = textured_scene(96, 64)
    results = torch.cat([as_image(tinted(image)), as_image(image)])
    masks = channels(mask)
    both, _ = Match().match(as_image(image), results, **masks, match="seam", match_strength=1)
    for k in range(2):
        one, _ = Match().match(
            as_image(image), results[k : k + 1], **masks, match="seam", match_strength=1
        )
        assert torch.equal(both[k : k + 1], one)


def test_a_result_of_another_size_keeps_its_size():
    image, mask = textured_scene(96, 64)
    made, note = matched(image, tinted(image).resize((48, 32)), channels(mask))
    assert made.shape == (1, 32, 48, 3)
    assert "resized" in note


def test_as_many_images_as_results_or_one():
    image, mask = textured_scene(96, 64)
    images, result = as_image(image).repeat(2, 1, 1, 1), as_image(image).repeat(3, 1, 1, 1)
    with pytest.raises(ValueError) as error:
        Match().match(images, result, **channels(mask), match="seam", match_strength=1)
    assert str(error.value) == "image: expected 1 or 3 of them, got 2"
