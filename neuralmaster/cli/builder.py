"""Builds the jobs of `img2img` from the command line."""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from typing import Any

from neuralmaster import files, images
from neuralmaster.cli import batch, inputs
from neuralmaster.params import FillParams, SamplingParams, all_specs, specs
from neuralmaster.pipeline import prepare
from neuralmaster.remote import answers
from neuralmaster.remote.job import inpaint_job

_MOST_NAMES = 16  # nested objects in one --set; larger only admits what no WebUI reads


def setting(text: str) -> tuple[list[str], Any]:
    """The names and the value of --set, FIELD.NAME=VALUE. Raises argparse.ArgumentTypeError."""
    name, is_there, value = text.partition("=")
    names = name.strip().split(".")
    if not is_there or not all(names):
        raise argparse.ArgumentTypeError("expected FIELD=VALUE, as in steps=30")
    try:
        if len(names) > _MOST_NAMES:
            raise RecursionError
        answers.check_depth(parsed := _json_or_text(value))
    except (RecursionError, ValueError):
        raise argparse.ArgumentTypeError(f"{names[0][:40]}: is nested too deeply") from None
    return names, parsed


def _json_or_text(value: str) -> Any:
    try:
        return json.loads(value, parse_constant=_reject_constant)
    except ValueError:
        return value


def _reject_constant(text: str) -> None:
    raise ValueError(text)  # NaN and Infinity are no JSON


@dataclass(frozen=True)
class Job:
    """A job to send: its fields, why the image stays unchanged ("" if it does not), and notes."""

    fields: dict[str, Any]
    reason: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class JobBuilder:
    """Builds jobs.

    params: the parameters named on the command line. fields: the fields of every job.
    local: prepare the image here. invert: repaint where red is low.
    """

    params: dict[str, Any]
    fields: dict[str, Any]
    local: bool
    invert: bool

    @classmethod
    def from_args(cls, args: argparse.Namespace) -> JobBuilder:
        """From the command line. Raises ValueError for options that exclude each other."""
        options = {name: getattr(args, name) for name in all_specs()}
        params = {name: value for name, value in options.items() if value is not None}
        sampling = {name: params[name] for name in specs(SamplingParams) if name in params}
        SamplingParams(**sampling)  # raises for values out of range
        FillParams(**{name: params[name] for name in specs() if name in params})
        if args.local and sampling:
            raise ValueError(
                f"expected no {', '.join(sampling)} with --local: the extension there does these"
            )
        if args.object and "source" in params and not args.local:
            raise ValueError("expected --object or --source, got both")
        fields: dict[str, Any] = {"prompt": args.prompt}
        if args.invert:
            fields["inpainting_mask_invert"] = 1
        for names, value in args.settings:
            _put(fields, names, value)
        return cls(params, fields, args.local, args.invert)

    def job(self, pair: batch.Pair) -> Job:
        """The job of one image. Raises ValueError in one sentence."""
        job_inputs = inputs.read(pair)
        if not self.local:
            arguments = dict(self.params)
            if job_inputs.object_mask:
                arguments["object_mask"] = files.in_base64(images.standard(job_inputs.object_mask))
            job = inpaint_job(job_inputs.image, job_inputs.mask, arguments, self.fields)
            return Job(job, notes=job_inputs.notes)
        seed = self.fields.get("seed", 0)  # of grain and texture; -1 is used as it is
        seed = seed if isinstance(seed, int) else 0
        params = FillParams(**self.params)
        prepared = prepare(job_inputs.request(params, invert=self.invert, seed=seed))
        job = inpaint_job(prepared.image, prepared.inpaint_mask, None, self.fields)
        return Job(job, prepared.reason, (*job_inputs.notes, *prepared.notes))


def _put(fields: dict[str, Any], names: list[str], value: Any) -> None:
    *parents, last = names
    for name in parents:
        fields = fields.setdefault(name, {})
        if not isinstance(fields, dict):
            raise ValueError(f"--set {'.'.join(names)}: {name} already has a plain value")
    fields[last] = value
