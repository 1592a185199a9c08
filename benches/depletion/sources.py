"""Where the reads of the study are from: the indexed sequence, and others."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from benches.depletion.genomes import Genome, read_genome
from benches.depletion.simulate import Kind, Reads, simulate

MEGABASE = 1_000_000
INDEXED = (0, 20 * MEGABASE)
"""The part of chromosome 20 that is indexed; what follows, up to 30 Mb, is not."""

SNPS = 0.001
"""The share of bases in which another person's genome differs."""

SHORT = (*map(Kind, (75, 100, 150, 250)), Kind(150, paired=True))
LONG = tuple(Kind(length, long_errors=rate) for length in (1_000, 10_000) for rate in (0.01, 0.05))


@dataclass(frozen=True)
class Source:
    """Sequences that reads are taken from.

    Attributes:
        genome: The sequences.
        host: Whether the reads should match.
    """

    genome: Genome
    host: bool = False

    @property
    def name(self) -> str:
        """How tables name it."""
        return self.genome.name


class Sources:
    """The sources of the study, and their reads: the same for the same seed.

    Args:
        shared: The folder with ``genomes/``.
        bases: How many bases to simulate of each source and kind.
        seed: Says which.
    """

    def __init__(self, shared: Path, bases: int, seed: int) -> None:
        self._shared, self._bases, self._seed = shared / "genomes", bases, seed
        self._kept: dict[tuple[str, Kind], Reads] = {}

    @cached_property
    def indexed(self) -> Genome:
        """What is indexed."""
        return self._chromosome.cut("human, indexed", *INDEXED)

    @cached_property
    def all(self) -> tuple[Source, ...]:
        """All sources; those of the host first."""
        random = np.random.default_rng([self._seed, 0])
        person = self.indexed.other_person("another person", SNPS, random)
        rest = self._chromosome.cut("human, not indexed", INDEXED[1], len(self._chromosome.codes))
        human = (Source(self.indexed, host=True), Source(person, host=True), Source(rest))
        return human + tuple(map(Source, self._others()))

    def reads(self, source: Source, kind: Kind) -> Reads:
        """The reads of a source."""
        key = source.name, kind
        if key not in self._kept:
            number = max(1, self._bases // (kind.length * (2 if kind.paired else 1)))
            seed = [self._seed, 1, [each.name for each in self.all].index(source.name), kind.length]
            random = np.random.default_rng(seed)
            self._kept[key] = simulate(source.genome, kind, number, random)
        return self._kept[key]

    def forget(self) -> None:
        """Lets go of the reads so far."""
        self._kept.clear()

    @cached_property
    def _chromosome(self) -> Genome:
        return read_genome(self._shared / "train_human.fa.gz", "chr20", _has("chr20"))

    def _others(self) -> Iterator[Genome]:
        yield read_genome(self._shared / "train_prokaryote.fa.gz", "bacteria and archaea")
        yield read_genome(self._shared / "train_virus.fa.gz", "viruses")
        yield read_genome(self._shared / "phage.fa.gz", "phages")
        path = self._shared / "negative_eukaryotes.fa.gz"
        yield read_genome(path, "mouse", _has("set=mouse"))
        yield read_genome(path, "yeast", _has("set=yeast"))
        others = ("set=drosophila", "set=plasmodium", "set=kiwifruit", "set=celegans")
        yield read_genome(path, "fly, worm, plant, malaria", _has(*others))


def _has(*words: str) -> Callable[[str], bool]:
    return lambda header: any(word in header for word in words)
