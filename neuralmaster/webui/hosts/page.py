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


class Plot(Protocol):
    """The module of the X/Y/Z plot. An axis has a label, a type of values, and a setter."""

    axis_options: list[object]

    def AxisOptionImg2Img(  # noqa: D102, N802 - the host's
        self, label: str, kind: type, apply: Apply, /, **more: object
    ) -> object: ...


def on_page(component: object) -> bool:
    """Whether the component is on the page that is being built now.

    The host also creates scripts' components outside any page, to learn their defaults.
    """
    page = Context.root_block
    return page is not None and getattr(component, "_id", None) in page.blocks


def plots() -> Iterator[Plot]:
    """The modules of the host's own X/Y/Z plot that accept axes."""
    for data in scripts.scripts_data:
        known = hasattr(data.module, "AxisOptionImg2Img")
        if known and data.script_class.__module__ == "xyz_grid.py":
            yield cast(Plot, data.module)


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
