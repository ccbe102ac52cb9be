"""The choice in Masked content and its index, on the fake host."""

import importlib
import sys
from types import SimpleNamespace

import pytest
from fastapi import FastAPI

from neuralmaster import __version__, preprocess
from tests.pictures import pixels, textured_scene
from tests.webui.fake_host import CHOICES, Radio


def module(name):
    return importlib.import_module(f"neuralmaster.webui.{name}")


def names(radio):
    return [choice[0] if isinstance(choice, tuple) else choice for choice in radio.choices]


def get_props(host):
    app = FastAPI()
    for callback in host.callbacks["app_started"]:
        callback(None, app)
    (route,) = (r for r in app.routes if r.path == "/neuralmaster_inpainter/get_props")
    assert route.methods == {"GET"}
    return route.endpoint()


@pytest.mark.parametrize("elem_id", ["img2img_inpainting_fill", "replacer_inpainting_fill"])
@pytest.mark.parametrize("paired", [True, False])
def test_the_choice_is_added_once(host, elem_id, paired):
    radio = Radio(elem_id, paired)
    host.add(radio)
    host.add(radio)
    assert names(radio) == [*CHOICES, "NeuralMaster"]
    assert len({type(choice) for choice in radio.choices}) == 1


def test_other_components_are_left_alone(host):
    other = Radio("txt2img_something")
    host.add(other)
    assert names(other) == CHOICES


def test_the_index_follows_the_radio_as_it_is(host, process):
    radio = Radio(extra=["Other"])
    host.add(radio)
    assert get_props(host) == {
        "version": __version__,
        "menu_item_name": "NeuralMaster",
        "menu_item_index": 5,
    }
    image, mask = textured_scene(64, 64)
    p, _ = process(init_images=[image], image_mask=mask, inpainting_fill=5)
    assert pixels(p.sampled[0]).tobytes() == preprocess(image, mask).image.tobytes()
    p, _ = process(init_images=[image], image_mask=mask, inpainting_fill=4)
    assert p.extra_generation_params == {}
    radio.choices.insert(0, ("First", "First"))
    assert get_props(host)["menu_item_index"] == 6


def test_a_radio_that_lost_the_choice_does_not_break_other_jobs(host, process):
    """gradio 4 makes the radio anew from the host's own choices after every paste."""
    radio = Radio()
    host.add(radio)
    del radio.choices[-1]
    image, mask = textured_scene(64, 64)
    process(init_images=[image], image_mask=mask, inpainting_fill=1)
    assert host.errors == []
    host.add(radio)
    assert names(radio) == [*CHOICES, "NeuralMaster"]


def test_without_a_page_the_index_is_the_one_after_the_hosts_own(host):
    module("tabs")._components.clear()
    assert get_props(host)["menu_item_index"] == 4


def test_reloading_the_page_keeps_one_choice(host):
    before = {name: len(callbacks) for name, callbacks in host.callbacks.items()}
    host.load()
    radio = Radio()
    host.add(radio)
    assert names(radio) == [*CHOICES, "NeuralMaster"]
    assert {name: len(callbacks) for name, callbacks in host.callbacks.items()} == before


def test_the_original_extension_is_told_of_and_its_choice_shared(host, caplog):
    radio = Radio(extra=["NeuralMaster"])
    host.add(radio)
    assert names(radio) == [*CHOICES, "NeuralMaster"]
    get_props(host)
    assert caplog.messages == []
    path = "/extensions/neuralmaster_inpainter/scripts/neuralmaster_inpainter.py"
    sys.modules["modules.scripts"].scripts_data.append(SimpleNamespace(path=path))
    get_props(host)
    assert caplog.messages == [
        "NeuralMaster 0.9 (neuralmaster_inpainter) is installed as well; both offer the same "
        "choice, and this one does the job. Switch the other off under Extensions."
    ]


@pytest.mark.parametrize("shown", ["NeuralMaster", "another"])
def test_a_choice_is_ours_by_the_name_that_is_shown(host, shown):
    radio = Radio()
    radio.choices.append((shown, "NeuralMaster" if shown == "another" else "another"))
    host.add(radio)
    expected = [*CHOICES, shown] + ["NeuralMaster"] * (shown == "another")
    assert names(radio) == expected
