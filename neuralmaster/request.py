"""A whole job in one value: every interface builds one, `pipeline.prepare` runs it."""

from __future__ import annotations

from dataclasses import dataclass, field

from PIL import Image

from neuralmaster.masks import TwoChannelMask
from neuralmaster.params import FillParams


@dataclass(frozen=True, eq=False)
class Request:
    """An image, its mask, and how to fill.

    image: any PIL mode (see images.standard), 1x1 or larger; never changed.
    mask: the two-channel mask: a picture of any PIL mode, or a mask already read. Red =
        where to repaint, 255 = repaint; green = the useful object, 255 = useful. Resized to the
        image if it has another size.
    object_mask: a picture that marks the useful object, white on black, instead of green.
    params: the parameters of the fill.
    invert: the area to repaint is where red is *low* ("Inpaint not masked").
    seed: for the random parts of a fill; the same seed gives the same bytes. Any integer.
    scale: by how much the lengths of the image are smaller than those of the picture that it is a
        copy of: what a fill has in pixels shrinks with it. 1 or more.
    """

    image: Image.Image
    mask: Image.Image | TwoChannelMask
    object_mask: Image.Image | None = None
    params: FillParams = field(default_factory=FillParams)
    invert: bool = False
    seed: int = 0
    scale: float = 1

    def read_mask(self) -> TwoChannelMask:
        """The mask, with its green replaced by the object mask if there is one; the mask's size.

        Raises ValueError if either is not a readable picture.
        """
        if self.object_mask:
            return TwoChannelMask.compose(self.mask, self.object_mask)
        if isinstance(self.mask, TwoChannelMask):
            return self.mask
        return TwoChannelMask.read(self.mask)
