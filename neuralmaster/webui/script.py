"""The host's Script: asks whether a fill is wanted, and tells the Job of each hook."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from modules import scripts, shared

from neuralmaster.params import specs
from neuralmaster.webui import arguments, hosts, infotext, masked_content, panel, settings
from neuralmaster.webui.job import Job, State
from neuralmaster.webui.refusal import refuse

if TYPE_CHECKING:
    from modules.processing import Processed
    from modules.processing import StableDiffusionProcessingImg2Img as Processing

log = logging.getLogger("neuralmaster")


class NeuralMasterScript(scripts.Script):
    """Always on in img2img; does nothing until NeuralMaster is chosen or asked for by name."""

    section = "inpaint"  # where the host puts the panel

    def __init__(self) -> None:
        self.jobs: dict[int, Job] = {}

    def title(self) -> str:
        """The name by which API calls address the script."""
        return masked_content.NAME

    def show(self, is_img2img: bool) -> object:
        """Only where there is something to inpaint, in a WebUI that is supported."""
        return scripts.AlwaysVisible if is_img2img and not hosts.current().unsupported else False

    def ui(self, is_img2img: bool) -> list[object]:
        """The arguments of the script, in the order of arguments.NAMES."""
        made = panel.build()
        fields: list[tuple[object, Callable[[dict[str, object]], object]]]
        fields = [(made[arguments.ENABLED], infotext.enabled)]
        fields += [(made[name], infotext.field(name)) for name in specs()]
        if masked_content.must_be_pasted_by_us():
            fields.append((masked_content.component(), infotext.chosen))
        self.infotext_fields = fields
        self.paste_field_names = [infotext.JOB, *map(infotext.key, specs())]
        return [made[name] for name in arguments.NAMES]

    def before_process(self, p: Processing, *args: object) -> None:
        """Fills the init images, before the host or anybody else looks at them."""
        self.jobs = {key: job for key, job in self.jobs.items() if job.processing() is not None}
        last = self._job(p)
        if last and last.is_looping(p):
            last.go_on(p)
        else:
            self._fill(p, args)

    def process(self, p: Processing, *args: object) -> None:
        """Fills what an extension before us brings only now (Segment Anything; metadata.ini)."""
        job = self._job(p)
        if job and job.is_overruled(p):
            job.withdraw(p)
        if not job or job.state is State.OVER:
            self._fill(p, arguments.of_script(p.script_args, self))

    def before_process_batch(self, p: Processing, *args: object, **kwargs: object) -> None:
        """The first hook after the host took the prepared images: puts the originals back."""
        job = self._job(p)
        if job:
            job.give_back_originals(p)

    def postprocess(self, p: Processing, processed: Processed, *args: object) -> None:
        """Gives `p` back as it was sent, for the next run on it."""
        job = self._job(p)
        if job:
            job.finish(p, processed, masked_content.index())

    def _job(self, p: Processing) -> Job | None:
        job = self.jobs.get(id(p))
        return job if job and job.is_of(p) else None

    def _fill(self, p: Processing, args: Sequence[object]) -> None:
        if not _is_wanted(p, args):
            return
        try:
            megapixels = shared.cmd_opts.neuralmaster_max_megapixels
            asked = arguments.parse(args, settings.defaults(p.override_settings), megapixels)
            self.jobs[id(p)] = Job.start(p, self, asked)
        except ValueError as error:
            refuse(p, str(error))
        except Exception as error:  # the host would swallow it and run on with a wrong mask
            log.exception("The fill failed.")
            refuse(p, f"the fill failed, please report this: {error!r}")


def _is_wanted(p: Processing, args: Sequence[object]) -> bool:
    if not getattr(p, "init_images", None) or getattr(p, "image_mask", None) is None:
        return False
    return p.inpainting_fill == masked_content.index() or arguments.asks_by_name(args)
