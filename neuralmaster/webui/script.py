"""The host's Script: starts a Job if a fill is wanted, and passes the hooks on to it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from modules import scripts, shared

from neuralmaster.params import all_specs
from neuralmaster.webui import arguments, hosts, infotext, masked_content, panel, settings
from neuralmaster.webui.job import Job, State
from neuralmaster.webui.refusal import refuse

if TYPE_CHECKING:
    from modules.processing import Processed
    from modules.processing import StableDiffusionProcessingImg2Img as Processing
    from modules.scripts import MaskBlendArgs, PostprocessImageArgs

log = logging.getLogger("neuralmaster")


class NeuralMasterScript(scripts.Script):
    """Always on in img2img; does nothing unless NeuralMaster is chosen or enabled by name."""

    section = "inpaint"  # where the host puts the panel

    def __init__(self) -> None:
        self.jobs: dict[int, Job] = {}

    def title(self) -> str:
        """The name by which API calls address the script."""
        return masked_content.NAME

    def show(self, is_img2img: bool) -> object:
        """In img2img only, and only in a supported WebUI."""
        return scripts.AlwaysVisible if is_img2img and not hosts.current().unsupported else False

    def ui(self, is_img2img: bool) -> list[object]:
        """The arguments of the script, in the order of arguments.NAMES."""
        components = panel.build()
        fields: list[tuple[object, Callable[[dict[str, object]], object]]]
        fields = [(components[arguments.ENABLED], infotext.enabled)]
        fields += [(components[name], infotext.field(name)) for name in all_specs()]
        if masked_content.must_be_pasted_by_us():
            fields.append((masked_content.component(), infotext.chosen))
        self.infotext_fields = fields
        self.paste_field_names = [infotext.JOB, *map(infotext.key, all_specs())]
        return [components[name] for name in arguments.NAMES]

    def before_process(self, p: Processing, *args: object) -> None:
        """Fills the init images, before the host or another extension reads them."""
        self.jobs = {key: job for key, job in self.jobs.items() if job.processing() is not None}
        last = self._job(p)
        if last and last.is_looping(p):
            last.go_on(p)
        else:
            self._fill(p, args)

    def process(self, p: Processing, *args: object) -> None:
        """Fills an image and mask that another extension brings in this hook (Segment Anything)."""
        job = self._job(p)
        if job and job.is_overruled(p):
            job.withdraw(p)
        if not job or job.state is State.OVER:
            self._fill(p, arguments.of_script(p.script_args, self))

    def before_process_batch(self, p: Processing, *args: object, **kwargs: object) -> None:
        """The first hook after the host read the prepared images: restores the originals."""
        job = self._job(p)
        if job:
            job.give_back_originals(p)

    def on_mask_blend(self, p: Processing, mba: MaskBlendArgs, *args: object) -> None:
        """Called after each step with a mask: the gradient as strength."""
        job = self._job(p)
        if job:
            job.sampling.blend(mba)

    def postprocess_image(self, p: Processing, pp: PostprocessImageArgs, *args: object) -> None:
        """Called for each picture, before the original is pasted over it: matches its colours."""
        job = self._job(p)
        if job:
            job.match(p, pp)

    def postprocess_image_after_composite(self, p: Processing, *args: object) -> None:
        """Called for each picture, after the original was pasted over it."""
        job = self._job(p)
        if job:
            job.sampling.pasted()

    def postprocess(self, p: Processing, processed: Processed, *args: object) -> None:
        """Restores `p` for the next run with it."""
        job = self._job(p)
        if job:
            job.finish(p, processed, masked_content.index())

    def _job(self, p: Processing) -> Job | None:
        job = self.jobs.get(id(p))
        return job if job and job.is_of(p) else None

    def _fill(self, p: Processing, args: Sequence[object]) -> None:
        if not is_asked_for(p, args):
            return
        try:
            megapixels = shared.cmd_opts.neuralmaster_max_megapixels
            parsed = arguments.parse(args, settings.defaults(p.override_settings), megapixels)
            self.jobs[id(p)] = Job.start(p, self, parsed)
        except ValueError as error:
            refuse(p, str(error))
        except Exception as error:  # the host would swallow it and run on with a wrong mask
            log.exception("The fill failed.")
            refuse(p, f"the fill failed, please report this: {error!r}")


def is_asked_for(p: Processing, args: Sequence[object]) -> bool:
    """Whether a job with these arguments asks for a fill, and has an image and a mask."""
    if not getattr(p, "init_images", None) or getattr(p, "image_mask", None) is None:
        return False
    return p.inpainting_fill == masked_content.index() or arguments.asks_by_name(args)
