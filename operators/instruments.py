"""Which reads come from an instrument with two colours, by the names that Illumina gives reads.

With two colours a G is the base without light, so an instrument reads G where there is nothing to
read. The same holds for the iSeq 100, which has one colour.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from biometal_stream.columns import StringColumn, buffers_of, validity_of
from biometal_stream.operators.kernels.instruments import LONGEST, find_instruments

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from biometal_stream.view import BatchView

PREFIXES: Mapping[str, str] = {
    "A": "NovaSeq 6000",
    "NA": "NovaSeq 6000",
    "LH": "NovaSeq X",
    "VH": "NextSeq 1000 or 2000",
    "VL": "NextSeq 1000 or 2000",
    "NB": "NextSeq 500 or 550",
    "NS": "NextSeq 500 or 550",
    "NDX": "NextSeq 550Dx",
    "MN": "MiniSeq",
    "SH": "MiniSeq",
    "FS": "iSeq 100",
}
"""The instruments with two colours, by the start of the names of their reads; from fastp 1.3.6."""


@cache
def _table() -> NDArray[np.uint8]:
    text = b"".join(prefix.encode().ljust(LONGEST, b"\0") for prefix in PREFIXES)
    return np.frombuffer(text, np.uint8)


def instruments(view: BatchView) -> NDArray[np.uint8]:
    """Finds the instrument of each read in its name, or at the start of its description.

    Archives that number reads put the original name there.

    Returns:
        ``uint8``, (num_rows,): 1 for the first of `PREFIXES` and so on; 0 for other instruments and
        other names.
    """
    return view.once("instruments", _instruments)


def _instruments(view: BatchView) -> NDArray[np.uint8]:
    found = _found(view.text("name"))
    if "description" in view.batch.schema.names and not found.all():
        column = view.column("description")
        others = _found(StringColumn.of("description", *buffers_of(column)))
        found = np.where(found, found, others * validity_of(column))
    return found


def _found(column: StringColumn) -> NDArray[np.uint8]:
    found = np.empty(column.num_rows, np.uint8)
    find_instruments(column.starts, column.stops, column.data, _table(), found)
    return found


@dataclass(frozen=True)
class Instruments:
    """Reads by the instrument that they come from.

    All numbers are counts, so results of parts of a run add up.

    Attributes:
        reads: The reads of each instrument with two colours.
        others: The reads of other instruments, and those whose names do not tell.
    """

    reads: Mapping[str, int] = field(default_factory=dict)
    others: int = 0

    def __add__(self, other: Instruments) -> Instruments:
        """Adds the counts of other reads."""
        names = dict.fromkeys(PREFIXES.values())
        sums = {name: self.reads.get(name, 0) + other.reads.get(name, 0) for name in names}
        reads = {name: count for name, count in sums.items() if count}
        return Instruments(reads, self.others + other.others)

    @property
    def findings(self) -> tuple[str, ...]:
        """Which reads were trimmed, in a line for the end of a run."""
        if not self.reads:
            nothing = (
                "no read has the name of an instrument with two colours, so none was trimmed;"
                " --when always trims all reads"
            )
            return (nothing,) if self.others else ()
        named = [f"{count:,} of {name}" for name, count in self.reads.items()]
        left = f"; {self.others:,} of other instruments were not trimmed" if self.others else ""
        return (f"reads of instruments with two colours: {', '.join(named)}{left}",)


def counted(found: NDArray[np.uint8]) -> Instruments:
    """Counts what `instruments` has found."""
    counts = np.bincount(found, minlength=len(PREFIXES) + 1).tolist()
    total = Instruments({}, counts[0])
    for name, count in zip(PREFIXES.values(), counts[1:], strict=True):
        total += Instruments({name: count} if count else {})
    return total
