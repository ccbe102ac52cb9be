"""The command `mask`: composes two-channel masks, and splits them."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from PIL import Image

from neuralmaster import files, images
from neuralmaster.cli import console, paths
from neuralmaster.images import Box
from neuralmaster.making import edits, presets
from neuralmaster.making.finders import FINDERS, NOTHING, Found, find, in_box
from neuralmaster.masks import TwoChannelMask

_FINDERS = "\n".join(f"  {name:<12}{finder.help}" for name, finder in FINDERS.items())
DESCRIPTION = f"""\
Composes the two-channel mask that `fill` and the WebUI extension take: red from A, the
area to repaint, green from B, the useful object. B is a picture that shows it in white,
or the name of a way to find it in the image:
{_FINDERS}"""

EPILOG = """\
In the pictures white means yes. Coordinates are pixels from the upper left; PX are pixels.

examples:
  python -m neuralmaster mask --inpaint a.png --object b.png -o mask.png
  python -m neuralmaster mask --inpaint a.png --image photo.png --object auto \\
      --box 60,40,710,705 --feather 48 -o mask.png
  python -m neuralmaster mask --image photo.png --remove auto --box 60,40,200,180 -o mask.png
  python -m neuralmaster mask --image photo.png --outpaint 0,0,256,0 \\
      --image-out wide.png -o mask.png
  python -m neuralmaster mask --split mask.png --inpaint-out a.png --object-out b.png"""

_JOBS = ("inpaint", "remove", "outpaint", "split")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of the command to its parser."""
    add = parser.add_argument
    add("--inpaint", type=Path, metavar="A", help="repaint where this picture is white (its red)")
    add("--remove", metavar="B", help="repaint this object and its rim; B as for --object")
    add(
        "--outpaint",
        type=_four,
        metavar="L,T,R,B",
        help="repaint that many new pixels on each side",
    )
    add("--split", type=Path, metavar="MASK", help="write red and green of a mask as two pictures")
    add("--object", metavar="B", help="the useful object, with --inpaint (default: auto or all)")
    add("--image", type=Path, metavar="IMAGE", help="the image to find the object in, or to extend")
    add("--box", type=_four, metavar="L,T,R,B", help="find the object in this box")
    add("--grow", type=float, default=0, metavar="PX", help="grow A; below 0: shrink it")
    add(
        "--rim",
        type=float,
        metavar="PX",
        help="with --remove: repaint this margin around B too",
    )
    add("--feather", type=float, metavar="PX", help="give the edge of red a gradient of this width")
    add("-o", "--output", type=Path, metavar="MASK", help="the mask")
    add("--image-out", type=Path, metavar="OUT", help="with --outpaint: the extended image")
    add("--inpaint-out", type=Path, metavar="A", help="with --split: red, as a gray picture")
    add("--object-out", type=Path, metavar="B", help="with --split: green, as a gray picture")
    add("--json", action="store_true", help="report on standard output as one JSON object")


def run(args: argparse.Namespace) -> int:
    """Runs the command; returns the exit status. Raises ValueError in one sentence."""
    job = _job_name(args)
    object_option = {"inpaint": args.object, "remove": args.remove}.get(job)
    inputs = [args.inpaint, args.split, args.image]
    if object_option and object_option not in FINDERS:
        inputs.append(Path(object_option))
    outputs = [args.output, args.image_out, args.inpaint_out, args.object_out]
    paths.check_files(inputs, outputs)
    pictures, mask = _RUN[job](args)
    changes = files.write_all({path: picture for path, picture in pictures.items() if path})
    _print_report(args, replace(mask, notes=(*mask.notes, *changes.values())), list(pictures))
    return 0


def _four(text: str) -> Box:
    try:
        left, upper, right, lower = (int(part) for part in text.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"expected four whole numbers as in 0,0,256,256, got {text!r}"
        ) from None
    return left, upper, right, lower


def _job_name(args: argparse.Namespace) -> str:
    jobs = [job for job in _JOBS if getattr(args, job) is not None]
    if len(jobs) != 1:
        raise ValueError("expected one of --inpaint, --remove, --outpaint and --split")
    needs = {"split": ("inpaint_out", "object_out"), "outpaint": ("output", "image")}
    for name in needs.get(jobs[0], ("output",)):
        if getattr(args, name) is None:
            option = "-o" if name == "output" else f"--{name.replace('_', '-')}"
            raise ValueError(f"--{jobs[0]} needs {option} as well")
    for name, least in (("feather", 0), ("rim", 0), ("grow", -presets.LONGEST)):
        pixels = getattr(args, name)
        if pixels is not None and not least <= pixels <= presets.LONGEST:
            span = f"{least} to {presets.LONGEST}"
            raise ValueError(f"{name}: expected {span} pixels, got {pixels:g}")
    return jobs[0]


Outputs = tuple[dict[Path, Image.Image], TwoChannelMask]


def _inpaint(args: argparse.Namespace) -> Outputs:
    painted = files.opened(args.inpaint)
    word = args.object or ("auto" if args.image else "all")
    source, notes = _find_object(args, word, painted.picture.size)
    mask = TwoChannelMask.compose(painted.picture, source)
    grown = (edits.grow if args.grow > 0 else edits.shrink)(mask.inpaint, abs(args.grow))
    composed = presets.retexture(grown, mask.source, args.feather or 0)
    mask = replace(composed, fallback=mask.fallback, notes=(*painted.notes, *notes, *mask.notes))
    return {args.output: mask.picture()}, mask


def _remove(args: argparse.Namespace) -> Outputs:
    picture, notes = _find_object(args, args.remove, None)
    unwanted = images.channel(picture.convert("L"), 0)
    if not unwanted.any():
        raise ValueError(f"{args.remove}: expected the object to remove in white, got none")
    rim = presets.rim_for(picture.size) if args.rim is None else args.rim
    mask = presets.remove(unwanted, rim, rim if args.feather is None else args.feather)
    mask = replace(mask, notes=notes)
    return {args.output: mask.picture()}, mask


def _outpaint(args: argparse.Namespace) -> Outputs:
    opened = files.opened(args.image)
    picture = images.standard(opened.picture)
    gradient = presets.feather_for(picture.size) if args.feather is None else args.feather
    extended, mask = presets.outpaint(picture, args.outpaint, gradient)
    mask = replace(mask, notes=opened.notes)
    return {args.output: mask.picture(), args.image_out: extended}, mask


def _split(args: argparse.Namespace) -> Outputs:
    opened = files.opened(args.split)
    mask = TwoChannelMask.read(opened.picture)
    mask = replace(mask, notes=(*opened.notes, *mask.notes))
    red, green = images.plane_image(mask.inpaint), images.plane_image(mask.source)
    return {args.inpaint_out: red, args.object_out: green}, mask


_RUN: dict[str, Callable[[argparse.Namespace], Outputs]] = {
    "inpaint": _inpaint,
    "remove": _remove,
    "outpaint": _outpaint,
    "split": _split,
}


def _find_object(
    args: argparse.Namespace, word: str, size: tuple[int, int] | None
) -> tuple[Image.Image, tuple[str, ...]]:
    """The object as a gray picture, and notes. size: for `all`, which then needs no image."""
    if word not in FINDERS:
        opened = files.opened(word)
        return opened.picture, opened.notes
    if word == "all" and size:
        return Image.new("L", size, images.LEVELS), ()
    if not args.image:
        raise ValueError(f"expected --image as well: {word} finds the object in the image")
    opened = files.opened(args.image)
    picture = images.standard(opened.picture)
    if args.box and word != "auto":
        raise ValueError(f"expected --box with auto only, got it with {word}")
    if word == "auto":
        found = in_box(picture, args.box) if args.box else find(picture)
    else:
        found = Found(FINDERS[word](picture), word)
    share = float(found.plane.mean()) / images.LEVELS
    if not share:
        raise ValueError(NOTHING)
    shown = f"{share:.0%}" if share >= 0.01 else "less than 1%"
    coverage = f"The object found covers {shown} of the image; it was found by {found.by}."
    return images.plane_image(found.plane), (*opened.notes, *found.notes, coverage)


def _print_report(args: argparse.Namespace, mask: TwoChannelMask, outputs: list[Path]) -> None:
    names = [str(path) for path in outputs if path]
    if args.json:
        fields: dict[str, Any] = {"output": names, "reason": mask.reason, "notes": [*mask.notes]}
        console.report(fields)
        return
    if mask.reason:
        console.warn(mask.reason)
    height, width = mask.inpaint.shape
    notes = " ".join(mask.notes)
    console.out(f"{', '.join(names)}: {width}x{height}{'. ' if notes else ''}{notes}")
