"""Sequences that make up much of the reads, and where they may come from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

import pyarrow as pa

from biometal_stream.reports.quality.beginnings import first_bases, hashes_of, hashes_with
from biometal_stream.reports.quality.frequent import COPIES, READS, frequent
from biometal_stream.reports.quality.sources import source_of
from biometal_stream.reports.quality.tabulate import by_group, record
from biometal_stream.reports.records.sample import Sample

if TYPE_CHECKING:
    from biometal_stream.reports.quality.reads import Reads
    from biometal_stream.reports.records.base import Records, State


class Overrepresented:
    """Finds sequences, of up to 50 bases, that more than 0.1 % of the reads begin with.

    It keeps up to 32,768 reads, chosen by the hashes of their names and sequences. That finds the
    sequences; how often they were seen is counted with `Duplication`, or else estimated. Reads
    without names are distinguished by their qualities. Without these, sequences are sampled, and
    most are missed if there are more than 32,768 different ones.
    """

    needs: ClassVar[tuple[str, ...]] = ("sequence", "name", "quality")

    def observe(self, reads: Reads, /) -> Records:
        """Keeps ``sampled_reads``: some reads with their sequences."""
        hashes, sequences = hashes_of(reads), reads.text("sequence")
        if hashes is None or sequences is None:
            return {}
        identity = reads.text("name") or reads.text("quality")
        if identity is not None:
            hashes = hashes_with(hashes, identity)
        column = sequences
        sample = Sample.joining(
            reads.so_far.get(READS), hashes, lambda rows: first_bases(column, rows)
        )
        return {READS: sample}

    def tables(self, state: State, /) -> Mapping[str, pa.Table]:
        """The table ``overrepresented``, the most frequent sequence first.

        ``standard_error`` is that of ``percent``, in percentage points; 0 if it is exact.
        """
        columns = {
            "sequence": pa.string(),
            "reads": pa.int64(),
            "percent": pa.float64(),
            "standard_error": pa.float64(),
            "source": pa.string(),
        }
        return {"overrepresented": by_group(state, columns, _rows)}


def _rows(records: Records) -> Mapping[str, Any] | None:
    copies = record(records, COPIES, Sample)
    if copies is None:
        return None
    found = frequent(records)
    texts = [bytes(text).rstrip(b"\0").decode("latin-1") for text in found.texts]
    counts, errors = found.copies.tolist(), found.errors.tolist()
    rows = sorted(zip(texts, counts, errors, strict=True), key=lambda row: (-row[1], row[0]))
    return {
        "sequence": [text for text, _, _ in rows],
        "reads": [round(count) for _, count, _ in rows],
        "percent": [count / copies.seen * 100 for _, count, _ in rows],
        "standard_error": [error / copies.seen * 100 for _, _, error in rows],
        "source": [source_of(text) for text, _, _ in rows],
    }
