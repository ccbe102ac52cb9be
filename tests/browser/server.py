"""The studio's server, which can be killed and started again."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from tests.pictures import ROOT

START_SECONDS = 90
OFFLINE = {"GRADIO_ANALYTICS_ENABLED": "False", "HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1"}


class Server:
    """Serves on a port that was free."""

    def __init__(self, log: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.log, self.url = log, f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "neuralmaster", "studio", "--no-browser"]
        with self.log.open("a") as file:
            self.process = subprocess.Popen(
                [*command, "--port", str(self.port)],
                cwd=ROOT, stdout=file, stderr=file, env={**os.environ, **OFFLINE},
            )  # fmt: skip
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end and self.process.poll() is None:
            try:
                urllib.request.urlopen(self.url, timeout=5).close()
            except OSError:
                time.sleep(0.3)
            else:
                return
        pytest.fail(f"the studio did not start:\n{self.log.read_text()}")

    def stop(self) -> None:
        assert self.process
        self.process.terminate()
        self.process.wait(30)

    def kill(self) -> None:
        assert self.process
        self.process.kill()
        self.process.wait(30)
