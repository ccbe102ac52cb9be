"""All differences between WebUIs, and the only package to change for one.

It probes the WebUI itself, never its name or version. Where a probe finds nothing there is a safe
default: a feature of ours stays off, or the job is refused; none runs with a wrong mask.
"""

from neuralmaster.webui.hosts.canvases import (
    BASE,
    BLUR,
    FADED,
    MASK,
    MODE,
    PARTS,
    Key,
    Pair,
    Values,
    hardened,
    has_canvas,
    part_of,
)
from neuralmaster.webui.hosts.models import takes_a_reference
from neuralmaster.webui.hosts.overlays import kept, recut
from neuralmaster.webui.hosts.page import Apply, Content, NewAxis, logins, on_page, plots, runner_of
from neuralmaster.webui.hosts.probe import (
    ORIGINAL,
    RADIOS,
    Host,
    current,
    init_folder,
    probe,
)

__all__ = [
    "BASE",
    "BLUR",
    "FADED",
    "MASK",
    "MODE",
    "ORIGINAL",
    "PARTS",
    "RADIOS",
    "Apply",
    "Content",
    "Host",
    "Key",
    "NewAxis",
    "Pair",
    "Values",
    "current",
    "hardened",
    "has_canvas",
    "init_folder",
    "kept",
    "logins",
    "on_page",
    "part_of",
    "plots",
    "probe",
    "recut",
    "runner_of",
    "takes_a_reference",
]
