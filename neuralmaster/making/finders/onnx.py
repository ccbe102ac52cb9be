"""What an ONNX file says of its network's input and outputs, without any library for it.

An ONNX file is a protocol buffer (onnx.proto3: ModelProto, GraphProto, ValueInfoProto). Only the
few fields below are read, so that no file of another kind reaches OpenCV.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

FLOAT = 1  # TensorProto.DataType
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5  # wire types
_GRAPH, _INITIALIZER, _INPUT, _OUTPUT = 7, 5, 11, 12
_INITIALIZER_NAME, _VALUE_NAME, _VALUE_TYPE = 8, 1, 2
_TENSOR, _ELEMENT, _SHAPE, _DIMENSION, _SIZE = 1, 1, 2, 1, 1


@dataclass(frozen=True)
class Tensor:
    """An input or output. kind: its TensorProto.DataType. shape: a size is 0 if it may vary."""

    name: str
    kind: int
    shape: tuple[int, ...]


def ends(content: bytes) -> tuple[list[Tensor], list[Tensor]]:
    """The inputs that are not weights, and the outputs. Raises ValueError if it is no ONNX file."""
    graphs = [part for number, part in _fields(memoryview(content)) if number == _GRAPH]
    if len(graphs) != 1 or not isinstance(graphs[0], memoryview):
        raise ValueError("expected an ONNX file, got another or a part of one")
    weights: set[str] = set()
    inputs: list[Tensor] = []
    outputs: list[Tensor] = []
    for number, part in _fields(graphs[0]):
        if number == _INITIALIZER:
            weights.add(_text(part, _INITIALIZER_NAME))
        elif number in (_INPUT, _OUTPUT):
            (inputs if number == _INPUT else outputs).append(_tensor(part))
    return [tensor for tensor in inputs if tensor.name not in weights], outputs


def _tensor(part: memoryview | int) -> Tensor:
    of = _only(_only(part, _VALUE_TYPE), _TENSOR)
    kind = _only(of, _ELEMENT)
    shape = [
        _only(size, _SIZE) for number, size in _fields(_only(of, _SHAPE)) if number == _DIMENSION
    ]
    sizes = (size if isinstance(size, int) else 0 for size in shape)
    return Tensor(_text(part, _VALUE_NAME), kind if isinstance(kind, int) else 0, tuple(sizes))


def _only(part: memoryview | int, wanted: int) -> memoryview | int:
    """The last field of that number, as protocol buffers have it; nothing if there is none."""
    values = [value for number, value in _fields(part) if number == wanted]
    return values[-1] if values else memoryview(b"")


def _text(part: memoryview | int, wanted: int) -> str:
    value = _only(part, wanted)
    return bytes(value).decode(errors="replace") if isinstance(value, memoryview) else ""


def _fields(part: memoryview | int) -> Iterator[tuple[int, memoryview | int]]:
    """The numbers and values of a message's fields."""
    if isinstance(part, int):
        raise ValueError("expected an ONNX file, got another or a part of one")
    at = 0
    while at < len(part):
        key, at = _varint(part, at)
        kind = key & 7
        if kind == _VARINT:
            value, at = _varint(part, at)
            yield key >> 3, value
            continue
        length = {_FIXED64: 8, _FIXED32: 4}.get(kind, 0)
        if kind == _BYTES:
            length, at = _varint(part, at)
        elif not length:
            raise ValueError("expected an ONNX file, got another or a part of one")
        if at + length > len(part):
            raise ValueError("expected an ONNX file, got another or a part of one")
        yield key >> 3, part[at : at + length]
        at += length


def _varint(part: memoryview, at: int) -> tuple[int, int]:
    """A number of seven bits a byte, and where it ends."""
    value = 0
    for shift in range(0, 70, 7):
        if at >= len(part):
            raise ValueError("expected an ONNX file, got another or a part of one")
        value |= (part[at] & 127) << shift
        at += 1
        if part[at - 1] < 128:
            return value, at
    raise ValueError("expected an ONNX file, got another or a part of one")
