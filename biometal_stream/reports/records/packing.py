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
    """An array as plain objects: its type, its shape, and its bytes by zlib and base64."""
    little = np.ascontiguousarray(array, array.dtype.newbyteorder("<"))
    text = b64encode(zlib.compress(little.tobytes(), 6)).decode()
    return {"dtype": array.dtype.name, "shape": list(array.shape), "data": text}


def unpacked(plain: Mapping[str, Any]) -> NDArray[Any]:
    """The array of such objects."""
    dtype = np.dtype(plain["dtype"]).newbyteorder("<")
    data = zlib.decompress(b64decode(plain["data"]))
    return np.frombuffer(data, dtype).reshape(plain["shape"]).astype(plain["dtype"])
