"""A folder of images, each with its mask: paired by file name, processed one by one."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image

ENDING = ".png"  # of the outputs: a lossless format
BAR = 24  # characters of the progress bar


@dataclass(frozen=True)
class Pair:
    """An image, its mask and, if it has one, its object mask; out: the file to write."""

    image: Path
    mask: Path
    object_mask: Path | None
    out: Path


@dataclass
class Summary:
    """The outcome of a folder run, in numbers of images.

    failed: a sentence each. left: how many were not started because the run ended early.
    """

    written: int = 0
    skipped: int = 0
    left: int = 0
    failed: list[str] = field(default_factory=list)

    def counts(self) -> str:
        """All counts in one line."""
        text = f"{self.written} written, {self.skipped} skipped, {len(self.failed)} failed"
        return text + (f", {self.left} left" if self.left else "")


def pairs(images: Path, masks: Path, objects: Path | None, out: Path) -> list[Pair | str]:
    """Every image of a folder with its mask, matched by file name without the extension.

    masks, objects: folders, or one picture for all images, which may be in the image folder. For
    an image without a mask, or with several files of its name, the list has a sentence instead of
    a pair. Raises ValueError if there are no images.
    """
    images_by_name = by_name(images, exclude=(masks, objects))
    if not images_by_name:
        raise ValueError(f"{images}: expected a folder with pictures, got none in it")
    masks_by_name = by_name(masks)
    objects_by_name = by_name(objects) if objects else {}
    entries: list[Pair | str] = []
    for name, image_paths in images_by_name.items():
        try:
            image = only(image_paths, "image", name, images)
            mask = masks if masks.is_file() else only(masks_by_name.get(name), "mask", name, masks)
            object_mask = objects
            if objects and not objects.is_file():
                object_mask = only(objects_by_name.get(name), "object mask", name, objects)
        except ValueError as error:
            entries.append(str(error))
        else:
            entries.append(Pair(image, mask, object_mask, out / (name + ENDING)))
    return entries


def by_name(folder: Path, exclude: Sequence[Path | None] = ()) -> dict[str, list[Path]]:
    """The pictures of a folder by their names without the extension; none of a file."""
    if folder.is_file():
        return {}
    if not folder.is_dir():
        raise ValueError(f"{folder}: expected a folder with pictures, got no such folder")
    Image.init()
    found: dict[str, list[Path]] = {}
    for path in sorted(folder.iterdir()):
        is_picture = Image.EXTENSION.get(path.suffix.lower()) in Image.OPEN
        if is_picture and not path.name.startswith(".") and path not in exclude:
            found.setdefault(path.stem, []).append(path)
    return found


def only(paths: list[Path] | None, what: str, name: str, folder: Path) -> Path:
    """The one picture of a name. Raises ValueError in one sentence if there is none, or several."""
    if not paths:
        raise ValueError(f"{name}: there is no {what} {name}.* in {folder}")
    if len(paths) > 1:
        names = ", ".join(path.name for path in paths)
        raise ValueError(f"{name}: expected one {what} in {folder}, got {names}; rename them")
    return paths[0]


def pending(
    entries: Sequence[Pair | str], finished: Callable[[Pair], bool], summary: Summary
) -> list[Pair]:
    """The pairs not finished yet. The summary counts these as left, and all others."""
    pairs: list[Pair] = []
    for pair in entries:
        if isinstance(pair, str):
            summary.failed.append(pair)
        elif finished(pair):
            summary.skipped += 1
        else:
            pairs.append(pair)
    summary.left = len(pairs)
    return pairs


def run(
    pairs: Sequence[Pair],
    process: Callable[[Pair, Callable[[float], None]], None],
    fatal: tuple[type[Exception], ...],
    bar: Bar,
    summary: Summary,
) -> None:
    """Processes each pair; an error in one does not stop the others.

    process: takes the pair and a callback for its progress, 0..1. fatal: the exceptions that do
    end the run. summary: up to date at any moment, however the run ends.
    """
    try:
        for number, pair in enumerate(pairs):

            def show(share: float, number: int = number) -> None:
                bar.show((number + share) / len(pairs), f"{number}/{len(pairs)}")

            show(0)
            try:
                process(pair, show)
            except fatal:
                raise
            except Exception as error:
                summary.failed.append(failure_sentence(pair, error))
            else:
                summary.written += 1
            summary.left -= 1
    finally:
        bar.close()


def failure_sentence(pair: Pair, error: Exception) -> str:
    """Why a pair failed, in one sentence with a file name."""
    if isinstance(error, ValueError):
        return str(error)
    if isinstance(error, MemoryError):
        return f"{pair.image}: there is not enough memory; scale it down"
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename or pair.image}: {error.strerror}"
    return f"{pair.image}: failed with {type(error).__name__}: {error}"


class Bar:
    """A progress bar with the time left, on standard error if that is a terminal."""

    def __init__(self) -> None:
        self.start = time.monotonic()
        self.shown = sys.stderr is not None and sys.stderr.isatty()

    def show(self, done: float, text: str, seconds: float | None = None) -> None:
        """Draws the bar. done: 0..1. seconds: time left; None to estimate it."""
        if not self.shown:
            return
        done = min(max(done, 0), 1)
        if seconds is None and done:
            seconds = (time.monotonic() - self.start) * (1 - done) / done
        left = f", {seconds:.0f} s left" if seconds else ""
        full = round(BAR * done)
        self._write(f"[{'#' * full}{'.' * (BAR - full)}] {text}{left}")

    def close(self) -> None:
        """Erases the bar, so that a line of text can be printed in its place."""
        if self.shown:
            self._write("", "\r")

    def _write(self, line: str, end: str = "") -> None:
        width = shutil.get_terminal_size().columns - 1
        try:
            sys.stderr.write(f"\r{line[:width]:<{width}}{end}")
            sys.stderr.flush()
        except OSError:  # the terminal is gone; the work goes on
            self.shown = False
