"""Arrays as text, for JSON."""

from __future__ import annotations

import math
import zlib
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_BYTES = 1 << 27
"""The size of the largest array that is read. Quality control makes none of half that size."""

MOST_BYTES_IN_ALL = 1 << 30
"""The size of all arrays of one place together."""

_TYPES = ("int64", "uint64", "uint8")

MOST = 1 << 60
"""The largest count that is read. No run is that long, and some of them still fit 64 bits."""


def packed(array: NDArray[Any]) -> dict[str, Any]:
    """An array as plain objects: its type, its shape, and its bytes by zlib and base64.

    The lowest bytes of all numbers come first, and the highest last: these are mostly zero.
    """
    little = np.ascontiguousarray(array, array.dtype.newbyteorder("<"))
    planes = little.ravel().view(np.uint8).reshape(-1, little.itemsize).T
    text = b64encode(zlib.compress(planes.tobytes(), 6)).decode()
    return {"dtype": array.dtype.name, "shape": list(array.shape), "data": text}


def unpacked(plain: Mapping[str, Any]) -> NDArray[Any]:
    """The array of such objects, which takes no more memory than they say.

    Raises:
        ValueError: They are not those of an array, or it is larger than `MOST_BYTES`.
        zlib.error: The data are not those of zlib.
    """
    shape, dtype, size = plain["shape"], plain["dtype"], size_of(plain)
    little = np.dtype(dtype).newbyteorder("<")
    stream = zlib.decompressobj()
    data = stream.decompress(b64decode(plain["data"]), size + 1)
    if len(data) != size or not stream.eof:
        raise ValueError(f"the data of an array do not fill its shape {shape}")
    planes = np.frombuffer(data, np.uint8).reshape(little.itemsize, -1)
    array: NDArray[Any] = np.ascontiguousarray(planes.T).view(little).reshape(shape).astype(dtype)
    return array


def size_of(plain: Mapping[str, Any]) -> int:
    """The bytes of the array of such objects.

    Raises:
        ValueError: They have no shape or no type, or the array is larger than `MOST_BYTES`.
    """
    shape, dtype = plain["shape"], plain["dtype"]
    if dtype not in _TYPES:
        raise ValueError(f"an array of type {dtype!r}; expected {' or '.join(_TYPES)}")
    if not isinstance(shape, list) or not all(type(n) is int and n >= 0 for n in shape):
        raise ValueError(f"{shape!r} is not the shape of an array")
    size: int = np.dtype(dtype).itemsize * math.prod(shape)
    if size > MOST_BYTES:
        raise ValueError(f"an array of {size:,} bytes; the largest have {MOST_BYTES:,}")
    return size


def require_bounded(plain: Any) -> None:
    """Checks the size of all arrays in plain objects together, before any is unpacked.

    Raises:
        ValueError: They are larger than `MOST_BYTES_IN_ALL`, or one is not an array.
    """
    size = sum(map(size_of, _arrays(plain)))
    if size > MOST_BYTES_IN_ALL:
        raise ValueError(f"arrays of {size:,} bytes; at most {MOST_BYTES_IN_ALL:,} are read")


def _arrays(plain: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(plain, dict):
        if "dtype" in plain:
            yield plain
        for each in plain.values():
            yield from _arrays(each)


def unpacked_counts(plain: Mapping[str, Any]) -> NDArray[np.int64]:
    """The counts of such objects, ``int64``.

    Raises:
        ValueError: As for `unpacked`, or a count is negative or larger than `MOST`.
        zlib.error: The data are not those of zlib.
    """
    counts = unpacked(plain)
    if counts.dtype != np.int64:
        raise ValueError(f"counts of type {counts.dtype}; expected int64")
    if counts.size and not 0 <= counts.min() <= counts.max() <= MOST:
        raise ValueError("a count is negative or too large")
    return counts


def whole_number(number: object, least: int = 0, most: int = MOST) -> int:
    """A whole number in a range.

    Raises:
        ValueError: It is not one.
    """
    if type(number) is not int or not least <= number <= most:
        raise ValueError(f"{str(number)[:40]} is not a whole number from {least:,} to {most:,}")
    return number
