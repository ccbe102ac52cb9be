"""Which host the tests run on, and what it can do: determined only here.

What the extension has probed itself, the running WebUI tells (`WebUI.host`).
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.pictures import ROOT

NEEDED = ("WEBUI_DIR", "WEBUI_PYTHON", "STANDIN_DIR")
KIT = ROOT.parent / "shared" / "webui_kit" / "run.sh"
RUN = Path(os.environ.get("WEBUI_RUN", KIT))  # starts the host, as it says in docs/development.md


@dataclass(frozen=True)
class StandIn:
    """What a host's stand-in checkpoint makes of a job, where that is not the host's doing.

    softly_changed: unmasked pixels that Soft inpainting changes at least, of 512x512.
    soft_tolerance: how many more of them, since what is sampled differs with the fill.
    levels: by how much the result of one job differs from time to time, Original's too.
    """

    softly_changed: int = 1000
    soft_tolerance: int = 50
    levels: int = 0


# by the name of the file; standin15, of the forks, keeps the latents' distances at zero
STANDINS = {"standin.safetensors": StandIn(), "standin15.safetensors": StandIn(0, 0, 1)}
STANDIN = next(
    (s for name, s in STANDINS.items() if Path(os.environ.get("STANDIN_DIR", ""), name).is_file()),
    StandIn(),
)

needs_webui = pytest.mark.skipif(
    not all(os.environ.get(name) for name in NEEDED) or not RUN.is_file(),
    reason=f"needs an installed WebUI: set {', '.join(NEEDED)} and have {RUN}",
)


def _has(file: str, text: str = "") -> bool:
    """Whether the host has a file, and this text in it."""
    path = Path(os.environ.get("WEBUI_DIR", ""), file)
    return path.is_file() and text in path.read_text(encoding="utf-8")


def _needs(file: str, text: str, reason: str) -> pytest.MarkDecorator:
    lacks = "WEBUI_DIR" in os.environ and not _has(file, text)
    return pytest.mark.skipif(lacks, reason=f"this host {reason}")


# what the extension has probed: fixtures, for the WebUI has to run (conftest.py)
needs_soft_latents = pytest.mark.usefixtures("soft_latents")
needs_hard_latents = pytest.mark.usefixtures("hard_latents")
# reForge's page says of every error in a job that 'NoneType' object is not iterable
MAIN_THREAD = "modules_forge/main_thread.py"
TELLS_ERRORS = not _has(MAIN_THREAD) or _has(MAIN_THREAD, "last_exception")
# Forge Neo blurs a mask in both directions at once, the others in one after the other; both round
BLURS_AT_ONCE = _has("modules/processing.py", "(kernel_size, kernel_size)")
# the others paste a Whole picture by twice the mask, so nothing where half or more of red is;
# Forge Neo by the mask's square root
PASTES_BY_TWICE = _has("modules/processing.py", "np_mask.astype(np.float32)) * 2")
# Forge Neo pastes from an infotext neither the prompt nor the default of what it leaves out
PASTES_ALL = not _has("modules/infotext_utils.py", "return gr.skip()")
SOFT_INPAINTING = "extensions-builtin/soft-inpainting/scripts/soft_inpainting.py"
needs_soft_inpainting = _needs(SOFT_INPAINTING, "", "has no Soft inpainting; A1111 from 1.8 on")
needs_precise_masks = _needs(
    "modules/shared_options.py",
    "img2img_inpaint_precise_mask",
    "has no setting for a mask blur in 32 bit; Forge Neo",
)
needs_init_folder = _needs(
    "modules/shared_options.py", "outdir_init_images", "saves no init images; all but ersatzForge"
)
needs_infotext_in_api = _needs(
    "modules/api/api.py", "apply_infotext", "takes no infotext in its API; A1111 from 1.8 on"
)
needs_order = _needs(
    "modules/extensions.py", "metadata.ini", "orders extensions by name alone; A1111 from 1.7 on"
)
needs_named_jobs = _needs(
    "modules/api/models.py", "force_task_id", "cannot tell whose job it runs; A1111 from 1.8 on"
)
needs_script_info = _needs(
    "modules/scripts.py",
    "isinstance(x, tuple)",
    "fails to list scripts with choices, whosever they are; A1111 from 1.7 on",
)
