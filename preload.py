"""Run by the WebUI before it reads its command line."""

import argparse


def preload(parser: argparse.ArgumentParser) -> None:
    """Adds this extension's flags; all extensions share one namespace, hence the prefix."""
    parser.add_argument(
        "--neuralmaster-max-megapixels",
        type=float,
        default=89.0,
        help="NeuralMaster: refuse pictures that API clients send with more pixels than this",
    )
    parser.add_argument(
        "--neuralmaster-max-request-mb",
        type=float,
        default=128.0,
        help="NeuralMaster: refuse preview requests of API clients with more megabytes than this",
    )
    parser.add_argument(
        "--neuralmaster-model",
        default="",
        help="NeuralMaster: the saliency model in ONNX that finds objects, such as u2netp.onnx; "
        "by default NEURALMASTER_MODEL, or one in models/u2net or ~/.u2net",
    )
