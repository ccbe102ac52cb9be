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
    print("| step, and what it shows | ms at 1024x1024 | at 3464x3464 |\n|---|---|---|")
    small, large = speed(1024), speed(3464)
    for name, milliseconds in small.items():
        print(f"| {name} | {milliseconds:.0f} | {large[name]:.0f} |")


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
    }
    found = {name: _median(lambda s=step: view.overview(s())) for name, step in steps.items()}
    whole, screen = (0, 0, side, side), (min(side, 1600),) * 2
    part = (side // 4, side // 4, side // 4 + min(side // 2, 900), side // 4 + min(side // 2, 900))
    near = (part[2] - part[0],) * 2
    for name, what, box, size in (
        ("mask, whole picture on the screen", view.MASK, whole, screen),
        ("fill, whole picture on the screen", view.FILLED, whole, screen),
        ("fill, a part at 100%", view.FILLED, part, near),
        ("WebUI's fill", view.HOST, whole, screen),
    ):
        found[name] = _median(
            lambda w=what, b=box, s=size: view.part(painted.undone().redone(), w, b, s)
        )
    found["undo"] = _median(painted.undone)
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
