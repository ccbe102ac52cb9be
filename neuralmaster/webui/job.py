"""One run of the host with our fill: the only owner of the attributes that we set on `p`.

`p` is the host's StableDiffusionProcessingImg2Img. The host reuses it (Batch tab, Loopback), copies
it shallowly (X/Y/Z plot) and serializes it as JSON (Distributed). So its lists and dicts are
replaced, never modified, and its attributes are set to plain values and pictures only.
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
from neuralmaster.webui import arguments, hosts, infotext, pasting, progress, saving, settings, tabs
from neuralmaster.webui.arguments import Arguments
from neuralmaster.webui.refusal import RefusedOverlays
from neuralmaster.webui.sampling import Sampling

if TYPE_CHECKING:
    from modules.processing import Processed
    from modules.processing import StableDiffusionProcessingImg2Img as Processing
    from modules.scripts import PostprocessImageArgs, Script

log = logging.getLogger("neuralmaster")

REPLACED = (
    *("init_images", "image_mask", "inpainting_fill", "script_args", "override_settings"),
    *("seed", "subseed"),  # fix_seed sets them if the fill is random
)
REFERENCE = (
    "This model also takes the init image as a reference, and sees the fill in it as part of the "
    "picture to edit; if it keeps the fill, choose original."
)


class State(Enum):
    """The state of a job: FILLED, TAKEN, OVER in its first run; LOOPING, OVER in later loops."""

    FILLED = "the prepared images are on p"
    TAKEN = "the host has read them, and the originals are on p again"
    LOOPING = "the host continues from its own result; only the mask is ours"
    OVER = "p is as it was before the run, and may be used again"


@dataclass(eq=False)
class Job:
    """The originals of a job, kept while `p` has the prepared images.

    processing: a weak reference to `p`, which is not hashable and whose id may be reused.
    script: ours, whose arguments on `p` are disabled during a run.
    init_images, image_mask: the originals.
    prepared: the result of the fill for each init image; handed: its pictures, the list put on `p`.
    sampling: what is done while the host samples, and to what comes back.
    before: the original values of the attributes of `p` that the current run replaces.
    saves_init_images: the host should save the init images; we save the originals.
    """

    processing: weakref.ref[Processing]
    script: Script
    init_images: list[Image.Image]
    image_mask: Image.Image
    prepared: list[Prepared]
    handed: list[Image.Image]
    sampling: Sampling
    state: State = State.FILLED
    before: dict[str, object] = field(default_factory=dict)
    saves_init_images: bool = False

    @classmethod
    def start(cls, p: Processing, script: Script, args: Arguments) -> Job:
        """Fills every init image of `p` from its own pixels, and puts the results on `p`.

        The seed of a fill is the job's, fixed here, plus the index of the image. Raises
        ValueError in one sentence for bad arguments or pictures; after any exception `p` is
        unchanged.
        """
        assert p.image_mask is not None
        before = _values(p, REPLACED)
        try:
            prepared = _prepared(p, p.image_mask, args)
            handed = [one.image for one in prepared]
            sampling = Sampling(args.sampling, prepared, invert=bool(p.inpainting_mask_invert))
            job = cls(
                weakref.ref(p), script, p.init_images, p.image_mask, prepared, handed, sampling
            )
            job.before = before
            job._hand_over(p, args)
        except Exception:
            _put(p, before)
            raise
        return job

    def _hand_over(self, p: Processing, args: Arguments) -> None:
        p.init_images = self.handed
        p.image_mask = self.inpaint_mask
        p.inpainting_fill = hosts.ORIGINAL
        self._switch_off(p)
        p.override_settings = settings.without_ours(p.override_settings)
        if saving.saves_init_images(p.override_settings):
            self.saves_init_images = True
            p.override_settings = {**p.override_settings, "save_init_img": False}
        self._report(p, args, self._begin_sampling(p))

    @property
    def inpaint_mask(self) -> Image.Image:
        """The red channel, L, at the size of the first init image: the mask for the host."""
        return self.prepared[0].inpaint_mask

    def is_of(self, p: Processing) -> bool:
        """Whether this is the job of `p`, not of an earlier object with the same id."""
        return self.processing() is p

    def is_looping(self, p: Processing) -> bool:
        """Whether `p` comes back with a result as its init image and Masked content at original.

        Loopback does so from its second loop on.
        """
        same_mask = p.image_mask is self.image_mask
        new_image = p.init_images is not self.init_images
        return p.inpainting_fill == hosts.ORIGINAL and same_mask and new_image

    def is_overruled(self, p: Processing) -> bool:
        """Whether another extension replaced the image and the mask since the run began."""
        ours = p.init_images is self.handed or p.image_mask is self.inpaint_mask
        filled = self.state in (State.FILLED, State.TAKEN)
        return filled and not ours and p.image_mask is not None

    def go_on(self, p: Processing) -> None:
        """Lets the host continue from its result, with red as the mask as before."""
        self.state = State.LOOPING
        self.before = _values(p, ("image_mask", "script_args", "override_settings"))
        p.image_mask = self.inpaint_mask
        p.override_settings = settings.without_ours(p.override_settings)
        p.extra_generation_params = infotext.with_hash(p.extra_generation_params, None)
        self._switch_off(p)
        self._begin_sampling(p)

    def give_back_originals(self, p: Processing) -> None:
        """Puts the originals on `p`, once the host has read the prepared images."""
        if self.state is not State.FILLED:
            return
        self.state = State.TAKEN
        p.init_images = self.init_images
        p.overlay_images = pasting.overlays(p)
        if any(one.applied for one in self.prepared) and hosts.takes_a_reference(p):
            p.extra_generation_params = infotext.with_note(p.extra_generation_params, REFERENCE)
            _tell(p, REFERENCE)
        if self.saves_init_images:
            p.init_img_hash = saving.init_images(p.init_images) or p.init_img_hash
            p.extra_generation_params = infotext.with_hash(
                p.extra_generation_params, p.init_img_hash
            )

    def withdraw(self, p: Processing) -> None:
        """Restores `p`, except for the image and mask that another extension put there."""
        foreign = ("init_images", "image_mask")
        _put(p, {name: value for name, value in self.before.items() if name not in foreign})
        self._end()

    def finish(self, p: Processing, processed: Processed, index: int) -> None:
        """Saves the files that the settings ask for beside the results, and restores `p`.

        After a fill, `inpainting_fill` is set to our index, also for a job enabled by name: that
        asks for the same, and lets `is_looping` notice that Loopback overwrites it.
        """
        filled = self.state in (State.FILLED, State.TAKEN)
        _put(p, self.before)
        if filled:
            saving.beside_results(p, processed, self.prepared)
        if filled:
            p.inpainting_fill = index
        self._end()

    def _end(self) -> None:
        self.before = {}
        self.state = State.OVER

    def _switch_off(self, p: Processing) -> None:
        """Disables the script on `p`, so that nested jobs and remote workers do not fill again."""
        off = arguments.switched_off(arguments.of_script(p.script_args, self.script))
        p.script_args = arguments.replaced(p.script_args, self.script, off)

    def _begin_sampling(self, p: Processing) -> str:
        """Turns off rounding of the latent mask if its gradient is wanted; a note, or ""."""
        keeps_gradient, note = self.sampling.begin(p)
        if keeps_gradient:
            self.before["mask_round"] = p.mask_round
            p.mask_round = False
        return note

    def match(self, p: Processing, pp: PostprocessImageArgs) -> None:
        """Matches a picture that was sampled, before the original is pasted over it."""
        if self.state is State.OVER or isinstance(p.overlay_images, RefusedOverlays):
            return
        note = self.sampling.match(p, pp, self.init_images)
        if note:
            _tell(p, note)

    def _report(self, p: Processing, args: Arguments, last: str) -> None:
        """Adds the keys to the infotext, and the notes to the result's comments and the log."""
        notes = [note for one in self.prepared for note in (one.reason, *one.notes)]
        notes = list(dict.fromkeys(filter(None, (*notes, last))))
        fallback = next((one.fallback for one in self.prepared if one.fallback), None)
        keys = infotext.keys_of(args, notes, fallback)
        p.extra_generation_params = {**infotext.without_earlier(p.extra_generation_params), **keys}
        for note in notes:
            _tell(p, note)


def _tell(p: Processing, note: str) -> None:
    """In the console, and below the result."""
    log.warning(note)
    p.comment(f"NeuralMaster: {note}")


def _values(p: Processing, names: Sequence[str]) -> dict[str, object]:
    return {name: getattr(p, name) for name in names}


def _put(p: Processing, values: dict[str, object]) -> None:
    for name, value in values.items():
        setattr(p, name, value)


def _prepared(p: Processing, mask: Image.Image, args: Arguments) -> list[Prepared]:
    """The result of the fill for each init image of `p`; fixes the seed if a fill uses it."""
    if args.params.uses_seed:
        processing.fix_seed(p)  # else the host would draw it only later
    mask = tabs.before_hardening(mask, args.mask)
    by_id: dict[int, Prepared] = {}
    seed = int(p.seed) if args.params.uses_seed else 0
    with progress.shown(len(p.init_images)) as follow:
        for number, image in enumerate(p.init_images):
            if id(image) not in by_id:  # the Batch tab repeats one picture
                by_id[id(image)] = args.prepare(
                    image,
                    mask,
                    invert=bool(p.inpainting_mask_invert),
                    seed=seed + number,
                    progress=follow(number),
                )
    return [by_id[id(image)] for image in p.init_images]
