"""How long the studio takes from a stroke to the pictures.

    python -m tests.benchmarks.studio

How well objects are found is measured by tests.benchmarks.finders.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

import cv2
import numpy as np

from neuralmaster import files
from neuralmaster.studio import desk, tools, view
from neuralmaster.studio.desk import Desk, Stroke
from tests.pictures import ROOT

THREADS = 2
REPEATS = 9
EXAMPLE = ROOT / "docs" / "example"


def main() -> None:
    cv2.setNumThreads(THREADS)
    print("| step, and the pictures it shows | ms at 1024x1024 |\n|---|---|")
    for name, milliseconds in speed(1024).items():
        print(f"| {name} | {milliseconds:.0f} |")


def speed(side: int) -> dict[str, float]:
    """Milliseconds of processor time of each step and its view, for a picture of that size."""
    image = files.read(EXAMPLE / "image.png").resize((side, side))
    opened = Desk.open(image, "example")
    stripe = Stroke(desk.INPAINT, tools.PAINT, ((0.5, 0.1), (0.5, 0.9)), 0.12)
    painted = opened.drawn(stripe)
    box = Stroke(desk.SOURCE, tools.BOX, ((0.08, 0.05), (0.93, 0.92)), 0)
    across = Stroke(desk.SOURCE, tools.STROKES, ((0.25, 0.4), (0.7, 0.7)), 0.03)
    steps: dict[str, Callable[[], Desk]] = {
        "paint": lambda: painted.drawn(stripe),
        "find in box": lambda: painted.drawn(box),
        "find by strokes": lambda: painted.drawn(across),
        "grow": lambda: painted.edited(desk.INPAINT, "grow", 8),
        "soft edge": lambda: painted.with_feather(desk.INPAINT, 60),
        "fill by classic": lambda: painted.with_method("classic"),
    }
    found = {
        name: _median(lambda s=step: view.live(s(), view.ORIGINAL)) for name, step in steps.items()
    }
    found["compare with the WebUI's fill"] = _median(lambda: view.live(painted, view.HOST_FILL))
    return found


def _median(run: Callable[[], object]) -> float:
    """Of processor time, of all threads together: an idle machine takes no longer than that."""
    run()
    times = []
    for _ in range(REPEATS):
        start = time.process_time()
        run()
        times.append(time.process_time() - start)
    return float(np.median(times)) * 1000


if __name__ == "__main__":
    sys.exit(main())
