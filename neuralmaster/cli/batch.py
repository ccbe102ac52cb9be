"""Many images, each with its mask: pairs by file name, one after the other, to the end."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Callable, Sequence
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
    """What became of a folder's images.

    failed: a sentence each. left: how many were not begun, for something ended it all.
    """

    written: int = 0
    skipped: int = 0
    left: int = 0
    failed: list[str] = field(default_factory=list)

    def counts(self) -> str:
        """How many of each, in one line."""
        said = f"{self.written} written, {self.skipped} skipped, {len(self.failed)} failed"
        return said + (f", {self.left} left" if self.left else "")


def pairs(images: Path, masks: Path, objects: Path | None, out: Path) -> list[Pair | str]:
    """Every image of a folder with its mask, by the name without the ending.

    masks, objects: folders, or one picture for all, which may lie among the images. An image
    that has no mask, or several files to its name, is a sentence in place of a pair. Raises
    ValueError if there are no images.
    """
    named = _by_name(images, besides=(masks, objects))
    if not named:
        raise ValueError(f"{images}: expected a folder with pictures, got none in it")
    of_masks = _by_name(masks)
    of_objects = _by_name(objects) if objects else {}
    found: list[Pair | str] = []
    for name, of_images in named.items():
        try:
            image = _only(of_images, "image", name, images)
            mask = masks if masks.is_file() else _only(of_masks.get(name), "mask", name, masks)
            marked = objects
            if objects and not objects.is_file():
                marked = _only(of_objects.get(name), "object mask", name, objects)
        except ValueError as error:
            found.append(str(error))
        else:
            found.append(Pair(image, mask, marked, out / (name + ENDING)))
    return found


def _by_name(folder: Path, besides: Sequence[Path | None] = ()) -> dict[str, list[Path]]:
    if folder.is_file():
        return {}
    if not folder.is_dir():
        raise ValueError(f"{folder}: expected a folder with pictures, got no such folder")
    Image.init()
    named: dict[str, list[Path]] = {}
    for path in sorted(folder.iterdir()):
        is_picture = Image.EXTENSION.get(path.suffix.lower()) in Image.OPEN
        if is_picture and not path.name.startswith(".") and path not in besides:
            named.setdefault(path.stem, []).append(path)
    return named


def _only(paths: list[Path] | None, what: str, name: str, folder: Path) -> Path:
    if not paths:
        raise ValueError(f"{name}: there is no {what} {name}.* in {folder}")
    if len(paths) > 1:
        names = ", ".join(path.name for path in paths)
        raise ValueError(f"{name}: expected one {what} in {folder}, got {names}; rename them")
    return paths[0]


def to_do(
    found: Sequence[Pair | str], finished: Callable[[Pair], bool], summary: Summary
) -> list[Pair]:
    """The pairs that are not finished; the summary counts the rest, and these as left."""
    pairs: list[Pair] = []
    for pair in found:
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
    do: Callable[[Pair, Callable[[float], None]], None],
    ends: tuple[type[Exception], ...],
    bar: Bar,
    summary: Summary,
) -> None:
    """Does each pair; one that fails, in whatever way, does not stop the others.

    do: is given the pair and what to call with its progress, 0..1. ends: the exceptions that
    end it all. summary: kept up to date, for whatever may end this.
    """
    try:
        for number, pair in enumerate(pairs):

            def show(share: float, number: int = number) -> None:
                bar.show((number + share) / len(pairs), f"{number}/{len(pairs)}")

            show(0)
            try:
                do(pair, show)
            except ends:
                raise
            except Exception as error:
                summary.failed.append(told(pair, error))
            else:
                summary.written += 1
            summary.left -= 1
    finally:
        bar.close()


def told(pair: Pair, error: Exception) -> str:
    """Why a pair failed, in a sentence that names it."""
    if isinstance(error, ValueError):
        return str(error)
    if isinstance(error, MemoryError):
        return f"{pair.image}: there is not enough memory; scale it down"
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename or pair.image}: {error.strerror}"
    return f"{pair.image}: failed with {type(error).__name__}: {error}"


class Bar:
    """A progress bar on standard error, if that is a terminal; says how long it will take."""

    def __init__(self) -> None:
        self.start = time.monotonic()
        self.shown = sys.stderr is not None and sys.stderr.isatty()

    def show(self, done: float, text: str, seconds: float | None = None) -> None:
        """done: 0..1. seconds: to go; by default guessed from the time so far."""
        if not self.shown:
            return
        done = min(max(done, 0), 1)
        if seconds is None and done:
            seconds = (time.monotonic() - self.start) * (1 - done) / done
        left = f", {seconds:.0f} s left" if seconds else ""
        full = round(BAR * done)
        self._write(f"[{'#' * full}{'.' * (BAR - full)}] {text}{left}")

    def close(self) -> None:
        """Takes the bar away, so that a line of text can stand in its place."""
        if self.shown:
            self._write("", "\r")

    def _write(self, line: str, end: str = "") -> None:
        width = shutil.get_terminal_size().columns - 1
        try:
            sys.stderr.write(f"\r{line[:width]:<{width}}{end}")
            sys.stderr.flush()
        except OSError:  # the terminal is gone, the work need not be
            self.shown = False
