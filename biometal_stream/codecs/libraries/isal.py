"""ISA-L, which compresses faster than libdeflate.

Each thread has a stream of its own, in memory that is freed when the thread ends.
"""

from __future__ import annotations

import ctypes
import threading
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from isal import isal_zlib

from biometal_stream.codecs.libraries.calls import (
    DEFLATE,
    END_OF_STREAM,
    INIT,
    SET_DICTIONARY,
    STREAM_WORDS,
    TABLES,
)
from biometal_stream.codecs.libraries.symbols import addresses

if TYPE_CHECKING:
    from numpy.typing import NDArray

_NAMES = ("isal_deflate_init", "isal_deflate_set_dict", "isal_deflate")


@dataclass(frozen=True)
class Stream:
    """What a kernel compresses with.

    Attributes:
        functions: ``uint64``, (3,): see `biometal_stream.codecs.libraries.calls`.
        memory: ``uint64``, (`STREAM_WORDS`,), which the functions write to.
    """

    functions: NDArray[np.uint64]
    memory: NDArray[np.uint64]


NO_STREAM = Stream(np.empty(0, np.uint64), np.empty(0, np.uint64))
"""For a kernel that is not to call ISA-L."""


@cache
def functions() -> dict[str, int] | None:
    """The addresses of ISA-L's functions.

    Returns:
        ``None`` if the package ``isal`` hides them, or if they are of a version whose stream has
        another layout.
    """
    known = addresses(isal_zlib.crc32, _NAMES)
    return known if known is not None and _layout_fits(known["isal_deflate_init"]) else None


def _layout_fits(initialize: int) -> bool:
    """Whether a stream has its public fields where kernels write them.

    ``isal_deflate_init`` sets all of them but the input and the output.
    """
    untouched = 0xAAAA_AAAA
    memory = np.full(STREAM_WORDS, untouched << 32 | untouched, np.uint64)
    ctypes.CFUNCTYPE(None, ctypes.c_void_p)(initialize)(memory.ctypes.data)
    fields = memory[: END_OF_STREAM + 1].tolist()
    tables = fields.pop(TABLES)
    both = untouched << 32 | untouched
    return tables not in {0, both} and fields == [both, untouched, both, untouched, 0, 0, 0]


def new_stream() -> Stream | None:
    """A stream; ``None`` if the package ``isal`` hides ISA-L's functions."""
    known = functions()
    if known is None:
        return None
    numbers = np.zeros(3, np.uint64)
    numbers[INIT] = known["isal_deflate_init"]
    numbers[SET_DICTIONARY] = known["isal_deflate_set_dict"]
    numbers[DEFLATE] = known["isal_deflate"]
    return Stream(numbers, np.zeros(STREAM_WORDS, np.uint64))


class _Kept(threading.local):
    """If the memory were allocated for each call, the system would clear new pages each time."""

    def __init__(self) -> None:
        self.stream: Stream | None = None


_kept = _Kept()


def stream() -> Stream | None:
    """The stream of the thread that calls this; ``None`` as for `new_stream`."""
    if _kept.stream is None:
        _kept.stream = new_stream()
    return _kept.stream
