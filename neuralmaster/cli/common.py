"""What several commands share: exit statuses, options, and going through a folder."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from PIL import Image

from neuralmaster import files
from neuralmaster.cli import batch
from neuralmaster.params import Choice, Number, specs

DONE, FELL_BACK, BAD_INPUT, FAILED, INTERRUPTED = 0, 1, 2, 3, 130

Do = Callable[[batch.Pair, batch.Bar, Callable[[float], None]], bool]


def add_params(parser: argparse.ArgumentParser, defaults: Any, otherwise: str = "") -> None:
    """Adds an option for each parameter of a fill.

    defaults: what holds the defaults as attributes; None for options that stay None, where
    `otherwise` says what is used then.
    """
    for name, spec in specs().items():
        default = getattr(defaults, name, None)
        told = otherwise if default is None else default
        more: dict[str, Any] = {"default": default, "help": f"{spec.help} (default: {told})"}
        if isinstance(spec, Choice):
            more["choices"] = spec.names
        elif isinstance(spec, Number):
            more |= {"type": float, "metavar": "N"}
        parser.add_argument(f"--{name}", **more)


def add_folder_options(parser: argparse.ArgumentParser) -> None:
    """Adds what the commands have that take one picture or a folder of them."""
    add = parser.add_argument
    add("--resume", action="store_true", help="of a folder: leave out what is finished already")
    add("--json", action="store_true", help="report on standard output, one JSON object a line")
    add("--strict", action="store_true", help="exit with 1 if an image had to stay as it is")


def check_paths(inputs: Sequence[Path | None], outputs: Sequence[Path | None]) -> None:
    """Raises ValueError if an output cannot be written, is an input, or is named twice."""
    taken = {path.resolve() for path in inputs if path}
    for path in filter(None, outputs):
        files.check_writable(path)
        if path.resolve() in taken:
            raise ValueError(f"{path}: is an input or named twice; choose another name to write to")
        taken.add(path.resolve())


def check_no_folder(asked: argparse.Namespace) -> None:
    """Raises ValueError for an option that makes sense for a folder alone."""
    if asked.resume:
        raise ValueError(f"{asked.image}: expected a folder of images with --resume, got a file")


def check_folders(inputs: Sequence[Path | None], outputs: Sequence[Path | None]) -> None:
    """`check_paths` for outputs that are folders, or will be."""
    Image.init()
    taken = {path.resolve() for path in inputs if path}
    for path in filter(None, outputs):
        wrong = path.exists() or path.suffix.lower() in Image.EXTENSION
        if wrong and not path.is_dir():
            raise ValueError(f"{path}: expected a folder to write to, as IMAGE is one, got a file")
        if not path.is_dir() and not path.parent.is_dir():
            raise ValueError(f"{path}: cannot be made: there is no directory {path.parent}")
        if path.resolve() in taken:
            raise ValueError(f"{path}: is an input or named twice; choose another folder")
        taken.add(path.resolve())


def each(asked: argparse.Namespace, do: Do, out: Path, also: Sequence[Path | None] = ()) -> int:
    """Does every image of the folder asked.image and sums up; the exit status.

    do: does one, and tells whether it was filled. out, also: the folders to write into; they
    are made if need be. An image is finished if it is in all of them.
    """
    folders = [path for path in (out, *also) if path]
    check_folders((asked.image, asked.mask, asked.object), folders)
    found = batch.pairs(asked.image, asked.mask, asked.object, out)
    for folder in folders:
        try:
            folder.mkdir(exist_ok=True)
        except OSError as error:
            raise ValueError(f"{folder}: cannot be made: {error.strerror}") from error
    summary, bar, fell_back = batch.Summary(), batch.Bar(), []

    def finished(pair: batch.Pair) -> bool:
        return asked.resume and all((folder / pair.out.name).is_file() for folder in folders)

    def do_one(pair: batch.Pair, show: Callable[[float], None]) -> None:
        if not do(pair, bar, show):
            fell_back.append(pair)

    try:
        batch.run(found, do_one, resume=finished, bar=bar, summary=summary)
    finally:
        _sum_up(summary, as_json=asked.json)
    if summary.failed:
        return FAILED
    return FELL_BACK if asked.strict and fell_back else DONE


def _sum_up(summary: batch.Summary, *, as_json: bool) -> None:
    if as_json:
        for sentence in summary.failed:
            say({"error": sentence})
        counts = {"written": summary.written, "skipped": summary.skipped, "left": summary.left}
        say({**counts, "failed": len(summary.failed)})
        return
    first, *sentences = str(summary).split("\n")
    sys.stdout.write(f"{first}\n")
    for sentence in sentences:
        sys.stderr.write(f"neuralmaster:{sentence[1:]}\n")


def say(report: dict[str, Any]) -> None:
    """One JSON object on a line of standard output, there at once for a program that reads on."""
    sys.stdout.write(json.dumps(report) + "\n")
    sys.stdout.flush()


def warn(sentence: str) -> None:
    """A warning on standard error."""
    sys.stderr.write(f"neuralmaster: warning: {sentence}\n")
