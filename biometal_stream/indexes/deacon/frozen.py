"""The frozen filter of deacon: fingerprints of k-mers, which it does not list."""

from __future__ import annotations

import mmap
import struct
from typing import TYPE_CHECKING

import numpy as np

from biometal_stream.errors import InputError
from biometal_stream.indexes.deacon.header import AGAIN, Header, read_header
from biometal_stream.indexes.deacon.kernels import BLOCK, look_up
from biometal_stream.indexes.deacon.values import check_size

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from biometal_stream.indexes.scheme import Scheme

_FILTER = struct.Struct("<QIIIQ")


class FrozenIndex:
    """A binary fuse filter, mapped from a file of deacon, as an `Index`.

    All processes that map a file share its pages. Safe to share between threads.

    Args:
        path: The file.

    Raises:
        InputError: It cannot be opened, is another format, truncated or damaged.
    """

    def __init__(self, path: str) -> None:
        try:
            with open(path, "rb") as file:  # noqa: PTH123 - errors name the path as given
                header = read_header(file, path)
                described = file.read(_FILTER.size)
                if not header.bits or len(described) < _FILTER.size:
                    what = (
                        f"is truncated; {AGAIN}"
                        if header.bits
                        else "is not a frozen filter of deacon"
                    )
                    raise InputError(f"{path}: {what}")
                self._seed, segment, inside, cells, length = _FILTER.unpack(described)
                start = header.nbytes + _FILTER.size
                check_size(file, path, header, start + length * header.bits // 8)
                self._mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except OSError as error:
            raise InputError(f"{path}: cannot be opened: {error.strerror or error}") from error
        in_order = segment > 0 and segment & inside == 0 and inside == segment - 1
        if not in_order or cells % segment or cells == 0 or length < cells + 2 * segment:
            raise InputError(f"{path}: is damaged: its filter has no valid size; {AGAIN}")
        self._header: Header = header
        self._segment, self._cells = segment, cells
        self._data = np.frombuffer(self._mapped, np.uint8, offset=start)

    @property
    def scheme(self) -> Scheme:
        """As `Index.scheme`."""
        return self._header.scheme

    @property
    def count(self) -> int:
        """As `Index.count`."""
        return self._header.count

    @property
    def nbytes(self) -> int:
        """As `Index.nbytes`: those of the file."""
        return len(self._mapped)

    @property
    def bits(self) -> int:
        """The bits of a fingerprint: 16 or 32."""
        return self._header.bits

    @property
    def false_positive_rate(self) -> float:
        """As `Index.false_positive_rate`: one fingerprint of all that there are."""
        return 0.5**self.bits

    def contains(self, values: NDArray[np.uint64], /) -> NDArray[np.bool_]:
        """As `Index.contains`."""
        found = np.empty(len(values), np.bool_)
        look_up(
            np.ascontiguousarray(values),
            self._data,
            np.uint64(self.bits // 8),
            np.uint64(self._seed),
            np.uint64(self._segment),
            np.uint64(self._cells),
            np.empty(4 * BLOCK, np.uint64),
            found,
        )
        return found
