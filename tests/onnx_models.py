"""Tiny ONNX files for tests: a network of one convolution that finds what is red.

Written by hand as protocol buffers (onnx.proto3), so that no library for ONNX is needed.
"""

from __future__ import annotations

import struct


def number(value: int) -> bytes:
    low = b""
    while value > 127:
        low += bytes([value & 127 | 128])
        value >>= 7
    return low + bytes([value])


def field(index: int, value: int | bytes | str) -> bytes:
    if isinstance(value, int):
        return number(index << 3) + number(value)
    value = value.encode() if isinstance(value, str) else value
    return number(index << 3 | 2) + number(len(value)) + value


def tensor(name: str, dims: tuple[int, ...], values: list[float]) -> bytes:
    sizes = b"".join(field(1, size) for size in dims)
    raw = struct.pack(f"<{len(values)}f", *values)
    return sizes + field(2, 1) + field(8, name) + field(9, raw)


def value(name: str, dims: tuple[int, ...], kind: int = 1) -> bytes:
    sizes = b"".join(field(1, field(1, size) if size else b"") for size in dims)
    return field(1, name) + field(2, field(1, field(1, kind) + field(2, sizes)))


def node(kind: str, inputs: list[str], output: str, attributes: bytes = b"") -> bytes:
    names = b"".join(field(1, name) for name in inputs)
    return names + field(2, output) + field(3, output) + field(4, kind) + attributes


def ints(name: str, values: list[int]) -> bytes:
    return field(5, field(1, name) + b"".join(field(8, v) for v in values) + field(20, 7))


def model(
    side: int = 320,
    weights: tuple[float, float, float] = (9.0, 0.0, -9.0),
    bias: float = -9.0,
    bands: int = 3,
    outputs: int = 1,
) -> bytes:
    """A network of the family's form: sigmoid(weights . colour + bias) of each pixel.

    outputs: maps of it; the first is the network's result.
    """
    kernel = ints("kernel_shape", [1, 1])
    graph = field(1, node("Conv", ["entry", "w", "b"], "sum", kernel))
    graph += b"".join(field(1, node("Sigmoid", ["sum"], f"map{k}")) for k in range(outputs))
    graph += field(2, "tiny")
    graph += field(5, tensor("w", (1, bands, 1, 1), list(weights)[:bands]))
    graph += field(5, tensor("b", (1,), [bias]))
    graph += field(11, value("w", (1, bands, 1, 1)))  # as older exporters have it
    graph += field(11, value("entry", (1, bands, side, side)))
    graph += b"".join(field(12, value(f"map{k}", (1, 1, side, side))) for k in range(outputs))
    return field(1, 7) + field(8, field(2, 11)) + field(7, graph)
