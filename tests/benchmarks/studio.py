"""How long the studio takes from a stroke to the pictures.

    OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 python -m tests.benchmarks.studio

Processor time on one thread: several would wait for each other by spinning, which counts as well.
How well objects are found is measured by tests.benchmarks.finders.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

import cv2

from neuralmaster import files
from neuralmaster.studio import desk, tools, view
from neuralmaster.studio.desk import Desk, Stroke
from neuralmaster.studio.view import Wanted
from tests.benchmarks.timing import processor_milliseconds
from tests.pictures import ROOT

REPEATS = 9
EXAMPLE = ROOT / "docs" / "example"


def main() -> None:
    cv2.setNumThreads(1)
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
    jobs: dict[str, Callable[[], object]] = {
        name: lambda s=step: view.overview(s()) for name, step in steps.items()
    }
    whole, screen = (0, 0, side, side), (min(side, 1600),) * 2
    part = (side // 4, side // 4, side // 4 + min(side // 2, 900), side // 4 + min(side // 2, 900))
    near = Wanted(part, (part[2] - part[0],) * 2)
    jobs["paint at 100%"] = lambda: view.overview(painted.drawn(stripe), near)
    for name, what, wanted in (
        ("mask, whole picture on the screen", view.MASK, Wanted(whole, screen)),
        ("mask, a part at 100%", view.MASK, near),
        ("WebUI's fill", view.HOST, Wanted(whole, screen)),
    ):
        jobs[name] = lambda w=what, p=wanted: view.part(painted.undone().redone(), w, p)
    jobs["undo"] = painted.undone
    return {name: processor_milliseconds(job, REPEATS) for name, job in jobs.items()}


if __name__ == "__main__":
    sys.exit(main())
