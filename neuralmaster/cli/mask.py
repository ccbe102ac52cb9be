"""The command `mask`: composes two-channel masks, and takes them apart."""

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
from neuralmaster.making.finders import FINDERS, by_box
from neuralmaster.masks import TwoChannelMask

_FINDERS = "\n".join(f"  {name:<12}{finder.help}" for name, finder in FINDERS.items())
DESCRIPTION = f"""\
Composes the two-channel mask that `fill` and the WebUI extension take: red from A, the
area to repaint, green from B, the useful object. B is a picture that shows it in white,
or a word for how to find it in the image:
{_FINDERS}"""

EPILOG = """\
In the pictures white is yes. Pixels are counted from the upper left, PX are pixels.

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
    """Tells the parser of the command what it takes."""
    add = parser.add_argument
    add("--inpaint", type=Path, metavar="A", help="repaint where this picture is white (its red)")
    add("--remove", metavar="B", help="repaint this object and its rim: a picture, or as --object")
    add("--outpaint", type=_four, metavar="L,T,R,B", help="repaint that many new pixels a side")
    add("--split", type=Path, metavar="MASK", help="write red and green of a mask as two pictures")
    add("--object", metavar="B", help="the useful object, with --inpaint (default: auto or all)")
    add("--image", type=Path, metavar="IMAGE", help="where to find an object, or what to extend")
    add("--box", type=_four, metavar="L,T,R,B", help="find the object in this box, by GrabCut")
    add("--grow", type=float, default=0, metavar="PX", help="grow A; below 0: shrink it")
    add(
        "--rim", type=float, metavar="PX", help="with --remove: what goes around the object as well"
    )
    add("--feather", type=float, metavar="PX", help="give red a gradient of this width")
    add("-o", "--output", type=Path, metavar="MASK", help="the mask")
    add("--image-out", type=Path, metavar="OUT", help="with --outpaint: the extended image")
    add("--inpaint-out", type=Path, metavar="A", help="with --split: red, as a gray picture")
    add("--object-out", type=Path, metavar="B", help="with --split: green, as a gray picture")
    add("--json", action="store_true", help="report on standard output as one JSON object")


def run(asked: argparse.Namespace) -> int:
    """Does what was asked; the exit status. Raises ValueError in one sentence."""
    job = _only_job(asked)
    finds = {"inpaint": asked.object, "remove": asked.remove}.get(job)
    inputs = [asked.inpaint, asked.split, asked.image]
    inputs += [Path(finds)] if finds and finds not in FINDERS else []
    outputs = [asked.output, asked.image_out, asked.inpaint_out, asked.object_out]
    paths.check_files(inputs, outputs)
    pictures, mask = _JOB[job](asked)
    changes = files.write_all({path: picture for path, picture in pictures.items() if path})
    _tell(asked, replace(mask, notes=(*mask.notes, *changes.values())), list(pictures))
    return 0


def _four(text: str) -> Box:
    try:
        left, upper, right, lower = (int(part) for part in text.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"expected four whole numbers as in 0,0,256,256, got {text!r}"
        ) from None
    return left, upper, right, lower


def _only_job(asked: argparse.Namespace) -> str:
    jobs = [job for job in _JOBS if getattr(asked, job) is not None]
    if len(jobs) != 1:
        raise ValueError("expected one of --inpaint, --remove, --outpaint and --split")
    needs = {"split": ("inpaint_out", "object_out"), "outpaint": ("output", "image")}
    for name in needs.get(jobs[0], ("output",)):
        if getattr(asked, name) is None:
            option = "-o" if name == "output" else f"--{name.replace('_', '-')}"
            raise ValueError(f"--{jobs[0]} needs {option} as well")
    for name, least in (("feather", 0), ("rim", 0), ("grow", -presets.LONGEST)):
        pixels = getattr(asked, name)
        if pixels is not None and not least <= pixels <= presets.LONGEST:
            span = f"{least} to {presets.LONGEST}"
            raise ValueError(f"{name}: expected {span} pixels, got {pixels:g}")
    return jobs[0]


Done = tuple[dict[Path, Image.Image], TwoChannelMask]


def _inpaint(asked: argparse.Namespace) -> Done:
    painted = files.opened(asked.inpaint)
    word = asked.object or ("auto" if asked.image else "all")
    source, notes = _found(asked, word, painted.picture.size)
    mask = TwoChannelMask.compose(painted.picture, source)
    moved = (edits.grow if asked.grow > 0 else edits.shrink)(mask.inpaint, abs(asked.grow))
    composed = presets.retexture(moved, mask.source, asked.feather or 0)
    mask = replace(composed, fallback=mask.fallback, notes=(*painted.notes, *notes, *mask.notes))
    return {asked.output: mask.picture()}, mask


def _remove(asked: argparse.Namespace) -> Done:
    picture, notes = _found(asked, asked.remove, None)
    unwanted = images.channel(picture.convert("L"), 0)
    rim = presets.rim_for(picture.size) if asked.rim is None else asked.rim
    mask = presets.remove(unwanted, rim, rim if asked.feather is None else asked.feather)
    mask = replace(mask, notes=notes)
    return {asked.output: mask.picture()}, mask


def _outpaint(asked: argparse.Namespace) -> Done:
    opened = files.opened(asked.image)
    picture = images.standard(opened.picture)
    gradient = presets.feather_for(picture.size) if asked.feather is None else asked.feather
    extended, mask = presets.outpaint(picture, asked.outpaint, gradient)
    mask = replace(mask, notes=opened.notes)
    return {asked.output: mask.picture(), asked.image_out: extended}, mask


def _split(asked: argparse.Namespace) -> Done:
    opened = files.opened(asked.split)
    mask = TwoChannelMask.read(opened.picture)
    mask = replace(mask, notes=(*opened.notes, *mask.notes))
    red, green = images.plane_image(mask.inpaint), images.plane_image(mask.source)
    return {asked.inpaint_out: red, asked.object_out: green}, mask


_JOB: dict[str, Callable[[argparse.Namespace], Done]] = {
    "inpaint": _inpaint,
    "remove": _remove,
    "outpaint": _outpaint,
    "split": _split,
}


def _found(
    asked: argparse.Namespace, word: str, size: tuple[int, int] | None
) -> tuple[Image.Image, tuple[str, ...]]:
    """The object as a gray picture; of `size` where the whole picture needs no image."""
    if word not in FINDERS:
        opened = files.opened(word)
        return opened.picture, opened.notes
    if word == "all" and size:
        return Image.new("L", size, images.LEVELS), ()
    if not asked.image:
        raise ValueError(f"expected --image as well: {word} finds the object in the image")
    opened = files.opened(asked.image)
    picture = images.standard(opened.picture)
    if asked.box and word != "auto":
        raise ValueError(f"expected --box with auto only, got it with {word}")
    found = by_box(picture, asked.box) if asked.box else FINDERS[word](picture)
    share = found.mean() / images.LEVELS
    covers = f"The object found covers {share:.0%} of the image."
    return images.plane_image(found), (*opened.notes, covers)


def _tell(asked: argparse.Namespace, mask: TwoChannelMask, written: list[Path]) -> None:
    names = [str(path) for path in written if path]
    if asked.json:
        told: dict[str, Any] = {"output": names, "reason": mask.reason, "notes": [*mask.notes]}
        console.report(told)
        return
    if mask.reason:
        console.warn(mask.reason)
    height, width = mask.inpaint.shape
    said = " ".join(mask.notes)
    console.out(f"{', '.join(names)}: {width}x{height}{'. ' if said else ''}{said}")
