"""Simulated libraries, and reads that look like adapters but are none."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from benches.adapters.sets import ReadSet
from benches.adapters.simulate import Simulated, random_genome, simulate

GENOME = random_genome(200_000, 5)


def library(mean=150, deviation=30, number=2_000, seed=1, **about) -> Simulated:
    """Reads of a kind; as a `ReadSet` has them."""
    return simulate(ReadSet("", mean, deviation, **about), GENOME, number, seed)


def batch(reads, mates=False) -> pa.RecordBatch:
    """A batch of reads, all of the same quality."""
    columns = {
        "sequence": pa.array(reads, pa.string()),
        "quality": pa.array(["F" * len(read) for read in reads], pa.string()),
    }
    if mates:
        columns["mate"] = pa.array([1, 2] * (len(reads) // 2), pa.int8())
    return pa.record_batch(columns)


def bases(random: np.random.Generator, number: int) -> str:
    """A random text."""
    return "".join("ACGT"[code] for code in random.integers(0, 4, number))


def mutated(random: np.random.Generator, text: str, share: float) -> str:
    """A text in which some bases are drawn again."""
    places = np.flatnonzero(random.random(len(text)) < share)
    letters = list(text)
    for place, base in zip(places, bases(random, len(places)), strict=True):
        letters[place] = base
    return "".join(letters)


def turned(text: str) -> str:
    """The reverse complement."""
    return text[::-1].translate(str.maketrans("ACGT", "TGCA"))


def _windows(random, texts, number=1_500, length=100, turn=0.5):
    """Reads from places of some texts, from both strands."""
    for _ in range(number):
        text = texts[random.integers(len(texts))]
        start = random.integers(0, max(len(text) - length, 1))
        read = text[start : start + length]
        yield turned(read) if random.random() < turn else read


def _amplicon(random):
    texts = [bases(random, 400) for _ in range(3)]
    return [mutated(random, text[:120], 0.005) for text in texts for _ in range(500)]


def _staggered_amplicon(random):
    """Primers after 0 to 7 random bases, as some protocols have them."""
    text = bases(random, 300)
    return [
        (bases(random, int(random.integers(8))) + mutated(random, text, 0.005))[:120]
        for _ in range(1_500)
    ]


def _shared_stretch(random):
    """16S: variable, conserved, variable; all reads start at the primer."""
    primer, conserved = bases(random, 19), bases(random, 40)
    species = [primer + bases(random, 40) + conserved + bases(random, 60) for _ in range(30)]
    return [mutated(random, species[random.integers(30)], 0.005)[:130] for _ in range(1_500)]


def _constant_region(random):
    """Receptors of T cells: random joints, then a constant region that goes on for long."""
    constant = bases(random, 400)
    genes = [bases(random, 200) for _ in range(20)]
    texts = [
        genes[random.integers(20)] + bases(random, int(random.integers(5, 15))) + constant
        for _ in range(300)
    ]
    return list(_windows(random, texts))


def _joints(random):
    """The same in RNA of one strand, read from primers: the constant region starts anywhere."""
    constant, joining = bases(random, 200), [bases(random, 50) for _ in range(6)]
    genes = [bases(random, int(random.integers(30, 70))) for _ in range(20)]
    return [
        mutated(
            random,
            genes[random.integers(20)]
            + bases(random, int(random.integers(5, 25)))
            + joining[random.integers(6)][random.integers(8) :]
            + constant,
            0.003,
        )[:200]
        for _ in range(1_000)
    ]


def _repeat(random):
    """A tenth of all reads show a family of repeats, as human reads show Alu."""
    repeat = bases(random, 300)
    copies = [
        bases(random, 150) + mutated(random, repeat, 0.1) + "A" * 20 + bases(random, 150)
        for _ in range(300)
    ]
    background = [bases(random, 5_000) for _ in range(100)]
    return [*_windows(random, copies, 400), *_windows(random, background, 1_600)]


def _poly_a(random):
    """RNA from its 3' end: all reads end in A."""
    return [(bases(random, int(random.integers(10, 90))) + "A" * 200)[:100] for _ in range(1_500)]


def _telomere(random):
    return list(_windows(random, ["TTAGGG" * 60, bases(random, 20_000)]))


def _tandem(random):
    unit = bases(random, 47)
    return list(_windows(random, [bases(random, 2_000) + unit * 40 + bases(random, 2_000)]))


def _genome(random):
    return list(_windows(random, [bases(random, 60_000)]))


def _few(random):
    return [bases(random, 100) for _ in range(4)]


IMPOSTORS = {
    make.__name__.strip("_"): make
    for make in (
        *(_amplicon, _staggered_amplicon, _shared_stretch, _constant_region, _joints, _repeat),
        *(_poly_a, _telomere, _tandem, _genome, _few),
    )
}
"""Makers of reads without adapters, by kind."""
