"""A labelled picture that compares a fill with its inputs and with what the host would do."""

from __future__ import annotations

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

from neuralmaster import images
from neuralmaster.masks import HALF
from neuralmaster.pipeline import Prepared

COLUMNS = 3
PANEL = 512  # pixels, at most, of a panel's longer side
CAPTION = 34  # pixels of height
GAP = 6  # pixels between panels
PAPER, INK = (32, 32, 34), (236, 236, 236)  # RGB of background and text
RED, GREEN = (255, 64, 64), (64, 255, 64)
# The WebUI's own "fill" (modules/masking.py): blur radius, and how often that blur is composited.
HOST_BLURS = ((256, 1), (64, 1), (16, 2), (4, 4), (2, 2), (0, 1))


def comparison(image: Image.Image, prepared: Prepared, *, invert: bool = False) -> Image.Image:
    """Six panels: input, red, green, Original, the host's fill, NeuralMaster.

    image, invert: the arguments of `preprocess`; prepared: what it returned.
    """
    shown = images.standard(image)
    red = prepared.inpaint_mask
    return arranged(
        {
            "Input": shown,
            "Red: area to repaint": tinted(red, RED),
            "Green: useful object": tinted(images.plane_image(prepared.mask.source), GREEN),
            "Original": shown,
            "Fill, the WebUI's own": host_fill(shown, ImageChops.invert(red) if invert else red),
            "NeuralMaster" if prepared.applied else "NeuralMaster: Original": prepared.image,
        }
    )


def host_fill(image: Image.Image, mask: Image.Image, scale: float = 1) -> Image.Image:
    """The WebUI's own "fill" of a standard picture; mask L, 255 = repaint. Returns RGB.

    Gaussian blurs, wide to narrow, of everything outside the mask (premultiplied by its
    opacity), each composited over the previous ones. Slow: over a second at 2048x2048. For a
    picture reduced to `scale`, approximately the reduced fill.
    """
    kept = Image.new("RGBa", image.size)
    kept.paste(image.convert("RGBA").convert("RGBa"), mask=ImageChops.invert(mask))
    filled = Image.new("RGBA", image.size)
    for radius, repeats in HOST_BLURS:
        blurred = kept.filter(ImageFilter.GaussianBlur(radius * scale)).convert("RGBA")
        for _ in range(repeats):
            filled.alpha_composite(blurred)
    return filled.convert("RGB")


def tinted(plane: Image.Image, colour: tuple[int, int, int]) -> Image.Image:
    """A channel (L) as an RGB picture from black to `colour`."""
    return Image.merge("RGB", [plane.point(lambda v, c=c: v * c // 255) for c in colour])


def useful_area(
    image: Image.Image, red: Image.Image, green: Image.Image, *, invert: bool
) -> Image.Image:
    """The image where colour may be taken from, the rest darkened and gray. Returns RGB.

    red, green: the channels of the mask as it was used, L. All three have the same size.
    """
    outside = red.point(lambda v: 255 * ((v >= HALF) == invert))
    gray = image.convert("L").point(lambda v: v // 4).convert("RGB")
    return Image.composite(image.convert("RGB"), gray, ImageChops.multiply(green, outside))


def arranged(
    panels: dict[str, Image.Image], columns: int = COLUMNS, side: int = PANEL
) -> Image.Image:
    """Pictures of one size with captions, `columns` in a row, scaled to at most `side` pixels."""
    first = next(iter(panels.values()))
    scale = min(1.0, side / max(first.size))
    width, height = (max(1, round(length * scale)) for length in first.size)
    wide = max(width, 220)  # room for a caption
    rows = -(-len(panels) // columns)
    step_x, step_y = wide + GAP, height + CAPTION + GAP
    paper = Image.new("RGB", (columns * step_x + GAP, rows * step_y + GAP), PAPER)
    draw, font = ImageDraw.Draw(paper), _font()
    for k, (caption, panel) in enumerate(panels.items()):
        x, y = GAP + k % columns * step_x, GAP + k // columns * step_y
        draw.text((x + 4, y + 7), caption, INK, font)
        small = panel.convert("RGBA").resize((width, height), Image.Resampling.LANCZOS)
        paper.paste(small, (x + (wide - width) // 2, y + CAPTION), small)
    return paper


def _font() -> ImageFont.ImageFont | ImageFont.FreeTypeFont:
    try:
        return ImageFont.load_default(size=18)
    except TypeError:  # Pillow before 10.1 has one small font only
        return ImageFont.load_default()
