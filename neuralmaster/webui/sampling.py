"""What is done for a job while the host samples, and to each picture that comes back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from neuralmaster import images
from neuralmaster.matching import ObjectColours, corrected, levels_of
from neuralmaster.params import SamplingParams
from neuralmaster.pipeline import Prepared
from neuralmaster.webui import arguments, geometry, hosts, settings
from neuralmaster.webui.strength import Strength

if TYPE_CHECKING:
    from modules.processing import StableDiffusionProcessingImg2Img as Processing
    from modules.scripts import MaskBlendArgs, PostprocessImageArgs

LEFT_TO_SOFT = "Soft inpainting is on, which decides itself what of each step is kept"
CORRECTED = (
    "The result was not matched: the WebUI's own colour correction is on, which would undo it; "
    "switch one of the two off."
)
NO_ORIGINAL = (
    "The result was not matched: it is not known which of the init images it was made from, or "
    "how this WebUI pastes them."
)
PASTED_FIRST = (
    "The result was not matched: this WebUI shows it to extensions only after the original is "
    "pasted over it."
)
FINISHED = (
    "The pictures that another extension added to the batch, such as those of other machines, were "
    "not matched: the original is pasted over them already."
)


class Sampling:
    """Of one job. The first run of a job and its later loops each begin anew."""

    def __init__(
        self, params: SamplingParams, prepared: Sequence[Prepared], *, invert: bool
    ) -> None:
        self.params, self._prepared, self._invert = params, prepared, invert
        self._strength: Strength | None = None
        self._returned = self._pasted = 0  # pictures that came back, and that were pasted over
        self._colours: dict[int, list[Image.Image]] = {}
        # by id and size; with the picture, so that no other gets its id
        self._laid: dict[tuple[int, tuple[int, int]], tuple[Image.Image, Image.Image]] = {}

    def begin(self, p: Processing) -> tuple[bool, str]:
        """Whether the host is to keep the gradient in the latent mask; and a sentence if that, or
        what was asked, cannot be, else "".
        """
        self._laid.clear()
        self._strength = None
        self._returned = self._pasted = 0
        wanted, host = self.params.gradient, hosts.current()
        if wanted == "hard":
            return False, ""
        if not host.latent_rounding or (wanted == "strength" and not host.latent_blending):
            return False, f"The gradient was not kept: {settings.ALWAYS_HARD}."
        if wanted == "strength" and _is_soft(p):
            return False, f"The gradient was not used as strength: {LEFT_TO_SOFT}."
        if wanted == "strength":
            self._strength = Strength()
        return True, ""

    def blend(self, mba: MaskBlendArgs) -> None:
        """After each step: what of the model's latents goes on."""
        if self._strength:
            self._strength.blend(mba)

    def pasted(self) -> None:
        """The host has pasted the original over a picture."""
        self._pasted += 1

    def match(self, p: Processing, pp: PostprocessImageArgs, first: Sequence[Image.Image]) -> str:
        """Matches a picture that was sampled, before the host pastes the original over it.

        first: the init images of the job's first run, which have the object's colours. Returns a
        sentence if the host is in the way, else "". That a picture shows no tint is none.
        """
        self._returned += 1
        if self.params.match == "off":
            return ""
        if self._pasted >= self._returned:  # ersatzForge
            return PASTED_FIRST
        if getattr(p, "color_corrections", None):
            return CORRECTED
        number, overlays = geometry.number(p), p.overlay_images
        if overlays and getattr(p, "batch_index", 0) >= len(overlays):
            return FINISHED  # and it has the size of the whole, also with Only masked
        # all overlays of one init image are the same
        covers = hosts.kept(overlays[number]) if number is not None and overlays else None
        if number is None or not covers:
            return NO_ORIGINAL

        def seen(picture: Image.Image) -> Image.Image:
            return geometry.sampled(p, picture, pp.image.size)

        original = seen(self._lay(p, p.init_images[number], covers.size))
        kept = np.asarray(seen(covers))
        aim = None
        if self.params.match == "object" and (colours := self._colours_of(first, number)):
            picture, weight = (seen(self._lay(p, one, covers.size)) for one in colours)
            aim = levels_of(picture, "RGB"), np.asarray(weight.convert("L"))
        made, _ = corrected(
            levels_of(pp.image, "RGB"), levels_of(original, "RGB"), kept, self.params, aim
        )
        pp.image = Image.fromarray(made)
        return ""

    def _lay(self, p: Processing, picture: Image.Image, size: tuple[int, int]) -> Image.Image:
        """A picture under an overlay of this size; kept, for one may be used many times."""
        key = (id(picture), size)
        if key not in self._laid:
            background = settings.background(p.override_settings)
            self._laid[key] = picture, geometry.laid(picture, size, p.resize_mode, background)
        return self._laid[key][1]

    def _colours_of(self, first: Sequence[Image.Image], number: int) -> list[Image.Image]:
        """The colours that the object of an init image is to have, and their weight, as RGB.

        Nothing if it has no fill.
        """
        if number not in self._colours:
            prepared, picture = self._prepared[number], images.standard(first[number])
            mask = prepared.mask.inverted() if self._invert else prepared.mask
            found = None if prepared.fallback else ObjectColours.of(picture, mask)
            pair = (found.picture, found.weight) if found else ()
            self._colours[number] = [one.convert("RGB") for one in pair]
        return self._colours[number]


def _is_soft(p: Processing) -> bool:
    """Whether the host's Soft inpainting is on for this job."""
    for script in p.scripts.alwayson_scripts if p.scripts else ():
        if script.title().lower() == "soft inpainting":
            return arguments.of_script(p.script_args, script)[:1] in ([True], (True,))
    return False
