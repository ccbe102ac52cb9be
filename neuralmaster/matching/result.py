"""A result matched to the picture that it was made from."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from PIL import Image

from neuralmaster import images
from neuralmaster.fallbacks import NO_CONTEXT, Cause, Fallback
from neuralmaster.fills import FILLS, Scene
from neuralmaster.fills.blend import fill_weight
from neuralmaster.images import Floats, Plane
from neuralmaster.masks import TwoChannelMask
from neuralmaster.matching.pull import pulled
from neuralmaster.matching.seam import Unseen, tint
from neuralmaster.params import SamplingParams
from neuralmaster.request import Request


@dataclass(frozen=True, eq=False)
class ObjectColours:
    """The colours that an object is to have.

    picture: the fill of the whole picture by `context`, RGB, or L for a gray one. weight: L, how
    far a pixel is of the object and repainted; 0 where it is to stay as it is.
    """

    picture: Image.Image
    weight: Image.Image

    @classmethod
    def of(cls, picture: Image.Image, mask: TwoChannelMask) -> ObjectColours | None:
        """Those in a standard picture; None if its object has no context.

        mask: as large as the picture; red = where to repaint.
        """
        field = FILLS["context"](Scene(picture, mask))
        if not field.cells.useful:
            return None
        width, height = picture.size
        levels = field.strip(0, height, 0, width).reshape(height, width, -1)
        bands = images.colour_channels(picture)
        colours = levels[..., 0] if bands == 1 else np.ascontiguousarray(levels[..., :bands])
        weight = images.scaled(mask.source, fill_weight(mask.inpaint))
        return cls(Image.fromarray(colours), images.plane_image(weight))


def corrected(
    result: Plane,
    original: Plane,
    kept: Plane,
    params: SamplingParams,
    colours: tuple[Plane, Plane] | None = None,
) -> tuple[Plane, str]:
    """The result with its colours corrected, and a sentence on why no tint was taken out, or "".

    result, original: height x width x bands levels. kept: height x width, 255 where nothing
    was repainted, 0 where anything may have been. colours: for `object`, those that it is to
    have, height x width x bands, and their weight, height x width. Inputs are not changed.
    """
    if params.match == "off":
        return result, ""
    found, note = tint(original, result, kept), ""
    if isinstance(found, Unseen):
        note = found.value
    else:
        result = found.removed(result)
    if params.match == "object" and colours:
        result = pulled(result, *colours, params.match_strength)
    return result, note


@dataclass(frozen=True, eq=False)
class Matched:
    """A result after matching.

    image: the original with the matched result in the area to repaint, in the original's mode and
    the result's size; where red is 0 the original's bytes. applied: False if no tint could be
    taken out. notes: why not, and what else a person should know, a sentence each.
    """

    image: Image.Image
    applied: bool = True
    notes: tuple[str, ...] = ()


def match(
    image: Image.Image,
    result: Image.Image,
    mask: Image.Image | TwoChannelMask,
    params: SamplingParams = SamplingParams(),  # noqa: B008 - frozen, so safe to share
    *,
    invert: bool = False,
) -> Matched:
    """Shorthand for `match_request` with a Request of these arguments."""
    return match_request(Request(image, mask, invert=invert), result, params)


def match_request(request: Request, result: Image.Image, params: SamplingParams) -> Matched:
    """Matches what a model made of a request's image to that image.

    result: any PIL mode, as the model made it, with nothing pasted over it; if it has another size
    than the image, the image is resized to it. It shows where red is at least half, fades out
    from there to red 0, and beyond that the image stays as it is. Raises ValueError for what is
    no readable picture, and for a mask without an area to repaint.
    """
    picture = images.standard(request.image)
    mask = request.read_mask().with_source(picture, request.params.source)
    if mask.fallback and mask.fallback.cause is Cause.RED_FLAT:
        raise ValueError(f"expected a mask with an area to repaint: {_why(mask.fallback)}")
    mask = mask.resized(picture.size).feathered(request.params.feather)
    if request.invert:
        mask = mask.inverted()
    notes, colours = list(mask.notes), None
    if params.match == "object":
        colours = None if mask.fallback else ObjectColours.of(picture, mask)
        if not colours:
            notes.append(f"No colour was pulled: {_why(mask.fallback or NO_CONTEXT)}")
    made = images.standard(result)
    if made.size != picture.size:
        notes.append(_resized_note(picture.size, made.size))
        picture = picture.resize(made.size, Image.Resampling.LANCZOS)
        mask = mask.resized(made.size)
    shown = images.to_levels(images.table(_twice))[mask.inpaint]
    mode = _colour_mode(picture)
    aim = None
    if colours:
        picture_of, weight_of = (one.resize(made.size) for one in (colours.picture, colours.weight))
        aim = levels_of(picture_of, mode), np.asarray(weight_of)
    under, over = levels_of(picture, mode), levels_of(made, mode)
    out, note = corrected(over, under, cv2.bitwise_not(shown), params, aim)
    return Matched(_pasted(picture, out, shown), not note, (*notes, *filter(None, [note])))


def _why(fallback: Fallback) -> str:
    return fallback.sentence.partition(": ")[2]


def levels_of(picture: Image.Image, mode: str) -> Plane:
    """A picture's levels, height x width x bands, in mode L or RGB; read-only."""
    levels = np.asarray(picture.convert(mode))
    return levels.reshape(*levels.shape[:2], -1)


def _pasted(original: Image.Image, result: Plane, shown: Plane) -> Image.Image:
    """The original with the result over it, where that is shown; alpha is the original's."""
    mode = _colour_mode(original)
    under = levels_of(original, mode)
    weights = np.repeat(shown[..., None], under.shape[2], axis=2)
    height = len(shown)
    flat = images.blend(*(planes.reshape(height, -1) for planes in (under, result, weights)))
    out = Image.fromarray(
        flat.reshape(under.shape).squeeze(2) if mode == "L" else flat.reshape(under.shape)
    )
    if images.has_alpha(original):
        out.putalpha(original.getchannel("A"))
    return out


def _colour_mode(picture: Image.Image) -> str:
    return "L" if images.colour_channels(picture) == 1 else "RGB"


def _twice(red: Floats) -> Floats:
    return np.minimum(2 * red, 1)


def _resized_note(image: tuple[int, int], result: tuple[int, int]) -> str:
    return (
        f"The image is {image[0]}x{image[1]} and the result {result[0]}x{result[1]}: the image was "
        "resized to the result."
    )
