"""What greets a contributor: checks at a commit, the hosted workflow, the issue forms."""

import re

import pytest

from tests.pictures import ROOT

CI = (ROOT / ".ci" / "run").read_text()
WORKFLOW = (ROOT / ".github" / "workflows" / "ci.yml").read_text()
FORMS = sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml"))


def test_a_commit_is_checked_by_the_tools_of_ci() -> None:
    """The hooks have no versions of their own, so that there is one place to raise them."""
    hooks = (ROOT / ".pre-commit-config.yaml").read_text()
    commands = re.findall(r"^ +entry: (\S+(?: (?!--)\S+)?)", hooks, re.M)
    in_ci = re.findall(r"^ *(\.venv/\S*bin/(?:ruff|mypy|biome)(?: \w+)?)", CI, re.M)
    assert sorted(commands) == sorted(in_ci)
    assert hooks.count("- repo: ") == hooks.count("- repo: local")


def test_the_workflow_runs_ci_on_every_python_that_is_supported() -> None:
    assert re.search(r"^ +- run: \.ci/run$", WORKFLOW, re.M)
    assert {"push", "pull_request"} <= set(re.findall(r"^  (\w+):$", WORKFLOW, re.M))
    (pythons,) = re.findall(r"^ +python: \[(.*)\]$", WORKFLOW, re.M)
    tested = re.findall(r'"3\.(\d+)"', pythons)
    project = (ROOT / "pyproject.toml").read_text()
    (oldest,) = re.findall(r'^requires-python = ">=3\.(\d+)"$', project, re.M)
    assert tested == ["10", "11", "12", "13"]
    assert tested[0] == oldest


@pytest.mark.parametrize("form", FORMS, ids=lambda path: path.stem)
def test_every_issue_form_asks_for_host_version_and_preview(form) -> None:
    questions = set(re.findall(r"^    id: (\w+)$", form.read_text(), re.M))
    assert {"host", "version", "preview"} <= questions


def test_bugs_and_hosts_are_not_reported_without_a_version() -> None:
    for name in ("bug", "host"):
        (form,) = (path.read_text() for path in FORMS if path.stem == name)
        (question,) = re.findall(r"id: version\n(.*?)(?=\n  - |\Z)", form, re.S)
        assert "required: true" in question
