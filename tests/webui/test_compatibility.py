"""The row that a run of the real-host suite writes into the README."""

from collections import Counter
from datetime import date

import pytest

from tests.webui import compatibility

PAGE = f"Words\n{compatibility.BEGIN}{compatibility.END}\nMore\n"


@pytest.fixture
def row(monkeypatch):
    def make(name="Forge", **outcomes):
        monkeypatch.setenv("WEBUI_NAME", name)
        monkeypatch.setattr(compatibility, "seen", {"version": "f2", "gradio": "4.40.0"})
        return compatibility.row(Counter(outcomes))

    return make


def test_a_row_says_what_was_run_and_when(row):
    expected = f"| Forge | f2 | 4.40.0 | 3 passed, 1 skipped | {date.today()} |\n"
    assert row(passed=3, skipped=1) == expected
    assert "1 passed, 2 failed, 3 not run |" in row(passed=1, failed=2, **{"not run": 3})


def test_each_host_has_one_row(row):
    page = compatibility.written(PAGE, row(passed=1))
    page = compatibility.written(page, row("A1111", passed=2))
    page = compatibility.written(page, row(passed=3))
    table = row("A1111", passed=2) + row(passed=3)
    begin, head, end = compatibility.BEGIN, compatibility.HEAD, compatibility.END
    assert page == f"Words\n{begin}{head}{table}{end}\nMore\n"


def test_rows_stand_by_version(row):
    page, hosts = PAGE, ("Forge", "A1111 1.10.1 (82a9)", "A1111 1.9.4 (feee)")
    for host in hosts:
        page = compatibility.written(page, row(host, passed=1))
    shown = [line.split(" | ")[0] for line in page.splitlines() if line.startswith("| A1")]
    assert shown == ["| A1111 1.9.4 (feee)", "| A1111 1.10.1 (82a9)"]
    assert page.index("1.10.1") < page.index("Forge")


def test_without_the_markers_nothing_is_written(row):
    with pytest.raises(AssertionError, match="expected <!-- compatibility -->"):
        compatibility.written("Words", row(passed=1))
