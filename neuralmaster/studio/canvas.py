"""What the page itself sends: the strokes on its canvas, and the files it is given.

gradio's own differ (`Image(tool="sketch")` in 3, `ImageEditor` since 4) and send whole pictures;
the later one takes seconds a stroke in a browser without a graphics card. So the page draws strokes
by itself (javascript/neuralmaster_canvas.js) and sends where they went, as JSON; the planes are
drawn in Python, at full size.

Files come as the body of a request, or within an act as a data URL. gradio's uploads lie in a
folder of the server, and come as a path that the browser says: in gradio 3 that may be the path of
any file.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from pathlib import PureWindowsPath
from typing import Any

from PIL import Image

from neuralmaster import files
from neuralmaster.studio.desk import LAYERS
from neuralmaster.studio.tools import TOOLS, Stroke

FORMATS = (*files.OF_THE_WEB, "TIFF")  # whoever reaches a WebUI reaches these decoders
LONGEST = 120  # characters of a file's name


def named(name: str) -> str:
    """A file's name without folders, of a length that can be shown."""
    return PureWindowsPath(str(name)).name[-LONGEST:] or "picture"


def opened(name: str, content: bytes) -> Image.Image:
    """The picture in a file that the page was given. Raises ValueError."""
    return files.decoded(content, named(name), formats=FORMATS)


def picture(name: str, sent: str) -> tuple[Image.Image, str]:
    """The picture in a file that comes as a data URL, and its name. Raises ValueError.

    sent: a data URL in base64.
    """
    name = named(name)
    head, _, content = str(sent).partition(",")
    if not (head.startswith("data:") and head.endswith(";base64")):
        raise ValueError(f"{name}: expected a picture that the page was given, got something else")
    return opened(name, base64.b64decode(content, validate=True)), name


def stroke(sent: Mapping[str, Any]) -> Stroke:
    """A stroke that the page sends. Raises ValueError for anything else.

    Its points are [x, y] or, of a pen, [x, y, pressure]: all of them the one or the other.
    """
    try:
        return _stroke(sent)
    except (TypeError, KeyError, ValueError, RecursionError) as error:
        raise ValueError("expected a stroke of the canvas, got something else") from error


def _stroke(sent: Mapping[str, Any]) -> Stroke:
    if sent["layer"] not in LAYERS or sent["tool"] not in TOOLS:
        raise ValueError(sent)
    points = [tuple(map(float, point)) for point in sent["points"]]
    brush = float(sent["brush"])
    if {len(point) for point in points} not in ({2}, {3}) or not 0 <= brush <= 2:
        raise ValueError(sent)
    if not all(-9 < value < 9 for point in points for value in point):
        raise ValueError(sent)
    pressures = tuple(min(1.0, max(0.0, point[2])) for point in points if len(point) == 3)
    return Stroke(
        sent["layer"], sent["tool"], tuple((x, y) for x, y, *_ in points), brush, pressures
    )
