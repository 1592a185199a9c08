"""Counts the reads that `extract` found barcodes in."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from biometal_stream.view import BatchView


@dataclass(frozen=True)
class Extracted:
    """The result of `extract`.

    Attributes:
        reads: Reads that it saw; both mates of a pair count.
        without: Those without barcodes.
        why: Why they have none, such as ``too short``.
    """

    reads: int = 0
    without: int = 0
    why: str = ""

    def __add__(self, other: Extracted) -> Extracted:
        """Adds the counts of other reads."""
        return replace(self, reads=self.reads + other.reads, without=self.without + other.without)

    @property
    def findings(self) -> tuple[str, ...]:
        """What the end of a run shows: the reads without barcodes, if there are any."""
        if not self.without:
            return ()
        share = self.without / self.reads
        reads = f"{self.without:,} of {self.reads:,} reads"
        return (f"{reads} have no barcode and stay whole: {self.why} ({share:.1%})",)


@dataclass(frozen=True)
class ExtractTally:
    """The observation of `extract`; its result is an `Extracted`.

    Attributes:
        column: One of the columns of barcodes.
        why: Why a read has no barcode.
    """

    column: str
    why: str

    def empty(self) -> Extracted:
        """The counts of no reads."""
        return Extracted(why=self.why)

    def observe(self, view: BatchView, /) -> Extracted:
        """Counts the reads of a view."""
        return Extracted(view.num_rows, int(view.column(self.column).null_count), self.why)

    def merge(self, one: Extracted, two: Extracted, /) -> Extracted:
        """Adds up the counts."""
        return one + two

    def finish(self, state: Extracted, /) -> Extracted:
        """Returns the counts."""
        return state
