"""Simulates reads of a genome, with the errors of a kind of sequencing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from benches.depletion.genomes import LETTERS, OTHER, Genome
from biometal_stream.columns import StringColumn

if TYPE_CHECKING:
    from numpy.typing import NDArray

INSERT = 350
"""The bases between the outer ends of a pair."""

_TIMES = "\N{MULTIPLICATION SIGN}"

_BINS = np.array([37, 25, 11])
"""The qualities that a NovaSeq reports, but for no-calls; each stands for an error rate."""

_INSERTED, _DELETED = 0.3, 0.3
"""The shares of insertions and deletions of a long read's errors; the rest are substitutions."""


@dataclass(frozen=True)
class Kind:
    """A kind of reads.

    Attributes:
        length: The bases of a read, or mate. Long reads vary, because of their indels.
        paired: Whether there are two mates.
        long_errors: The error rate of long reads; ``None`` for short reads, whose errors follow
            their qualities.
    """

    length: int
    paired: bool = False
    long_errors: float | None = None

    @property
    def name(self) -> str:
        """How tables name it."""
        if self.long_errors is not None:
            return f"{self.length:,}, {self.long_errors:.0%}"
        return f"2 {_TIMES} {self.length}" if self.paired else f"{self.length}"

    @property
    def span(self) -> int:
        """The bases of the genome that a read or pair comes from."""
        if self.paired:
            return INSERT
        return self.length if self.long_errors is None else self.length + self.length // 10


@dataclass(frozen=True)
class Reads:
    """Simulated reads.

    Attributes:
        sequences: Their bases; mates of a pair follow each other.
        edges: ``int64``, (units + 1,): the first row of each read or pair.
        errors: Errors a base.
    """

    sequences: StringColumn
    edges: NDArray[np.int64]
    errors: float

    @property
    def units(self) -> int:
        """The reads, or pairs."""
        return len(self.edges) - 1


def simulate(genome: Genome, kind: Kind, number: int, random: np.random.Generator) -> Reads:
    """Makes reads, or pairs, from random places and both strands, none with an N.

    Args:
        genome: Where they are from.
        kind: What they are like.
        number: How many.
        random: The same state gives the same reads.
    """
    starts = _places(genome, kind.span, number, random)
    codes = genome.codes[starts[:, None] + np.arange(kind.span)]
    turned = random.random(number) < 0.5
    codes[turned] = 3 - codes[turned, ::-1]
    if kind.long_errors is not None:
        return _long(codes, kind, kind.long_errors, random)
    if kind.paired:
        mates = codes[:, : kind.length], 3 - codes[:, : -kind.length - 1 : -1]
        codes = np.stack(mates, 1).reshape(-1, kind.length)
    wrong = _error_rates(codes.shape, random) > random.random(codes.shape, np.float32)
    codes[wrong] = (codes[wrong] + random.integers(1, 4, int(wrong.sum()), np.uint8)) % 4
    offsets = np.arange(len(codes) + 1, dtype=np.int64) * kind.length
    edges = np.arange(number + 1, dtype=np.int64) * (2 if kind.paired else 1)
    return Reads(_column(codes.ravel(), offsets), edges, float(wrong.mean()))


def _places(
    genome: Genome, span: int, number: int, random: np.random.Generator
) -> NDArray[np.int64]:
    """Starts of stretches without another letter, (number,)."""
    others = np.concatenate(
        [np.zeros(1, np.int32), np.cumsum(genome.codes == OTHER, dtype=np.int32)]
    )
    good = others[span:] == others[:-span]
    if not good.any():
        raise ValueError(f"{genome.name} has no {span:,} bases in a row")
    found = np.empty(0, np.int64)
    while len(found) < number:
        drawn = random.integers(0, len(good), 2 * number)
        found = np.concatenate([found, drawn[good[drawn]]])
    return found[:number]


def _error_rates(shape: tuple[int, ...], random: np.random.Generator) -> NDArray[np.float32]:
    """The error rates of short reads' bases, by qualities that fall along a read."""
    along = np.linspace(0, 1, shape[1], dtype=np.float32)
    reads = random.lognormal(0, 0.7, (shape[0], 1)).astype(np.float32)
    low = np.minimum(reads * (0.01 + 0.04 * along**3), 0.9)  # the share of the lowest quality
    drawn = random.random(shape, np.float32)
    bins = (drawn < low).astype(np.int8) + (drawn < 3 * low)
    rates: NDArray[np.float32] = (10 ** (_BINS / -10)).astype(np.float32)[bins]
    return rates


def _long(codes: NDArray[np.uint8], kind: Kind, rate: float, random: np.random.Generator) -> Reads:
    """Long reads: substitutions, insertions of one random base and deletions of one base."""
    drawn = random.random(codes.shape, np.float32)
    copies = np.ones(codes.shape, np.int8)
    copies[drawn < rate * _DELETED] = 0
    copies[drawn > 1 - rate * _INSERTED] = 2
    lengths = copies.cumsum(axis=1, dtype=np.int32)
    copies[lengths > kind.length] = 0  # the stretch is longer than the read
    changed = (drawn >= rate * _DELETED) & (drawn < rate * (1 - _INSERTED))
    codes[changed] = (codes[changed] + random.integers(1, 4, int(changed.sum()), np.uint8)) % 4
    flat = np.repeat(codes.ravel(), copies.ravel())
    added = np.cumsum(copies.ravel(), dtype=np.int32)[copies.ravel() == 2] - 1
    flat[added] = random.integers(0, 4, len(added), np.uint8)
    offsets = np.concatenate([[0], np.cumsum(copies.sum(axis=1, dtype=np.int64))])
    edges = np.arange(len(codes) + 1, dtype=np.int64)
    return Reads(_column(flat, offsets), edges, rate)


def _column(codes: NDArray[np.uint8], offsets: NDArray[np.int64]) -> StringColumn:
    text = LETTERS[codes]
    for array in (text, offsets):
        array.flags.writeable = False
    return StringColumn.of("sequence", offsets, text)
