"""How long a mask and a projection take in Blender: python -m tests.benchmarks.blender"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.blender.scenes import ball, part, result, textured

RUNS = 5


def main() -> None:
    """Prints a row for each step."""
    with tempfile.TemporaryDirectory() as folder:
        bpy = _started(folder)
        ball(bpy)
        textured(bpy, 2048)
        bpy.context.scene.neuralmaster.size = 1024
        ((name, view), *_) = part("steps").walk_views(bpy.context, []).items()
        one = bpy.context.view_layer.objects.active

        def mask() -> None:
            part("steps").make_mask(bpy.context, [one], view)

        print("| step | median | of processors |\n|---|---|---|")
        _row(f"mask at 1024x1024 ({name})", mask)
        result((90, 120, 40), 1024)
        _row(
            "projection onto 2048x2048",
            lambda: part("steps").project_result(bpy.context),
            before=lambda: bpy.ops.neuralmaster.revert() if part("history").total() else None,
        )


def _row(name: str, work: Callable[[], Any], before: Callable[[], Any] = lambda: None) -> None:
    times, busy = [], []
    for _ in range(RUNS):
        before()
        start = time.perf_counter(), time.process_time()
        work()
        times.append(time.perf_counter() - start[0])
        busy.append(time.process_time() - start[1])
    print(f"| {name} | {statistics.median(times):.1f} s | {statistics.median(busy):.1f} s |")


def _started(folder: str) -> Any:
    os.environ["BLENDER_USER_RESOURCES"] = folder
    import bpy  # noqa: PLC0415 - it reads the folder when it is imported

    from blender.build import build  # noqa: PLC0415

    bpy.ops.wm.read_factory_settings(use_empty=True)
    bpy.ops.extensions.package_install_files(
        filepath=str(build(Path(folder) / "archive")), repo="user_default", enable_on_install=True
    )
    return bpy


if __name__ == "__main__":
    main()
