"""How well objects are found, with a saliency model and without, in a box and without one.

    NEURALMASTER_MODEL=u2netp.onnx python -m tests.benchmarks.finders

Intersection over union with the outlines of tests.benchmarks.outlines; then the time of a find.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping

import cv2
from PIL import Image

from neuralmaster.images import Plane
from neuralmaster.making.finders import find, in_box, models, saliency
from tests.benchmarks.outlines import BUILT_ON, HELD_OUT, Scene
from tests.benchmarks.timing import processor_milliseconds

SIDES = (512, 2048, 9400)
REPEATS = 3


def main() -> None:
    cv2.setNumThreads(1)
    model = models.model()
    if model is None:
        sys.exit(f"expected a model; name its file in {models.ENVIRONMENT}")
    tables = (("used while building", BUILT_ON), ("not used while building", HELD_OUT))
    for title, scenes in tables:
        print(f"\n| {title} | box | GrabCut in the box | the model | GrabCut alone | the model |")
        print("|---|---|---|---|---|---|")
        table(scenes)
    print("\n| side | by the model, ms | by GrabCut, ms |\n|---|---|---|")
    for side in SIDES:
        picture = BUILT_ON["pagoda"].load().resize((side, side))
        with_model, without = (
            processor_milliseconds(lambda p=picture, u=u: _find(p, u), REPEATS) for u in (1, 0)
        )
        print(f"| {side} | {with_model:.0f} | {without:.0f} |")


def table(scenes: Mapping[str, Scene]) -> None:
    for name, scene in scenes.items():
        try:
            picture, truth = scene.load(), scene.truth()
        except FileNotFoundError as missing:
            print(f"| {name} | the package {missing} is not installed | | | | |")
            continue
        cells = []
        for run in (lambda p, s: in_box(p, s.box).plane, lambda p, s: find(p).plane):
            cells += [_found(run, picture, scene, truth, uses=uses) for uses in (False, True)]
        box = ", ".join(map(str, scene.box))
        free = cells[2:] if scene.free else ["", ""]
        print(f"| {name} | {box} | {' | '.join([*cells[:2], *free])} |")


def _found(
    run: Callable[[Image.Image, Scene], Plane],
    picture: Image.Image,
    scene: Scene,
    truth: Plane,
    *,
    uses: bool,
) -> str:
    try:
        return f"{overlap(_with(lambda: run(picture, scene), uses=uses), truth):.3f}"
    except ValueError:
        return "refused"


def _with(run: Callable[[], Plane], *, uses: bool) -> Plane:
    """Runs a finder with the model or without one."""
    known = models.model
    if not uses:
        models.model = lambda: None
    try:
        return run()
    finally:
        models.model = known


def _find(picture: Image.Image, uses: int) -> None:
    saliency._memory._maps.clear()  # else the same picture is not looked at again
    _with(lambda: find(picture).plane, uses=bool(uses))


def overlap(found: Plane, truth: Plane) -> float:
    """Intersection over union."""
    inside, object_ = found > 127, truth > 127
    return float((inside & object_).sum() / (inside | object_).sum())


if __name__ == "__main__":
    main()
