"""Where the segments of reads are: templates, barcodes, what is skipped."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from biometal_stream.columns import StringColumn

TEMPLATE = "T"
SKIP = "S"
COLUMNS = {"M": "umi", "B": "barcode", "C": "cell"}
"""The columns of the kinds of segments that become columns."""


@dataclass(frozen=True)
class Span:
    """One segment of each read.

    Attributes:
        kind: Its kind, as in read structures: T, B, M, C or S.
        starts: ``int64``, (reads,): its first base in each read.
        stops: ``int64``, (reads,): the base after its last.
    """

    kind: str
    starts: NDArray[np.int64]
    stops: NDArray[np.int64]


@dataclass(frozen=True)
class Spans:
    """The segments of each read, in their order in the read.

    Attributes:
        spans: The segments.
        valid: ``bool``, (reads,): whether each read has all of them. One that has not has
            segments of no bases.
    """

    spans: tuple[Span, ...]
    valid: NDArray[np.bool_]

    def of(self, kind: str) -> list[Span]:
        """The segments of a kind."""
        return [span for span in self.spans if span.kind == kind]


class Layout(Protocol):
    """Says where the segments of reads are."""

    @property
    def kinds(self) -> frozenset[str]:
        """The kinds of segments that it has."""

    def spans(self, sequences: StringColumn) -> Spans:
        """Finds the segments of each read."""
