"""What is sent to a WebUI, and the parameters it offers."""

import base64
import io

import numpy as np
import pytest
from PIL import Image

from blender.neuralmaster.job import Control, Parameter, img2img, model_for, parameters
from neuralmaster.params import all_specs, built_in

PICTURE = np.arange(8 * 16 * 3, dtype=np.uint8).reshape(8, 16, 3)
MASK = PICTURE[::-1].copy()


def decoded(text):
    with Image.open(io.BytesIO(base64.b64decode(text))) as picture:
        return np.asarray(picture)


def test_a_job_is_by_name_and_repaints_where_the_mask_is_red():
    body = img2img(PICTURE, MASK, {"prompt": "a vase", "steps": 7}, {"method": "mean"})
    assert (decoded(body.pop("init_images")[0])[::-1] == PICTURE).all()
    assert (decoded(body.pop("mask"))[::-1] == MASK).all()
    assert body == {
        "prompt": "a vase",
        "steps": 7,
        "width": 16,
        "height": 8,
        "inpainting_fill": 1,
        "inpaint_full_res": False,
        "inpainting_mask_invert": 0,
        "mask_blur": 0,
        "resize_mode": 0,
        "alwayson_scripts": {
            "NeuralMaster": {"args": [{"enabled": True, "source": "green", "method": "mean"}]}
        },
    }


def test_controlnet_units_follow_the_maps_without_a_preprocessor():
    gray = PICTURE[..., 0].copy()
    body = img2img(PICTURE, MASK, {}, {}, [Control(gray, "depth [1]", 0.5)])
    (unit,) = body["alwayson_scripts"]["controlnet"]["args"]
    assert (decoded(unit.pop("image"))[::-1] == gray).all()
    assert unit == {"enabled": True, "module": "none", "model": "depth [1]", "weight": 0.5}


def test_fields_cannot_replace_the_picture():
    body = img2img(PICTURE, MASK, {"mask": "", "width": 1}, {})
    assert body["width"] == 16
    assert body["mask"]


@pytest.mark.parametrize(
    ("kind", "name"), [("depth", "v11_Depth [a]"), ("normal", "normalbae [b]"), ("canny", "")]
)
def test_the_model_for_a_map_is_found_by_its_name(kind, name):
    assert model_for(kind, ["openpose", "v11_Depth [a]", "normalbae [b]", "depth2"]) == name


def test_the_parameters_of_the_fill_are_read_from_its_schema():
    """As the extension in the WebUI writes it, from the same table."""
    schema = {
        name: {
            **spec.schema(),
            "title": spec.label,
            "description": spec.help,
            "default": built_in()[name],
        }
        for name, spec in all_specs().items()
    }
    found = {one.name: one for one in parameters({"properties": schema})}
    assert "source" not in found
    assert found["method"].kind == "choice"
    assert found["method"].default == "context"
    assert found["method"].choices == all_specs()["method"].names
    assert (found["feather"].kind, found["feather"].high) == ("number", 512)
    assert found["grain"].label == "Grain"
    assert (found["colour"].kind, found["colour"].default) == ("text", "#808080")
    assert found["gradient"].choices == ("hard", "blend", "strength")


def test_every_kind_of_parameter_is_known_and_others_are_left_out():
    schema = {
        "one": {"enum": ["a", "b"], "default": "b", "title": "One", "description": "which"},
        "two": {"type": "integer", "minimum": 1, "maximum": 9, "default": 4},
        "three": {"type": "boolean", "default": True},
        "four": {"type": "string", "default": "x"},
        "picture": {"type": "string", "contentEncoding": "base64"},
        "object_mask": {"type": "string"},
        "not a name": {"type": "boolean"},
        "list": {"type": "array"},
        "odd": 3,
        "_hidden": {"type": "boolean"},
        "words": {"type": "number", "minimum": "low", "maximum": None, "default": "x"},
    }
    assert parameters({"properties": schema}) == [
        Parameter("one", "choice", "One", "which", "b", ("a", "b")),
        Parameter("two", "number", "two", "", 4.0, (), 1.0, 9.0),
        Parameter("three", "switch", "three", "", True),
        Parameter("four", "text", "four", "", "x"),
        Parameter("words", "number", "words", "", 0.0, (), 0.0, 1e6),
    ]


@pytest.mark.parametrize("schema", [None, [], {"properties": 3}, {}])
def test_a_schema_of_another_form_offers_nothing(schema):
    assert parameters(schema) == []
