"""Simulates reads with known inserts: bases, qualities, errors, adapters and what follows them."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import numpy as np
import pyarrow as pa

from benches.adapters.sets import TAILS
from biometal_stream.operators.adapters.kits import KITS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from benches.adapters.sets import ReadSet

BASES = np.frombuffer(b"ACGT", np.uint8)
AFTER = 400
"""Bases without a signal that follow all adapters."""


@dataclass(frozen=True)
class Simulated:
    """Reads of one set, and the truth about them.

    Attributes:
        about: The set.
        inserts: ``int64``, (units,): the true size of each insert.
        adapters: What mate 1 and mate 2 run into.
        codes: ``uint8``, (units, mates, length): bases, 0 to 3 for A, C, G and T.
        scores: ``uint8``, (units, mates, length): Phred scores.
    """

    about: ReadSet
    inserts: NDArray[np.int64]
    adapters: tuple[str, str]
    codes: NDArray[np.uint8]
    scores: NDArray[np.uint8]

    @property
    def ends(self) -> NDArray[np.int64]:
        """The bases of each read that belong to its insert: ``int64``, (units,)."""
        return np.minimum(self.inserts, self.about.length)

    def batch(self) -> pa.RecordBatch:
        """The reads as a record batch; with mates in turn, and a column that says so."""
        rows = self.codes.reshape(-1, self.about.length)
        offsets = pa.py_buffer(np.arange(len(rows) + 1, dtype=np.int32) * self.about.length)
        columns = {
            name: pa.StringArray.from_buffers(len(rows), offsets, pa.py_buffer(text.tobytes()))
            for name, text in (("sequence", BASES[rows]), ("quality", self.scores + np.uint8(33)))
        }
        if self.about.paired:
            columns["mate"] = pa.array(np.tile(np.array([1, 2], np.int8), len(self.inserts)))
        return pa.record_batch(columns)

    def write(self, mate: int, file: BinaryIO) -> None:
        """Writes one mate of each pair, or all single reads, as FASTQ; names are numbers."""
        texts, qualities = BASES[self.codes[:, mate]], self.scores[:, mate] + np.uint8(33)
        file.writelines(
            b"@%d\n%b\n+\n%b\n" % (number, bases.tobytes(), quality.tobytes())
            for number, (bases, quality) in enumerate(zip(texts, qualities, strict=True))
        )


def random_genome(bases: int, seed: int) -> NDArray[np.uint8]:
    """Makes a genome of random bases, a tenth of it in families of repeats: 0 to 3, (bases,)."""
    random = np.random.default_rng([seed, 1])
    genome = random.integers(0, 4, bases).astype(np.uint8)
    repeat = random.integers(0, 4, 300).astype(np.uint8)
    for start in random.integers(0, bases - len(repeat), bases // 3000):
        copy = np.where(
            random.random(len(repeat)) < 0.1, random.integers(0, 4, len(repeat)), repeat
        )
        genome[start : start + len(repeat)] = copy
    return genome


def read_genome(path: Path, bases: int) -> NDArray[np.uint8]:
    """The first bases of a FASTA file, gzip, without N: 0 to 3, (bases,)."""
    table = np.full(256, 4, np.uint8)
    for code, letters in enumerate(("Aa", "Cc", "Gg", "Tt")):
        table[[ord(letter) for letter in letters]] = code
    with gzip.open(path, "rb") as file:
        lines = (line.strip() for line in file if not line.startswith(b">"))
        text = b"".join(islice(lines, bases // 40))
    codes = table[np.frombuffer(text, np.uint8)]
    found: NDArray[np.uint8] = codes[codes < 4][:bases]
    return found


def simulate(about: ReadSet, genome: NDArray[np.uint8], number: int, seed: int) -> Simulated:
    """Makes reads, or pairs, of a set.

    Args:
        about: The set.
        genome: ``uint8``, 0 to 3, longer than any insert.
        number: How many.
        seed: Reads are the same for the same seed.
    """
    random = np.random.default_rng([seed, 2])
    adapters, tails = _adapters(about, random)
    drawn = np.rint(random.normal(about.mean, about.deviation, number))
    inserts = np.maximum(drawn, 0).astype(np.int64)
    places = random.integers(0, len(genome) - int(inserts.max(initial=0)) - 2, number)
    reverse = random.random(number) < 0.5
    mates = [
        _mate(about, genome, inserts, places, reverse ^ (mate == 1), adapter + tail, random)
        for mate, (adapter, tail) in enumerate(zip(adapters, tails, strict=True))
        if mate == 0 or about.paired
    ]
    codes, scores = (np.stack([each[part] for each in mates], 1) for part in (0, 1))
    return Simulated(about, inserts, adapters, codes, scores)


def _adapters(
    about: ReadSet, random: np.random.Generator
) -> tuple[tuple[str, str], tuple[str, str]]:
    """The adapters, and what follows them, with random bases for N."""
    one, two = ("N" * 33,) * 2 if about.kit is None else KITS[about.kit][1:3]
    tails = TAILS["truseq" if about.kit is None else about.kit]
    drawn = [
        "".join("ACGT"[random.integers(4)] if base == "N" else base for base in text)
        for text in (one, two, *tails)
    ]
    return (drawn[0], drawn[1]), (drawn[2], drawn[3])


def _mate(
    about: ReadSet,
    genome: NDArray[np.uint8],
    inserts: NDArray[np.int64],
    places: NDArray[np.int64],
    reverse: NDArray[np.bool_],
    after: str,
    random: np.random.Generator,
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    at = np.arange(about.length)[None, :]
    backwards = places[:, None] + inserts[:, None] - 1 - at
    where = np.clip(np.where(reverse[:, None], backwards, places[:, None] + at), 0, len(genome) - 1)
    codes = np.where(reverse[:, None], 3 - genome[where], genome[where])
    letters = ["ACGT".index(base) for base in after] + [2 if about.dark else 0] * AFTER
    rest = np.array(letters, np.uint8)[np.clip(at - inserts[:, None], 0, len(letters) - 1)]
    codes = np.where(at < inserts[:, None], codes, rest)
    scores = _scores(about, len(inserts), random)
    wrong = random.random(codes.shape) < 10 ** (scores / -10.0)
    codes = np.where(wrong, (codes + random.integers(1, 4, codes.shape)) % 4, codes)
    return codes.astype(np.uint8), scores


def _scores(about: ReadSet, number: int, random: np.random.Generator) -> NDArray[np.uint8]:
    """Qualities that fall along the read, differ between reads, and have dips."""
    shape = (number, about.length)
    if about.errors is not None:
        rates = random.uniform(*about.errors, (number, 1))
        scores = -10 * np.log10(rates) + random.normal(0, 2, shape)
    else:
        scores = (
            38
            - 6 * (np.arange(about.length) / about.length) ** 2
            + random.normal(0, 2, (number, 1))
        )
        scores = scores - np.abs(random.normal(0, 3, shape))
        scores -= (random.random(shape) < 0.03) * random.integers(5, 25, shape)
    return np.clip(np.rint(scores), 2, 40).astype(np.uint8)
