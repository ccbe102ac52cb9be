"""The table of hosts in the README, a row of which a run of the real-host suite writes.

With NM_COMPATIBILITY set to the file, a run that had a host writes the row of it.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

from tests.pictures import ROOT

SUITE = "test_real_host"  # the modules whose tests are counted begin so
BEGIN, END = "<!-- compatibility -->\n", "<!-- /compatibility -->"
HEAD = "| WebUI | version | gradio | tests | run on |\n|---|---|---|---|---|\n"

seen: dict[str, str] = {}  # of the host that the tests ran on: version, gradio


def row(outcomes: Counter[str]) -> str:
    """The host of the environment, and how its tests came out."""
    name = os.environ.get("WEBUI_NAME") or Path(os.environ["WEBUI_DIR"]).name
    kinds = ("passed", "failed", "skipped", "not run")
    told = ", ".join(f"{outcomes[kind]} {kind}" for kind in kinds if outcomes[kind])
    today = date.today().isoformat()
    return f"| {name} | {seen['version']} | {seen['gradio']} | {told} | {today} |\n"


def written(page: str, new: str) -> str:
    """A page with a row in its table: in the place of the host's last one, or added."""
    before, _, rest = page.partition(BEGIN)
    table, end, after = rest.partition(END)
    assert end, f"expected {BEGIN.strip()} and {END} in the page, got none"
    rows = [line for line in table.removeprefix(HEAD).splitlines(keepends=True) if line.strip()]
    cell = new.split("|")[1]
    kept = [line for line in rows if line.split("|")[1] != cell]
    return "".join([before, BEGIN, HEAD, *sorted([*kept, new], key=_by_version), end, after])


def _by_version(row: str) -> list[str | int]:
    """1.10 comes after 1.9."""
    return [int(part) if part.isdigit() else part for part in re.split(r"(\d+)", row)]


def report(outcomes: Counter[str]) -> Any:
    """Called when all tests have run."""
    file = os.environ.get("NM_COMPATIBILITY")
    if file and seen.keys() == {"version", "gradio"}:
        page = ROOT / file
        page.write_text(written(page.read_text(), row(outcomes)))
