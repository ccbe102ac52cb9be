"""What the page itself sends: the strokes on its canvas, and the files it is given.

gradio's own differ (`Image(tool="sketch")` in 3, `ImageEditor` since 4) and send whole pictures;
the later one takes seconds a stroke in a browser without a graphics card. So the page draws strokes
by itself (javascript/neuralmaster_studio.js) and sends where they went, as JSON; the planes are
drawn in Python, at full size.

Files come as data URLs. gradio's uploads lie in a folder of the server, and come as a path that the
browser says: in gradio 3 that may be the path of any file.
"""

from __future__ import annotations

import base64
import html
import json
from pathlib import PureWindowsPath
from typing import Any

from PIL import Image

from neuralmaster import files
from neuralmaster.studio.desk import LAYERS, Stroke
from neuralmaster.studio.tools import TOOLS

FORMATS = (*files.OF_THE_WEB, "TIFF")  # whoever reaches a WebUI reaches these decoders
LONGEST = 120  # characters of a file's name

_PAGE = ("key", "cursor", "shape", "erases")  # what the page needs to know of a tool
_KEYS = " ".join(f"{tool.key.upper()}: {tool.help}" for tool in TOOLS.values())
_TOOLS = {name: {field: getattr(tool, field) for field in _PAGE} for name, tool in TOOLS.items()}

HTML = (
    '<div id="nm_canvas" tabindex="0" role="application" aria-label="Picture to paint on. Arrow '
    f'keys move the brush, Space starts and ends a stroke, Escape drops it. {_KEYS}" '
    f'data-tools="{html.escape(json.dumps(_TOOLS))}"><canvas></canvas>'
    '<p class="nm-empty">Drop or paste a picture here</p></div>'
)

FILES = '<input type="file" accept="image/*" hidden>'


def picture(name: str, sent: str) -> tuple[Image.Image, str]:
    """A file that the page was given, and its name without folders. Raises ValueError.

    sent: a data URL in base64.
    """
    name = PureWindowsPath(str(name)).name[-LONGEST:] or "picture"
    head, _, content = str(sent).partition(",")
    if not (head.startswith("data:") and head.endswith(";base64")):
        raise ValueError(f"{name}: expected a picture that the page was given, got something else")
    return files.decoded(base64.b64decode(content, validate=True), name, formats=FORMATS), name


def strokes(text: str) -> list[Stroke]:
    """The strokes that the page sends. Raises ValueError for anything else."""
    try:
        sent = json.loads(text or "[]")
        return [_stroke(one) for one in sent]
    except (TypeError, KeyError, ValueError, RecursionError) as error:
        raise ValueError("expected strokes of the canvas, got something else") from error


def _stroke(sent: dict[str, Any]) -> Stroke:
    if sent["layer"] not in LAYERS or sent["tool"] not in TOOLS:
        raise ValueError(sent)
    points = tuple((float(x), float(y)) for x, y in sent["points"])
    brush = float(sent["brush"])
    if not points or not 0 <= brush <= 2 or not all(-9 < v < 9 for xy in points for v in xy):
        raise ValueError(sent)
    return Stroke(sent["layer"], sent["tool"], points, brush)
