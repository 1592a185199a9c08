"""The sequences that make up much of the reads, from two samples: of sequences and of reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from biometal_stream.reports.quality.beginnings import as_column, hashes_of_texts
from biometal_stream.reports.quality.tabulate import record
from biometal_stream.reports.records.sample import Sample

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from biometal_stream.reports.records.base import Records

COPIES = "sequence_copies"
"""The record of how often sequences were seen: a sample of sequences, by the hashes of these."""

READS = "sampled_reads"
"""The record of some reads with their sequences: a sample by the hashes of names and sequences."""

PERCENT = 0.1
"""A sequence with a larger percentage of the reads is over-represented, as in FastQC."""


class Frequent(NamedTuple):
    """Over-represented sequences, in no order.

    Attributes:
        texts: ``uint8``, (sequences, bases): filled up with zeros.
        hashes: ``uint64``, (sequences,)
        copies: ``float64``, (sequences,): how many reads have each; whole numbers if exact.
        errors: ``float64``, (sequences,): the standard errors of these; 0 if exact.
    """

    texts: NDArray[np.uint8]
    hashes: NDArray[np.uint64]
    copies: NDArray[np.float64]
    errors: NDArray[np.float64]


def frequent(records: Records) -> Frequent:
    """The over-represented sequences of a group of reads.

    The sample of reads has the sequences. If the sample of sequences counts one, its number of
    copies is exact. Otherwise it is estimated from the sample of reads: each read is in it with
    the same probability p, so copies / p is expected to be the number of copies, with the
    variance of the sum of independent draws, (1 - p) / p² for each (Horvitz and Thompson, Journal
    of the American Statistical Association 47, 1952). Reads that have both name and sequence in
    common are in the sample together, and the error says so.
    """
    reads, sequences = record(records, READS, Sample), record(records, COPIES, Sample)
    if reads is None or sequences is None or not len(reads.hashes):
        nothing = np.zeros(0)
        return Frequent(np.zeros((0, 0), np.uint8), np.zeros(0, np.uint64), nothing, nothing)
    hashes, first, place = np.unique(
        hashes_of_texts(as_column(reads.texts)), return_index=True, return_inverse=True
    )
    weights = reads.copies.astype(np.float64)
    exact = sequences.copies_of(hashes)
    copies = np.where(exact >= 0, exact, np.bincount(place, weights) / reads.share)
    variance = np.bincount(place, weights**2) * (1 - reads.share) / reads.share**2
    errors = np.where(exact >= 0, 0.0, np.sqrt(variance))
    copies = np.minimum(copies, sequences.seen)
    many = copies / max(sequences.seen, 1) * 100 > PERCENT
    return Frequent(reads.texts[first[many]], hashes[many], copies[many], errors[many])
