"""The section "NeuralMaster" of the host's settings. Every key works in `override_settings`."""

from __future__ import annotations

from collections.abc import Mapping

import gradio as gr
from modules import shared

from neuralmaster.params import Choice, Colour, Spec, all_specs, built_in
from neuralmaster.webui import hosts

SECTION = ("neuralmaster", "NeuralMaster")
OURS = "neuralmaster_"
SAVE_PREPARED = "neuralmaster_save_prepared"
SAVE_MASK = "neuralmaster_save_mask"
# What `gradient` was before it had three values: True is "blend". Still read, but not shown.
KEEP_GRADIENT = "neuralmaster_keep_gradient"
ALWAYS_HARD = "this WebUI always makes the latent mask hard; A1111 can keep it from 1.8 on"


def default_key(param: str) -> str:
    """The key of the default of a parameter."""
    return f"neuralmaster_{param}"


def add_options() -> None:
    """Called by the host when it collects its settings."""
    _keep_the_old_choice()
    options = {default_key(name): _default(name, spec) for name, spec in all_specs().items()}
    if not hosts.current().latent_rounding:
        options[default_key("gradient")].info(ALWAYS_HARD)
    options[SAVE_PREPARED] = _switch("Save the prepared image beside the result").info(
        "as NAME-prepared.png; the image that the model started from"
    )
    options[SAVE_MASK] = _switch("Save the two-channel mask beside the result").info(
        "as NAME-two-channel-mask.png; as it was used, for Inpaint upload"
    )
    options[KEEP_GRADIENT] = shared.OptionInfo(None, "Keep the gradient", _hidden)
    for key, option in options.items():
        option.section = SECTION
        shared.opts.add_option(key, option)
        # A1111 1.6 does not do so, and then fails on an override of the setting
        shared.opts.data.setdefault(key, option.default)


def read(key: str, overrides: Mapping[str, object], default: object = False) -> object:
    """A setting with the overrides of the run, which the host applies only after our hook."""
    return overrides.get(key, shared.opts.data.get(key, default))


def without_ours(overrides: Mapping[str, object]) -> dict[str, object]:
    """A copy of the overrides without our settings, which are read by then.

    A host fails a job that overrides a setting it does not know: a remote worker without us.
    """
    return {key: value for key, value in overrides.items() if not key.startswith(OURS)}


def background(overrides: Mapping[str, object]) -> str:
    """The colour that the host lays under transparent images: white, or gray in Forge Neo."""
    usual = shared.opts.img2img_background_color
    return str(read("img2img_background_color", overrides, usual))


def defaults(overrides: Mapping[str, object]) -> dict[str, object]:
    """The value of each parameter that a job leaves out; not validated."""
    kept = overrides.get(KEEP_GRADIENT)
    if kept is not None:
        overrides = {default_key("gradient"): "blend" if kept else "hard", **overrides}
    return {name: read(default_key(name), overrides, value) for name, value in built_in().items()}


def _keep_the_old_choice() -> None:
    """Moves a gradient that was switched on in an earlier version's settings to the new one."""
    if shared.opts.data.pop(KEEP_GRADIENT, None):
        shared.opts.data.setdefault(default_key("gradient"), "blend")


def component(spec: Spec) -> tuple[type, dict[str, object]]:
    """The component of gradio's that shows a parameter, and its arguments."""
    if isinstance(spec, Choice):
        return gr.Radio, {"choices": list(spec.names)}
    if isinstance(spec, Colour):
        return gr.ColorPicker, {}
    return gr.Slider, {"minimum": spec.minimum, "maximum": spec.maximum, "step": spec.step}


def _default(name: str, spec: Spec) -> shared.OptionInfo:
    option = shared.OptionInfo(built_in()[name], f"Default: {spec.label}", *component(spec))
    return option.info(f"{spec.help}; on the page after Reload UI")


def _hidden(**more: object) -> object:
    """A component that is not seen. Told to the host by the option, jobs could not override it."""
    return gr.Checkbox(visible=False, **more)


def _switch(label: str) -> shared.OptionInfo:
    return shared.OptionInfo(False, label)
