"""One run of the host with our fill in it: the one owner of what goes on `p`, and of its return.

`p` is the host's StableDiffusionProcessingImg2Img. It is reused (Batch tab, Loopback), copied
shallowly (X/Y/Z plot) and dumped as JSON (Distributed): so its lists and dicts are replaced,
never changed, and nothing but plain values and pictures goes on it.
"""

from __future__ import annotations

import logging
import weakref
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from modules import processing
from PIL import Image

from neuralmaster.pipeline import Prepared
from neuralmaster.webui import arguments, hosts, infotext, saving, settings, tabs
from neuralmaster.webui.arguments import Arguments
from neuralmaster.webui.refusal import RefusedOverlays

if TYPE_CHECKING:
    from modules.processing import Processed
    from modules.processing import StableDiffusionProcessingImg2Img as Processing
    from modules.scripts import Script

log = logging.getLogger("neuralmaster")

REPLACED = (
    *("init_images", "image_mask", "inpainting_fill", "script_args", "override_settings"),
    *("seed", "subseed"),  # by fix_seed, where there is grain
)


class State(Enum):
    """How far a job is. A run goes from FILLED to TAKEN to OVER; a later loop is LOOPING, OVER."""

    FILLED = "the prepared images are on p"
    TAKEN = "the host has taken them, and the originals are on p again"
    LOOPING = "the host goes on from its own result; only the mask is ours"
    OVER = "p is as it was sent, and may come again"


@dataclass(eq=False)
class Job:
    """What a person sent, kept while `p` holds what we made of it.

    processing: `p`, weakly: it cannot be hashed, and its id may come again.
    script: ours, whose arguments on `p` are switched off during a run.
    init_images, image_mask: the person's own.
    prepared: what was made of each init image; handed: its pictures, as `p` got them.
    before: the attributes of `p` that are replaced during the present run, as they were.
    saves_init_images: the host was asked to save the init images; we save the originals.
    """

    processing: weakref.ref[Processing]
    script: Script
    init_images: list[Image.Image]
    image_mask: Image.Image
    prepared: list[Prepared]
    handed: list[Image.Image]
    state: State = State.FILLED
    before: dict[str, object] = field(default_factory=dict)
    saves_init_images: bool = False

    @classmethod
    def start(cls, p: Processing, script: Script, asked: Arguments) -> Job:
        """Fills every init image of `p` from its own pixels, and puts on `p` what that takes.

        Grain is of the job's seed, which is settled here, and of another one for each image.
        Raises ValueError in one sentence if nothing can be filled; after that and any other
        failure `p` is as it was.
        """
        assert p.image_mask is not None
        before = _values(p, REPLACED)
        try:
            prepared = _prepared(p, p.image_mask, asked)
            handed = [one.image for one in prepared]
            job = cls(weakref.ref(p), script, p.init_images, p.image_mask, prepared, handed)
            job.before = before
            job._hand_over(p, asked)
        except Exception:
            _put(p, before)
            raise
        return job

    def _hand_over(self, p: Processing, asked: Arguments) -> None:
        p.init_images = self.handed
        p.image_mask = self.inpaint_mask
        p.inpainting_fill = hosts.ORIGINAL
        self._switch_off(p)
        if settings.read("save_init_img", p.override_settings):
            self.saves_init_images = True
            p.override_settings = {**p.override_settings, "save_init_img": False}
        self._tell(p, asked, keeps_gradient=self._keep_gradient(p))

    @property
    def inpaint_mask(self) -> Image.Image:
        """The red channel, L, as the host gets it: of the first init image's size."""
        return self.prepared[0].inpaint_mask

    def is_of(self, p: Processing) -> bool:
        """Whether this is the job of `p`, and not of another whose id it has now."""
        return self.processing() is p

    def is_looping(self, p: Processing) -> bool:
        """Whether `p` is back with a result for its init image, to go on from by Original.

        Loopback does so from its second loop on.
        """
        same_mask = p.image_mask is self.image_mask
        new_image = p.init_images is not self.init_images
        return p.inpainting_fill == hosts.ORIGINAL and same_mask and new_image

    def is_overruled(self, p: Processing) -> bool:
        """Whether somebody has put another image and mask on `p` since the present run began."""
        ours = p.init_images is self.handed or p.image_mask is self.inpaint_mask
        filled = self.state in (State.FILLED, State.TAKEN)
        return filled and not ours and p.image_mask is not None

    def go_on(self, p: Processing) -> None:
        """Lets the host go on from its result, with red as the mask as before."""
        self.state = State.LOOPING
        self.before = _values(p, ("image_mask", "script_args"))
        p.image_mask = self.inpaint_mask
        self._switch_off(p)
        self._keep_gradient(p)

    def give_back_originals(self, p: Processing) -> None:
        """Puts the originals on `p`, once the host has taken the prepared images."""
        if self.state is not State.FILLED:
            return
        self.state = State.TAKEN
        p.init_images = self.init_images
        _recut_overlays(p)
        if self.saves_init_images:
            p.init_img_hash = saving.init_images(p.init_images) or p.init_img_hash

    def withdraw(self, p: Processing) -> None:
        """Takes back what was put on `p`, for the image and mask that are there now."""
        brought = ("init_images", "image_mask")
        _put(p, {name: value for name, value in self.before.items() if name not in brought})
        self._end()

    def finish(self, p: Processing, processed: Processed, index: int) -> None:
        """Saves what is wanted beside the results, and gives `p` back as it was sent.

        But after a fill with Masked content at our index: for a job by name that asks for the
        same, and Loopback overwrites it, which `is_looping` has to see.
        """
        filled = self.state in (State.FILLED, State.TAKEN)
        if filled:
            saving.beside_results(p, processed, self.prepared)
        _put(p, self.before)
        if filled:
            p.inpainting_fill = index
        self._end()

    def _end(self) -> None:
        self.before = {}
        self.state = State.OVER

    def _switch_off(self, p: Processing) -> None:
        """Nested jobs and remote workers get `p` with the fill in it: they must not fill again."""
        off = arguments.switched_off(arguments.of_script(p.script_args, self.script))
        p.script_args = arguments.replaced(p.script_args, self.script, off)

    def _keep_gradient(self, p: Processing) -> bool:
        """Has the host leave the latent mask of this run as it is, if that is wanted and can be."""
        wanted = settings.read(settings.LATENT_GRADIENT, p.override_settings)
        if not (wanted and hosts.current().latent_rounding):
            return False
        self.before["mask_round"] = p.mask_round
        p.mask_round = False
        return True

    def _tell(self, p: Processing, asked: Arguments, *, keeps_gradient: bool) -> None:
        """Puts the job's keys into the infotext, and its notes under the result and in the log."""
        notes = [note for one in self.prepared for note in (one.reason, *one.notes) if note]
        notes = list(dict.fromkeys(notes))
        if not keeps_gradient and settings.read(settings.LATENT_GRADIENT, p.override_settings):
            notes.append(f"The gradient was not kept: {settings.CANNOT_KEEP}.")
        fallback = next((one.fallback for one in self.prepared if one.fallback), None)
        keys = infotext.written(asked, notes, fallback, keep_gradient=keeps_gradient)
        p.extra_generation_params = {**infotext.without_earlier(p.extra_generation_params), **keys}
        for note in notes:
            log.warning(note)
            p.comment(f"NeuralMaster: {note}")


def _values(p: Processing, names: Sequence[str]) -> dict[str, object]:
    return {name: getattr(p, name) for name in names}


def _put(p: Processing, values: dict[str, object]) -> None:
    for name, value in values.items():
        setattr(p, name, value)


def _prepared(p: Processing, mask: Image.Image, asked: Arguments) -> list[Prepared]:
    """What is made of each init image of `p`, whose seed is then settled."""
    if asked.params.grain:
        processing.fix_seed(p)  # else the host would draw it later
    mask = tabs.before_hardening(mask, asked.mask)
    made: dict[int, Prepared] = {}
    seed = int(p.seed) if asked.params.grain else 0
    for number, image in enumerate(p.init_images):
        if id(image) not in made:  # the Batch tab repeats one picture
            invert = bool(p.inpainting_mask_invert)
            made[id(image)] = asked.prepare(image, mask, invert=invert, seed=seed + number)
    return [made[id(image)] for image in p.init_images]


def _recut_overlays(p: Processing) -> None:
    """What the host pastes over the result is cut from the originals, in the shape it chose."""
    overlays = p.overlay_images
    if not overlays:
        return
    background = settings.read("img2img_background_color", p.override_settings, "#ffffff")
    pairs = zip(p.init_images, overlays, strict=False)
    try:
        cut = [hosts.recut(over, image, p.resize_mode, str(background)) for image, over in pairs]
    except ValueError as error:
        p.overlay_images = RefusedOverlays(overlays, str(error))
    except Exception as error:  # the host would swallow it and paste the fill
        log.exception("The overlays could not be cut.")
        p.overlay_images = RefusedOverlays(overlays, f"the overlays failed: {error!r}")
    else:
        # of a single init image the host made one overlay and repeated it
        p.overlay_images = cut * p.batch_size if len(cut) == 1 else cut
