"""The chart of times."""

from __future__ import annotations

import math
import re

from PIL import Image, ImageDraw

from neuralmaster.sheet import INK, PAPER

LINES = {
    "WebUI's fill": (236, 110, 90),
    "classic": (200, 180, 90),
    "context": (110, 220, 130),
    "blur": (140, 160, 220),
}


def drawn(page: str) -> Image.Image:
    """Milliseconds over pixels, both logarithmic, from the table of docs/benchmarks.md."""
    section = page.split("\n## Speed\n")[1].split("\n## ", maxsplit=1)[0]
    rows = re.findall(r"^\| (\d+)² \| ([^|\d]+) \| ([\d.]+) \|", section, re.M)
    wide, high, left, top = 880, 420, 70, 20
    right, bottom = wide - 190, high - 40
    paper = Image.new("RGB", (wide, high), PAPER)
    draw = ImageDraw.Draw(paper)
    sizes = sorted({int(size) for size, _, _ in rows})

    def place(size: float, milliseconds: float) -> tuple[float, float]:
        x = math.log(size / sizes[0]) / math.log(sizes[-1] / sizes[0])
        return left + x * (right - left), bottom - math.log10(milliseconds * 10) / 5 * (
            bottom - top
        )

    for power in range(-1, 5):  # from 0.1 ms to 10 s
        y = place(sizes[0], 10**power)[1]
        draw.line([(left, y), (right, y)], (70, 70, 74))
        draw.text((left - 10, y), f"{10.0**power:g} ms", INK, anchor="rm")
    for size in sizes:
        draw.text((place(size, 1)[0], bottom + 10), f"{size} x {size}", INK, anchor="mt")
    for name, colour in LINES.items():
        points = [place(int(size), float(ms)) for size, job, ms in rows if job == name]
        draw.line(points, colour, 3)
        for x, y in points:
            draw.ellipse((x - 4, y - 4, x + 4, y + 4), colour)
        draw.text((right + 12, points[-1][1]), name, colour, anchor="lm")
    return paper
