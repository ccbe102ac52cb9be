"""Files that we save beside the results that the host saves."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from modules import images as host_images
from modules import shared
from PIL import Image

from neuralmaster import files
from neuralmaster.pipeline import Prepared
from neuralmaster.webui import hosts, settings

if TYPE_CHECKING:
    from modules.processing import Processed
    from modules.processing import StableDiffusionProcessingImg2Img as Processing

log = logging.getLogger("neuralmaster")
# By setting: the ending of the file name, and the picture.
_EXTRAS: dict[str, tuple[str, Callable[[Prepared], Image.Image]]] = {
    settings.SAVE_PREPARED: ("prepared", lambda prepared: prepared.image),
    settings.SAVE_MASK: ("two-channel-mask", lambda prepared: prepared.mask.picture()),
}
_NOT_RESULTS = ("-mask", "-mask-composite")  # name endings of other files of the host


def saves_init_images(overrides: Mapping[str, object]) -> bool:
    """Whether the host is to save init images, and can."""
    return bool(settings.read("save_init_img", overrides)) and hosts.init_folder() is not None


def init_images(images: list[Image.Image]) -> str | None:
    """Saves the original init images as the host would; returns the hash of the last."""
    name = None
    for image in images:
        name = hashlib.md5(image.tobytes()).hexdigest()
        host_images.save_image(
            image,
            path=shared.opts.outdir_init_images,
            basename=None,
            forced_filename=name,
            save_to_dirs=False,
            existing_info=image.info,
        )
    return name


def beside_results(p: Processing, processed: Processed, prepared: list[Prepared]) -> None:
    """Writes the files that the settings ask for beside every result that the host saved.

    prepared: one for each init image; results cycle through them in that order.
    """
    wanted = [extra for key, extra in _EXTRAS.items() if settings.read(key, p.override_settings)]
    pictures: dict[Path, Image.Image] = {}
    for number, path in enumerate(_saved(processed) if wanted else ()):
        source = prepared[number % len(prepared)]
        for name, picture in wanted:
            pictures[path.with_name(f"{path.stem}-{name}.png")] = picture(source)
    try:
        files.write_all(pictures)
    except ValueError as error:
        log.warning("The prepared image and its mask were not saved: %s", error)


def _saved(processed: Processed) -> list[Path]:
    results = processed.images[processed.index_of_first_image :]
    saved = [getattr(image, "already_saved_as", None) for image in results]
    paths = [Path(file) for file in saved if file]
    return [path for path in paths if not path.stem.endswith(_NOT_RESULTS)]
