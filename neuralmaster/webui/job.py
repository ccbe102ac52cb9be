"""One run of the host with our fill in it: what it puts on `p`, and how `p` is put back.

`p` is the host's StableDiffusionProcessingImg2Img. It is reused (Batch tab, Loopback), copied
shallowly (X/Y/Z plot) and dumped as JSON (Distributed): so its lists and dicts are replaced,
never changed, and nothing but plain values and pictures goes on it.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from fastapi import HTTPException
from PIL import Image

from neuralmaster.pipeline import Prepared
from neuralmaster.webui import tabs
from neuralmaster.webui.arguments import Arguments
from neuralmaster.webui.masked_content import ORIGINAL

REPLACED = ("init_images", "image_mask", "inpainting_fill", "script_args", "override_settings")
LATENT_ROUNDING = "mask_round"  # whether the host makes the latent mask hard


class NeuralMasterError(HTTPException):
    """A job that is refused; status 422 for an API client, the sentence for a person."""

    def __init__(self, sentence: str) -> None:
        super().__init__(422, f"NeuralMaster: {sentence}")

    def __str__(self) -> str:
        return str(self.detail)


class _Refused(list[Image.Image]):
    """Init images that cannot be gone through. The host does so outside any `try`, so it stops."""

    def __init__(self, given: list[Image.Image], sentence: str) -> None:
        super().__init__(given)
        self.sentence = sentence

    def __iter__(self) -> Iterator[Image.Image]:
        raise NeuralMasterError(self.sentence)


def refuse(p: Any, sentence: str) -> None:
    """Makes the host stop this run with the sentence as its error, before anything is made."""
    p.image_mask = None  # the host looks at it first, and it may be what is wrong
    p.init_images = _Refused(list(p.init_images), sentence)


@dataclass
class Job:
    """What a person sent, kept while `p` holds what we made of it.

    processing: `p`, weakly: it cannot be hashed, and its id may come again.
    init_images, image_mask: the person's own.
    prepared: what was made of each init image; handed: its pictures, as `p` got them.
    given: the attributes of `p` that are replaced during the present run, as they were.
    taken: the host has taken the prepared images, the originals are back on `p`.
    saves_init_images: the host was asked to save the init images; we save the originals.
    """

    processing: weakref.ref[Any]
    init_images: list[Image.Image]
    image_mask: Image.Image
    prepared: list[Prepared]
    handed: list[Image.Image]
    given: dict[str, Any]
    taken: bool = False
    saves_init_images: bool = False

    @classmethod
    def start(cls, p: Any, asked: Arguments) -> tuple[Job, list[str]]:
        """Fills every init image of `p` from its own pixels; the job, and what to tell.

        Grain is of the job's seed, which has to be settled, and of another one for each image.
        Raises ValueError in one sentence; `p` is then as it was.
        """
        mask = tabs.before_hardening(p.image_mask, asked.mask)
        made: dict[int, Prepared] = {}
        seed = int(p.seed) if asked.params.grain else 0
        for number, image in enumerate(p.init_images):
            if id(image) not in made:  # the Batch tab repeats one picture
                made[id(image)] = asked.prepare(
                    image,
                    mask,
                    invert=bool(p.inpainting_mask_invert),
                    seed=seed + number,
                )
        notes = [note for one in made.values() for note in (one.reason, *one.notes) if note]
        prepared = [made[id(image)] for image in p.init_images]
        given = {name: getattr(p, name) for name in REPLACED}
        handed = [one.image for one in prepared]
        job = cls(weakref.ref(p), p.init_images, p.image_mask, prepared, handed, given)
        p.init_images = handed
        p.image_mask = job.inpaint_mask
        p.inpainting_fill = ORIGINAL
        return job, list(dict.fromkeys(notes))

    @property
    def inpaint_mask(self) -> Image.Image:
        """The red channel, L, as the host gets it: of the first init image's size."""
        return self.prepared[0].inpaint_mask

    @property
    def filled(self) -> bool:
        """Whether the present run is one whose init images are filled: not a later loop."""
        return "init_images" in self.given

    def keep_gradient(self, p: Any) -> None:
        """Has the host leave the latent mask of this run as it is."""
        self.given[LATENT_ROUNDING] = p.mask_round
        p.mask_round = False

    def is_looping(self, p: Any) -> bool:
        """Whether `p` is back with a result for its init image, to go on from by Original.

        Loopback does so from its second loop on.
        """
        same_mask = p.image_mask is self.image_mask
        return p.inpainting_fill == ORIGINAL and same_mask and p.init_images is not self.init_images

    def is_overruled(self, p: Any) -> bool:
        """Whether somebody has put another image and mask on `p` since the present run began."""
        ours = p.init_images is self.handed or p.image_mask is self.inpaint_mask
        return self.filled and not ours and p.image_mask is not None

    def withdraw(self, p: Any) -> None:
        """Takes back what was put on `p`, for the image and mask that are there now."""
        for name, value in self.given.items():
            if name not in ("init_images", "image_mask"):
                setattr(p, name, value)
        self.given = {}

    def go_on(self, p: Any) -> None:
        """Lets the host go on from its result, with red as the mask as before."""
        self.given = {name: getattr(p, name) for name in ("image_mask", "script_args")}
        p.image_mask = self.inpaint_mask

    def finish(self, p: Any, index: int) -> None:
        """Gives `p` back as it was sent, but after a fill with Masked content at our index.

        For a job by name that asks for the same, and Loopback overwrites it, which `is_looping`
        has to see.
        """
        for name, value in self.given.items():
            setattr(p, name, value)
        if self.filled:
            p.inpainting_fill = index
        self.given = {}
