"""Opens a compact index without reading it all."""

from __future__ import annotations

import mmap
import os
import stat
from typing import TYPE_CHECKING

import numpy as np

from biometal_stream.errors import InputError
from biometal_stream.indexes.compact.header import (
    FOOTER,
    HEADER,
    DamagedError,
    header_size,
    parsed_footer,
    parsed_header,
    sections,
)
from biometal_stream.indexes.compact.index import CompactIndex
from biometal_stream.indexes.mixing import HASH
from biometal_stream.paths import path_text

if TYPE_CHECKING:
    from numpy.typing import NDArray


def open_compact(path: str | os.PathLike[str]) -> CompactIndex:
    """Opens an index, by its header and its end; the rest is read where it is looked at.

    Args:
        path: The file; it must not be changed while the index is used.

    Raises:
        InputError: The file cannot be read, is not a compact index, is truncated or damaged, or has
            another version, or hashes that this program does not know.
    """
    name = path_text(path)
    try:
        data = _mapped(path)
        size = header_size(bytes(data[:HEADER]))
        header = parsed_header(bytes(data[:size]))
        if header.hash != HASH:
            raise DamagedError(
                f"was made with the hash {header.hash!r}, and this program knows {HASH!r}"
            )
        footer = parsed_footer(bytes(data[-FOOTER:]), size, header.lines, len(data))
        at = sections(size, header.lines, footer.later, footer.rest)
        return CompactIndex(name, data, header, footer, at)
    except OSError as error:
        raise InputError(f"{name}: cannot be read ({error.strerror or error})") from error
    except DamagedError as error:
        raise InputError(f"{name}: {error}") from None


def _mapped(path: str | os.PathLike[str]) -> NDArray[np.uint8]:
    """The bytes of a file, mapped; none of an empty one."""
    # Without O_NONBLOCK, opening a named pipe would wait for a writer.
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise DamagedError("is not a regular file, which an index must be")
        if not status.st_size:
            return np.empty(0, np.uint8)
        memory = mmap.mmap(descriptor, status.st_size, access=mmap.ACCESS_READ)
    finally:
        os.close(descriptor)
    if hasattr(mmap, "MADV_HUGEPAGE"):
        memory.madvise(mmap.MADV_HUGEPAGE)
    return np.frombuffer(memory, np.uint8)
