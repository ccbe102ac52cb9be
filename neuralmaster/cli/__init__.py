"""The command line, `python -m neuralmaster`."""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any, NoReturn

from neuralmaster import __version__, files, studio
from neuralmaster.cli import mask as cli_mask
from neuralmaster.masks import TwoChannelMask
from neuralmaster.params import Choice, FillParams, Number, specs
from neuralmaster.preprocess import preprocess
from neuralmaster.sheet import sheet

DONE, FELL_BACK, BAD_INPUT = 0, 1, 2

_FILL = """\
Prepares an image for inpainting: the area that MASK marks in red is filled with the
colour of the object that it marks in green, blended in through the red gradient.
All other pixels stay as they are, byte for byte."""

_FILL_MORE = """\
In MASK, red 0 keeps and 255 repaints, with a gradient between them; green 255 is the
useful object; blue is ignored. The endings of the file names decide the formats.

exit status:
  0  done; if the image had to stay as it is, a warning says why
  1  the image had to stay as it is, under --strict
  2  bad input, told in one line; nothing is written

example:
  python -m neuralmaster fill photo.png mask.png -o filled.png --sheet sheet.png"""

_STUDIO = """\
Opens a page in the browser to paint or find the area to repaint and the useful object, and
to see the fill. It runs on this computer alone and needs the package gradio."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.exit(BAD_INPUT, f"neuralmaster: {message}; see {self.prog} --help\n")


def main(arguments: list[str] | None = None) -> int:
    """Runs a command line (default: this process's own) and returns its exit status."""
    asked = _parser().parse_args(arguments)
    try:
        return int(asked.run(asked))
    except ValueError as error:
        sentence = str(error)
    except MemoryError:
        sentence = "there is not enough memory for a picture of this size; scale it down"
    sys.stderr.write(f"neuralmaster: {sentence}\n")
    return BAD_INPUT


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="python -m neuralmaster",
        description="Fills the area to repaint with the colour of the useful object only.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"neuralmaster {__version__}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    def command(name: str, sentence: str, **more: Any) -> argparse.ArgumentParser:
        raw = argparse.RawDescriptionHelpFormatter
        return commands.add_parser(
            name, help=sentence, formatter_class=raw, allow_abbrev=False, **more
        )

    fill = command(
        "fill", "prepare an image by its two-channel mask", description=_FILL, epilog=_FILL_MORE
    )
    _add_fill(fill)
    fill.set_defaults(run=_fill)
    mask = command(
        "mask",
        "compose a two-channel mask, or take one apart",
        description=cli_mask.DESCRIPTION,
        epilog=cli_mask.EPILOG,
    )
    cli_mask.add_arguments(mask)
    mask.set_defaults(run=_mask)
    page = command("studio", "make masks in the browser", description=_STUDIO)
    page.add_argument("--port", type=int, help="of 127.0.0.1 (default: the first free from 7860)")
    page.add_argument("--no-browser", action="store_true", help="do not open the browser")
    page.set_defaults(run=_studio)
    return parser


def _add_fill(fill: argparse.ArgumentParser) -> None:
    add = fill.add_argument
    add("image", type=Path, metavar="IMAGE", help="the image to prepare")
    add("mask", type=Path, metavar="MASK", help="its two-channel mask")
    add("-o", "--output", type=Path, required=True, metavar="OUT", help="the prepared image")
    add("--mask-out", type=Path, metavar="M", help="also write the mask for the WebUI (red only)")
    add("--sheet", type=Path, help="also write one picture of input, mask and results to compare")
    for name, spec in specs().items():
        _add_param(fill, name, spec)
    add("--object", type=Path, metavar="FILE", help="take the object, white, from this picture")
    add("--invert", action="store_true", help="repaint where red is low: Inpaint not masked")
    add("--json", action="store_true", help="report on standard output as one JSON object")
    add("--strict", action="store_true", help="exit with 1 if the image had to stay as it is")


def _add_param(parser: argparse.ArgumentParser, name: str, spec: Choice | Number) -> None:
    default = getattr(FillParams(), name)
    help_text = f"{spec.help} (default: {default})"
    if isinstance(spec, Choice):
        parser.add_argument(f"--{name}", choices=spec.names, default=default, help=help_text)
    else:
        parser.add_argument(f"--{name}", type=float, default=default, metavar="N", help=help_text)


def _fill(asked: argparse.Namespace) -> int:
    params = FillParams(**{name: getattr(asked, name) for name in specs()})
    _check_paths(
        inputs=[path for path in (asked.image, asked.mask, asked.object) if path],
        outputs=[path for path in (asked.output, asked.mask_out, asked.sheet) if path],
    )
    image, mask = files.read(asked.image), files.read(asked.mask)
    notes: tuple[str, ...] = ()
    if asked.object:
        composed = TwoChannelMask.compose(mask, files.read(asked.object))
        mask, notes = composed.picture(), composed.notes
    start = time.perf_counter()
    prepared = preprocess(image, mask, params, invert=asked.invert)
    milliseconds = (time.perf_counter() - start) * 1000
    pictures = {asked.output: prepared.image}
    if asked.mask_out:
        pictures[asked.mask_out] = prepared.inpaint_mask
    if asked.sheet:
        pictures[asked.sheet] = sheet(image, prepared, invert=asked.invert)
    files.write_all(pictures)
    report = {
        "output": str(asked.output),
        "applied": prepared.applied,
        "reason": prepared.reason,
        "notes": [*notes, *prepared.notes],
        "method": params.method,
        "useful_percent": round(prepared.useful * 100, 2),
        "mean_colour": list(prepared.mean),
        "milliseconds": round(milliseconds, 1),
    }
    _tell(report, as_json=asked.json)
    return FELL_BACK if asked.strict and not prepared.applied else DONE


def _mask(asked: argparse.Namespace) -> int:
    cli_mask.run(asked, _check_paths)
    return DONE


def _studio(asked: argparse.Namespace) -> int:
    try:
        studio.launch(port=asked.port, browser=not asked.no_browser)
    except ModuleNotFoundError as error:
        if error.name != "gradio":
            raise
        raise ValueError("the studio needs the package gradio: pip install gradio") from error
    except OSError as error:
        raise ValueError(f"the studio cannot be served: {error}") from error
    return DONE


def _check_paths(inputs: list[Path], outputs: list[Path]) -> None:
    taken = {path.resolve() for path in inputs}
    for path in outputs:
        files.check_writable(path)
        if path.resolve() in taken:
            raise ValueError(f"{path}: is an input or named twice; choose another name to write to")
        taken.add(path.resolve())


def _tell(report: dict[str, Any], *, as_json: bool) -> None:
    for sentence in filter(None, (report["reason"], *report["notes"])):
        sys.stderr.write(f"neuralmaster: warning: {sentence}\n")
    if as_json:
        sys.stdout.write(json.dumps(report) + "\n")
    elif report["applied"]:
        sys.stdout.write(
            "{output}: filled by {method} in {milliseconds} ms; {useful_percent}% of the picture "
            "gave colour, on the mean {mean_colour}\n".format_map(report)
        )
    else:
        sys.stdout.write("{output}: as it was\n".format_map(report))
