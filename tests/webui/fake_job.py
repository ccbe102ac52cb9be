"""A job of the fake host: its `p`, what it makes of the pictures, and the hooks of a run.

It samples nothing: what the host would hand to its VAE is kept in `p.sampled`, and the sampler
gives that back unchanged.
"""

from __future__ import annotations

import random
import types
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
from PIL import Image, ImageFilter, ImageOps


@dataclass
class Processed:
    """What a run gives to `postprocess`: the finished pictures, after a grid if there is one."""

    images: list
    index_of_first_image: int = 0


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
            if not host.pastes_first:
                hook("postprocess_image", pp)
            if p.image_mask is not None and i < len(p.overlay_images):
                pp.image = pasted(p, pp.image, p.overlay_images[i])
            hook("postprocess_image_after_composite", pp)
            if host.pastes_first:
                hook("postprocess_image", pp)
            image = pp.image
            if p.saved_to:
                image.already_saved_as = str(p.saved_to / f"{len(results):05}-1.png")
            results.append(image)
    hook("postprocess", Processed(results))
    return results
