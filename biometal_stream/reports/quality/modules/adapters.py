"""Which adapters reads contain, and from which cycle on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pyarrow as pa

from biometal_stream.reports.kernels.words import LENGTH, count_places
from biometal_stream.reports.quality.cycles import bins_of, edges_of, first_cycles, num_bins
from biometal_stream.reports.quality.tabulate import by_group, record
from biometal_stream.reports.quality.words import Words
from biometal_stream.reports.records.counts import Counts
from biometal_stream.reports.records.spread import Spread

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from biometal_stream.columns import StringColumn
    from biometal_stream.reports.quality.reads import Reads
    from biometal_stream.reports.records.base import Records, State

FASTQC = {
    "Illumina Universal Adapter": "AGATCGGAAGAG",
    "Illumina Small RNA 3' Adapter": "TGGAATTCTCGG",
    "Illumina Small RNA 5' Adapter": "GATCGTCGGACT",
    "Nextera Transposase Sequence": "CTGTCTCTTATA",
    "PolyA": "AAAAAAAAAAAA",
    "PolyG": "GGGGGGGGGGGG",
}
"""The adapters of FastQC 0.12.1. Source: its ``adapter_list.txt``."""

OTHERS = {
    "MGI/BGI Adapter 3'": "AAGTCGGAGGCC",
    "MGI/BGI Adapter 5'": "AAGTCGGATCGT",
    "ONT Ligation Adapter": "ACTTCGTTCAGT",
    "ONT Rapid Adapter": "GTTTTCGCATTT",
    "ONT cDNA Primer VNP": "ACTTGCCTGTCG",
    "ONT cDNA Primer SSP": "TTTCTGTTGGTG",
}
"""Adapters of other platforms: the first 12 bases of those that ``trim-adapters --kit`` and
``trim-nanopore`` know. FastQC does not look for them."""

ADAPTERS = FASTQC | OTHERS

_WORDS = Words.of(tuple(ADAPTERS.values()))


class Adapters:
    """Finds 12 bases of each adapter in all reads, as FastQC does.

    Reads count from the first place of the adapter on, so that numbers rise from cycle to cycle:
    what a trimmer would cut off.
    """

    needs: ClassVar[tuple[str, ...]] = ("sequence",)

    def observe(self, reads: Reads, /) -> Records:
        """Counts ``adapters_by_cycle``: (bins of cycles, adapters, 2).

        The first number is that of reads in which the adapter begins in the bin. The second adds
        up for these reads the cycles of the bin from there on.
        """
        sequences = reads.text("sequence")
        if sequences is None:
            return {}
        return {"adapters_by_cycle": Counts(_counted(sequences))}

    def tables(self, state: State, /) -> Mapping[str, pa.Table]:
        """The table ``adapters``: by adapter and cycle, the reads with it up to there.

        Where several cycles share a row, ``reads`` are those up to the last, and ``percent`` is
        the mean of the cycles. An adapter cannot begin in the last 11 cycles of the longest read;
        these have no rows.
        """
        columns = {
            "adapter": pa.string(),
            "sequence": pa.string(),
            "first_cycle": pa.int64(),
            "last_cycle": pa.int64(),
            "reads": pa.int64(),
            "percent": pa.float64(),
        }
        return {"adapters": by_group(state, columns, _rows)}


def _counted(sequences: StringColumn) -> NDArray[np.int64]:
    edges = edges_of(num_bins(sequences.longest))
    counts = np.zeros((len(edges) - 1, 2 * len(ADAPTERS)), np.int64)
    used = count_places(*_WORDS.find(sequences), edges, counts)
    return counts[:used].reshape(-1, len(ADAPTERS), 2).copy()


def _rows(records: Records) -> Mapping[str, Any] | None:
    counts, lengths = (
        record(records, "adapters_by_cycle", Counts),
        record(records, "lengths", Spread),
    )
    numbers, reads = lengths.sorted() if lengths is not None else (np.zeros(0), np.zeros(0))
    longest = int(numbers.max(initial=0))
    if counts is None or longest <= LENGTH:
        return None
    last = longest - LENGTH + 1
    bins = int(bins_of(np.array([last]))[0]) + 1
    edges = first_cycles(bins)
    beyond, edges[-1] = int(edges[-1]) - last - 1, last + 1
    hits = np.zeros((bins, len(ADAPTERS), 2), np.int64)
    hits[: len(counts.values)] = counts.values
    begun, after = hits[..., 0], hits[..., 1]
    after[-1] -= begun[-1] * beyond
    upto = begun.cumsum(0)
    width = np.diff(edges)[:, None]
    percent = ((upto - begun) * width + after) * 100 / (width * reads.sum())
    names, words = list(ADAPTERS), list(ADAPTERS.values())
    return {
        "adapter": np.repeat(names, bins),
        "sequence": np.repeat(words, bins),
        "first_cycle": np.tile(edges[:-1], len(ADAPTERS)),
        "last_cycle": np.tile(edges[1:] - 1, len(ADAPTERS)),
        "reads": upto.T.ravel(),
        "percent": percent.T.ravel(),
    }
