"""The lengths of reads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

import pyarrow as pa

from biometal_stream.reports.quality.tabulate import by_group, record
from biometal_stream.reports.records.spread import Spread

if TYPE_CHECKING:
    from biometal_stream.reports.quality.reads import Reads
    from biometal_stream.reports.records.base import Records, State


class Lengths:
    """Counts reads by length."""

    needs: ClassVar[tuple[str, ...]] = ("sequence", "quality")

    def observe(self, reads: Reads, /) -> Records:
        """Counts ``lengths``: of sequences, or of qualities if there are none."""
        for name in self.needs:
            column = reads.text(name)
            if column is not None:
                return {"lengths": Spread.of(column.lengths)}
        return {}

    def tables(self, state: State, /) -> Mapping[str, pa.Table]:
        """The table ``lengths``."""
        columns = {"length": pa.int64(), "reads": pa.int64()}
        return {"lengths": by_group(state, columns, _lengths)}


def _lengths(records: Records) -> Mapping[str, Any] | None:
    lengths = record(records, "lengths", Spread)
    if lengths is None:
        return None
    return dict(zip(("length", "reads"), lengths.sorted(), strict=True))
