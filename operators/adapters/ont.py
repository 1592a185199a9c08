"""The adapters of Oxford Nanopore's kits, and how they are looked for inside reads."""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from biometal_stream.operators.kernels.edits import CODES, LONGEST, SCRATCH, mark_adapters

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from biometal_stream.columns import StringColumn

ADAPTERS = {
    "ligation": "ACTTCGTTCAGTTACGTATTGC",
    "rapid": "GTTTTCGCATTTATCGTGAAACGCTTTCGCGTTTTTCGTGCGCCGCTTCA",
    "rapid barcoding": "ACTTCGTTCAGTTACGGCTTGGGTGTTTAACC",
    "PCR and cDNA, forward": "ACTTGCCTGTCGCTCTATCTTC",
    "PCR and cDNA, reverse": "TTTCTGTTGGTGCTGATATTGC",
}
"""What kits of Oxford Nanopore leave in reads. Of the ligation adapter the part that its top and
bottom strands share, in the kits from SQK-LSK108 to SQK-LSK114. Source: Oxford Nanopore's list of
adapter sequences (Chemistry technical document CHTD_500), as Porechop has them."""

_BASES = "ACGT"
_COMPLEMENT = str.maketrans(_BASES, "TGCA")
_MOST_WORD = 8
"""The most bases of a word: a table of words of 8 bases has half a megabyte."""


class _Tables(NamedTuple):
    """What the kernel takes of adapters, in its order."""

    masks: NDArray[np.uint64]
    backwards: NDArray[np.uint64]
    lengths: NDArray[np.uint64]
    errors: NDArray[np.uint64]
    words: NDArray[np.uint64]
    size: np.uint64


def mark(
    column: StringColumn,
    adapters: tuple[str, ...],
    error_rate: float,
    extra: int,
    end_size: int,
) -> NDArray[np.uint8]:
    """Marks the bases of adapters in reads, on both strands.

    Args:
        column: The bases of reads, whose rows follow each other.
        adapters: The adapters, 12 to 64 of A, C, G and T each.
        error_rate: The most errors, as a share of an adapter's bases.
        extra: The bases that are marked on both sides of an adapter.
        end_size: If an adapter is at most so many bases from the nearer end of its read, all bases
            up to that end are marked as well.

    Returns:
        ``uint8``, (bases of all reads,): 1 for these bases, and 0.
    """
    first, last = column.span
    marks, distances = np.zeros(last - first, np.uint8), np.empty(SCRATCH, np.uint64)
    for tables in _tables(adapters, error_rate):
        mark_adapters(
            column.starts,
            column.stops,
            column.data,
            _codes(),
            *tables,
            np.uint64(min(extra, 1 << 60)),
            np.uint64(min(end_size, 1 << 60)),
            distances,
            marks,
        )
    return marks


@cache
def _codes() -> NDArray[np.uint8]:
    table = np.full(256, CODES - 1, np.uint8)
    for code, letters in enumerate(("Aa", "Cc", "Gg", "TtUu")):
        table[[ord(letter) for letter in letters]] = code
    table.flags.writeable = False
    return table


@cache
def _tables(adapters: tuple[str, ...], error_rate: float) -> list[_Tables]:
    """The tables of all adapters and their other strands, as many at once as the kernel takes."""
    strands = [strand for one in adapters for strand in (one, one[::-1].translate(_COMPLEMENT))]
    every = list(dict.fromkeys(strands))
    groups = [every[first : first + LONGEST] for first in range(0, len(every), LONGEST)]
    return [_tables_of(group, error_rate) for group in groups]


def _tables_of(adapters: list[str], error_rate: float) -> _Tables:
    lengths = [len(adapter) for adapter in adapters]
    # A little more than the share, so that 10 % of 30 bases are 3.
    errors = [int(error_rate * length * (1 + 1e-9)) for length in lengths]
    cuts = [
        np.linspace(0, length, most + 2).astype(int).tolist()
        for length, most in zip(lengths, errors, strict=True)
    ]
    shortest = min(stop - start for each in cuts for start, stop in pairwise(each))
    size = min(shortest, _MOST_WORD)
    words = np.zeros(4**size, np.uint64)
    for number, (adapter, each) in enumerate(zip(adapters, cuts, strict=True)):
        for start in each[:-1]:
            word = 0
            for letter in adapter[start : start + size]:
                word = 4 * word + _BASES.index(letter)
            words[word] |= np.uint64(1 << number)
    tables = _Tables(
        _masks(adapters),
        _masks([adapter[::-1] for adapter in adapters]),
        np.array(lengths, np.uint64),
        np.array(errors, np.uint64),
        words,
        np.uint64(size),
    )
    for table in tables[:-1]:
        table.flags.writeable = False
    return tables


def _masks(adapters: list[str]) -> NDArray[np.uint64]:
    masks = np.zeros((len(adapters), CODES), np.uint64)
    for number, adapter in enumerate(adapters):
        for place, letter in enumerate(adapter):
            masks[number, _BASES.index(letter)] |= np.uint64(1 << place)
    return masks.ravel()
