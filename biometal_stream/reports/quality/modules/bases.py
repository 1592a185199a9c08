"""Which bases stand in each cycle."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pyarrow as pa

from biometal_stream.reports.quality.cycles import bins_of, first_cycles
from biometal_stream.reports.records.counts import Counts

if TYPE_CHECKING:
    from biometal_stream.reports.quality.module import Records, State
    from biometal_stream.reports.quality.reads import Reads

BASES = "ACGTN"
"""The letters counted, in upper and lower case; U counts as T. All else counts as ``other``."""


class Bases:
    """Counts A, C, G, T, N and other letters by cycle."""

    needs: ClassVar[tuple[str, ...]] = ("sequence",)

    def observe(self, reads: Reads, /) -> Records:
        """Counts ``bases_by_cycle``: (bins of cycles, 6)."""
        sequences = reads.text("sequence")
        if sequences is None:
            return {}
        codes = np.full(256, len(BASES))
        for place, letter in enumerate(BASES):
            codes[[ord(letter), ord(letter.lower())]] = place
        codes[[ord("U"), ord("u")]] = BASES.index("T")
        longest = int(sequences.lengths.max(initial=0))
        bins = bins_of(np.arange(1, longest + 1))
        counts = np.zeros((int(bins.max(initial=-1)) + 1, len(BASES) + 1), np.int64)
        for start, stop in zip(sequences.starts.tolist(), sequences.stops.tolist(), strict=True):
            np.add.at(counts, (bins[: stop - start], codes[sequences.data[start:stop]]), 1)
        return {"bases_by_cycle": Counts(counts)}

    def tables(self, state: State, /) -> Mapping[str, pa.Table]:
        """The table ``bases``: counts of each letter by cycle."""
        rows: dict[str, list[object]] = {
            name: [] for name in ("group", "first_cycle", "last_cycle", *BASES.lower(), "other")
        }
        for group, records in state.items():
            counts = records.get("bases_by_cycle")
            if not isinstance(counts, Counts):
                continue
            edges = first_cycles(len(counts.values))
            for place, letters in enumerate(counts.values.tolist()):
                cells = (group, int(edges[place]), int(edges[place + 1]) - 1, *letters)
                for column, cell in zip(rows.values(), cells, strict=True):
                    column.append(cell)
        types = {name: pa.string() if name == "group" else pa.int64() for name in rows}
        return {"bases": pa.table(rows, schema=pa.schema(list(types.items())))}
