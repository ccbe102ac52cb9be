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
from neuralmaster.params import FillParams, specs
from neuralmaster.pipeline import prepare
from neuralmaster.sheet import sheet

DESCRIPTION = """\
Prepares an image for inpainting: the area that MASK marks in red is filled with the
colour of the object that it marks in green, blended in through the red gradient.
All other pixels stay as they are, byte for byte.

If IMAGE is a folder, every picture in it is prepared by the mask of the same name in the
folder MASK, or by the one picture MASK; OUT is a folder, M, SHEET and FILE likewise."""

EPILOG = """\
In MASK, red 0 keeps and 255 repaints, with a gradient between them; green 255 is the
useful object; blue is ignored. The endings of the file names decide the formats; in a
folder OUT it is NAME.png.

exit status:
  0  done; if an image had to stay as it is, a warning says why
  1  an image had to stay as it is, under --strict
  2  bad input, told in one line; nothing is written
  3  some images of a folder failed, told in a line each; the others are written
  130  stopped by Ctrl-C; 143 by SIGTERM

examples:
  python -m neuralmaster fill photo.png mask.png -o filled.png --sheet sheet.png
  python -m neuralmaster fill photos masks -o filled --mask-out red --resume"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Tells the parser of the command what it takes."""
    add = parser.add_argument
    add("image", type=Path, metavar="IMAGE", help="the image to prepare, or a folder of them")
    add("mask", type=Path, metavar="MASK", help="its two-channel mask, or a folder of them")
    add("-o", "--output", type=Path, required=True, metavar="OUT", help="the prepared image")
    add("--mask-out", type=Path, metavar="M", help="also write the mask for the WebUI (red only)")
    add("--sheet", type=Path, help="also write one picture of input, mask and results to compare")
    common.add_params(parser, FillParams())
    add("--object", type=Path, metavar="FILE", help="take the object, white, from this picture")
    add("--invert", action="store_true", help="repaint where red is low: Inpaint not masked")
    add("--seed", type=int, default=0, metavar="N", help="of the grain (default: 0)")
    common.add_folder_options(parser)


def run(asked: argparse.Namespace) -> int:
    """Does what was asked; the exit status. Raises ValueError in one sentence."""
    FillParams(**{name: getattr(asked, name) for name in specs()})  # refuses before a file is read

    if asked.image.is_dir():

        def do(
            pair: batch.Pair, _: paths.Taken, bar: batch.Bar, show: Callable[[float], None]
        ) -> dict[str, Any]:
            mask_out = asked.mask_out and asked.mask_out / pair.out.name
            return _fill(pair, asked, mask_out, asked.sheet and asked.sheet / pair.out.name)

        tell = partial(_tell, as_json=asked.json, among_others=True)
        return common.each(asked, do, tell, asked.output, (asked.mask_out, asked.sheet))
    common.check_no_folder(asked)
    outputs = (asked.output, asked.mask_out, asked.sheet)
    paths.check_files((asked.image, asked.mask, asked.object), outputs)
    pair = batch.Pair(asked.image, asked.mask, asked.object, asked.output)
    report = _fill(pair, asked, asked.mask_out, asked.sheet)
    _tell(report, as_json=asked.json)
    return common.FELL_BACK if asked.strict and not report["applied"] else common.DONE


def _fill(
    pair: batch.Pair, asked: argparse.Namespace, mask_out: Path | None, sheet_out: Path | None
) -> dict[str, Any]:
    params = FillParams(**{name: getattr(asked, name) for name in specs()})
    given = inputs.read(pair)
    start = time.perf_counter()
    prepared = prepare(given.request(params, invert=asked.invert, seed=asked.seed))
    milliseconds = (time.perf_counter() - start) * 1000
    pictures = {}
    if mask_out:
        pictures[mask_out] = prepared.inpaint_mask
    if sheet_out:
        pictures[sheet_out] = sheet(given.image, prepared, invert=asked.invert)
    changes = files.write_all({**pictures, pair.out: prepared.image})
    if sheet_out:
        changes.pop(sheet_out, None)  # that is to be looked at
    return {
        "output": str(pair.out),
        "applied": prepared.applied,
        "reason": prepared.reason,
        "notes": [*given.notes, *prepared.notes, *changes.values()],
        "method": params.method,
        "useful_percent": round(prepared.useful * 100, 2),
        "mean_colour": list(prepared.mean),
        "milliseconds": round(milliseconds, 1),
    }


def _tell(report: dict[str, Any], *, as_json: bool, among_others: bool = False) -> None:
    of = f"{report['output']}: " if among_others else ""
    for sentence in filter(None, (report["reason"], *report["notes"])):
        console.warn(of + sentence)
    if as_json:
        console.report(report)
    elif among_others:
        return
    elif report["applied"]:
        console.out(
            "{output}: filled by {method} in {milliseconds} ms; {useful_percent}% of the picture "
            "gave colour, on the mean {mean_colour}".format_map(report)
        )
    else:
        console.out("{output}: as it was".format_map(report))
