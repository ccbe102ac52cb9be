"""The paint canvas: a picture to draw on, the same in every gradio, and the strokes it sends.

gradio's own differ (`Image(tool="sketch")` in 3, `ImageEditor` since 4) and send whole pictures;
the later one takes seconds a stroke in a browser without a graphics card. So the page draws strokes
by itself (javascript/neuralmaster_studio.js) and sends where they went, as JSON; the planes are
drawn in Python, at full size.
"""

from __future__ import annotations

import json
from typing import Any

from neuralmaster.studio.desk import LAYERS, Stroke
from neuralmaster.studio.tools import TOOLS

HTML = (
    '<div id="nm_canvas" tabindex="0" role="application" aria-label="Picture to paint on. Arrow '
    'keys move the brush, Space starts and ends a stroke, Escape drops it."><canvas></canvas>'
    '<p class="nm-empty">Drop or paste a picture here</p></div>'
)


def strokes(text: str) -> list[Stroke]:
    """The strokes that the page sends. Raises ValueError for anything else."""
    try:
        sent = json.loads(text or "[]")
        return [_stroke(one) for one in sent]
    except (TypeError, KeyError, ValueError) as error:
        raise ValueError("expected strokes of the canvas, got something else") from error


def _stroke(sent: dict[str, Any]) -> Stroke:
    if sent["layer"] not in LAYERS or sent["tool"] not in TOOLS:
        raise ValueError(sent)
    points = tuple((float(x), float(y)) for x, y in sent["points"])
    brush = float(sent["brush"])
    if not points or not 0 <= brush <= 2 or not all(-9 < v < 9 for xy in points for v in xy):
        raise ValueError(sent)
    return Stroke(sent["layer"], sent["tool"], points, brush)
