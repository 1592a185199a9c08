"""The k-mers of a file of deacon's format 3, and the bytes of such a file."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np

from biometal_stream.errors import InputError
from biometal_stream.indexes.deacon.header import AGAIN, Header, read_header

if TYPE_CHECKING:
    from typing import BinaryIO

    from numpy.typing import NDArray

    from biometal_stream.indexes.scheme import Scheme

BLOCK = 1 << 18
"""The k-mers that are read at a time: 2 MiB of them."""

_WORD = 8


def read_checked(file: BinaryIO, name: str) -> Header:
    """Reads the header of a file of format 3, and checks that the file is as long as it says.

    Args:
        file: The file, at its start; afterwards at its first k-mer.
        name: Its name, for messages.

    Raises:
        InputError: It is another format, truncated, or longer than its header says.
    """
    header = read_header(file, name)
    if header.bits:
        raise InputError(f"{name}: is a frozen filter, which does not list its k-mers")
    check_size(file, name, header, header.nbytes + header.count * header.width)
    return header


def header_of(path: str) -> Header:
    """The header of a file of format 3, whose size is checked.

    Args:
        path: The file.

    Raises:
        InputError: It cannot be read, is another format, truncated, or too long.
    """
    with _opened(path) as file:
        return read_checked(file, path)


@contextmanager
def _opened(path: str) -> Iterator[BinaryIO]:
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - errors name the path as given
            yield file
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror or error}") from error


def check_size(file: BinaryIO, name: str, header: Header, expected: int) -> None:
    """Checks that a file has as many bytes as its header says.

    Raises:
        InputError: It is shorter or longer.
    """
    size = os.fstat(file.fileno()).st_size
    if size == expected:
        return
    what = "is truncated" if size < expected else "has bytes after its end"
    raise InputError(
        f"{name}: {what}: {header.count:,} k-mers take {expected:,} bytes, but it has {size:,};"
        f" {AGAIN}"
    )


def values_of(path: str) -> Iterator[NDArray[np.uint64]]:
    """Reads the k-mers of a file of format 3, in its order.

    Args:
        path: The file.

    Yields:
        The values of some k-mers (see `Scheme`): ``uint64``, (n,).

    Raises:
        InputError: It cannot be read, is another format, truncated, or has bits that no k-mer of
            its length has.
    """
    with _opened(path) as file:
        header = read_checked(file, path)
        yield from _blocks(file, path, header)


def _blocks(file: BinaryIO, name: str, header: Header) -> Iterator[NDArray[np.uint64]]:
    width, left = header.width, header.count
    limit = np.uint64((1 << 2 * header.scheme.k) - 1)
    while left:
        number = min(BLOCK, left)
        data = file.read(number * width)
        if len(data) < number * width:
            raise InputError(f"{name}: was truncated while it was read; {AGAIN}")
        values = _unpacked(data, width)
        if (values > limit).any():
            raise InputError(
                f"{name}: is damaged: it has k-mers of more than {header.scheme.k} bases; {AGAIN}"
            )
        yield values
        left -= number


def _unpacked(data: bytes, width: int) -> NDArray[np.uint64]:
    if width == _WORD:
        return np.frombuffer(data, "<u8")
    words = np.zeros((len(data) // width, _WORD), np.uint8)
    words[:, :width] = np.frombuffer(data, np.uint8).reshape(-1, width)
    return words.view("<u8")[:, 0]


def packed(values: NDArray[np.uint64], scheme: Scheme) -> bytes:
    """The bytes of k-mers in a file of format 3.

    Args:
        values: Their values: ``uint64``, (n,).
        scheme: Whose k gives the bytes of each.
    """
    width = -(-scheme.k // 4)
    words = np.ascontiguousarray(values, "<u8").view(np.uint8).reshape(-1, _WORD)
    return words[:, :width].tobytes()
