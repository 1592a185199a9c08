"""Sizes of inserts, by the overlap of mates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pyarrow as pa

from biometal_stream.reports.quality.arrow import joined, table, table_of_rows
from biometal_stream.reports.quality.reads import PAIRS
from biometal_stream.reports.records.counts import Counts
from biometal_stream.reports.records.keyed import Keyed

if TYPE_CHECKING:
    from biometal_stream.reports.quality.reads import Reads
    from biometal_stream.reports.records.base import Records, State

MOST_SIZES = 1 << 20
"""Sizes that are counted separately: the smallest."""

_SIZES = pa.schema([("group", pa.string()), ("insert_size", pa.int64()), ("pairs", pa.int64())])
_TOTALS = pa.schema(
    [
        ("group", pa.string()),
        ("pairs", pa.int64()),
        ("overlapping", pa.int64()),
        ("mode", pa.int64()),
        ("median", pa.int64()),
    ]
)


def insert_records(pairs: int, overlapping: int, sizes: Mapping[int, int]) -> Records:
    """The records of the sizes of inserts, which belong to the group ``pairs``.

    Args:
        pairs: All pairs, with those that are merged.
        overlapping: Those whose mates overlap, so that the size of the insert is known.
        sizes: How many inserts have each size.
    """
    keys = np.fromiter(sizes.keys(), np.int64, len(sizes))
    counts = np.fromiter(sizes.values(), np.int64, len(sizes))
    return {
        "insert_sizes": Keyed.of(keys, counts[:, None], MOST_SIZES),
        "insert_totals": Counts(np.array([pairs, overlapping], np.int64)),
    }


class Inserts:
    """Makes the tables of inserts. An operator counts them, as only it can compare mates."""

    needs: ClassVar[tuple[str, ...]] = ()

    def observe(self, _reads: Reads, /) -> Records:
        """Counts nothing."""
        return {}

    def tables(self, state: State, /) -> Mapping[str, pa.Table]:
        """The tables ``inserts`` and ``insert_totals``.

        The mode is the size of most inserts, the smallest if several are; the median is the least
        size that half of the inserts do not exceed.
        """
        records = state.get(PAIRS, {})
        sizes, totals = records.get("insert_sizes"), records.get("insert_totals")
        if not isinstance(sizes, Keyed) or not isinstance(totals, Counts):
            return {"inserts": joined([], _SIZES), "insert_totals": joined([], _TOTALS)}
        keys, counts = sizes.keys, sizes.values.sum(axis=1)
        pairs, overlapping = totals.values.tolist()
        row = {"group": PAIRS, "pairs": pairs, "overlapping": overlapping}
        if len(keys):
            middle = np.searchsorted(np.cumsum(counts), counts.sum() / 2)
            row |= {"mode": int(keys[counts.argmax()]), "median": int(keys[middle])}
        columns = {"group": [PAIRS] * len(keys), "insert_size": keys, "pairs": counts}
        return {
            "inserts": table(columns, _SIZES),
            "insert_totals": table_of_rows([row], _TOTALS),
        }
