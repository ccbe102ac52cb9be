"""A real WebUI for tests: started, used over its API, observed from inside, and stopped."""

from tests.webui.real_host.capabilities import (
    BLURS_AT_ONCE,
    PASTES_ALL,
    PASTES_BY_TWICE,
    STANDIN,
    TELLS_ERRORS,
    needs_hard_latents,
    needs_infotext_in_api,
    needs_init_folder,
    needs_named_jobs,
    needs_order,
    needs_precise_masks,
    needs_script_info,
    needs_soft_inpainting,
    needs_soft_latents,
    needs_webui,
)
from tests.webui.real_host.command_line import CommandLine
from tests.webui.real_host.jobs import by_name, by_position, plot_arguments
from tests.webui.real_host.pictures import alike, b64, changed, png, same, same_result
from tests.webui.real_host.runs import Answer, Run
from tests.webui.real_host.webui import PROPS, RADIO, STOCK, WebUI

__all__ = [
    "BLURS_AT_ONCE",
    "PASTES_ALL",
    "PASTES_BY_TWICE",
    "PROPS",
    "RADIO",
    "STANDIN",
    "STOCK",
    "TELLS_ERRORS",
    "Answer",
    "CommandLine",
    "Run",
    "WebUI",
    "alike",
    "b64",
    "by_name",
    "by_position",
    "changed",
    "needs_hard_latents",
    "needs_infotext_in_api",
    "needs_init_folder",
    "needs_named_jobs",
    "needs_order",
    "needs_precise_masks",
    "needs_script_info",
    "needs_soft_inpainting",
    "needs_soft_latents",
    "needs_webui",
    "plot_arguments",
    "png",
    "same",
    "same_result",
]
