"""The studio: make the two-channel mask in the browser and see the fill. The page needs gradio."""

from __future__ import annotations

from collections.abc import Collection


def launch(port: int | None = None, *, browser: bool = True, hosts: Collection[str] = ()) -> None:
    """Serves the studio on this computer until it is stopped.

    port: of 127.0.0.1; None takes the first free one from 7860 on. browser: opens it there.
    hosts: names besides 127.0.0.1 and localhost that it may be called by, as when something
    on this computer passes on requests to it. Requests under other names, and those of other
    sites' pages, are refused. Raises ModuleNotFoundError without gradio, ValueError for what is
    no port, and OSError if it is taken.
    """
    from neuralmaster.studio import page  # noqa: PLC0415 - its other rooms do without gradio

    page.launch(port, browser=browser, hosts=hosts)


def build(*, in_webui: bool = False) -> None:
    """Puts the studio into the page that is being made, inside `with gr.Blocks():`.

    in_webui: with the buttons that take from and send to img2img. A WebUI then has to load
    javascript/neuralmaster_studio.js, as it does for every extension.
    """
    from neuralmaster.studio import page  # noqa: PLC0415

    page.build(in_webui=in_webui)
