"""The command line, `python -m neuralmaster`."""

from __future__ import annotations

import argparse
import sys
from typing import Any, NoReturn

from neuralmaster import __version__, studio
from neuralmaster.cli import console, fill, img2img, mask, match, stopping
from neuralmaster.cli.common import BAD_INPUT, BROKEN_PIPE, DONE, FAILED, INTERRUPTED
from neuralmaster.making.finders import models
from neuralmaster.remote.address import WebUIError

_STUDIO = """\
Opens a page in the browser to paint or find the area to repaint and the useful object, and
to see the fill. It is served on this computer only, and needs the package gradio."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        prefix, label, unknown = message.partition("unrecognized arguments: ")
        if label:  # name the options only: a value may be a password
            options = [word.partition("=")[0] for word in unknown.split() if word[0] == "-"]
            message = prefix + label + (" ".join(options) or "more names than are expected")
        message = console.printable(message)
        self.exit(BAD_INPUT, f"neuralmaster: {message}; see {self.prog} --help\n")

    def _print_message(self, message: str, file: Any = None) -> None:
        (console.write if file is sys.stdout else console.error)(message)


def main(arguments: list[str] | None = None) -> int:
    """Runs a command line (default: this process's own) and returns its exit status."""
    console.prepare()
    try:
        with stopping.signals_raise():
            args = _parser().parse_args(arguments)
            models.use(args.model)
            return int(args.run(args))
    except BrokenPipeError:  # the reader of our output has exited
        return BROKEN_PIPE
    except stopping.Terminated as stop:
        status, sentence = stop.status, "stopped"
    except KeyboardInterrupt:
        status, sentence = INTERRUPTED, "stopped"
    except WebUIError as error:
        status, sentence = FAILED, str(error)
    except (ValueError, OSError, MemoryError, console.OutputError) as error:
        status, sentence = BAD_INPUT, _sentence(error)
    console.fail(sentence)
    return status


def _sentence(error: Exception) -> str:
    if isinstance(error, MemoryError):
        return "there is not enough memory for a picture of this size; scale it down"
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    return str(error)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="python -m neuralmaster",
        description="Fills the area to repaint with the colour of the useful object only.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"neuralmaster {__version__}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    def command(name: str, sentence: str, **more: Any) -> argparse.ArgumentParser:
        raw = argparse.RawDescriptionHelpFormatter
        return commands.add_parser(
            name, help=sentence, formatter_class=raw, allow_abbrev=False, **more
        )

    for name, module, sentence in (
        ("fill", fill, "prepare an image by its two-channel mask"),
        ("img2img", img2img, "have a running WebUI inpaint an image"),
        ("mask", mask, "compose a two-channel mask, or split one"),
        ("match", match, "match a model's result to its original"),
    ):
        texts = {"description": module.DESCRIPTION, "epilog": module.EPILOG}
        subparser = command(name, sentence, **texts)
        module.add_arguments(subparser)
        _add_model(subparser)
        subparser.set_defaults(run=module.run)
    page = command("studio", "make masks in the browser", description=_STUDIO)
    page.add_argument("--port", type=_port, help="default: the first free one from 7860")
    page.add_argument("--no-browser", action="store_true", help="do not open the browser")
    page.add_argument(
        "--allow-host", action="append", default=[], metavar="NAME",
        help="also answer under this host name, besides 127.0.0.1 and localhost (repeatable)",
    )  # fmt: skip
    _add_model(page)
    page.set_defaults(run=_studio)
    return parser


def _add_model(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--model",
        metavar="FILE",
        help="the saliency model in ONNX that finds objects, such as u2netp.onnx (default: "
        f"{models.ENVIRONMENT}, or one in ~/.u2net)",
    )


def _port(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 6 and 0 < int(text) < 65536):
        raise argparse.ArgumentTypeError(f"expected a number from 1 to 65535, got {text!r:.40}")
    return int(text)


def _studio(args: argparse.Namespace) -> int:
    try:
        studio.launch(args.port, browser=not args.no_browser, hosts=args.allow_host)
    except ModuleNotFoundError as error:
        if error.name != "gradio":
            raise
        raise ValueError("the studio needs the package gradio: pip install gradio") from error
    except OSError as error:
        raise ValueError(f"the studio cannot be served: {error}") from error
    return DONE
