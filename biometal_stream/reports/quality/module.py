"""What a module of quality control is: a part that counts one thing and shows it in tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar, Protocol

if TYPE_CHECKING:
    import pyarrow as pa

    from biometal_stream.reports.quality.reads import Reads
    from biometal_stream.reports.records.base import Records, State


class Module(Protocol):
    """A module. It has no state of its own, and any thread may call it."""

    needs: ClassVar[tuple[str, ...]]
    """The columns that it reads, if they are there."""

    def observe(self, reads: Reads, /) -> Records:
        """Counts in the reads of a group.

        Counting two batches and adding the records must equal counting both as one batch.
        """

    def tables(self, state: State, /) -> Mapping[str, pa.Table]:
        """Makes tables of the counts of a run, by name; the first column, ``group``, is text.

        A table has its columns even if there is nothing to show.
        """
