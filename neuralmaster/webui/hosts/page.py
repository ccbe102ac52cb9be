"""A host's page, its X/Y/Z plot and its logins."""

from __future__ import annotations

import copy
import importlib
import secrets
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Protocol, cast

from gradio.context import Context
from modules import scripts, shared

if TYPE_CHECKING:
    from modules.processing import StableDiffusionProcessingImg2Img as Processing
    from modules.scripts import Script, ScriptRunner


class Content(Protocol):
    """The component of Masked content, a Radio or a Dropdown; a job gets the index of its value."""

    choices: list[str | tuple[str, str]]


Apply = Callable[["Processing", object, list[object]], None]


class NewAxis(Protocol):
    """The class of an axis of the X/Y/Z plot: a label, a type of values, and a setter."""

    def __call__(  # noqa: D102 - the host's
        self, label: str, kind: type, apply: Apply, /, **more: object
    ) -> object: ...


AXIS = "AxisOptionImg2Img"


def on_page(component: object) -> bool:
    """Whether the component is on the page that is being built now.

    The host also creates scripts' components outside any page, to learn their defaults.
    """
    page = Context.root_block
    return page is not None and getattr(component, "_id", None) in page.blocks


def plots() -> Iterator[tuple[list[object], NewAxis]]:
    """The axes of the host's own X/Y/Z plot, a list to add to, and the class of those of img2img.

    The class is in the plot's module, or is known by its axes only (Forge Classic).
    """
    for data in scripts.scripts_data:
        if data.script_class.__module__ != "xyz_grid.py":
            continue
        axes: list[object] = getattr(data.module, "axis_options", [])
        of_axes = (type(axis) for axis in axes if type(axis).__name__ == AXIS)
        kind = getattr(data.module, AXIS, None) or next(of_axes, None)
        if kind is not None:
            yield axes, cast(NewAxis, kind)


def runner_of(runner: ScriptRunner, always_on: list[Script]) -> ScriptRunner:
    """A copy of a runner of scripts, with other scripts that are always on."""
    other = copy.copy(runner)
    other.alwayson_scripts = always_on
    if hasattr(
        other, "callback_map"
    ):  # A1111 from 1.9 on: the hooks in their order, by their number
        other.callback_map = {}
    return other


def logins() -> tuple[list[str], list[str]]:
    """The logins ("user:password") that the API and the page were started with.

    If those of the page cannot be read, a random one takes their place, so nobody can log in.
    """
    api_logins = [user for user in (shared.cmd_opts.api_auth or "").split(",") if user]
    try:
        read = importlib.import_module("modules.initialize_util").get_gradio_auth_creds
    except (ImportError, AttributeError):
        return api_logins, [secrets.token_hex()]
    return api_logins, [":".join(user) for user in read()]
