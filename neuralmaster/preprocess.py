"""The story: an image, its mask and the choices made become the prepared image."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PIL import Image

from neuralmaster import images
from neuralmaster.blend import blend_in
from neuralmaster.fills import Scene, made
from neuralmaster.grain import grain
from neuralmaster.masks import NO_CONTEXT, TwoChannelMask
from neuralmaster.params import FillParams


@dataclass(frozen=True, eq=False)
class Prepared:
    """What goes on to the WebUI's own inpainting.

    image: the prepared image, size of the input, L, LA, RGB or RGBA.
    inpaint_mask: the red channel as L, size of the image, 255 = repaint; never inverted.
    mask: both channels as they were used: stretched, sized to the image, feathered.
    applied: False if the image is handed on as it came ("Original").
    reason: why it was not applied, one sentence; "" if it was.
    notes: what else a person should know, a sentence each.
    useful: the share of the picture's pixels that gave colour, 0..1.
    mean: their mean colour, a level 0..255 for each channel without alpha; () if there are none.
    """

    image: Image.Image
    inpaint_mask: Image.Image
    mask: TwoChannelMask
    applied: bool
    reason: str = ""
    notes: tuple[str, ...] = ()
    useful: float = 0.0
    mean: tuple[int, ...] = ()


def preprocess(
    image: Image.Image,
    mask: Image.Image,
    params: FillParams = FillParams(),  # noqa: B008 - frozen, so safe to share
    *,
    invert: bool = False,
    seed: int = 0,
) -> Prepared:
    """Fills the region to repaint with the colours of the useful object.

    image: any PIL mode (see images.standard), 1x1 or larger; not changed.
    mask: any PIL mode; red = inpaint mask, 255 = repaint; green = useful object, 255 = useful.
        Resized to the image if it has another size; not changed.
    invert: the area to repaint is where red is *low* ("Inpaint not masked").
    seed: of the grain and of `texture`; the same seed gives the same bytes. Any integer.

    Where the fill weight (green * clip(2 * red - 1, 0, 1)) is 0, the prepared image is
    byte-identical to the input. A mask that cannot steer a fill is no error: the input comes
    back with applied=False and the reason. Raises ValueError for what is not a readable picture.
    """
    picture = images.standard(image)
    read = TwoChannelMask.read(mask).with_source(picture, params.source)
    read = read.resized(picture.size).feathered(params.feather)
    given = Prepared(
        image=picture.copy(),
        inpaint_mask=images.plane_image(read.inpaint),
        mask=read,
        applied=False,
        reason=read.reason,
        notes=read.notes,
    )
    if read.reason:
        return given
    scene = Scene(picture, read.inverted() if invert else read)
    field = made(params.method, scene, seed)
    if not field.cells.useful:
        return replace(given, reason=NO_CONTEXT)
    pattern = grain(scene, field.cells, params.grain, seed) if params.grain else None
    filled = blend_in(given.image, field, scene.mask, scene.object, pattern)
    colours = images.to_levels(field.cells.mean)[: images.colour_channels(picture)]
    return replace(
        given,
        applied=True,
        notes=(*read.notes, *(field.notes if filled else (_NOTHING_TO_FILL,))),
        useful=field.cells.useful / (picture.width * picture.height),
        mean=tuple(int(level) for level in colours),
    )


_NOTHING_TO_FILL = (
    "Nothing was filled: the useful object and the area to repaint do not overlap; "
    "mark the object in green inside the red as well."
)
