"""The mean quality and the GC content of reads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pyarrow as pa

from biometal_stream.reports.quality.gc_model import distribution, theoretical
from biometal_stream.reports.quality.read_counts import reads_by_gc, reads_by_mean
from biometal_stream.reports.quality.tabulate import by_group, record
from biometal_stream.reports.records.counts import Counts
from biometal_stream.reports.records.spread import Spread

if TYPE_CHECKING:
    from biometal_stream.reports.quality.reads import Reads
    from biometal_stream.reports.records.base import Record, Records, State


class PerRead:
    """Counts reads by mean quality and by GC content, as FastQC does."""

    needs: ClassVar[tuple[str, ...]] = ("sequence", "quality")

    def observe(self, reads: Reads, /) -> Records:
        """Counts ``quality_of_reads``, by score, and ``gc_of_reads``, by key of `gc_model`.

        The mean of a read is rounded down. Reads without bases are left out.

        Raises:
            DataError: A quality holds a byte that is not Phred+33.
        """
        found: dict[str, Record] = {}
        sequences, qualities = reads.text("sequence"), reads.text("quality")
        if qualities is not None:
            found["quality_of_reads"] = Counts(reads_by_mean(reads, qualities))
        if sequences is not None:
            found["gc_of_reads"] = reads_by_gc(sequences)
        return found

    def tables(self, state: State, /) -> Mapping[str, pa.Table]:
        """The tables ``per_read_quality`` and ``per_read_gc``."""
        quality = {"quality": pa.int64(), "reads": pa.int64()}
        gc = {"gc_percent": pa.int64(), "reads": pa.float64(), "theoretical": pa.float64()}
        return {
            "per_read_quality": by_group(state, quality, _per_read_quality),
            "per_read_gc": by_group(state, gc, _per_read_gc),
        }


def _per_read_quality(records: Records) -> Mapping[str, Any] | None:
    counts = record(records, "quality_of_reads", Counts)
    if counts is None:
        return None
    found = np.flatnonzero(counts.values)
    scores = np.arange(found[0], found[-1] + 1) if len(found) else found
    return {"quality": scores, "reads": counts.values[scores]}


def _per_read_gc(records: Records) -> Mapping[str, Any] | None:
    keys = record(records, "gc_of_reads", Spread)
    if keys is None or not len(keys.sorted()[0]):
        return None
    reads = distribution(*keys.sorted())
    curve = theoretical(reads)
    return {
        "gc_percent": np.arange(len(reads)),
        "reads": reads,
        "theoretical": pa.nulls(len(reads)) if curve is None else curve,
    }
