"""Counts the reads that match each of several indexes."""

from __future__ import annotations

from dataclasses import dataclass

from biometal_stream.operators.base import ReadObserver
from biometal_stream.operators.matching.settings import IndexSettings


@dataclass(frozen=True)
class Screen(IndexSettings, ReadObserver):
    """Counts the reads, or pairs, that match each of several indexes, and changes nothing.

    Like FastQ Screen, it shows which genomes the reads come from. For each index it counts
    the reads that match it alone and those that match others, too, and also those that match none.
    `Deplete` explains when a read matches; both mates of a pair are looked up together.

    The end of a run shows the shares; the counts are in reports, in --stats and in
    Report.results["screen"]. They are the same for every number of threads.

    Attributes:
        indexes: The indexes: files, or shipped ones; ``NAME=INDEX`` gives one a name.
        index: The same; they come before the others.
        min_hits: How many different minimizers of a read the index must have; 0 counts as 1.
        min_fraction: What share of a read's different minimizers the index must have.
        prefix: How many bases to look at from the start of each read; all by default.

    Example:
        >>> Screen(("phix", "lambda"))
    """
