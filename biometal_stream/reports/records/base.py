"""What all kinds of counts have in common."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Protocol, Self, TypeAlias


class Record(Protocol):
    """Counts that can be added in any order and any grouping, with the same result to the bit.

    A record is immutable and small, and can be pickled.
    """

    kind: ClassVar[str]
    """Names the class in JSON."""

    def __add__(self, other: Self, /) -> Self:
        """The counts of both."""

    def to_plain(self) -> dict[str, Any]:
        """The record as plain objects, for JSON. Equal counts give equal objects."""

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any], /) -> Self:
        """The record of such objects."""


Records: TypeAlias = Mapping[str, Record]
"""Records by name, such as ``bases_by_cycle``. A name belongs to one module of quality control."""

State: TypeAlias = Mapping[str, Records]
"""What was counted, by group of reads: see `biometal_stream.reports.quality.reads.GROUPS`."""
