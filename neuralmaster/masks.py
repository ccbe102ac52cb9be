"""The two-channel mask: red says where to repaint, green what the useful object is."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from PIL import Image

from neuralmaster import fallbacks, images
from neuralmaster.fallbacks import Cause, Fallback
from neuralmaster.feather import feathered
from neuralmaster.images import LEVELS, Plane

FLAT = 16  # levels: a channel that spans less is noise, not a mask; larger rejects faint masks
NOISE = 8  # levels: the error of JPEG in a flat area; larger also removes faint marks in green
FULL_SOURCE = 240  # levels: a green nowhere below it marks the whole picture; larger: rarer
HALF = 128  # levels: from here on the host repaints a latent; larger shrinks the area
# Red and green match if they differ on at most this share of the picture and on at most this share
# of what either marks. Larger rejects more masks.
MATCH_PICTURE = 0.001
MATCH_MARKED = 0.1


@dataclass(frozen=True, eq=False)
class TwoChannelMask:
    """A mask as it was read, both channels stretched to their full range.

    inpaint: HxW uint8, the inpaint mask (red): 0 keep .. 255 repaint, a gradient.
    source: HxW uint8, the useful object (green): 255 = colour may be taken from here and the
        fill may go here.
    fallback: why no fill can be made with this mask; None if one can.
    notes: changes to the mask that its author may not expect, a sentence each.
    """

    inpaint: Plane
    source: Plane
    fallback: Fallback | None = None
    notes: tuple[str, ...] = ()

    @property
    def reason(self) -> str:
        """Why no fill can be made with this mask, one sentence; "" if one can."""
        return self.fallback.sentence if self.fallback else ""

    @property
    def lacks_object(self) -> bool:
        """Whether it marks an area to repaint and no useful object, as one channel alone does."""
        causes = (Cause.GREEN_FLAT, Cause.CHANNELS_MATCH)
        return self.fallback is not None and self.fallback.cause in causes

    @classmethod
    def read(cls, mask: Image.Image) -> TwoChannelMask:
        """Reads a mask picture of any PIL mode. Blue is ignored; alpha multiplies red and green.

        Raises ValueError if it is not a readable picture.
        """
        return cls.from_planes(*_channels(images.standard(mask)))

    @classmethod
    def from_planes(cls, red: Plane, green: Plane) -> TwoChannelMask:
        """Reads two HxW uint8 planes, as `read` does those of a picture."""
        low, high = _range(red)
        if high - low < FLAT:
            painted = np.full_like(red, LEVELS if low + high > LEVELS else 0)
            return cls(painted, green, fallbacks.flat(Cause.RED_FLAT, low, high))
        inpaint = _stretched(red, low, high)
        low, high = _range(green)
        if low >= FULL_SOURCE:
            return cls(inpaint, np.full_like(green, LEVELS))
        if high - low < FLAT:
            return cls(inpaint, green, fallbacks.flat(Cause.GREEN_FLAT, low, high))
        source = _stretched(green, low, high)
        if _match(inpaint, source):
            return cls(inpaint, source, fallbacks.CHANNELS_MATCH)
        return cls(inpaint, _without_noise(source))

    @classmethod
    def compose(cls, inpaint: Image.Image | TwoChannelMask, source: Image.Image) -> TwoChannelMask:
        """Combines two pictures into a mask: the area to repaint and the useful object.

        inpaint: its red channel is used, so a white-on-black mask works as well as a two-channel
            one. source: white on black, its luma is used; resized to `inpaint` if its size
            differs. Alpha multiplies either. Raises ValueError if one is not a readable picture.
        """
        notes: tuple[str, ...] = ()
        if isinstance(inpaint, TwoChannelMask):
            red, notes = inpaint.inpaint, inpaint.notes
        else:
            red = _channels(images.standard(inpaint))[0]
        green = _luma(source)
        if red.shape != green.shape:
            size = (red.shape[1], red.shape[0])
            notes = (*notes, _resized_note("object mask", green, "mask", size))
            green = _resized(green, size)
        mask = cls.from_planes(red, green)
        return replace(mask, notes=notes + mask.notes)

    def channels(self) -> tuple[Image.Image, Image.Image]:
        """Red and green as L pictures."""
        return images.plane_image(self.inpaint), images.plane_image(self.source)

    def picture(self) -> Image.Image:
        """The mask as an RGB picture: red = inpaint, green = source, blue = 0."""
        red, green = self.channels()
        return Image.merge("RGB", [red, green, Image.new("L", red.size)])

    def strip(self, first: int, last: int, left: int, right: int) -> tuple[Plane, Plane]:
        """Red and green in rows [first, last) of columns [left, right)."""
        return self.inpaint[first:last, left:right], self.source[first:last, left:right]

    def with_source(self, picture: Image.Image, source: str) -> TwoChannelMask:
        """The mask with the useful object taken from another source.

        picture: a standard picture (see images.standard), for its transparency.
        source: "green": the mask's own; "alpha": the picture's alpha; "all": the whole picture.
        """
        if source == "green" or not np.ptp(self.inpaint):  # a flat red stays the reason
            return self
        if source == "all":
            full = np.full_like(self.inpaint, LEVELS)
            return replace(self, source=full, fallback=None)
        if not images.has_alpha(picture):
            return replace(self, fallback=fallbacks.NO_TRANSPARENCY)
        alpha = images.alpha(picture)
        sized = self.resized(picture.size)
        fallback = None if alpha.any() else fallbacks.NO_TRANSPARENCY
        return replace(sized, source=alpha, fallback=fallback)

    def resized(self, size: tuple[int, int]) -> TwoChannelMask:
        """The mask at (width, height), with a note if that changed it."""
        width, height = size
        if self.inpaint.shape == (height, width):
            return self
        note = _resized_note("mask", self.inpaint, "image", size)
        return replace(
            self,
            inpaint=_resized(self.inpaint, size),
            source=_resized(self.source, size),
            notes=(*self.notes, note),
        )

    def feathered(self, width: float) -> TwoChannelMask:
        """The mask with a gradient at least `width` pixels wide across the edge of the red.

        The ramp is linear and centred on the edge (half of full red), so that the repainted
        area stays as it is to the pixel. Where that area is too narrow to reach full red half
        of `width` inside its edge, the inner half of the ramp is as steep as it must be to get
        there. A gradient that is wider already is left alone.
        """
        if width <= 0:
            return self
        inside = images.above(self.inpaint, HALF - 1)
        left, upper, across, down = cv2.boundingRect(inside)
        if not across:  # without an edge there is no distance to it
            return self
        reach = int(width / 2) + 2  # nothing changes further away
        rows = slice(max(0, upper - reach), upper + down + reach)
        columns = slice(max(0, left - reach), left + across + reach)
        inpaint = self.inpaint.copy()
        part = (rows, columns)
        inpaint[part] = feathered(inpaint[part], inside[part], width)
        return replace(self, inpaint=inpaint)

    def inverted(self) -> TwoChannelMask:
        """The mask with keep and repaint swapped, the useful object as it is."""
        return replace(self, inpaint=cv2.bitwise_not(self.inpaint))


def _channels(mask: Image.Image) -> tuple[Plane, Plane]:
    red = images.channel(mask, 0)
    green = images.channel(mask, 1) if images.colour_channels(mask) > 1 else red
    if not images.has_alpha(mask):
        return red, green
    alpha = images.alpha(mask)
    if alpha.min() == LEVELS:
        return red, green
    return images.scaled(red, alpha), images.scaled(green, alpha)


def _luma(picture: Image.Image) -> Plane:
    picture = images.standard(picture)
    return _channels(picture.convert("LA" if images.has_alpha(picture) else "L"))[0]


def _range(plane: Plane) -> tuple[int, int]:
    low, high, _, _ = cv2.minMaxLoc(plane)
    return int(low), int(high)


def _stretched(plane: Plane, low: int, high: int) -> Plane:
    if (low, high) == (0, LEVELS):
        return plane
    # one division only, so that a half is a half here and on any other device
    levels = np.rint((np.arange(LEVELS + 1) - low) * LEVELS / (high - low))
    return cv2.LUT(plane, levels.clip(0, LEVELS).astype(np.uint8))


def _match(red: Plane, green: Plane) -> bool:
    differ = 0
    for first, last in images.strips((0, 0, red.shape[1], red.shape[0])):
        apart = cv2.absdiff(red[first:last], green[first:last])
        differ += cv2.countNonZero(images.above(apart, NOISE))
        if differ > MATCH_PICTURE * red.size:
            return False
    # a small red and a small green beside it also agree on nearly all of a large picture
    marked = cv2.countNonZero(images.above(cv2.max(red, green), NOISE))
    return differ <= MATCH_MARKED * marked


def _without_noise(plane: Plane) -> Plane:
    # by thresholds, which are several times as fast as a table
    clean = np.empty_like(plane)
    for first, last in images.strips((0, 0, plane.shape[1], plane.shape[0])):
        rows = plane[first:last]
        marked = cv2.threshold(rows, NOISE, 0, cv2.THRESH_TOZERO)[1]
        cv2.bitwise_or(marked, images.above(rows, LEVELS - NOISE - 1), dst=clean[first:last])
    return clean


def _resized(plane: Plane, size: tuple[int, int]) -> Plane:
    return np.asarray(images.plane_image(plane).resize(size, Image.Resampling.BILINEAR))


def _resized_note(what: str, plane: Plane, other: str, size: tuple[int, int]) -> str:
    return (
        f"The {what} is {plane.shape[1]}x{plane.shape[0]} and the {other} {size[0]}x{size[1]}: "
        f"the {what} was resized to the {other}."
    )
