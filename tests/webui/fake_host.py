"""A small stand-in for the WebUI: the hooks, and what an inpainting run does between them.

It samples nothing: what the host would hand
to its VAE is kept in `p.sampled`, and the sampler gives that back unchanged. The tests in
tests/webui/api hold it to the real one.
"""

from __future__ import annotations

import argparse
import random
import runpy
import sys
import types
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
from PIL import Image, ImageFilter, ImageOps

from neuralmaster.params import BY_POSITION
from tests.pictures import ROOT

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


@dataclass
class Processed:
    """What a run gives to `postprocess`: the finished pictures, after a grid if there is one."""

    images: list
    index_of_first_image: int = 0


class Script:
    args_from = args_to = None
    infotext_fields = paste_field_names = None

    def before_process(self, p, *args): ...
    def process(self, p, *args): ...
    def before_process_batch(self, p, *args, **kwargs): ...
    def postprocess_image(self, p, pp, *args): ...
    def postprocess(self, p, processed, *args): ...


def flatten(image, background):
    if image.mode != "RGBA":
        return image.convert("RGB")
    under = Image.new("RGBA", image.size, background)
    under.alpha_composite(image)
    return under.convert("RGB")


def resize_image(mode, image, width, height):
    return image.resize((width, height), Image.Resampling.LANCZOS)


def fix_seed(p):
    for name in ("seed", "subseed"):
        if getattr(p, name) == -1:
            setattr(p, name, random.randrange(1 << 32))


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


@dataclass(eq=True)
class Processing:
    """The host's `p` of an img2img run, as far as an inpainting preprocessor meets it."""

    init_images: list
    image_mask: Any
    inpainting_fill: int = 0
    width: int = 64
    height: int = 64
    seed: int = -1
    subseed: int = -1
    batch_size: int = 1
    n_iter: int = 1
    resize_mode: int = 0
    inpaint_full_res: bool = False
    inpainting_mask_invert: int = 0
    mask_blur: int = 0
    script_args: Any = (False, "context", "green", 0.0, "", 0.0)
    override_settings: dict = field(default_factory=dict)
    extra_generation_params: dict = field(default_factory=dict)
    comments: dict = field(default_factory=dict)
    overlay_images: Any = None
    init_img_hash: str | None = None
    mask_round: bool = True
    color_corrections: Any = None
    scripts: ClassVar[Any] = types.SimpleNamespace(alwayson_scripts=[])
    saved_to: Any = None  # the folder of the results, if they are saved

    def comment(self, text):
        self.comments[text] = 1

    def init(self, host):
        self.paste_to = None
        self.latent_mask = self.image_mask and self.prepared_mask()
        self.overlay_images, self.sampled = [], []
        for init_image in self.init_images:
            self.sampled.append(self.to_sample(init_image, host))
        if len(self.sampled) == 1:
            self.sampled *= self.batch_size
            self.overlay_images *= self.batch_size
        elif len(self.sampled) > self.batch_size:
            raise RuntimeError("bad number of images passed")

    def prepared_mask(self):
        mask = self.image_mask.convert("L")
        if self.inpainting_mask_invert:
            mask = ImageOps.invert(mask)
        if self.mask_blur:
            mask = mask.filter(ImageFilter.GaussianBlur(self.mask_blur))
        self.mask_for_overlay = mask
        if self.inpaint_full_res:
            left, upper, right, lower = mask.getbbox()
            self.paste_to = (left, upper, right - left, lower - upper)
        else:
            mask = mask.resize((self.width, self.height), Image.Resampling.LANCZOS)
            twice = np.clip(np.asarray(mask, np.float32) * 2, 0, 255).astype(np.uint8)
            self.mask_for_overlay = Image.fromarray(twice)
        return mask

    def to_sample(self, init_image, host):
        if host.setting(self, "save_init_img"):
            self.init_img_hash = str(hash(init_image.tobytes()))
            host.save(init_image, "init-images", self.init_img_hash)
        image = flatten(init_image, host.opts.img2img_background_color)
        if self.paste_to is None:
            image = resize_image(self.resize_mode, image, self.width, self.height)
        if self.image_mask is not None:
            self.overlay_images.append(self.overlay(image))
        if self.paste_to:
            left, upper, width, height = self.paste_to
            image = image.crop((left, upper, left + width, upper + height))
            image = image.resize((self.width, self.height))
        if self.image_mask is not None and self.inpainting_fill != 1:
            image = Image.new("RGB", image.size, (99, 99, 99))  # the host's own fill
        return image

    def overlay(self, image):
        cut = Image.new("RGBa", image.size)
        outside = ImageOps.invert(self.mask_for_overlay)
        cut.paste(image.convert("RGBA").convert("RGBa"), mask=outside)
        return cut.convert("RGBA")


def pasted(p, image, overlay):
    """The sampler's picture under the overlay, as the host finishes it."""
    full = image
    if p.paste_to:
        left, upper, width, height = p.paste_to
        full = Image.new("RGB", overlay.size)
        full.paste(image.resize((width, height)), (left, upper))
    full = full.convert("RGBA")
    full.alpha_composite(overlay)
    return full.convert("RGB")


def run(host, p, script, others=()):
    """The host's process_images; returns the finished pictures. Exceptions in hooks vanish."""

    def hook(name, *args, **kwargs):
        for one in (script, *others):
            try:
                own = p.script_args[one.args_from : one.args_to]
                getattr(one, name)(p, *args, *own, **kwargs)
            except Exception as error:
                host.errors.append(error)

    hook("before_process")
    hook("process")
    p.init(host)
    results = []
    for number in range(p.n_iter):
        hook("before_process_batch", batch_number=number)
        for i in range(p.batch_size):
            p.batch_index, pp = i, types.SimpleNamespace(image=host.decoded(p.sampled[i]))
            hook("postprocess_image", pp)
            image = pp.image
            if p.image_mask is not None:
                image = pasted(p, image, p.overlay_images[i])
            if p.saved_to:
                image.already_saved_as = str(p.saved_to / f"{len(results):05}-1.png")
            results.append(image)
    hook("postprocess", Processed(results))
    return results
