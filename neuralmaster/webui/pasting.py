"""What the host pastes over a result: the original outside the mask, never the fill."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from PIL import Image

from neuralmaster.webui import hosts, settings
from neuralmaster.webui.refusal import RefusedOverlays

if TYPE_CHECKING:
    from modules.processing import StableDiffusionProcessingImg2Img as Processing

log = logging.getLogger("neuralmaster")


def overlays(p: Processing) -> list[object] | list[Image.Image] | None:
    """The overlays of a job cut from its init images, in place of those that the host has cut.

    Where that fails, overlays that raise when the host pastes one: the job ends with a sentence.
    """
    cut = p.overlay_images
    if not cut:
        return cut
    background = settings.background(p.override_settings)
    pairs = zip(p.init_images, cut, strict=False)
    try:
        recut = [hosts.recut(over, image, p.resize_mode, background) for image, over in pairs]
    except ValueError as error:
        return RefusedOverlays(cut, str(error))
    except Exception as error:  # the host would swallow it and paste the fill
        log.exception("The overlays could not be cut.")
        return RefusedOverlays(cut, f"the overlays failed: {error!r}")
    # for a single init image, the host makes one overlay and repeats it
    return recut * p.batch_size if len(recut) == 1 else recut
