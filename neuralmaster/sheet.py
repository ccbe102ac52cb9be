"""One labelled picture that shows a fill beside what it was made of and what the host would do."""

from __future__ import annotations

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

from neuralmaster import images
from neuralmaster.masks import HALF
from neuralmaster.pipeline import Prepared

COLUMNS = 3
PANEL = 512  # pixels of a panel's longer side, at most
CAPTION = 34
GAP = 6
PAPER, INK = (32, 32, 34), (236, 236, 236)
RED, GREEN = (255, 64, 64), (64, 255, 64)
# The WebUI's own "fill": blur radius and how many times that blur is laid over the ones before.
HOST_BLURS = ((256, 1), (64, 1), (16, 2), (4, 4), (2, 2), (0, 1))


def sheet(image: Image.Image, prepared: Prepared, *, invert: bool = False) -> Image.Image:
    """Input, red, green, and what Original, the host's fill and NeuralMaster make of them.

    image, invert: as given to `preprocess`; prepared: what it returned.
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
    """What the WebUI's own "fill" makes of a standard picture; mask L, 255 = repaint. RGB.

    Gaussian blurs, wide to narrow, of everything outside the mask (premultiplied by its
    opacity), each composited over the ones before. Slow: over a second at 2048x2048. Of a
    picture reduced to `scale` it is the reduced fill, nearly.
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
    """A channel, L, as a picture from black to a colour."""
    return Image.merge("RGB", [plane.point(lambda v, c=c: v * c // 255) for c in colour])


def useful_area(
    image: Image.Image, red: Image.Image, green: Image.Image, *, invert: bool
) -> Image.Image:
    """The image where colours may be taken from, the rest of it dark and gray.

    red, green: the channels of the mask as it was used, L. All three of one size.
    """
    outside = red.point(lambda v: 255 * ((v >= HALF) == invert))
    gray = image.convert("L").point(lambda v: v // 4).convert("RGB")
    return Image.composite(image.convert("RGB"), gray, ImageChops.multiply(green, outside))


def arranged(
    panels: dict[str, Image.Image], columns: int = COLUMNS, side: int = PANEL
) -> Image.Image:
    """Pictures of one size with their captions, in rows of `columns`, each at most `side` long."""
    first = next(iter(panels.values()))
    scale = min(1.0, side / max(first.size))
    width, height = (max(1, round(length * scale)) for length in first.size)
    wide = max(width, 220)  # a caption has to fit
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
