"""The command `match`: matches a result, or every result of a folder, to its original."""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from neuralmaster import files
from neuralmaster.cli import batch, common, console, inputs, paths
from neuralmaster.matching import match_request
from neuralmaster.params import OF_MASK, FillParams, SamplingParams, matching_specs, specs

DESCRIPTION = """\
Matches the colours of a picture that a model made to the original: the tint that it shows
where nothing was repainted is taken out. OUT is the original with the result in the area
that MASK marks in red; all other pixels stay as they are, byte for byte. RESULT must be as
the model made it, with nothing pasted over it.

If ORIGINAL is a folder, every picture in it is matched, with the result and the mask of the
same name in the folders RESULT and MASK, or with MASK itself if that is a picture; OUT is a
folder."""

EPILOG = """\
If the result has another size, the original is resized to it.

exit status:
  0  done; if no tint could be taken out, a warning says why
  1  no tint could be taken out, under --strict
  2  bad input, explained in one line; nothing is written
  3  some images of a folder failed, each explained in one line; the others are written
  130  stopped by Ctrl-C; 143 by SIGTERM

examples:
  python -m neuralmaster match photo.png made.png mask.png -o matched.png
  python -m neuralmaster match photos made masks -o matched --match object --resume"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of the command to its parser."""
    add = parser.add_argument
    add("image", type=Path, metavar="ORIGINAL", help="the original, or a folder of them")
    add("result", type=Path, metavar="RESULT", help="what a model made of it, or a folder")
    add("mask", type=Path, metavar="MASK", help="the two-channel mask, or a folder of them")
    add("-o", "--output", type=Path, required=True, metavar="OUT", help="the matched picture")
    common.add_params(parser, matching_specs(), SamplingParams())
    common.add_params(parser, {name: specs()[name] for name in OF_MASK}, FillParams())
    add("--object", type=Path, metavar="FILE", help="the useful object, white in this picture")
    add("--invert", action="store_true", help="repainted was where red is low")
    common.add_folder_options(parser)


def run(args: argparse.Namespace) -> int:
    """Runs the command; returns the exit status. Raises ValueError in one sentence."""
    sampling, fill = _params(args)  # raises before a file is read
    in_folder, results = args.image.is_dir(), {}
    if in_folder:
        if not args.result.is_dir():
            raise ValueError(f"{args.result}: expected a folder of results, as ORIGINAL is one")
        paths.check_folders((args.result,), (args.output,))
        results = batch.by_name(args.result)

    def process(pair: batch.Pair) -> common.Report:
        name, result = pair.out.stem, args.result
        if in_folder:
            result = batch.only(results.get(name), "result", name, args.result)
        return _match(pair, result, sampling, fill, invert=args.invert)

    return common.run(args, process, _print_report, (args.output,), more_inputs=(args.result,))


def _params(args: argparse.Namespace) -> tuple[SamplingParams, FillParams]:
    sampling = SamplingParams(**{name: getattr(args, name) for name in matching_specs()})
    return sampling, FillParams(**{name: getattr(args, name) for name in OF_MASK})


def _match(
    pair: batch.Pair, result: Path, sampling: SamplingParams, fill: FillParams, *, invert: bool
) -> common.Report:
    job_inputs, made = inputs.read(pair), files.opened(result)
    start = time.perf_counter()
    request = job_inputs.request(fill, invert=invert, seed=0)
    matched = match_request(request, made.picture, sampling)
    milliseconds = (time.perf_counter() - start) * 1000
    changes = files.write_all({pair.out: matched.image})
    return {
        "output": str(pair.out),
        "applied": matched.applied,
        "notes": [*job_inputs.notes, *made.notes, *matched.notes, *changes.values()],
        "match": sampling.match,
        "milliseconds": round(milliseconds, 1),
    }


def _print_report(report: common.Report, *, as_json: bool, in_folder: bool = False) -> None:
    prefix = f"{report['output']}: " if in_folder else ""
    for sentence in report["notes"]:
        console.warn(prefix + sentence)
    if as_json:
        console.report(report)
    elif not in_folder:
        console.out("{output}: matched by {match} in {milliseconds} ms".format_map(report))
