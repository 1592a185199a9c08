"""Finds the samples of barcodes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pyarrow as pa

from biometal_stream.columns import string_column
from biometal_stream.operators.kernels.barcodes import (
    count_mismatches,
    fill_table,
    match_barcodes,
    pack_barcodes,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from biometal_stream.columns import StringColumn
    from biometal_stream.operators.barcodes.sheet import SampleSheet


class Planes(NamedTuple):
    """Barcodes as planes of bits, ``uint64``, (rows,) each: see the kernels."""

    low: NDArray[np.uint64]
    high: NDArray[np.uint64]
    other: NDArray[np.uint64]


@dataclass(frozen=True)
class Matcher:
    """Finds the samples of barcodes, by the rule of fqtk. Safe to share between threads.

    Attributes:
        ends: ``int64``, (parts,): the bases of the parts of a barcode up to each.
        samples: The barcodes of the samples, with the bases that are compared as ``other``.
        most: The most mismatches.
        delta: The fewest mismatches by which the next sample must be farther.
        search: Whether barcodes that are not in the table are compared with all samples.
        keys: The barcodes of the table.
        table: ``int32``, (slots,): the sample of each.
    """

    ends: NDArray[np.int64]
    samples: Planes
    most: int
    delta: int
    search: bool
    keys: Planes
    table: NDArray[np.int32]

    def packed(self, barcodes: StringColumn) -> Planes:
        """Turns barcodes into planes."""
        return _packed(barcodes, self.ends)

    def match(self, barcodes: Planes) -> NDArray[np.int32]:
        """The sample of each barcode, (rows,); -1 for none."""
        found = np.empty(len(barcodes.low), np.int32)
        match_barcodes(
            *barcodes,
            *self.samples,
            np.uint64(self.most),
            np.uint64(self.delta),
            self.search,
            *self.keys,
            self.table,
            found,
        )
        return found

    def mismatches(self, barcodes: Planes, samples: NDArray[np.int32]) -> NDArray[np.uint8]:
        """The mismatches of each barcode with its sample, (rows,); 255 without a sample."""
        distances = np.empty(len(samples), np.uint8)
        count_mismatches(*barcodes, _fixed(samples), *self.samples, distances)
        return distances


@lru_cache(maxsize=4)
def matcher_of(sheet: SampleSheet, most: int, delta: int) -> Matcher:
    """The matcher of a sheet, made once."""
    ends = np.cumsum(sheet.lengths)
    bases = int(ends[-1])
    planes = _packed(string_column(pa.array(sheet.barcodes), "barcode"), _fixed(ends))
    wild = bool(planes.other.any())
    cares = planes.other ^ np.uint64(2**bases - 1)
    samples = Planes(planes.low, planes.high, _fixed(cares))
    number = len(sheet.samples)
    keys = 0 if wild else number * (1 + 4 * bases * (most > 0))
    slots = 1 << max(1, (2 * keys).bit_length())
    table_keys = Planes(*np.zeros((3, slots), np.uint64))
    table = np.full(slots, -2, np.int32)
    if keys:
        limits = np.uint64(bases), np.uint64(most), np.uint64(delta)
        fill_table(*samples, *limits, np.empty(number, np.int64), *table_keys, table)
    return Matcher(
        _fixed(ends),
        samples,
        most,
        delta,
        wild or most > 1,
        Planes(*map(_fixed, table_keys)),
        _fixed(table),
    )


def _packed(barcodes: StringColumn, ends: NDArray[np.int64]) -> Planes:
    planes = Planes(*np.zeros((3, barcodes.num_rows), np.uint64))
    pack_barcodes(barcodes.starts, barcodes.stops, barcodes.data, ends, _CODES, *planes)
    return Planes(*map(_fixed, planes))


def _fixed(array: NDArray[Any]) -> NDArray[Any]:
    array.flags.writeable = False
    return array


def _codes() -> NDArray[np.uint64]:
    codes = np.full(256, 4, np.uint64)
    for bases, code in (("Aa", 0), ("Cc", 1), ("TtUu", 2), ("Gg", 3)):
        codes[list(bases.encode())] = code
    return _fixed(codes)


_CODES = _codes()
"""The code of each byte in a barcode."""
