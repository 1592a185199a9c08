"""Arrays as text, for JSON."""

from __future__ import annotations

import zlib
from base64 import b64decode, b64encode
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def packed(array: NDArray[Any]) -> dict[str, Any]:
    """An array as plain objects: its type, its shape, and its bytes by zlib and base64.

    The lowest bytes of all numbers come first, and the highest last: these are mostly zero.
    """
    little = np.ascontiguousarray(array, array.dtype.newbyteorder("<"))
    planes = little.ravel().view(np.uint8).reshape(-1, little.itemsize).T
    text = b64encode(zlib.compress(planes.tobytes(), 6)).decode()
    return {"dtype": array.dtype.name, "shape": list(array.shape), "data": text}


def unpacked(plain: Mapping[str, Any]) -> NDArray[Any]:
    """The array of such objects."""
    dtype = np.dtype(plain["dtype"]).newbyteorder("<")
    planes = np.frombuffer(zlib.decompress(b64decode(plain["data"])), np.uint8)
    numbers = np.ascontiguousarray(planes.reshape(dtype.itemsize, -1).T).view(dtype)
    array: NDArray[Any] = numbers.reshape(plain["shape"]).astype(plain["dtype"])
    return array
