"""A compact index, mapped from its file."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any

import numpy as np

from biometal_stream.errors import InputError
from biometal_stream.indexes.compact.header import DamagedError, Footer, Header, Sections
from biometal_stream.indexes.compact.kernels.looking import find_addresses, look_first, look_further
from biometal_stream.indexes.compact.layout import LEVELS
from biometal_stream.indexes.mixing import mixed
from biometal_stream.scratch import KeptScratch

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from biometal_stream.indexes.scheme import Scheme

_KEPT = KeptScratch()


class CompactIndex:
    """A set of k-mers in 14.5 bits each, mapped from a file. Safe to share between threads.

    All processes that have opened a file share its pages.

    Args:
        name: The file, for messages.
        data: Its bytes: ``uint8``, read-only.
        header: Its header.
        footer: Its footer.
        at: Where its sections begin.
    """

    def __init__(
        self, name: str, data: NDArray[np.uint8], header: Header, footer: Footer, at: Sections
    ) -> None:
        self._name = name
        self._header = header
        self._footer = footer
        self._nbytes = len(data)
        self._lines = data[at.lines : at.later]
        self._later = data[at.later : at.rest]
        self._rest = data[at.rest : at.directory].view("<u8")
        self._directory = data[at.directory : at.footer].view("<u4")
        directory = self._directory.astype(np.int64)
        ordered = directory[0] == 0 and (np.diff(directory) >= 0).all()
        right = zlib.crc32(self._directory.data) == footer.checksums[3]
        if not (right and ordered and directory[-1] == footer.later):
            raise DamagedError("the directory is damaged; build or copy it again")

    @property
    def scheme(self) -> Scheme:
        """Which k-mers of a sequence it holds."""
        return self._header.scheme

    @property
    def count(self) -> int:
        """The number of its k-mers."""
        return self._header.count

    @property
    def nbytes(self) -> int:
        """The bytes of the file."""
        return self._nbytes

    @property
    def false_positive_rate(self) -> float:
        """The share of other k-mers that it takes for its own.

        `biometal_stream.indexes.compact.rate` has the formula.
        """
        return self._footer.rate

    @property
    def about(self) -> dict[str, Any]:
        """What the program that made it wrote about it."""
        return self._header.about

    def contains(self, values: NDArray[np.uint64], /) -> NDArray[np.bool_]:
        """Returns which k-mers, by their values, the index has: (n,) to (n,)."""
        values = np.ascontiguousarray(values)
        found = np.empty(len(values), np.bool_)
        waiting = _KEPT.bytes("waiting", 4 * len(values)).view(np.uint32)
        addresses = _KEPT.bytes("addresses", 8 * len(values)).view(np.uint64)
        lines = np.uint64(self._header.lines)
        find_addresses(values, lines, addresses)
        count = look_first(addresses, self._lines, found, waiting)
        for level in range(1, LEVELS):
            if not count:
                return found
            count = look_further(
                *(values, np.uint64(level), lines, self._later, self._directory),
                *(found, waiting, np.uint64(count)),
            )
        if count and len(self._rest):
            last = waiting[:count]
            hashes = mixed(values[last])
            at = np.minimum(np.searchsorted(self._rest, hashes), len(self._rest) - 1)
            found[last] = self._rest[at] == hashes
        return found

    def verify(self) -> None:
        """Reads the whole index, and compares it with its checksums.

        Raises:
            InputError: It was damaged since it was written.
        """
        parts = (self._lines, self._later, self._rest, self._directory)
        if tuple(zlib.crc32(part.data) for part in parts) != self._footer.checksums:
            raise InputError(
                f"{self._name}: is damaged: a checksum is wrong; build or copy it again"
            )
