"""Many images, each with its mask: pairs by file name, one after the other, to the end."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image

ENDING = ".png"  # of what is written: a format that loses nothing
BAR = 24  # characters


@dataclass(frozen=True)
class Pair:
    """An image, its mask and, if it has one, its object mask; out: the file to write."""

    image: Path
    mask: Path
    object_mask: Path | None
    out: Path


@dataclass
class Summary:
    """What became of a folder's images: how many were written and skipped, and what failed."""

    written: int = 0
    skipped: int = 0
    failed: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        said = f"{self.written} written, {self.skipped} skipped, {len(self.failed)} failed"
        return "\n".join([said, *(f"  {sentence}" for sentence in self.failed)])


def pairs(images: Path, masks: Path, objects: Path | None, out: Path) -> list[Pair | str]:
    """Every image of a folder with its mask, by the name without the ending.

    masks, objects: folders, or one picture for all. An image without its mask is a sentence in
    place of a pair. Raises ValueError if there are no images, or two of one name.
    """
    names = _by_name(images)
    if not names:
        raise ValueError(f"{images}: expected a folder with pictures, got none in it")
    of_masks = _by_name(masks)
    of_objects = _by_name(objects) if objects else {}
    found: list[Pair | str] = []
    for name, image in names.items():
        mask = masks if masks.is_file() else of_masks.get(name)
        marked = objects if objects and objects.is_file() else of_objects.get(name)
        if mask is None:
            found.append(f"{image}: has no mask {name}.* in {masks}")
        elif objects and marked is None:
            found.append(f"{image}: has no object mask {name}.* in {objects}")
        else:
            found.append(Pair(image, mask, marked, out / (name + ENDING)))
    return found


def _by_name(folder: Path) -> dict[str, Path]:
    if folder.is_file():
        return {}
    if not folder.is_dir():
        raise ValueError(f"{folder}: expected a folder with pictures, got no such folder")
    Image.init()
    named: dict[str, Path] = {}
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() in Image.EXTENSION and not path.name.startswith("."):
            if path.stem in named:
                raise ValueError(f"{path}: has the name of {named[path.stem].name}; rename one")
            named[path.stem] = path
    return named


def run(
    found: Iterable[Pair | str],
    do: Callable[[Pair], None],
    *,
    resume: bool,
    bar: Bar,
    failures: tuple[type[Exception], ...] = (ValueError, MemoryError),
) -> Summary:
    """Does each pair; one that fails does not stop the others.

    resume: leaves out what is written already. A file is written whole or not at all, so one
    that is there is finished.
    """
    summary, todo = Summary(), list(found)
    for number, pair in enumerate(todo):
        bar.show(number / len(todo), f"{number}/{len(todo)}")
        if isinstance(pair, str):
            summary.failed.append(pair)
        elif resume and pair.out.is_file():
            summary.skipped += 1
        else:
            try:
                do(pair)
            except failures as error:
                summary.failed.append(str(error) or f"{pair.image}: there is not enough memory")
            else:
                summary.written += 1
    bar.close()
    return summary


class Bar:
    """A progress bar on standard error, if that is a terminal; says how long it will take."""

    def __init__(self) -> None:
        self.start = time.monotonic()
        self.shown = sys.stderr.isatty()

    def show(self, done: float, text: str, seconds: float | None = None) -> None:
        """done: 0..1. seconds: to go; by default guessed from the time so far."""
        if not self.shown:
            return
        if seconds is None and done:
            seconds = (time.monotonic() - self.start) * (1 - done) / done
        left = f", {seconds:.0f} s left" if seconds else ""
        full = round(BAR * min(max(done, 0), 1))
        line = f"[{'#' * full}{'.' * (BAR - full)}] {text}{left}"
        width = shutil.get_terminal_size().columns - 1
        sys.stderr.write(f"\r{line[:width]:<{width}}")
        sys.stderr.flush()

    def close(self) -> None:
        """Takes the bar away."""
        if self.shown:
            sys.stderr.write(f"\r{'':<{shutil.get_terminal_size().columns - 1}}\r")
            sys.stderr.flush()
