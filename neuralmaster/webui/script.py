"""The host's Script: asks what is wanted, hands it to a Job, and keeps the originals."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

from modules import images as host_images
from modules import processing, scripts, shared
from PIL import Image

from neuralmaster.params import specs
from neuralmaster.webui import arguments, infotext, masked_content, panel, saving, settings
from neuralmaster.webui.job import Job, refuse

log = logging.getLogger("neuralmaster")


class NeuralMasterScript(scripts.Script):  # type: ignore[misc] # the host has no types
    """Always on in img2img; does nothing until NeuralMaster is chosen or asked for by name."""

    section = "inpaint"  # where the host puts the panel

    def __init__(self) -> None:
        self.jobs: dict[int, Job] = {}

    def title(self) -> str:
        """The name by which API calls address the script."""
        return masked_content.NAME

    def show(self, is_img2img: bool) -> Any:
        """Only where there is something to inpaint."""
        return scripts.AlwaysVisible if is_img2img else False

    def ui(self, is_img2img: bool) -> list[Any]:
        """The arguments of the script, in the order of arguments.NAMES."""
        made = panel.build()
        fields: list[tuple[Any, Any]] = [(made[arguments.ENABLED], infotext.enabled)]
        fields += [(made[name], infotext.field(name)) for name in specs()]
        if masked_content.must_be_pasted_by_us():
            fields.append((masked_content.radio(), infotext.chosen))
        self.infotext_fields = fields
        self.paste_field_names = [infotext.JOB, *map(infotext.key, specs())]
        return [made[name] for name in arguments.NAMES]

    def before_process(self, p: Any, *args: Any) -> None:
        """Fills the init images, before the host or anybody else looks at them."""
        self.jobs = {key: job for key, job in self.jobs.items() if job.processing() is not None}
        last = self._job(p)
        if last and last.is_looping(p):
            last.go_on(p)
            self._switch_off(p, args)
            _keep_gradient(p, last)
            return
        self._fill(p, args)

    def process(self, p: Any, *args: Any) -> None:
        """Fills what an extension before us brings only now (Segment Anything; metadata.ini)."""
        last = self._job(p)
        if last and last.is_overruled(p):
            last.withdraw(p)
            last = None
        if not last:
            self._fill(p, p.script_args[self.args_from : self.args_to])

    def _fill(self, p: Any, args: Sequence[Any]) -> None:
        if not _is_wanted(p, args):
            return
        try:
            self._start(p, args)
        except ValueError as error:
            refuse(p, str(error))
        except Exception as error:  # the host would swallow it and run on with a wrong mask
            log.exception("The fill failed.")
            refuse(p, f"the fill failed, please report this: {error!r}")

    def before_process_batch(self, p: Any, *args: Any, **kwargs: Any) -> None:
        """The first hook after the host took the prepared images: puts the originals back."""
        job = self._job(p)
        if job and not job.taken:
            job.taken = True
            p.init_images = job.init_images
            _rebuild_overlays(p)
            if job.saves_init_images:
                saving.init_images(p)

    def postprocess(self, p: Any, processed: Any, *args: Any) -> None:
        """Gives `p` back as it was sent, for the next run on it."""
        job = self._job(p)
        if job:
            if job.filled:
                saving.beside_results(p, processed, job.prepared)
            job.finish(p, masked_content.index())

    def _job(self, p: Any) -> Job | None:
        job = self.jobs.get(id(p))
        return job if job and job.processing() is p else None

    def _switch_off(self, p: Any, args: Sequence[Any]) -> None:
        """Nested jobs and remote workers get `p` with the fill in it: they must not fill again."""
        arguments.put(p, self, arguments.switched_off(args))

    def _start(self, p: Any, args: Sequence[Any]) -> None:
        megapixels = shared.cmd_opts.neuralmaster_max_megapixels
        asked = arguments.parse(args, settings.defaults(p.override_settings), megapixels)
        given_seed = p.seed
        if asked.params.grain:
            processing.fix_seed(p)  # else the host would draw it later
        job, notes = Job.start(p, asked)
        job.given["seed"] = given_seed  # the next run on `p` draws its own
        self._switch_off(p, args)
        if settings.read("save_init_img", p.override_settings):
            job.saves_init_images = True
            p.override_settings = {**p.override_settings, "save_init_img": False}
        keeps = _keep_gradient(p, job)
        if not keeps and settings.read(settings.LATENT_GRADIENT, p.override_settings):
            notes.append(f"The gradient was not kept: {settings.CANNOT_KEEP}.")
        keys = infotext.written(asked, notes, keep_gradient=keeps)
        p.extra_generation_params = {**infotext.without_earlier(p.extra_generation_params), **keys}
        for note in notes:
            log.warning(note)
            p.comment(f"NeuralMaster: {note}")
        self.jobs[id(p)] = job


def _is_wanted(p: Any, args: Sequence[Any]) -> bool:
    if not getattr(p, "init_images", None) or getattr(p, "image_mask", None) is None:
        return False
    return p.inpainting_fill == masked_content.index() or arguments.asks_by_name(args)


def _keep_gradient(p: Any, job: Job) -> bool:
    key, overrides = settings.LATENT_GRADIENT, p.override_settings
    keeps = settings.keeps_gradients() and bool(settings.read(key, overrides))
    if keeps:
        job.keep_gradient(p)
    return keeps


def _rebuild_overlays(p: Any) -> None:
    """What the host pastes over the result is cut from the originals, in the shape it chose."""
    overlays = getattr(p, "overlay_images", None)
    if not overlays:
        return
    background = settings.read("img2img_background_color", p.override_settings, "#ffffff")
    rebuilt = []
    for original, overlay in zip(p.init_images, overlays, strict=False):
        image = host_images.flatten(original, background)
        if image.size != overlay.size:
            image = host_images.resize_image(p.resize_mode, image, *overlay.size)
        cut = Image.new("RGBa", overlay.size)
        cut.paste(image.convert("RGBA").convert("RGBa"), mask=overlay.getchannel("A"))
        rebuilt.append(cut.convert("RGBA"))
    # of a single init image the host made one overlay and repeated it
    p.overlay_images = rebuilt * p.batch_size if len(rebuilt) == 1 else rebuilt
