"""How often sequences are repeated."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pyarrow as pa

from biometal_stream.reports.quality.beginnings import hashes_of
from biometal_stream.reports.quality.frequent import COPIES, Frequent, frequent
from biometal_stream.reports.quality.tabulate import by_group, record
from biometal_stream.reports.records.sample import Sample

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from biometal_stream.reports.quality.reads import Reads
    from biometal_stream.reports.records.base import Records, State

WHOLE = 1 << 17
"""Up to so many different sequences are all counted; FastQC follows 100,000."""

LEVELS = {1: "1", 2: "2", 3: "3", 4: "4", 5: "5", 6: "6", 7: "7", 8: "8", 9: "9", 10: ">10"} | {
    51: ">50",
    101: ">100",
    501: ">500",
    1_001: ">1k",
    5_001: ">5k",
    10_001: ">10k",
}
"""FastQC's names of the levels, by their least number of copies. A sequence with ten copies is
among those of ``>10``, as in FastQC."""

_LEAST = np.array([*LEVELS])


class Duplication:
    """Counts how often the first 50 bases of reads are repeated.

    The definitions are those of FastQC 0.12.1, and so are the numbers, to the bit, if it sees
    fewer than 100,000 different sequences. FastQC follows the first 100,000 and extrapolates. Here
    more than 131,072 are sampled by their hashes, so that the result does not depend on the order
    of the reads, and its error is known.
    """

    needs: ClassVar[tuple[str, ...]] = ("sequence",)

    def observe(self, reads: Reads, /) -> Records:
        """Counts ``sequence_copies``, by the hash of the first bases."""
        hashes = hashes_of(reads)
        if hashes is None:
            return {}
        return {COPIES: Sample.joining(reads.so_far.get(COPIES), hashes, whole=WHOLE)}

    def tables(self, state: State, /) -> Mapping[str, pa.Table]:
        """The tables ``duplication``, by level, and ``duplication_totals``.

        Of the latter, ``sampled`` is the share of sequences that were counted, ``distinct`` the
        number of different sequences, ``rate`` the share of reads that are copies of an earlier
        one, ``remaining_percent`` what FastQC calls "Total Deduplicated Percentage", and
        ``standard_error`` that of ``rate``: 0 if all were counted.
        """
        number, whole, text = pa.float64(), pa.int64(), pa.string()
        levels = {
            "copies": whole,
            "label": text,
            "percent_of_total": number,
            "percent_of_distinct": number,
        }
        totals = {
            "reads": whole,
            "sampled": number,
            "distinct": whole,
            "rate": number,
            "remaining_percent": number,
            "standard_error": number,
        }
        return {
            "duplication": by_group(state, levels, _levels),
            "duplication_totals": by_group(state, totals, _totals),
        }


def _levels(records: Records) -> Mapping[str, Any] | None:
    copies = record(records, COPIES, Sample)
    if copies is None:
        return None
    reads, distinct = _by_level(copies, frequent(records))
    return {
        "copies": _LEAST,
        "label": list(LEVELS.values()),
        "percent_of_total": reads / max(reads.sum(), 1) * 100,
        "percent_of_distinct": distinct / max(distinct.sum(), 1) * 100,
    }


def _totals(records: Records) -> Mapping[str, Any] | None:
    copies = record(records, COPIES, Sample)
    if copies is None:
        return None
    seen, sampled = max(copies.seen, 1), copies.share
    distinct = min(float(_by_level(copies, frequent(records))[1].sum()), copies.seen)
    error = np.sqrt(len(copies.hashes) * (1 - sampled)) / sampled / seen
    return {
        "reads": [copies.seen],
        "sampled": [sampled],
        "distinct": [round(distinct)],
        "rate": [1 - distinct / seen if copies.seen else 0.0],
        "remaining_percent": [distinct / seen * 100 if copies.seen else 100.0],
        "standard_error": [float(error)],
    }


def _by_level(copies: Sample, often: Frequent) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The number of reads and of different sequences by level, each ``float64``, (levels,).

    A sequence that makes up much of the reads is either in the sample or not, and either way would
    upset the numbers. How many copies it has is known from the sample of reads. So the sample of
    sequences speaks for the others only.
    """
    if copies.share == 1:
        return _sums(copies.copies, copies.copies), _sums(copies.copies)
    others = copies.copies[~np.isin(copies.hashes, often.hashes)]
    reads, distinct = _sums(others, others), _sums(others)
    rest = max(0.0, copies.seen - float(often.copies.sum()))
    reads *= rest / max(reads.sum(), 1)
    distinct /= copies.share
    return reads + _sums(often.copies, often.copies), distinct + _sums(often.copies)


def _sums(copies: NDArray[Any], weights: NDArray[Any] | None = None) -> NDArray[np.float64]:
    level = np.maximum(np.searchsorted(_LEAST, copies, side="right") - 1, 0)
    return np.bincount(level, weights, len(_LEAST)).astype(np.float64)
