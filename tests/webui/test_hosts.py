"""What is probed of a WebUI, on the fake host: every probe, and its safe answer."""

import dataclasses
import importlib
import sys
from types import SimpleNamespace

import pytest
from fastapi import FastAPI

from tests.pictures import textured_scene
from tests.webui.fake_host import CHOICES, Component, Radio, install
from tests.webui.fake_job import Processing


def test_what_the_fake_host_is(probed):
    found = probed()
    assert (found.unsupported, found.choices) == ("", tuple(CHOICES))
    assert (found.latent_rounding, found.pastes_content, found.hard_masks) == (True, True, False)
    assert found.js == "_js"
    assert {place: name for place, (name, _) in found.tabs.items()} == {
        2: "Inpaint", 3: "Inpaint sketch", 4: "Inpaint upload",
    }  # fmt: skip


def test_a_host_is_probed_once_and_cannot_be_changed(probed):
    found = probed()
    assert importlib.import_module("neuralmaster.webui.hosts").current() is found
    with pytest.raises(dataclasses.FrozenInstanceError):
        found.js = "js"
    with pytest.raises(TypeError):
        found.tabs[5] = ("Batch", None)
    assert probed() is not found


def test_a_later_gradio_calls_javascript_by_its_later_name(probed, monkeypatch):
    monkeypatch.setattr("gradio.__version__", "4.40.0")
    assert probed().js == "js"


def test_without_a_rounding_of_the_latent_mask_gradients_are_not_kept(probed, monkeypatch):
    monkeypatch.delattr(Processing, "mask_round")
    assert probed().latent_rounding is False


@pytest.mark.parametrize("pastes", [True, False])
def test_masked_content_is_pasted_by_us_where_the_host_does_not(host, probed, monkeypatch, pastes):
    if not pastes:
        monkeypatch.delitem(sys.modules, "modules.infotext_utils")
    assert probed().pastes_content is pastes
    radio = Radio()
    host.add(radio)
    host.add_settings()
    host.script.ui(True)
    ours = [read for component, read in host.script.infotext_fields if component is radio]
    assert len(ours) == (not pastes)
    for read in ours:
        assert read({"NeuralMaster": "1"}) == "NeuralMaster"
        assert read({"Masked content": "fill"}) is None


CHOICES_UNKNOWN = "the choices of Masked content (without a page, the index is 32)"
MASKS_UNKNOWN = "how its page reads masks (they are taken as they come)"


@pytest.mark.parametrize(
    ("missing", "sentence"),
    [
        ((), ""),
        (("page",), f"This WebUI does not tell {CHOICES_UNKNOWN}."),
        (("function",), f"This WebUI does not tell {MASKS_UNKNOWN}."),
        (("page", "function"), f"This WebUI does not tell {CHOICES_UNKNOWN} nor {MASKS_UNKNOWN}."),
    ],
)
def test_what_cannot_be_found_out_is_told_in_one_line(
    probed, monkeypatch, caplog, missing, sentence
):
    if "page" in missing:
        monkeypatch.setattr(sys.modules["modules"], "__path__", [])
    if "function" in missing:
        install(monkeypatch, "img2img")
    caplog.clear()
    assert probed().unknown == sentence
    assert caplog.messages == ([sentence] if sentence else [])


def apart(id_task, canvas, canvas_fg, *args): ...


def together(id_task, canvas, *args): ...


@pytest.mark.parametrize(("run_job", "hard"), [(apart, True), (together, False), (None, False)])
def test_where_strokes_lie_apart_uploaded_masks_are_made_hard(
    host, probed, monkeypatch, run_job, hard
):
    """Also with a page of another canvas than Forge's (ersatzForge)."""
    install(monkeypatch, "img2img", **({"img2img": run_job} if run_job else {}))
    assert probed().hard_masks is hard
    host.add_settings()
    radio, mask = Radio(), Component(elem_id="img_inpaint_mask")
    host.context.Context.root_block = SimpleNamespace(blocks={radio._id: radio})
    for component in (mask, radio):
        host.add(component)
    assert (host.script.ui(True)[6] is mask) is hard


def test_a_dropdown_of_six_gets_a_seventh_choice(host, probed, process):
    probed()
    dropdown = Radio(extra=["lama", "MAT"])
    host.add(dropdown)
    image, mask = textured_scene(64, 64)
    for fill, ours in ((4, False), (5, False), (6, True)):
        p, _ = process(init_images=[image], image_mask=mask, inpainting_fill=fill)
        assert ("NeuralMaster" in p.extra_generation_params) is ours


@pytest.fixture
def page(host, tmp_path, monkeypatch):
    """The source of the host's page, which is not built; to write."""
    importlib.import_module("neuralmaster.webui.tabs")._components.clear()
    monkeypatch.setattr(sys.modules["modules"], "__path__", [str(tmp_path)])
    return tmp_path / "ui.py"


SIX = ["fill", "original", "latent noise", "latent nothing", "lama", "MAT"]
FIELD = f'gr.Dropdown(label="Masked content", choices={SIX}, elem_id="img2img_inpainting_fill")\n'


def test_without_a_page_the_choices_are_those_of_its_source(host, probed, page, process):
    page.write_text(f"import gradio as gr\ndef ui():\n    {FIELD}")
    assert probed().choices == tuple(SIX)
    image, mask = textured_scene(64, 64)
    for fill, ours in ((4, False), (5, False), (6, True), (7, False)):
        p, _ = process(init_images=[image], image_mask=mask, inpainting_fill=fill)
        assert ("NeuralMaster" in p.extra_generation_params) is ours


@pytest.mark.parametrize(
    "source",
    [
        None,
        "gr.Dropdown(",
        FIELD.replace("inpainting_fill", "fill"),
        FIELD.replace(str(SIX), "CHOICES"),
        FIELD.replace("choices", "values"),
        FIELD.replace('"img2img_inpainting_fill"', "ELEM_ID"),
    ],
    ids=["none", "broken", "another", "a name", "other words", "another id"],
)
def test_without_a_source_the_index_is_none_that_a_host_could_have(
    host, probed, page, process, source
):
    if source is not None:
        page.write_text(source)
    assert probed().choices[:4] == tuple(CHOICES)
    assert len(probed().choices) == len(set(probed().choices)) == 32
    image, mask = textured_scene(64, 64)
    for fill, ours in ((4, False), (31, False), (32, True), (33, False)):
        p, _ = process(init_images=[image], image_mask=mask, inpainting_fill=fill)
        assert ("NeuralMaster" in p.extra_generation_params) is ours


def test_a_plot_whose_axes_are_of_another_module_gets_ours(host, probed):
    """As that of Forge Classic."""
    probed()
    axis = type("AxisOptionImg2Img", (Component,), {})
    grid = SimpleNamespace(axis_options=[Component("Nothing"), axis("Denoising")])
    script_class = type("XYZ", (), {"__module__": "xyz_grid.py"})
    data = SimpleNamespace(script_class=script_class, module=grid, path="xyz_grid.py")
    sys.modules["modules.scripts"].scripts_data.append(data)
    for callback in host.callbacks["before_ui"]:
        callback()
    ours = grid.axis_options[2:]
    assert [option.label for option in ours][:2] == [
        "[NeuralMaster] Masked content", "[NeuralMaster] Fill method",
    ]  # fmt: skip
    assert {type(option) for option in ours} == {axis}


def test_a_plot_that_has_other_axes_is_left_alone(host, probed):
    probed()
    script_class = type("Grid", (), {"__module__": "xyz_grid.py"})
    grid = SimpleNamespace(axis_options=[])
    data = SimpleNamespace(script_class=script_class, module=grid, path="xyz_grid.py")
    sys.modules["modules.scripts"].scripts_data.append(data)
    for callback in host.callbacks["before_ui"]:
        callback()
    assert grid.axis_options == []


@pytest.mark.parametrize("gone", ["module", "function"])
def test_logins_of_the_page_that_cannot_be_read_let_nobody_in(host, probed, monkeypatch, gone):
    if gone == "module":
        monkeypatch.setitem(sys.modules, "modules.initialize_util", None)
    else:
        install(monkeypatch, "initialize_util")
    probed()
    hosts = importlib.import_module("neuralmaster.webui.hosts")
    of_api, (one,) = hosts.logins()
    assert of_api == []
    assert len(one) == 64
    assert hosts.logins()[1] != [one]
    host.parsed_flags.api_auth = "ann:s3cret,bob:other"
    assert hosts.logins()[0] == ["ann:s3cret", "bob:other"]
    app = FastAPI()
    for callback in host.callbacks["app_started"]:
        callback(None, app)
    paths = [f"/neuralmaster/v1/{name}" for name in ("info", "preview")]
    guarded = [r.path for r in app.routes if r.path in paths and r.dependencies]
    assert guarded == paths
