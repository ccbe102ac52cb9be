"""The pipeline: from an image, its mask and the parameters to the prepared image."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace

import cv2
from PIL import Image

from neuralmaster import images
from neuralmaster.fallbacks import NO_CONTEXT, NOT_FOUND, STOPPED, Fallback
from neuralmaster.fills import FILLS, Fill, Scene
from neuralmaster.fills.blend import blend_in
from neuralmaster.fills.grain import grain
from neuralmaster.fills.progress import Progress, Report, StoppedError, part, reporting
from neuralmaster.making.finders import useful_object
from neuralmaster.masks import TwoChannelMask
from neuralmaster.params import FillParams
from neuralmaster.request import Request


@dataclass(frozen=True, eq=False)
class Prepared:
    """What goes on to the WebUI's own inpainting.

    image: the prepared image, size of the input, L, LA, RGB or RGBA.
    inpaint_mask: the red channel as L, size of the image, 255 = repaint; never inverted.
    mask: both channels as they were used: stretched, resized to the image, feathered.
    fallback: why the image was left unchanged ("Original"); None if it was filled.
    notes: what else the user should know, a sentence each.
    useful: the share of the picture's pixels whose colour was used, 0..1.
    mean: their mean colour, a level 0..255 for each channel except alpha; () if there are none.
    """

    image: Image.Image
    inpaint_mask: Image.Image
    mask: TwoChannelMask
    fallback: Fallback | None = None
    notes: tuple[str, ...] = ()
    useful: float = 0.0
    mean: tuple[int, ...] = ()

    @property
    def applied(self) -> bool:
        """False if the image was left unchanged."""
        return self.fallback is None

    @property
    def reason(self) -> str:
        """Why the image was left unchanged, one sentence; "" if it was filled."""
        return self.fallback.sentence if self.fallback else ""


def prepare(request: Request, progress: Progress | None = None) -> Prepared:
    """Fills the region to repaint with the colours of the useful object.

    Where the fill weight (green * clip(2 * red - 1, 0, 1)) is 0, the prepared image is
    byte-identical to the input. A mask that allows no fill is not an error: the input comes
    back with a fallback. Raises ValueError for anything that is not a readable picture.

    progress: called from time to time with the share that is done, 0..1; if it returns False,
        the fill is given up and the input comes back, with a fallback that says so.
    """
    picture, params = images.standard(request.image), request.params
    fill = FILLS[params.method]
    mask = _with_object(request, picture, fill).resized(picture.size).feathered(params.feather)
    original = Prepared(
        image=picture.copy(),
        inpaint_mask=images.plane_image(mask.inpaint),
        mask=mask,
        fallback=mask.fallback,
        notes=mask.notes,
    )
    if mask.fallback:
        return original
    scene = Scene(picture, mask.inverted() if request.invert else mask)
    try:
        return _filled(original, scene, request, reporting(progress))
    except StoppedError:
        return replace(original, image=picture.copy(), fallback=STOPPED)


def _filled(original: Prepared, scene: Scene, request: Request, report: Report) -> Prepared:
    """The picture of `original` filled in place, and what is to be said of it."""
    picture, params, fill = scene.picture, request.params, FILLS[request.params.method]
    making = {
        "seed": request.seed,
        "scale": request.scale,
        "report": part(report, 0, FILLING),
    }
    field = fill(scene, {**asdict(params), **making})
    if fill.needs_object and not field.cells.useful:
        return replace(original, fallback=NO_CONTEXT)
    pattern = grain(scene, field.cells, params.grain, request.seed) if params.grain else None
    filled = blend_in(
        original.image, field, scene.mask, scene.object, pattern, report=part(report, FILLING, 1)
    )
    colours = images.to_levels(field.cells.mean)[: images.colour_channels(picture)]
    return replace(
        original,
        notes=(
            *original.notes,
            *(field.notes if filled else ()),
            *doubts(scene.mask, filled=filled),
        ),
        useful=field.cells.useful / (picture.width * picture.height),
        mean=tuple(int(level) for level in colours),
    )


def preprocess(
    image: Image.Image,
    mask: Image.Image | TwoChannelMask,
    params: FillParams = FillParams(),  # noqa: B008 - frozen, so safe to share
    *,
    invert: bool = False,
    seed: int = 0,
) -> Prepared:
    """Shorthand for `prepare` with a Request of these arguments and no object mask."""
    return prepare(Request(image, mask, params=params, invert=invert, seed=seed))


def _with_object(request: Request, picture: Image.Image, fill: Fill) -> TwoChannelMask:
    """The mask with the useful object of the request's source."""
    mask, source = request.read_mask(), request.params.source
    if request.object_mask or not mask.lacks_object:
        return mask if source == "auto" else mask.with_source(picture, source)
    if source == "green" and not fill.needs_object:
        source = "all"  # what no green confines goes wherever red says
    if source != "auto":
        return mask.with_source(picture, source)
    mask = mask.resized(picture.size)
    found = useful_object(picture, (mask.inverted() if request.invert else mask).inpaint)
    fallback = None if found.plane.any() else NOT_FOUND
    return replace(
        mask, source=found.plane, fallback=fallback, notes=(*mask.notes, *found.sentences())
    )


def doubts(mask: TwoChannelMask, *, filled: bool) -> tuple[str, ...]:
    """What is to be said of a job's outcome. filled: whether there was a pixel to fill."""
    if not filled:
        return (_NOTHING_TO_FILL,)
    peak = int(cv2.minMaxLoc(mask.inpaint, mask.source)[1])
    if peak >= OPAQUE:
        return ()
    return (
        f"The fill is partly transparent: red reaches only level {peak} of {images.LEVELS} inside "
        "the useful object, and only full red shows the fill alone; paint its middle in full red "
        "or use a narrower feather.",
    )


FILLING = 0.8  # of the time goes into making the fill, the rest into blending it in
OPAQUE = 250  # levels of red: from here on, 4% of the picture at most shine through the fill
_NOTHING_TO_FILL = (
    "Nothing was filled: the useful object and the area to repaint do not overlap; "
    "mark the object in green inside the red as well."
)
