"""The metadata and weights of an ONNX file, read without the runtime.

The runtime reports nothing before it has built a whole session, with the memory that the file asks
for. So this module reads the file itself. It is a message of Protocol Buffers; only the fields that
are needed are followed (onnx/onnx.proto, IR versions 3 to 13).
"""

from __future__ import annotations

import math
import mmap
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from biometal_stream.errors import ModelError
from biometal_stream.models.files import MOST_MODEL_BYTES, check_file

_DEEPEST = 64
"""The deepest nesting of graphs; those of exporters have three levels."""

_MOST_AXES = 64

_BITS = {
    **dict.fromkeys((2, 3, 9, 17, 18, 19, 20, 24), 8),  # int8, uint8, bool, float8 of five kinds
    **dict.fromkeys((4, 5, 10, 16), 16),  # uint16, int16, float16, bfloat16
    **dict.fromkeys((1, 6, 12), 32),  # float, int32, uint32
    **dict.fromkeys((7, 11, 13, 14), 64),  # int64, double, uint64, complex64
    **dict.fromkeys((21, 22, 23), 4),  # uint4, int4, float4
    15: 128,  # complex128
}
_UNKNOWN_BITS = 64  # of future types, and of strings

# Field numbers of onnx.proto.
_MODEL_GRAPH, _MODEL_METADATA, _MODEL_FUNCTIONS = 7, 14, 25
_GRAPH_NODE, _GRAPH_TENSOR, _GRAPH_SPARSE = 1, 5, 15
_FUNCTION_NODE, _FUNCTION_DEFAULTS = 7, 11
_NODE_ATTRIBUTE = 5
_ATTRIBUTE_TENSORS, _ATTRIBUTE_GRAPHS, _ATTRIBUTE_SPARSE = (5, 10), (6, 11), (22, 23)
_TENSOR_DIMS, _TENSOR_TYPE = 1, 2
_SPARSE_VALUES, _SPARSE_DIMS = 1, 3

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5


@dataclass(frozen=True)
class Contents:
    """What an ONNX file contains.

    Attributes:
        metadata: Its ``metadata_props``.
        weights: The declared bytes of its tensors, in the file and in external files.
        sparse: The bytes of its sparse tensors after filling them with zeros, as the runtime
            does.
    """

    metadata: Mapping[str, str]
    weights: int
    sparse: int


def contents_of(path: Path) -> Contents:
    """Reads the contents of an ONNX file.

    Raises:
        ModelError: It cannot be read, is not a regular file of at most 2 GiB, or not ONNX.
    """
    size = check_file(path, MOST_MODEL_BYTES)
    found = os.stat(path)  # noqa: PTH116 - a path as the user gave it
    return _contents(path, found.st_dev, found.st_ino, found.st_mtime_ns, size)


@lru_cache(maxsize=16)
def _contents(path: Path, _device: int, _inode: int, _changed: int, size: int) -> Contents:
    if not size:
        raise ModelError(f"{path}: is empty, and not an ONNX file")
    try:
        with path.open("rb") as file:
            mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        return _Reader().model(memoryview(mapped))  # the last view releases the file
    except OSError as error:
        raise ModelError(f"{path}: cannot be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise ModelError(f"{path}: its metadata are not UTF-8: {error.reason}") from error
    except ValueError as error:
        raise ModelError(f"{path}: is not an ONNX file, or is cut short: {error}") from error


@dataclass
class _Reader:
    """Adds up tensors as it reads."""

    metadata: dict[str, str] = field(default_factory=dict)
    weights: int = 0
    sparse: int = 0

    def model(self, message: memoryview) -> Contents:
        graphs = 0
        for number, value in _fields(message):
            if not isinstance(value, memoryview):
                continue
            if number == _MODEL_GRAPH:
                graphs += 1
                self._graph(value, 0)
            elif number == _MODEL_METADATA:
                entry = {n: bytes(v).decode() for n, v in _fields(value) if not isinstance(v, int)}
                self.metadata[entry.get(1, "")] = entry.get(2, "")
            elif number == _MODEL_FUNCTIONS:
                self._nodes(value, _FUNCTION_NODE, 0)
                self._attributes(value, _FUNCTION_DEFAULTS, 0)
        if not graphs:
            raise ValueError("it has no graph")
        return Contents(self.metadata, self.weights, self.sparse)

    def _graph(self, message: memoryview, depth: int) -> None:
        if depth > _DEEPEST:
            raise ValueError(f"it has graphs within graphs, more than {_DEEPEST} deep")
        for number, value in _fields(message):
            if not isinstance(value, memoryview):
                continue
            if number == _GRAPH_TENSOR:
                self.weights += self._tensor(value)
            elif number == _GRAPH_SPARSE:
                self._add_sparse(value)
        self._nodes(message, _GRAPH_NODE, depth)

    def _nodes(self, message: memoryview, field_number: int, depth: int) -> None:
        for number, node in _fields(message):
            if number != field_number or not isinstance(node, memoryview):
                continue
            self._attributes(node, _NODE_ATTRIBUTE, depth)

    def _attributes(self, message: memoryview, field_number: int, depth: int) -> None:
        for number, attribute in _fields(message):
            if number == field_number and isinstance(attribute, memoryview):
                self._attribute(attribute, depth)

    def _attribute(self, message: memoryview, depth: int) -> None:
        for number, value in _fields(message):
            if not isinstance(value, memoryview):
                continue
            if number in _ATTRIBUTE_TENSORS:
                self.weights += self._tensor(value)
            elif number in _ATTRIBUTE_GRAPHS:
                self._graph(value, depth + 1)
            elif number in _ATTRIBUTE_SPARSE:
                self._add_sparse(value)

    def _tensor(self, message: memoryview) -> int:
        dims: list[int] = []
        bits = _UNKNOWN_BITS
        for number, value in _fields(message):
            if number == _TENSOR_DIMS:
                dims += _numbers(value)
            elif number == _TENSOR_TYPE and isinstance(value, int):
                bits = _BITS.get(value, _UNKNOWN_BITS)
        return _size(dims, bits)

    def _add_sparse(self, message: memoryview) -> None:
        dims: list[int] = []
        bits = _UNKNOWN_BITS
        for number, value in _fields(message):
            if number == _SPARSE_DIMS:
                dims += _numbers(value)
            elif number == _SPARSE_VALUES and isinstance(value, memoryview):
                self.weights += self._tensor(value)
                types = [v for n, v in _fields(value) if n == _TENSOR_TYPE and isinstance(v, int)]
                bits = _BITS.get(types[-1], _UNKNOWN_BITS) if types else bits
        self.sparse += _size(dims, bits)


def _size(dims: list[int], bits: int) -> int:
    if len(dims) > _MOST_AXES:
        raise ValueError(f"it has a tensor of more than {_MOST_AXES} axes")
    return math.prod(dims) * bits // 8


def _fields(message: memoryview) -> Iterator[tuple[int, int | memoryview]]:
    """Yields number and value of each field of a message.

    Raises:
        ValueError: It is not a message.
    """
    at, end = 0, len(message)
    while at < end:
        tag, at = _varint(message, at)
        number, kind = tag >> 3, tag & 7
        if kind == _VARINT:
            value, at = _varint(message, at)
            yield number, value
            continue
        if kind == _BYTES:
            size, at = _varint(message, at)
        elif kind in {_FIXED32, _FIXED64}:
            size = 4 if kind == _FIXED32 else 8
        else:
            raise ValueError(f"byte {at - 1} of a part begins no field")
        if at + size > end:
            raise ValueError("a part is longer than what holds it")
        if kind == _BYTES:
            yield number, message[at : at + size]
        at += size


def _varint(message: memoryview, at: int) -> tuple[int, int]:
    """Reads a number of variable length at a position; returns it and the position after it."""
    value = shift = 0
    while True:
        if at >= len(message) or shift > 63:
            raise ValueError("a number has no end")
        byte = message[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7


def _numbers(value: int | memoryview) -> list[int]:
    """The numbers of a repeated field, packed or not; negative ones count as 0."""
    if isinstance(value, int):
        return [_natural(value)]
    numbers, at = [], 0
    while at < len(value):
        number, at = _varint(value, at)
        numbers.append(_natural(number))
    return numbers


def _natural(number: int) -> int:
    return 0 if number >> 63 else number
