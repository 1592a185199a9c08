"""Whole records of a file as text, of any text format."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from biometal_stream.errors import RecordTooLongError

if TYPE_CHECKING:
    import builtins

    import numpy as np
    from numpy.typing import NDArray

    from biometal_stream.errors import Location


@dataclass(frozen=True)
class WholeRecords(ABC):
    """Whole records of one file, and their place in it.

    Attributes:
        bytes: ``uint8``, (stop + 64 or more,).
        start: Where the first header starts.
        stop: The byte after the last record's newline.
        known: The byte after the last one that had been read when these were cut off, so that
            messages can look ahead.
        records: The number of records.
        file: The file's name.
        first_record: The number of records of the file before these.
        offset: Bytes of the file's decompressed text before ``start``.
        at_end: Whether the file ends with these.
    """

    bytes: NDArray[np.uint8]
    start: int
    stop: int
    known: int
    records: int
    file: str
    first_record: int
    offset: int
    at_end: bool

    @property
    def first(self) -> bool:
        """Whether the file begins with these."""
        return self.first_record == 0

    @abstractmethod
    def location(self, record: int, byte: int, line: int = 0) -> Location:
        """The location of a byte.

        Args:
            record: The record's index in this text.
            byte: The index in ``bytes``.
            line: The line's index in the record, if the format needs it.
        """

    @abstractmethod
    def headers(self, number: int) -> list[builtins.bytes]:
        """The first header lines, with their marks; fewer if there are no more records."""


class RecordLines(Protocol):
    """Whole records, and where each of them starts."""

    @property
    def text(self) -> WholeRecords:
        """The records."""

    def record_start(self, record: int) -> int:
        """Where a record's header starts."""

    def raw(self, first: int, stop: int) -> bytes:
        """The lines of records ``first`` to ``stop``, exclusive; each sequence is one line."""


def too_long(location: Location, limit: int) -> RecordTooLongError:
    """The error for a record longer than the limit."""
    return RecordTooLongError(
        location,
        f"a record of more than {limit:,} bytes; if the reads really are that long, raise the"
        " limit (--max-record-size)",
    )
