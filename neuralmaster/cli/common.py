"""What several commands share: exit statuses, options, and going through a folder."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from neuralmaster import atomic
from neuralmaster.cli import batch, console, paths
from neuralmaster.params import Choice, Number, specs
from neuralmaster.remote.address import UnreachableError

DONE, FELL_BACK, BAD_INPUT, FAILED, INTERRUPTED, UNREAD = 0, 1, 2, 3, 130, 141
ENDS = (UnreachableError, BrokenPipeError)  # a folder run; other errors are one picture's

Report = dict[str, Any]
Do = Callable[[batch.Pair, paths.Taken, batch.Bar, Callable[[float], None]], Report]
Tell = Callable[[Report], None]


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


def check_no_folder(asked: argparse.Namespace) -> None:
    """Raises ValueError for an option that makes sense for a folder alone."""
    if asked.resume:
        raise ValueError(f"{asked.image}: expected a folder of images with --resume, got a file")


def each(
    asked: argparse.Namespace, do: Do, tell: Tell, out: Path, also: Sequence[Path | None] = ()
) -> int:
    """Does every image of the folder asked.image and sums up; the exit status.

    do: does one, given the files that it may not replace; its report says whether it was
    "applied". tell: is given the report. out, also: the folders to write into; they are made if
    need be. An image is finished if it is in all of them.
    """
    folders = [path for path in (out, *also) if path]
    inputs = (asked.image, asked.mask, asked.object)
    paths.check_folders(inputs, folders)
    found = batch.pairs(*inputs, out)
    taken = paths.check_pairs(found, folders)
    _make(folders, sweep=asked.resume)
    summary, bar, fell_back, untold = batch.Summary(), batch.Bar(), [], []

    def finished(pair: batch.Pair) -> bool:
        return asked.resume and all((folder / pair.out.name).is_file() for folder in folders)

    def do_one(pair: batch.Pair, show: Callable[[float], None]) -> None:
        report = do(pair, taken, bar, show)
        if not report["applied"]:
            fell_back.append(pair)
        bar.close()
        try:
            tell(report)
        except console.OutputError as error:  # the picture is there: go on
            untold.append(str(error))

    pairs = batch.to_do(found, finished, summary)
    try:
        batch.run(pairs, do_one, ENDS, bar, summary)
    finally:
        try:
            _sum_up(summary, as_json=asked.json)
        except console.OutputError as error:
            untold.append(str(error))
        for sentence in untold[-1:]:
            console.fail(sentence)
    if summary.failed or untold:
        return FAILED
    return FELL_BACK if asked.strict and fell_back else DONE


def _make(folders: Sequence[Path], *, sweep: bool) -> None:
    for folder in folders:
        try:
            folder.mkdir(exist_ok=True)
            if sweep:
                atomic.sweep(folder)
        except OSError as error:
            raise ValueError(f"{folder}: cannot be made: {error.strerror}") from error


def _sum_up(summary: batch.Summary, *, as_json: bool) -> None:
    if as_json:
        for sentence in summary.failed:
            console.report({"error": sentence})
        counts = {"written": summary.written, "skipped": summary.skipped, "left": summary.left}
        console.report({**counts, "failed": len(summary.failed)})
        return
    for sentence in summary.failed:
        console.fail(sentence)
    console.out(summary.counts())
