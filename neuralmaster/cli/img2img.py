"""The command `img2img`: a job, or one for every image of a folder, for a running WebUI."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from neuralmaster import files
from neuralmaster.cli import batch, common, console, paths
from neuralmaster.cli.builder import Job, JobBuilder, setting
from neuralmaster.params import all_specs
from neuralmaster.remote import client
from neuralmaster.remote.address import Address, UnreachableError, WebUIError
from neuralmaster.remote.results import Result

AUTH = "NEURALMASTER_AUTH"

DESCRIPTION = f"""\
Has a running WebUI inpaint an image by its two-channel mask, and writes the results:
OUT, and OUT-2, OUT-3 … if there are several. The WebUI needs the extension NeuralMaster;
with --local the image is prepared here, and any WebUI will do. It must run with --api.

If IMAGE is a folder, every picture in it is a job, with the mask of the same name in the
folder MASK, or with MASK itself if that is a picture; OUT is a folder, FILE likewise.

A login is taken from --auth, the address, or the environment variable {AUTH}."""

EPILOG = """\
A job is Whole picture, in the size of the image, without mask blur. FIELD is one of
/sdapi/v1/img2img, or FIELD.NAME for a member of one; VALUE is JSON, or else text.
On Ctrl-C the job is stopped at the WebUI too. A lost connection is tried again for some
three minutes.

exit status:
  0  done; if an image had to stay as it is, a warning says why
  1  an image had to stay as it is, under --strict
  2  bad input, explained in one line
  3  the WebUI refused the job or cannot be reached, or some images of a folder failed
  130  stopped by Ctrl-C; 143 by SIGTERM

examples:
  python -m neuralmaster img2img photo.png mask.png --prompt "an apple" -o apple.png \\
      --set denoising_strength=0.6 --set steps=30
  python -m neuralmaster img2img photos masks --url http://10.0.0.5:7860 -o made --resume
  python -m neuralmaster img2img photo.png mask.png -o apple.png --local \\
      --set override_settings.sd_model_checkpoint=v1-5"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of the command to its parser."""
    add = parser.add_argument
    add("image", type=Path, metavar="IMAGE", help="the init image, or a folder of them")
    add("mask", type=Path, metavar="MASK", help="its two-channel mask, or a folder of them")
    add("-o", "--output", type=Path, metavar="OUT", help="the result")
    add("--url", default="http://127.0.0.1:7860", help="the WebUI's address (default: %(default)s)")
    add("--auth", metavar="USER:PASSWORD", help="the login of the WebUI's API")
    add("--prompt", default="", help="what to paint")
    add(
        "--set",
        type=setting,
        action="append",
        default=[],
        dest="settings",
        metavar="FIELD=VALUE",
        help="any other field of the job; may be repeated",
    )
    common.add_params(parser, all_specs(), None, "the WebUI's setting")
    add("--object", type=Path, metavar="FILE", help="the useful object, white in this picture")
    add("--invert", action="store_true", help="repaint where red is low: Inpaint not masked")
    add(
        "--local",
        action="store_true",
        help="prepare the image here; needs no extension there",
    )
    add("--dry-run", action="store_true", help="print the job as JSON and send nothing")
    common.add_folder_options(parser)


def run(args: argparse.Namespace) -> int:
    """Runs the command; returns the exit status. Raises ValueError, WebUIError in one sentence."""
    builder = JobBuilder.from_args(args)
    address = Address.of(args.url, args.auth or "")
    if not address.login and os.environ.get(AUTH):
        address = Address.of(args.url, os.environ[AUTH])
    webui = client.WebUI(address)
    if args.dry_run:
        return _print_jobs(args, builder)
    if not args.output:
        raise ValueError("expected -o OUT, where to write the result")
    if args.image.is_dir():
        return _folder(args, builder, webui)
    common.check_no_folder(args)
    reserved = paths.check_files((args.image, args.mask, args.object), [args.output])
    pair = batch.Pair(args.image, args.mask, args.object, args.output)
    job = builder.job(pair)
    _check_extension(args, webui)
    bar = batch.Bar()

    def show(share: float, seconds: float) -> None:
        bar.show(share, f"{share:.0%}", seconds)

    try:
        result = webui.img2img(job.fields, show, _warn_above(bar))
    finally:
        bar.close()
    report = _write(result, job, pair, reserved)
    _print_report(report, as_json=args.json)
    return common.FELL_BACK if args.strict and not report["applied"] else common.DONE


def _folder(args: argparse.Namespace, builder: JobBuilder, webui: client.WebUI) -> int:
    def process(
        pair: batch.Pair,
        reserved: paths.ReservedFiles,
        bar: batch.Bar,
        show: Callable[[float], None],
    ) -> dict[str, Any]:
        job = builder.job(pair)
        try:
            result = webui.img2img(job.fields, lambda share, _: show(share), _warn_above(bar))
        except UnreachableError:
            raise
        except WebUIError as error:
            raise ValueError(f"{pair.image}: {error}") from error
        return _write(result, job, pair, reserved)

    paths.check_folders((args.image, args.mask, args.object), [args.output])
    batch.pairs(args.image, args.mask, args.object, args.output)  # raises before anything is sent
    _check_extension(args, webui)
    print_report = partial(_print_report, as_json=args.json, in_folder=True)
    return common.run_folder(args, process, print_report, args.output)


def _check_extension(args: argparse.Namespace, webui: client.WebUI) -> None:
    if not args.local:
        webui.info()


def _print_jobs(args: argparse.Namespace, builder: JobBuilder) -> int:
    if not args.image.is_dir():
        pair = batch.Pair(args.image, args.mask, args.object, args.output or Path())
        console.report(builder.job(pair).fields)
        return common.DONE
    failed = False
    for entry in batch.pairs(args.image, args.mask, args.object, args.output or Path()):
        sentence = _print_job(entry, builder) if isinstance(entry, batch.Pair) else entry
        if sentence:
            console.warn(sentence)
            failed = True
    return common.FAILED if failed else common.DONE


def _print_job(pair: batch.Pair, builder: JobBuilder) -> str:
    """Prints the job; returns a sentence if this pair cannot become one, else ""."""
    try:
        job = builder.job(pair)
    except Exception as error:
        return batch.failure_sentence(pair, error)
    console.report(job.fields)
    return ""


def _warn_above(bar: batch.Bar) -> client.Warn:
    def warn(sentence: str) -> None:
        bar.close()
        console.warn(sentence)

    return warn


def _write(
    result: Result, job: Job, pair: batch.Pair, reserved: paths.ReservedFiles
) -> dict[str, Any]:
    """Writes all pictures of a job or none. reserved: the files that none may replace."""
    outputs = [pair.out] + [
        pair.out.with_stem(f"{pair.out.stem}-{number + 2}")
        for number in range(len(result.pictures) - 1)
    ]
    for path in outputs[1:]:  # the first has been checked
        if reserved.has(path):
            raise ValueError(f"{path}: is an input or another's result; choose other names")
    pictures = dict(zip(outputs, result.pictures, strict=True))
    # OUT is the last: if it is there, all are
    changes = files.write_all(dict(reversed(pictures.items())))
    notes = (job.reason, *job.notes, result.note, *changes.values())
    return {
        "output": [str(path) for path in outputs],
        "applied": not (job.reason or result.fallback),
        "note": " ".join(filter(None, notes)),
        "ignored": list(result.ignored),
        "seconds": round(result.seconds, 1),
    }


def _print_report(report: dict[str, Any], *, as_json: bool, in_folder: bool = False) -> None:
    names = ", ".join(report["output"])
    prefix = f"{names}: " if in_folder else ""
    if report["note"]:
        console.warn(prefix + report["note"])
    for name in report["ignored"]:
        console.warn(f"{prefix}the WebUI does not know the field {name} and ignored it")
    if as_json:
        console.report(report)
    elif not in_folder:
        console.out(f"{names}: made in {report['seconds']} s")
