"""The command `img2img`: a job, or one for every image of a folder, for a running WebUI."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from neuralmaster import files
from neuralmaster.cli import batch, common, console, maker, paths
from neuralmaster.cli.maker import Maker
from neuralmaster.remote import client
from neuralmaster.remote.address import Address, UnreachableError, WebUIError
from neuralmaster.remote.results import Result

AUTH = "NEURALMASTER_AUTH"

DESCRIPTION = f"""\
Has a running WebUI inpaint an image by its two-channel mask, and writes what it makes:
OUT, and OUT-2, OUT-3 … if there are several. The WebUI needs the extension NeuralMaster;
with --local the image is prepared here, and any WebUI will do. It must run with --api.

If IMAGE is a folder, every picture in it is a job, by the mask of the same name in the
folder MASK, or by the one picture MASK; OUT is a folder, FILE likewise.

A login is taken from --auth, the address, or the environment variable {AUTH}."""

EPILOG = """\
A job is Whole picture, in the size of the image, without mask blur. FIELD is one of
/sdapi/v1/img2img, or FIELD.NAME for what lies in one; VALUE is JSON, or else text.
On Ctrl-C the job is stopped at the WebUI too. A lost connection is tried again for some
three minutes.

exit status:
  0  done; if an image had to stay as it is, a warning says why
  1  an image had to stay as it is, under --strict
  2  bad input, told in one line
  3  the WebUI refused the job or cannot be reached, or some images of a folder failed
  130  stopped by Ctrl-C; 143 by SIGTERM

examples:
  python -m neuralmaster img2img photo.png mask.png --prompt "an apple" -o apple.png \\
      --set denoising_strength=0.6 --set steps=30
  python -m neuralmaster img2img photos masks --url http://10.0.0.5:7860 -o made --resume
  python -m neuralmaster img2img photo.png mask.png -o apple.png --local \\
      --set override_settings.sd_model_checkpoint=v1-5"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Tells the parser of the command what it takes."""
    add = parser.add_argument
    add("image", type=Path, metavar="IMAGE", help="the init image, or a folder of them")
    add("mask", type=Path, metavar="MASK", help="its two-channel mask, or a folder of them")
    add("-o", "--output", type=Path, metavar="OUT", help="what the WebUI makes")
    add("--url", default="http://127.0.0.1:7860", help="of the WebUI (default: %(default)s)")
    add("--auth", metavar="USER:PASSWORD", help="the login of the WebUI's API")
    add("--prompt", default="", help="what to paint")
    add(
        "--set",
        type=maker.setting,
        action="append",
        default=[],
        dest="settings",
        metavar="FIELD=VALUE",
        help="any other field of the job; may be given several times",
    )
    common.add_params(parser, None, "what the WebUI is set to")
    add("--object", type=Path, metavar="FILE", help="take the object, white, from this picture")
    add("--invert", action="store_true", help="repaint where red is low: Inpaint not masked")
    add("--local", action="store_true", help="prepare the image here, for a WebUI without ours")
    add("--dry-run", action="store_true", help="print the job as JSON and send nothing")
    common.add_folder_options(parser)


def run(asked: argparse.Namespace) -> int:
    """Does what was asked; the exit status. Raises ValueError and WebUIError in one sentence."""
    jobs = Maker.of(asked)
    address = Address.of(asked.url, asked.auth or "")
    if not address.login and os.environ.get(AUTH):
        address = Address.of(asked.url, os.environ[AUTH])
    webui = client.WebUI(address)
    if asked.dry_run:
        return _print_jobs(asked, jobs)
    if not asked.output:
        raise ValueError("expected -o OUT, where to write what the WebUI makes")
    if asked.image.is_dir():
        return _folder(asked, jobs, webui)
    common.check_no_folder(asked)
    taken = paths.check_files((asked.image, asked.mask, asked.object), [asked.output])
    pair = batch.Pair(asked.image, asked.mask, asked.object, asked.output)
    job = jobs.job(pair)
    _check_extension(asked, webui)
    bar = batch.Bar()

    def show(share: float, seconds: float) -> None:
        bar.show(share, f"{share:.0%}", seconds)

    try:
        result = webui.img2img(job.fields, show, _say(bar))
    finally:
        bar.close()
    report = _write(result, job, pair, taken)
    _tell(report, as_json=asked.json)
    return common.FELL_BACK if asked.strict and not report["applied"] else common.DONE


def _folder(asked: argparse.Namespace, jobs: Maker, webui: client.WebUI) -> int:
    def do(
        pair: batch.Pair, taken: paths.Taken, bar: batch.Bar, show: Callable[[float], None]
    ) -> dict[str, Any]:
        job = jobs.job(pair)
        try:
            result = webui.img2img(job.fields, lambda share, _: show(share), _say(bar))
        except UnreachableError:
            raise
        except WebUIError as error:
            raise ValueError(f"{pair.image}: {error}") from error
        return _write(result, job, pair, taken)

    paths.check_folders((asked.image, asked.mask, asked.object), [asked.output])
    batch.pairs(asked.image, asked.mask, asked.object, asked.output)  # refuses before it is asked
    _check_extension(asked, webui)
    tell = partial(_tell, as_json=asked.json, among_others=True)
    return common.each(asked, do, tell, asked.output)


def _check_extension(asked: argparse.Namespace, webui: client.WebUI) -> None:
    if not asked.local:
        webui.info()


def _print_jobs(asked: argparse.Namespace, jobs: Maker) -> int:
    if not asked.image.is_dir():
        pair = batch.Pair(asked.image, asked.mask, asked.object, asked.output or Path())
        console.report(jobs.job(pair).fields)
        return common.DONE
    failed = False
    for found in batch.pairs(asked.image, asked.mask, asked.object, asked.output or Path()):
        sentence = _print_job(found, jobs) if isinstance(found, batch.Pair) else found
        if sentence:
            console.warn(sentence)
            failed = True
    return common.FAILED if failed else common.DONE


def _print_job(pair: batch.Pair, jobs: Maker) -> str:
    """Prints the job; a sentence if it cannot be made, of this picture alone."""
    try:
        job = jobs.job(pair)
    except Exception as error:
        return batch.told(pair, error)
    console.report(job.fields)
    return ""


def _say(bar: batch.Bar) -> client.Say:
    def say(sentence: str) -> None:
        bar.close()
        console.warn(sentence)

    return say


def _write(result: Result, job: maker.Job, pair: batch.Pair, taken: paths.Taken) -> dict[str, Any]:
    """Writes all pictures of a job or none. taken: the files that none of them may replace."""
    outputs = [pair.out] + [
        pair.out.with_stem(f"{pair.out.stem}-{number + 2}")
        for number in range(len(result.pictures) - 1)
    ]
    for path in outputs[1:]:  # the first has been looked at
        if taken.has(path):
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


def _tell(report: dict[str, Any], *, as_json: bool, among_others: bool = False) -> None:
    names = ", ".join(report["output"])
    of = f"{names}: " if among_others else ""
    if report["note"]:
        console.warn(of + report["note"])
    for name in report["ignored"]:
        console.warn(f"{of}the WebUI does not know the field {name}, it went without")
    if as_json:
        console.report(report)
    elif not among_others:
        console.out(f"{names}: made in {report['seconds']} s")
