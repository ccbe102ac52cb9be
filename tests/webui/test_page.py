"""The panel, the arguments, the infotext, the settings and the plot, on the fake host."""

import base64
import copy
import importlib
import io
import json
import re
import sys
from types import SimpleNamespace

import pytest

from neuralmaster import FillParams, preprocess
from neuralmaster.fills import FILLS
from neuralmaster.params import BY_POSITION, all_specs, built_in
from tests.pictures import ROOT, pixels, textured_scene
from tests.webui.fake_host import CHOICES, Component, Radio
from tests.webui.fake_job import Processing


def module(name):
    return importlib.import_module(f"neuralmaster.webui.{name}")


@pytest.fixture
def components(host):
    """The panel's, as they are made on the page: after the radio of Masked content."""
    host.add_settings()
    radio = Radio()
    host.context.Context.root_block = SimpleNamespace(blocks={radio._id: radio})
    host.add(radio)
    return host.script.ui(True)


def test_the_panel_has_labels_ranges_and_defaults(components):
    default = SimpleNamespace(**built_in())
    later = {name: all_specs()[name] for name in BY_POSITION[4:]}
    assert [c.label for c in components] == [
        "Enabled", "Fill method", "Useful object", "Feather", "Object mask", "Grain", "Mask",
        *(spec.label for spec in later.values()),
    ]  # fmt: skip
    assert [c.value for c in components] == [
        False, default.method, default.source, default.feather, "", default.grain, "",
        *(getattr(default, name) for name in later),
    ]  # fmt: skip
    assert components[2].choices == ["green", "alpha", "all", "auto", "upload"]
    slider = components[3]
    assert (slider.minimum, slider.maximum, slider.step) == (0, 512, 1)
    assert all(component.do_not_save_to_config for component in components)


def test_the_colour_is_shown_with_the_method_that_takes_it(components):
    method = components[1]
    (colour,) = (c for c in components if c.label == "Fill colour")
    assert colour.label == "Fill colour"
    assert colour.visible is False
    (change,) = (change for change in method.changes if change[2] == [colour])
    shown, inputs, _ = change
    assert inputs == [method]
    assert shown("colour") == {"visible": True}
    assert shown("context") == {"visible": False}


def test_every_parameter_has_its_place_among_the_arguments(host):
    assert set(all_specs()) < set(module("arguments").NAMES)


def test_off_the_page_parameters_have_no_value_so_that_jobs_follow_the_settings(host, process):
    host.add_settings()
    values = [component.value for component in host.script.ui(True)]
    assert values[:7] == [False, None, None, None, "", None, ""]
    assert set(values[7:]) <= {None}
    image, mask = textured_scene(64, 64)
    job = {"init_images": [image], "image_mask": mask, "inpainting_fill": 4}
    for overrides in ({"neuralmaster_method": "classic"}, {}, {"neuralmaster_feather": 8}):
        host.opts.data["neuralmaster_method"] = "mean"
        p, _ = process(**job, script_args=tuple(values), override_settings=overrides)
        params = {"method": "mean", **{k.partition("_")[2]: v for k, v in overrides.items()}}
        expected = preprocess(image, mask, FillParams(**params)).image
        assert pixels(p.sampled[0]).tobytes() == expected.tobytes()


def test_the_settings_are_the_defaults_and_three_switches(host):
    host.add_settings()
    assert {key: info.default for key, info in host.opts.options.items()} == {
        **{f"neuralmaster_{name}": value for name, value in built_in().items()},
        "neuralmaster_save_prepared": False,
        "neuralmaster_save_mask": False,
        "neuralmaster_keep_gradient": None,
    }
    assert {info.section for info in host.opts.options.values()} == {
        ("neuralmaster", "NeuralMaster")
    }
    kept = host.opts.options["neuralmaster_keep_gradient"]
    assert kept.component(label="Keep the gradient").visible is False
    assert kept.component_args is None  # else the host refuses to override it


def test_a_host_that_always_rounds_its_latent_mask_says_so_at_the_setting(host, monkeypatch):
    monkeypatch.delattr(Processing, "mask_round")
    host.load()
    host.add_settings()
    kept = host.opts.options["neuralmaster_gradient"]
    assert "this WebUI always makes the latent mask hard" in kept.explained


def test_it_is_there_in_img2img_only(host):
    assert host.script.title() == "NeuralMaster"
    assert host.script.show(True)
    assert host.script.show(False) is False


def encoded(picture):
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    return base64.b64encode(buffer.getvalue()).decode()


@pytest.mark.parametrize("prefix", ["", "data:image/png;base64,"])
def test_an_object_mask_makes_a_single_channel_mask_enough(process, prefix):
    image, mask = textured_scene(64, 64)
    red, green = mask.getchannel("R"), mask.getchannel("G")
    args = ({"object_mask": prefix + encoded(green)},)
    p, _ = process(init_images=[image], image_mask=red, inpainting_fill=0, script_args=args)
    assert pixels(p.sampled[0]).tobytes() == preprocess(image, mask).image.tobytes()
    assert p.extra_generation_params["NeuralMaster source"] == "upload"


def test_arguments_by_position_may_be_fewer(process):
    image, mask = textured_scene(64, 64)
    p, _ = process(
        init_images=[image], image_mask=mask, inpainting_fill=0, script_args=(True, "mean")
    )
    expected = preprocess(image, mask, FillParams(method="mean")).image
    assert pixels(p.sampled[0]).tobytes() == expected.tobytes()


def test_the_pages_call_the_arguments_by_their_names(host):
    arguments = module("arguments")
    for page in (ROOT / "README.md", ROOT / "docs" / "webui.md"):
        (call, *_) = re.findall(r"^```json\n(.*?)^```", page.read_text(), re.M | re.S)
        given = json.loads(call)["alwayson_scripts"]["NeuralMaster"]["args"]
        assert arguments.parse(given) == arguments.Arguments(FillParams(method="context"))
    rows = re.findall(r"^\| (\d+) \| `(\w+)`", (ROOT / "docs" / "api.md").read_text(), re.M)
    assert rows == [(str(position), name) for position, name in enumerate(arguments.NAMES)]


def pasted(host, components, text, by_page):
    """The values that an infotext gives the arguments, as the host pastes it."""
    params = {"Masked content": "original", **text}
    if by_page:
        for callback in host.callbacks["infotext_pasted"]:
            callback("", params)
    fields = {id(component): read for component, read in host.script.infotext_fields}
    return params, [fields[id(c)](params) if id(c) in fields else None for c in components]


def test_an_infotext_brings_the_job_back(host, components, process):
    image, mask = textured_scene(64, 64)
    args = ({"method": "mean", "feather": 8.0},)
    p, _ = process(init_images=[image], image_mask=mask, inpainting_fill=4, script_args=args)
    text = {k: str(v) for k, v in p.extra_generation_params.items()}
    params, values = pasted(host, components, text, by_page=True)
    assert params["Masked content"] == "NeuralMaster"
    assert values[:7] == [False, "mean", "green", 8.0, None, 0.0, None]
    params, values = pasted(host, components, text, by_page=False)
    assert params["Masked content"] == "original"
    assert values[:7] == [True, "mean", "green", 8.0, None, 0.0, None]


def test_an_infotext_of_another_job_sets_nothing(host, components):
    for by_page in (True, False):
        params, values = pasted(host, components, {"Masked content": "fill"}, by_page)
        assert params == {"Masked content": "fill"}
        assert values == [False] + [None] * (len(components) - 1)


def test_the_plot_gets_an_axis_for_every_choice(host, process):
    grid = SimpleNamespace(axis_options=[], AxisOptionImg2Img=Component)
    script_class = type("Grid", (), {"__module__": "xyz_grid.py"})
    data = SimpleNamespace(script_class=script_class, module=grid, path="xyz_grid.py")
    sys.modules["modules.scripts"].scripts_data.append(data)
    for _ in range(2):
        for callback in host.callbacks["before_ui"]:
            callback()
    axes = {option.label: option for option in grid.axis_options}
    assert list(axes) == [option.label for option in grid.axis_options] == [
        "[NeuralMaster] Masked content",
        *(f"[NeuralMaster] {spec.label}" for spec in all_specs().values()),
    ]  # fmt: skip
    image, mask = textured_scene(64, 64)
    args = (False, "context", "green", 0.0, "")
    given = {"init_images": [image], "image_mask": mask, "script_args": args, "seed": 0}
    p = Processing(**given, inpainting_fill=0)
    p.scripts = SimpleNamespace(alwayson_scripts=[host.script])
    for method in axes["[NeuralMaster] Fill method"].choices():
        cell = copy.copy(p)
        axes["[NeuralMaster] Masked content"].apply(cell, "NeuralMaster", [])
        axes["[NeuralMaster] Fill method"].apply(cell, method, [])
        process(cell)
        expected = preprocess(image, mask, FillParams(method=method)).image
        assert pixels(cell.sampled[0]).tobytes() == expected.tobytes()
    assert (p.inpainting_fill, p.script_args) == (0, args)
    assert axes["[NeuralMaster] Masked content"].choices() == [*CHOICES, "NeuralMaster"]
    assert axes["[NeuralMaster] Feather"].kind is float
    axes["[NeuralMaster] Fill method"].confirm(p, ["mean", "classic"])
    with pytest.raises(ValueError, match=f"^expected one of {', '.join(FILLS)}, got 'x'$"):
        axes["[NeuralMaster] Fill method"].confirm(p, ["mean", "x"])
