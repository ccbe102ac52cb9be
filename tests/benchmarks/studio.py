"""How long the studio takes from a stroke to the pictures, and how well boxes find objects.

    python -m tests.benchmarks.studio

scikit-image's pictures are compared with outlines that were drawn by hand, good to some two pixels;
the example and the apple with the silhouettes that they were rendered with.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

import cv2
import numpy as np
import skimage.data
from PIL import Image

from neuralmaster import files, images
from neuralmaster.images import Plane
from neuralmaster.making import edits
from neuralmaster.making.finders import FINDERS, by_box
from neuralmaster.studio import desk, tools, view
from neuralmaster.studio.desk import Desk, Stroke
from tests.pictures import APPLE, ROOT

THREADS = 2
# x, y around the object, in pixels; several are joined. An ellipse is (centre, axes).
CAT = [
    (37, 0), (35, 25), (32, 60), (31, 90), (35, 112), (0, 127), (0, 300), (275, 300), (285, 280),
    (300, 270), (306, 258), (312, 238), (317, 222), (326, 211), (340, 195), (350, 178), (356, 160),
    (361, 143), (363, 125), (362, 108), (357, 85), (357, 72), (368, 58), (373, 45), (381, 30),
    (393, 10), (398, 0),
]  # fmt: skip
SPOON = [(395, 70), (405, 66), (420, 69), (425, 78), (417, 104), (405, 130), (400, 112)]
ASTRONAUT = [
    (230, 15), (250, 20), (272, 28), (287, 40), (297, 60), (301, 80), (299, 100), (292, 120),
    (283, 133), (270, 138), (265, 150), (258, 166), (263, 173), (281, 192), (298, 213), (305, 234),
    (312, 239), (330, 253), (345, 272), (352, 288), (359, 319), (362, 347), (370, 348), (399, 344),
    (431, 349), (457, 368), (478, 394), (490, 422), (496, 450), (509, 462), (512, 469), (512, 512),
    (52, 512), (35, 474), (26, 450), (21, 422), (19, 385), (21, 355), (26, 328), (37, 300),
    (47, 272), (66, 244), (89, 220), (113, 206), (115, 188), (124, 173), (141, 157), (164, 149),
    (184, 149), (182, 134), (174, 122), (162, 105), (154, 75), (157, 56), (173, 42),
    (192, 30), (211, 20),
]  # fmt: skip
OUTLINES = {
    "chelsea": [CAT],
    "coffee": [((278, 222), (201, 167)), ((292, 113), (117, 95)), SPOON],
    "astronaut": [ASTRONAUT],
}
BOXES = {
    "example": (60, 40, 710, 705),
    "apple": (5, 115, 768, 710),
    "chelsea": (0, 0, 405, 300),
    "coffee": (70, 12, 485, 394),
    "astronaut": (12, 8, 512, 512),
}
REPEATS = 9
EXAMPLE = ROOT / "docs" / "example"


def main() -> None:
    cv2.setNumThreads(THREADS)
    print("| step, and what it shows | ms at 1024x1024 | at 3464x3464 |\n|---|---|---|")
    small, large = speed(1024), speed(3464)
    for name, milliseconds in small.items():
        print(f"| {name} | {milliseconds:.0f} | {large[name]:.0f} |")
    print("\n| picture | box | found in the box | found without one |\n|---|---|---|---|")
    for name, box in BOXES.items():
        picture, truth = scene(name)
        if picture is not None:
            boxed, free = (
                overlap(by_box(picture, box), truth),
                overlap(FINDERS["auto"](picture), truth),
            )
            print(f"| {name} | {box} | {boxed:.3f} | {free:.3f} |")


def scene(name: str) -> tuple[Image.Image | None, Plane]:
    """A picture and its object; None for the apple where that is not at hand."""
    folder = {"example": EXAMPLE, "apple": APPLE}.get(name)
    if folder:
        if not folder.is_dir():
            return None, edits.blank((1, 1))
        mask = np.asarray(files.read(folder / "mask.png").convert("RGB"))
        return images.standard(files.read(folder / "image.png")), mask[..., 1]
    picture = Image.fromarray(getattr(skimage.data, name)())
    plane = edits.blank(picture.size)
    for outline in OUTLINES[name]:
        if isinstance(outline, list):
            cv2.fillPoly(plane, [np.array(outline)], 255)
        else:
            cv2.ellipse(plane, *outline, 0, 0, 360, 255, cv2.FILLED)
    return picture, plane


def overlap(found: Plane, truth: Plane) -> float:
    """Intersection over union."""
    inside, object_ = found > 127, truth > 127
    return float((inside & object_).sum() / (inside | object_).sum())


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
