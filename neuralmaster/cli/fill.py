"""The command `fill`: prepares an image, or every image of a folder."""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from neuralmaster import files
from neuralmaster.cli import batch, common, console, inputs
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
    params = FillParams(**{name: getattr(args, name) for name in specs()})  # raises before reading
    in_folder = args.image.is_dir()

    def process(pair: batch.Pair) -> common.Report:
        mask_out, sheet_out = (
            path / pair.out.name if path and in_folder else path
            for path in (args.mask_out, args.sheet)
        )
        return _fill(pair, params, args, mask_out, sheet_out)

    return common.run(args, process, _print_report, (args.output, args.mask_out, args.sheet))


def _fill(
    pair: batch.Pair,
    params: FillParams,
    args: argparse.Namespace,
    mask_out: Path | None,
    sheet_out: Path | None,
) -> common.Report:
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


def _taken(report: common.Report) -> str:
    if not FILLS[report["method"]].needs_object:
        return "colour {mean_colour}"
    return "colour taken from {useful_percent}% of the picture, mean {mean_colour}"


def _print_report(report: common.Report, *, as_json: bool, in_folder: bool = False) -> None:
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
