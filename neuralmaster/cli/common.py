"""What several commands share: exit statuses, options, and running over a folder."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from neuralmaster import atomic
from neuralmaster.cli import batch, console, paths
from neuralmaster.params import Choice, Colour, Number, Spec
from neuralmaster.remote.address import UnreachableError

DONE, FELL_BACK, BAD_INPUT, FAILED, INTERRUPTED, BROKEN_PIPE = 0, 1, 2, 3, 130, 141
FATAL = (UnreachableError, BrokenPipeError)  # end a folder run; other errors fail one image

Report = dict[str, Any]
Process = Callable[[batch.Pair, paths.ReservedFiles, batch.Bar, Callable[[float], None]], Report]
PrintReport = Callable[[Report], None]


def add_params(
    parser: argparse.ArgumentParser,
    specs: Mapping[str, Spec],
    defaults: Any,
    otherwise: str = "",
) -> None:
    """Adds an option for each parameter.

    defaults: an object with the defaults as attributes; None for options that default to None, for
    which the help says `otherwise`.
    """
    for name, spec in specs.items():
        default = getattr(defaults, name, None)
        shown = otherwise if default is None else default
        more: dict[str, Any] = {"default": default, "help": f"{spec.help} (default: {shown})"}
        if isinstance(spec, Choice):
            more["choices"] = spec.names
        elif isinstance(spec, Number):
            more |= {"type": float, "metavar": "N"}
        elif isinstance(spec, Colour):
            more["metavar"] = "#RRGGBB"
        parser.add_argument(f"--{name.replace('_', '-')}", **more)


def add_folder_options(parser: argparse.ArgumentParser) -> None:
    """Adds the options of commands that take one picture or a folder of them."""
    add = parser.add_argument
    add("--resume", action="store_true", help="for a folder: skip images that are finished already")
    add("--json", action="store_true", help="report on standard output, one JSON object a line")
    add("--strict", action="store_true", help="exit with 1 if an image had to stay as it is")


def run(
    args: argparse.Namespace,
    process: Callable[[batch.Pair], Report],
    print_report: Callable[..., None],
    outputs: Sequence[Path | None],
    more_inputs: Sequence[Path] = (),
) -> int:
    """Processes the picture args.image, or every one in that folder; returns the exit status.

    process: as for `run_folder`. print_report: prints its report; takes as_json and in_folder.
    outputs: args.output first, then what else is written, None for nothing. more_inputs: besides
    the image, its mask and its object mask.
    """
    if args.image.is_dir():
        print_one = partial(print_report, as_json=args.json, in_folder=True)
        return run_folder(args, lambda pair, *_: process(pair), print_one, args.output, outputs[1:])
    check_no_folder(args)
    paths.check_files((args.image, args.mask, args.object, *more_inputs), outputs)
    report = process(batch.Pair(args.image, args.mask, args.object, args.output))
    print_report(report, as_json=args.json)
    return FELL_BACK if args.strict and not report["applied"] else DONE


def check_no_folder(args: argparse.Namespace) -> None:
    """Raises ValueError for an option that only applies to a folder."""
    if args.resume:
        raise ValueError(f"{args.image}: expected a folder of images with --resume, got a file")


def run_folder(
    args: argparse.Namespace,
    process: Process,
    print_report: PrintReport,
    out: Path,
    also: Sequence[Path | None] = (),
) -> int:
    """Processes every image of the folder args.image, prints a summary, returns the exit status.

    process: handles one pair and must not replace the reserved files; its report has the key
    "applied". print_report: prints that. out, also: the output folders; they are created if
    missing. An image is finished if it is in all of them.
    """
    folders = [path for path in (out, *also) if path]
    inputs = (args.image, args.mask, args.object)
    paths.check_folders(inputs, folders)
    entries = batch.pairs(*inputs, out)
    reserved = paths.check_pairs(entries, folders)
    _make(folders, sweep=args.resume)
    summary, bar, fell_back, output_errors = batch.Summary(), batch.Bar(), [], []

    def finished(pair: batch.Pair) -> bool:
        return args.resume and all((folder / pair.out.name).is_file() for folder in folders)

    def process_one(pair: batch.Pair, show: Callable[[float], None]) -> None:
        report = process(pair, reserved, bar, show)
        if not report["applied"]:
            fell_back.append(pair)
        bar.close()
        try:
            print_report(report)
        except console.OutputError as error:  # the picture is written: go on
            output_errors.append(str(error))

    pairs = batch.pending(entries, finished, summary)
    try:
        batch.run(pairs, process_one, FATAL, bar, summary)
    finally:
        try:
            _sum_up(summary, as_json=args.json)
        except console.OutputError as error:
            output_errors.append(str(error))
        for sentence in output_errors[-1:]:
            console.fail(sentence)
    if summary.failed or output_errors:
        return FAILED
    return FELL_BACK if args.strict and fell_back else DONE


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
