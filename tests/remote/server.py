"""A server that answers as it is told."""

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator

from neuralmaster.cli import main
from neuralmaster.remote.address import Address
from neuralmaster.remote.transport import Limits
from tests.fake_webui import FakeWebUI

Answer = Callable[[socket.socket], None]
SECRET = "ann:s3cret"
SHORT = Limits(seconds=0.5, megabytes=0.1)
ANSWER = b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\n{}"


@contextlib.contextmanager
def serving(answer: Answer) -> Iterator[Address]:
    """A server that hands every connection to `answer`; gives its address."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            with contextlib.suppress(OSError):
                while True:
                    connection, _ = server.accept()
                    with connection, contextlib.suppress(OSError):
                        connection.recv(1 << 16)
                        answer(connection)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield Address(f"http://127.0.0.1:{server.getsockname()[1]}", SECRET)
        server.shutdown(socket.SHUT_RDWR)
    thread.join()


def drip(content: bytes, pause: float = 0.05) -> Answer:
    def answer(connection: socket.socket) -> None:
        for byte in content:
            connection.sendall(bytes([byte]))
            time.sleep(pause)

    return answer


def send(content: bytes) -> Answer:
    return lambda connection: connection.sendall(content)


def img2img(webui: FakeWebUI, *more: str) -> int:
    """A job for a fake WebUI, of image.png and mask.png in the working directory."""
    return main(["img2img", "image.png", "mask.png", "--url", webui.url, "-o", "out.png", *more])
