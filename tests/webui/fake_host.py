"""A small stand-in for the WebUI: its modules, page and settings. Its jobs are in fake_job.py.

The tests in tests/webui/api hold both to the real one.
"""

from __future__ import annotations

import argparse
import runpy
import sys
import types
from typing import Any

from PIL import Image

from neuralmaster.params import BY_POSITION
from tests.pictures import ROOT
from tests.webui.fake_job import Processing, fix_seed, flatten, resize_image

CHOICES = ["fill", "original", "latent noise", "latent nothing"]


class Radio:
    def __init__(self, elem_id="img2img_inpainting_fill", paired=True, extra=()):
        names = [*CHOICES, *extra]
        self.elem_id, self._id = elem_id, id(self)
        self.choices = [(name, name) for name in names] if paired else list(names)


class Component:
    """Any of gradio's, as far as the host and a script look at it."""

    def __init__(self, label=None, kind=None, apply=None, **attributes):
        self.label, self.kind, self.apply = label, kind, apply
        self.value = None
        self.listeners: dict[str, Any] = {}
        self.changes: list[Any] = []  # listeners of a change
        vars(self).update(attributes)

    def change(self, listener, inputs, outputs, **_):
        self.changes.append((listener, inputs, outputs))

    def click(self, listener, inputs, outputs, **_):
        self.listeners["click"] = (listener, inputs, outputs)

    def __enter__(self):
        return self

    def __exit__(self, *_): ...


class Opts:
    def __init__(self):
        self.data = {"img2img_background_color": "#ffffff", "save_init_img": False}
        self.outdir_init_images = "init-images"
        self.options: dict[str, Any] = {}

    def __getattr__(self, name):
        return self.data[name]

    def add_option(self, key, info):
        self.options[key] = info
        self.data.setdefault(key, info.default)


class OptionInfo:
    infotext = None
    explained = ""

    def __init__(self, default, label, component=None, component_args=None):
        self.default, self.label, self.component = default, label, component
        self.component_args = component_args

    def info(self, text):
        self.explained = text
        return self


class Script:
    args_from = args_to = None
    infotext_fields = paste_field_names = None

    def before_process(self, p, *args): ...
    def process(self, p, *args): ...
    def before_process_batch(self, p, *args, **kwargs): ...
    def postprocess_image(self, p, pp, *args): ...
    def postprocess_image_after_composite(self, p, pp, *args): ...
    def postprocess(self, p, processed, *args): ...


def install(monkeypatch, name, **members):
    """Gives the fake host one more module."""
    module = types.ModuleType(f"modules.{name}")
    vars(module).update(members)
    monkeypatch.setitem(sys.modules, f"modules.{name}", module)


class Host:
    """The fake's modules, put in the place of the real ones; `saved` is what it saved."""

    def __init__(self, monkeypatch):
        names = ("after_component", "infotext_pasted", "before_ui", "ui_settings", "ui_tabs")
        names += ("app_started",)
        self.callbacks: dict[str, list[Any]] = {name: [] for name in names}
        self.opts = Opts()
        self.saved: dict[str, Image.Image] = {}
        self.errors: list[Exception] = []
        self.script: Any = None
        self.logins: list[tuple[str, str]] = []  # of the page
        self.parsed_flags = self.flags()
        self.made: list[Component] = []
        self.pastes_first = False  # before extensions see a result, as ersatzForge does
        self.decoded = lambda image: image  # what the host's VAE makes of what was sampled
        modules = {
            "images": {"flatten": flatten, "resize_image": resize_image, "save_image": self.save},
            "scripts": {
                "Script": Script,
                "AlwaysVisible": object(),
                "scripts_data": [],
                "MaskBlendArgs": object,
            },
            "shared": {"opts": self.opts, "cmd_opts": self.parsed_flags, "OptionInfo": OptionInfo},
            "processing": {
                "StableDiffusionProcessingImg2Img": Processing,
                "create_binary_mask": lambda mask: mask.convert("L"),
                "fix_seed": fix_seed,
            },
            "initialize_util": {"get_gradio_auth_creds": lambda: iter(self.logins)},
            "script_callbacks": {f"on_{n}": c.append for n, c in self.callbacks.items()},
            "infotext_utils": {},
            "paths": {"models_path": "models"},
            "img2img": {"img2img": lambda id_task, request, mode, *args: None},
        }
        gradio = types.ModuleType("gradio")
        gradio.__version__ = "3.41.2"
        gradio.update = dict
        for name in ("Accordion", "Button", "Checkbox", "HTML", "Image", "Number"):
            setattr(gradio, name, self.make)
        for name in ("Radio", "Slider", "Textbox", "ColorPicker"):
            setattr(gradio, name, self.make)
        self.context = types.ModuleType("gradio.context")
        self.context.Context = types.SimpleNamespace(root_block=None)
        monkeypatch.setitem(sys.modules, "gradio", gradio)
        monkeypatch.setitem(sys.modules, "gradio.context", self.context)
        package = types.ModuleType("modules")
        package.__path__ = [str(ROOT / "tests" / "webui" / "fake_page")]
        monkeypatch.setitem(sys.modules, "modules", package)
        for name, members in modules.items():
            module = types.ModuleType(f"modules.{name}")
            module.__spec__ = types.SimpleNamespace(name=f"modules.{name}")
            vars(module).update(members)
            monkeypatch.setitem(sys.modules, f"modules.{name}", module)
            setattr(package, name, module)

    def make(self, *args, **kwargs):
        """Makes any of gradio's components and remembers it."""
        component = Component(*args, **kwargs)
        self.made.append(component)
        return component

    def load(self):
        """What the host does with scripts/*.py, at its start and on "Reload UI"."""
        for callbacks in self.callbacks.values():
            callbacks.clear()
        namespace = runpy.run_path(str(ROOT / "scripts" / "neuralmaster.py"))
        (script,) = (v for v in namespace.values() if isinstance(v, type) and issubclass(v, Script))
        self.script = script()
        self.script.args_from, self.script.args_to = 0, 3 + len(BY_POSITION)

    def flags(self):
        parser = argparse.ArgumentParser()
        parser.add_argument("--api-auth")
        runpy.run_path(str(ROOT / "preload.py"))["preload"](parser)
        return parser.parse_args([])

    def setting(self, p, key):
        return p.override_settings.get(key, self.opts.data[key])

    def save(self, image, path, forced_filename, **_):
        self.saved[forced_filename] = image.copy()

    def add(self, component):
        """Adds a component of the host's own to its page."""
        for callback in self.callbacks["after_component"]:
            callback(component, elem_id=component.elem_id)

    def add_settings(self):
        for callback in self.callbacks["ui_settings"]:
            callback()
