"""The command line in a process of its own."""

import os
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

from tests.pictures import ROOT

PYTHON = [sys.executable, "-c", "import sys; from neuralmaster.cli import main; sys.exit(main())"]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT)}
FOLDER = ("fill", "images", "masks", "-o", "out")
FILE = ("fill", "image.png", "mask.png", "-o", "out.png")


def run(
    *arguments: str, command: Sequence[str] = PYTHON, **more: Any
) -> subprocess.CompletedProcess[bytes]:
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "env": ENVIRONMENT, **more}
    return subprocess.run([*command, *arguments], timeout=60, check=False, **options)
