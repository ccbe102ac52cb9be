"""The command `fill`: prepares an image, or every image of a folder."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from neuralmaster import files
from neuralmaster.cli import batch, common, console, inputs, paths
from neuralmaster.fills import FILLS
from neuralmaster.params import SEEDED, FillParams, specs
from neuralmaster.pipeline import prepare
from neuralmaster.sheet import comparison

DESCRIPTION = """\
Prepares an image for inpainting: the area that MASK marks in red is filled with the
colour of the object that it marks in green, blended in through the red gradient.
All other pixels stay as they are, byte for byte.

If IMAGE is a folder, every picture in it is prepared with the mask of the same name in the
folder MASK, or with MASK itself if that is a picture; OUT is a folder, M, SHEET and FILE
likewise."""

EPILOG = """\
In MASK, red 0 keeps and 255 repaints, with a gradient between them; green 255 is the
useful object; blue is ignored. File extensions decide the formats; in a folder OUT the
files are NAME.png.

exit status:
  0  done; if an image had to stay as it is, a warning says why
  1  an image had to stay as it is, under --strict
  2  bad input, explained in one line; nothing is written
  3  some images of a folder failed, each explained in one line; the others are written
  130  stopped by Ctrl-C; 143 by SIGTERM

examples:
  python -m neuralmaster fill photo.png mask.png -o filled.png --sheet sheet.png
  python -m neuralmaster fill photos masks -o filled --mask-out red --resume"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of the command to its parser."""
    add = parser.add_argument
    add("image", type=Path, metavar="IMAGE", help="the image to prepare, or a folder of them")
    add("mask", type=Path, metavar="MASK", help="its two-channel mask, or a folder of them")
    add("-o", "--output", type=Path, required=True, metavar="OUT", help="the prepared image")
    add("--mask-out", type=Path, metavar="M", help="also write the mask for the WebUI (red only)")
    add("--sheet", type=Path, help="also write one picture of input, mask and results to compare")
    common.add_params(parser, specs(), FillParams())
    add("--object", type=Path, metavar="FILE", help="the useful object, white in this picture")
    add("--invert", action="store_true", help="repaint where red is low: Inpaint not masked")
    seeded = f"seed of {' and of '.join(SEEDED)} (default: 0)"
    add("--seed", type=int, default=0, metavar="N", help=seeded)
    common.add_folder_options(parser)


def run(args: argparse.Namespace) -> int:
    """Runs the command; returns the exit status. Raises ValueError in one sentence."""
    FillParams(**{name: getattr(args, name) for name in specs()})  # raises before a file is read

    if args.image.is_dir():

        def process(
            pair: batch.Pair, _: paths.ReservedFiles, bar: batch.Bar, show: Callable[[float], None]
        ) -> dict[str, Any]:
            mask_out = args.mask_out and args.mask_out / pair.out.name
            return _fill(pair, args, mask_out, args.sheet and args.sheet / pair.out.name)

        print_report = partial(_print_report, as_json=args.json, in_folder=True)
        also = (args.mask_out, args.sheet)
        return common.run_folder(args, process, print_report, args.output, also)
    common.check_no_folder(args)
    outputs = (args.output, args.mask_out, args.sheet)
    paths.check_files((args.image, args.mask, args.object), outputs)
    pair = batch.Pair(args.image, args.mask, args.object, args.output)
    report = _fill(pair, args, args.mask_out, args.sheet)
    _print_report(report, as_json=args.json)
    return common.FELL_BACK if args.strict and not report["applied"] else common.DONE


def _fill(
    pair: batch.Pair, args: argparse.Namespace, mask_out: Path | None, sheet_out: Path | None
) -> dict[str, Any]:
    params = FillParams(**{name: getattr(args, name) for name in specs()})
    job_inputs = inputs.read(pair)
    start = time.perf_counter()
    prepared = prepare(job_inputs.request(params, invert=args.invert, seed=args.seed))
    milliseconds = (time.perf_counter() - start) * 1000
    pictures = {}
    if mask_out:
        pictures[mask_out] = prepared.inpaint_mask
    if sheet_out:
        pictures[sheet_out] = comparison(job_inputs.image, prepared, invert=args.invert)
    changes = files.write_all({**pictures, pair.out: prepared.image})
    if sheet_out:
        changes.pop(sheet_out, None)  # it is only meant to be looked at
    return {
        "output": str(pair.out),
        "applied": prepared.applied,
        "reason": prepared.reason,
        "notes": [*job_inputs.notes, *prepared.notes, *changes.values()],
        "method": params.method,
        "useful_percent": round(prepared.useful * 100, 2),
        "mean_colour": list(prepared.mean),
        "milliseconds": round(milliseconds, 1),
    }


def _taken(report: dict[str, Any]) -> str:
    if not FILLS[report["method"]].needs_object:
        return "colour {mean_colour}"
    return "colour taken from {useful_percent}% of the picture, mean {mean_colour}"


def _print_report(report: dict[str, Any], *, as_json: bool, in_folder: bool = False) -> None:
    prefix = f"{report['output']}: " if in_folder else ""
    for sentence in filter(None, (report["reason"], *report["notes"])):
        console.warn(prefix + sentence)
    if as_json:
        console.report(report)
    elif in_folder:
        return
    elif report["applied"]:
        text = "{output}: filled by {method} in {milliseconds} ms; " + _taken(report)
        console.out(text.format_map(report))
    else:
        console.out("{output}: unchanged".format_map(report))
