"""For other extensions of the WebUI: whether a job is filled, and how to ask for a fill.

    from neuralmaster.webui import external

Import it when it is needed, not while scripts load: by then this extension may not be there yet.
These names stay as long as the major version does.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

from modules import scripts

from neuralmaster import __version__
from neuralmaster.webui import arguments, hosts, masked_content, settings
from neuralmaster.webui.job import State
from neuralmaster.webui.script import NeuralMasterScript, is_asked_for

if TYPE_CHECKING:
    from modules.processing import StableDiffusionProcessingImg2Img as Processing
    from modules.scripts import ScriptRunner

__all__ = ["ask", "index", "is_wanted", "version"]


def version() -> str:
    """The version of NeuralMaster."""
    return __version__


def index() -> int:
    """The value of `inpainting_fill` that chooses NeuralMaster."""
    return masked_content.index()


def is_wanted(p: Processing) -> bool:
    """Whether NeuralMaster fills the run of this job: will do so, or has done so in this run.

    During the run `p.inpainting_fill` is that of original. False for a job without image or mask,
    and for any other kind of job.
    """
    script = _ours(getattr(p, "scripts", None))
    if script is None:
        return False
    job = script.jobs.get(id(p))
    if job and job.is_of(p) and job.state in (State.FILLED, State.TAKEN):
        return True
    return is_asked_for(p, arguments.of_script(p.script_args, script))


def ask(p: Processing, **named: object) -> None:
    """Asks for a fill of this job, a `StableDiffusionProcessingImg2Img` with images and a mask.

    named: the script arguments by their names, such as `method="context"`; the others follow the
    settings. To be called before `process_images`, or in a `before_process` of one's own. If the
    job's scripts lack NeuralMaster, the job gets a copy of them with it. Raises ValueError in one
    sentence for arguments or a job that cannot be filled; then `p` is as it was.
    """
    if hosts.current().unsupported:
        raise ValueError(hosts.current().unsupported)
    if not getattr(p, "init_images", None) or getattr(p, "image_mask", None) is None:
        raise ValueError("expected a job of img2img with an init image and a mask, got none")
    arguments.parse([named], settings.defaults(p.override_settings))
    script = _ours(p.scripts)
    if script is None:
        script = _joined(p)
    rest = arguments.of_script(p.script_args, script)[1:]
    p.script_args = arguments.replaced(p.script_args, script, [{**named, "enabled": True}, *rest])


def _ours(runner: ScriptRunner | None) -> NeuralMasterScript | None:
    known = runner.alwayson_scripts if runner else []
    return next((one for one in known if isinstance(one, NeuralMasterScript)), None)


def _joined(p: Processing) -> NeuralMasterScript:
    """Our script, after those of the job in a copy of its runner, with arguments after theirs."""
    page = scripts.scripts_img2img
    loaded = _ours(page)
    if page is None or loaded is None:
        raise ValueError("NeuralMaster is not among the scripts of img2img; switch it on")
    args = list(p.script_args or ())
    script = copy.copy(loaded)
    script.jobs = {}
    script.args_from, script.args_to = len(args), len(args) + len(arguments.NAMES)
    theirs = p.scripts.alwayson_scripts if p.scripts else []
    p.scripts = hosts.runner_of(p.scripts or page, [*theirs, script])
    p.script_args = [*args, False, *[None] * (len(arguments.NAMES) - 1)]
    return script
