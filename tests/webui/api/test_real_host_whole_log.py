"""The log of the WebUI of this folder, after all other modules, which come before by name."""

from __future__ import annotations

from tests.webui.real_host import (
    needs_webui,
)

pytestmark = needs_webui


def test_no_hook_has_failed_so_far(webui):
    assert "*** Error" not in webui.log().partition("Startup time")[2]
    assert not webui.failures()
