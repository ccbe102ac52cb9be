"""Makes the jobs of `img2img`, of what the command line says."""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from typing import Any

from neuralmaster import files, images
from neuralmaster.cli import batch, inputs
from neuralmaster.params import FillParams, specs
from neuralmaster.pipeline import prepare
from neuralmaster.remote import answers
from neuralmaster.remote.job import inpaint_job

_MOST_NAMES = 16  # of objects in objects in --set


def setting(text: str) -> tuple[list[str], Any]:
    """The names and the value of --set, FIELD.NAME=VALUE. Raises argparse.ArgumentTypeError."""
    name, is_there, value = text.partition("=")
    names = name.strip().split(".")
    if not is_there or not all(names):
        raise argparse.ArgumentTypeError("expected FIELD=VALUE, as in steps=30")
    try:
        if len(names) > _MOST_NAMES:
            raise RecursionError
        answers.check_depth(told := _json_or_text(value))
    except (RecursionError, ValueError):
        raise argparse.ArgumentTypeError(f"{names[0][:40]}: is nested too deeply") from None
    return names, told


def _json_or_text(value: str) -> Any:
    try:
        return json.loads(value, parse_constant=_no_json)
    except ValueError:
        return value


def _no_json(text: str) -> None:
    raise ValueError(text)  # NaN and Infinity


@dataclass(frozen=True)
class Job:
    """A job to send: its fields, why the image stays as it is ("" if it does not), and notes."""

    fields: dict[str, Any]
    reason: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Maker:
    """Makes jobs: `given` are the parameters of the fill that were asked for."""

    given: dict[str, Any]
    fields: dict[str, Any]
    local: bool
    invert: bool

    @classmethod
    def of(cls, asked: argparse.Namespace) -> Maker:
        """Of the command line. Raises ValueError for what does not go together."""
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

    def job(self, pair: batch.Pair) -> Job:
        """The job of an image, and what is known of it here. Raises ValueError in one sentence."""
        read = inputs.read(pair)
        if not self.local:
            arguments = dict(self.given)
            if read.object_mask:
                arguments["object_mask"] = files.in_base64(images.standard(read.object_mask))
            job = inpaint_job(read.image, read.mask, arguments, self.fields)
            return Job(job, notes=read.notes)
        seed = self.fields.get("seed", 0)  # of the grain; a seed to be drawn is not known here
        seed = seed if isinstance(seed, int) else 0
        params = FillParams(**self.given)
        prepared = prepare(read.request(params, invert=self.invert, seed=seed))
        job = inpaint_job(prepared.image, prepared.inpaint_mask, None, self.fields)
        return Job(job, prepared.reason, (*read.notes, *prepared.notes))


def _put(fields: dict[str, Any], names: list[str], value: Any) -> None:
    *folders, last = names
    for name in folders:
        fields = fields.setdefault(name, {})
        if not isinstance(fields, dict):
            raise ValueError(f"--set {'.'.join(names)}: {name} has a value of its own already")
    fields[last] = value
