"""The tables of quality control as properties, with what their columns mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from itertools import groupby
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa


class Tables:
    """Tables by name. The first column of each, ``group``, is the group of reads.

    Cycles and lengths are in bases, and cycles count from 1. A percent goes from 0 to 100, a share
    from 0 to 1. A table without content has its columns and no rows.
    """

    @property
    def tables(self) -> Mapping[str, pa.Table]:
        """All tables by name."""
        raise NotImplementedError

    @cached_property
    def columns(self) -> Mapping[str, Mapping[str, Sequence[Any]]]:
        """All tables by name as lists, by column. Every report is made of them."""
        return {name: table.to_pydict() for name, table in self.tables.items()}

    def rows(self, table: str, group: str) -> slice:
        """The rows of a table that a group of reads has, which stand together."""
        return self._rows.get((table, group), slice(0, 0))

    @cached_property
    def _rows(self) -> Mapping[tuple[str, str], slice]:
        found = {}
        for name, columns in self.columns.items():
            start = 0
            for group, some in groupby(columns["group"]):
                stop = start + sum(1 for _ in some)
                found[name, group] = slice(start, stop)
                start = stop
        return found

    @property
    def totals(self) -> pa.Table:
        """Reads, bases, lengths, mean qualities, Q20, Q30, GC and N of all reads.

        ``mean_quality`` is the Phred score of the mean error probability.
        """
        return self.tables["totals"]

    @property
    def per_cycle(self) -> pa.Table:
        """Bases, each letter, and qualities by cycle, with percentiles."""
        return self.tables["per_cycle"]

    @property
    def qualities_by_cycle(self) -> pa.Table:
        """How many bases have each quality, by cycle."""
        return self.tables["qualities_by_cycle"]

    @property
    def per_read_quality(self) -> pa.Table:
        """Reads by the mean of their scores, rounded down, as in FastQC."""
        return self.tables["per_read_quality"]

    @property
    def per_read_gc(self) -> pa.Table:
        """Reads by percent of GC, and the normal distribution that fits best, as in FastQC."""
        return self.tables["per_read_gc"]

    @property
    def lengths(self) -> pa.Table:
        """Reads by length."""
        return self.tables["lengths"]

    @property
    def length_quality(self) -> pa.Table:
        """Long reads by length and by the Phred score of their mean error probability."""
        return self.tables["length_quality"]

    @property
    def duplication(self) -> pa.Table:
        """How often sequences are repeated, in FastQC's levels."""
        return self.tables["duplication"]

    @property
    def duplication_totals(self) -> pa.Table:
        """The number of different sequences and the rate of duplicates."""
        return self.tables["duplication_totals"]

    @property
    def overrepresented(self) -> pa.Table:
        """Sequences that are more than 0.1 % of all, and where they may come from."""
        return self.tables["overrepresented"]

    @property
    def adapters(self) -> pa.Table:
        """Reads in which an adapter has begun, by cycle."""
        return self.tables["adapters"]

    @property
    def kmers(self) -> pa.Table:
        """K-mers that are more frequent in some cycles than in others, as in FastQC."""
        return self.tables["kmers"]

    @property
    def tiles(self) -> pa.Table:
        """Mean qualities by tile and FastQC's groups of cycles, and deviations from all tiles."""
        return self.tables["tiles"]

    @property
    def tile_totals(self) -> pa.Table:
        """The number of tiles, and of the reads of tiles that are too many to be counted."""
        return self.tables["tile_totals"]

    @property
    def hours(self) -> pa.Table:
        """Reads, bases and the Phred score of the mean error probability by hour of sequencing."""
        return self.tables["hours"]

    @property
    def channels(self) -> pa.Table:
        """The same by channel of the flow cell, or by column of PacBio's chip."""
        return self.tables["channels"]

    @property
    def inserts(self) -> pa.Table:
        """Pairs by the size of their insert, if inserts were counted."""
        return self.tables["inserts"]

    @property
    def insert_totals(self) -> pa.Table:
        """Pairs, those whose mates overlap, and the mode and median of the sizes of inserts."""
        return self.tables["insert_totals"]

    @property
    def labels(self) -> pa.Table:
        """Reads by label, for each column of labels."""
        return self.tables["labels"]

    @property
    def numbers(self) -> pa.Table:
        """The minimum, mean and maximum of each column of numbers."""
        return self.tables["numbers"]

    @property
    def scores(self) -> pa.Table:
        """Reads by score and label, for each column of floats."""
        return self.tables["scores"]

    @property
    def calibration(self) -> pa.Table:
        """How often predicted labels are right, by score, if true labels were given."""
        return self.tables["calibration"]
