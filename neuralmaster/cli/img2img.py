"""The command `img2img`: a job, or one for every image of a folder, for a running WebUI."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from neuralmaster import batch, client, files, jobs, results
from neuralmaster.address import Address, UnreachableError, WebUIError
from neuralmaster.cli import common
from neuralmaster.masks import TwoChannelMask
from neuralmaster.params import FillParams, specs
from neuralmaster.preprocess import preprocess

AUTH = "NEURALMASTER_AUTH"
FELL_BACK = "Original is used"  # how the reason of a fallback begins

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
  130  stopped by Ctrl-C

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
        type=_setting,
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


def _setting(text: str) -> tuple[list[str], Any]:
    name, is_there, value = text.partition("=")
    names = name.strip().split(".")
    if not is_there or not all(names):
        raise argparse.ArgumentTypeError("expected FIELD=VALUE, as in steps=30")
    try:
        return names, json.loads(value, parse_constant=_no_json)
    except ValueError:
        return names, value


def _no_json(text: str) -> None:
    raise ValueError(text)  # NaN and Infinity


def run(asked: argparse.Namespace) -> int:
    """Does what was asked; the exit status. Raises ValueError and WebUIError in one sentence."""
    maker = _Maker.of(asked)
    address = Address.of(asked.url, asked.auth or "")
    if not address.login and os.environ.get(AUTH):
        address = Address.of(asked.url, os.environ[AUTH])
    webui = client.WebUI(address)
    if asked.dry_run:
        return _print_jobs(asked, maker)
    if not asked.output:
        raise ValueError("expected -o OUT, where to write what the WebUI makes")
    if asked.image.is_dir():
        return _folder(asked, maker, webui)
    common.check_no_folder(asked)
    inputs = [path for path in (asked.image, asked.mask, asked.object) if path]
    common.check_paths(inputs, [asked.output])
    pair = batch.Pair(asked.image, asked.mask, asked.object, asked.output)
    job, reason = maker.job(pair)
    _check_extension(asked, webui)
    bar = batch.Bar()

    def show(share: float, seconds: float) -> None:
        bar.show(share, f"{share:.0%}", seconds)

    taken = {path.resolve() for path in inputs}
    try:
        result = webui.img2img(job, show, _say(bar))
    finally:
        bar.close()
    report = _write(result, reason, pair, taken)
    _tell(report, as_json=asked.json)
    return common.FELL_BACK if asked.strict and not report["applied"] else common.DONE


def _folder(asked: argparse.Namespace, maker: _Maker, webui: client.WebUI) -> int:
    inputs = (asked.image, asked.mask, asked.object)
    common.check_folders(inputs, [asked.output])
    found = batch.pairs(*inputs, asked.output)
    taken = {pair.out.resolve() for pair in found if isinstance(pair, batch.Pair)}

    def do(pair: batch.Pair, bar: batch.Bar, show: Callable[[float], None]) -> bool:
        job, reason = maker.job(pair)
        try:
            result = webui.img2img(job, lambda share, _: show(share), _say(bar))
        except UnreachableError:
            raise
        except WebUIError as error:
            raise ValueError(f"{pair.image}: {error}") from error
        report = _write(result, reason, pair, taken - {pair.out.resolve()})
        bar.close()
        _tell(report, as_json=asked.json, among_others=True)
        return bool(report["applied"])

    _check_extension(asked, webui)
    return common.each(asked, do, asked.output)


def _check_extension(asked: argparse.Namespace, webui: client.WebUI) -> None:
    if not asked.local:
        webui.info()


def _print_jobs(asked: argparse.Namespace, maker: _Maker) -> int:
    pairs: list[batch.Pair | str] = [
        batch.Pair(asked.image, asked.mask, asked.object, asked.output or Path())
    ]
    if asked.image.is_dir():
        pairs = batch.pairs(asked.image, asked.mask, asked.object, asked.output or Path())
    for pair in pairs:
        if isinstance(pair, str):
            common.warn(pair)
        else:
            common.say(maker.job(pair)[0])
    return common.DONE


@dataclass(frozen=True)
class _Maker:
    """Makes jobs: `given` are the parameters of the fill that were asked for."""

    given: dict[str, Any]
    fields: dict[str, Any]
    local: bool
    invert: bool

    @classmethod
    def of(cls, asked: argparse.Namespace) -> _Maker:
        given = {name: getattr(asked, name) for name in specs()}
        given = {name: value for name, value in given.items() if value is not None}
        FillParams(**given)  # refuses what is out of range
        if asked.object and "source" in given and not asked.local:
            raise ValueError("expected --object or --source, got both")
        fields: dict[str, Any] = {"prompt": asked.prompt}
        if asked.invert:
            fields["inpainting_mask_invert"] = 1
        for names, value in asked.settings:
            _put(fields, names, value)
        return cls(given, fields, asked.local, asked.invert)

    def job(self, pair: batch.Pair) -> tuple[dict[str, Any], str]:
        """The job, and why the image stays as it is, as far as that is known here."""
        image, mask = files.read(pair.image), files.read(pair.mask)
        marked = files.read(pair.object_mask) if pair.object_mask else None
        if not self.local:
            arguments = dict(self.given)
            if marked:
                arguments["object_mask"] = files.in_base64(marked)
            return jobs.inpaint_job(image, mask, arguments, self.fields), ""
        if marked:
            mask = TwoChannelMask.compose(mask, marked).picture()
        seed = self.fields.get("seed", 0)  # of the grain; a seed to be drawn is not known here
        seed = seed if isinstance(seed, int) else 0
        params = FillParams(**self.given)
        prepared = preprocess(image, mask, params, invert=self.invert, seed=seed)
        job = jobs.inpaint_job(prepared.image, prepared.inpaint_mask, None, self.fields)
        return job, " ".join(filter(None, (prepared.reason, *prepared.notes)))


def _put(fields: dict[str, Any], names: list[str], value: Any) -> None:
    *folders, last = names
    for name in folders:
        fields = fields.setdefault(name, {})
        if not isinstance(fields, dict):
            raise ValueError(f"--set {'.'.join(names)}: {name} has a value of its own already")
    fields[last] = value


def _say(bar: batch.Bar) -> client.Say:
    def say(sentence: str) -> None:
        bar.close()
        common.warn(sentence)

    return say


def _write(result: results.Result, note: str, pair: batch.Pair, taken: set[Path]) -> dict[str, Any]:
    """Writes all pictures of a job or none. taken: the files that none of them may replace."""
    note = note or result.note
    paths = [pair.out] + [
        pair.out.with_stem(f"{pair.out.stem}-{number + 2}")
        for number in range(len(result.pictures) - 1)
    ]
    for path in paths:
        if path.resolve() in taken:
            raise ValueError(f"{path}: is an input or another's result; choose other names")
    pictures = dict(zip(paths, result.pictures, strict=True))
    files.write_all(dict(reversed(pictures.items())))  # OUT is the last: if it is there, all are
    return {
        "output": [str(path) for path in paths],
        "applied": not note.startswith(FELL_BACK),
        "note": note,
        "ignored": list(result.ignored),
        "seconds": round(result.seconds, 1),
    }


def _tell(report: dict[str, Any], *, as_json: bool, among_others: bool = False) -> None:
    names = ", ".join(report["output"])
    of = f"{names}: " if among_others else ""
    if report["note"]:
        common.warn(of + report["note"])
    for name in report["ignored"]:
        common.warn(f"{of}the WebUI does not know the field {name}, it went without")
    if as_json:
        common.say(report)
    elif not among_others:
        sys.stdout.write(f"{names}: made in {report['seconds']} s\n")
