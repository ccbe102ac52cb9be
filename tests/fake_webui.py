"""A WebUI's API in a few lines, for tests of clients: it answers what a test sets."""

from __future__ import annotations

import base64
import io
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from PIL import Image

from neuralmaster import __version__

INFO = "/neuralmaster/v1/info"
PROPS = "/neuralmaster_inpainter/get_props"
IMG2IMG = "/sdapi/v1/img2img"
TASK = "/internal/progress"
INTERRUPT = "/sdapi/v1/interrupt"
PROGRESS = "/sdapi/v1/progress"


def picture(job, file_format="PNG"):
    """The result of a job: what was sent, so that a test can tell which job it is of."""
    with Image.open(io.BytesIO(base64.b64decode(job["init_images"][0]))) as image:
        buffer = io.BytesIO()
        image.save(buffer, file_format)
    return base64.b64encode(buffer.getvalue()).decode()


class FakeWebUI:
    """`routes` maps a path to an answer: (status, JSON), or a function of the request's JSON.

    An answer of None hangs up. `jobs` has the jobs it received, `paths` the paths of
    all requests, in order.
    """

    def __init__(self):
        self.login = ""
        self.note = ""
        self.jobs, self.paths, self.logins = [], [], []
        self.interrupted = threading.Event()
        self.state = {"interrupted": False, "skipped": False}
        self.pictures = 1
        self.routes = {
            INFO: (200, {"version": __version__, "index": 4}),
            PROPS: (200, {"version": __version__, "menu_item_index": 4}),
            IMG2IMG: self.img2img,
            PROGRESS: lambda _: (
                200,
                {"progress": 0.5, "eta_relative": 3.0, "state": self.state},
            ),
            TASK: (200, {"active": True, "queued": False, "completed": False}),
            INTERRUPT: self.interrupt,
        }

    def img2img(self, job):
        params = {NOTE: self.note} if self.note else {}
        if self.note.startswith("Original is used"):
            params[FALLBACK] = "channels-match"
        answer = {
            "images": [picture(job)] * self.pictures,
            "parameters": {name: None for name in job if name != "unknown"},
            "info": json.dumps({"extra_generation_params": params}),
        }
        return 200, answer

    def interrupt(self, _):
        self.interrupted.set()
        return 200, {}

    def __enter__(self):
        fake = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.0"

            def do_GET(self):
                fake.answer(self, None)

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                fake.answer(self, json.loads(body))

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,))
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()

    def answer(self, handler, body):
        path = handler.path.partition("?")[0]
        self.paths.append(path)
        self.logins.append(handler.headers.get("Authorization"))
        if path == IMG2IMG:
            self.jobs.append(body)
        status, reply, headers = self._answer(path, body, handler.headers.get("Authorization"))
        if status is None:
            handler.close_connection = True
            return
        content = reply if isinstance(reply, bytes) else json.dumps(reply).encode()
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content)

    def _answer(self, path, body, sent):
        expected = f"Basic {base64.b64encode(self.login.encode()).decode()}"
        if self.login and path != PROPS and sent != expected:
            return 401, {"detail": "Incorrect username or password"}, {}
        route = self.routes.get(path, (404, {"detail": "Not Found"}))
        answer = route(body) if callable(route) else route
        if answer is None:
            return None, None, {}
        return (*answer, {}) if len(answer) == 2 else answer


NOTE = "NeuralMaster note"
FALLBACK = "NeuralMaster fallback"
