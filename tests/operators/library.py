"""Pairs of known inserts, as rows and as files."""

from __future__ import annotations

import random
from pathlib import Path

import pyarrow as pa

from biometal_stream.schemas import reads_schema
from tests.operators.plain import reverse_complement


def pair(insert: str, length: int = 100, quality: str = "I", after: str = "") -> tuple[str, ...]:
    """Both mates of an insert and their qualities; what follows it is read as well."""
    mates = ((insert + after)[:length], (reverse_complement(insert) + after)[:length])
    return (*mates, *(quality * len(mate) for mate in mates))


def batch_of(*pairs: tuple[str, ...]) -> pa.RecordBatch:
    """Pairs as a batch: of each mate 1 and 2, and their qualities."""
    rows = [
        {
            "name": f"p{number}",
            "description": f"{mate + 1}:N:0:A",
            "sequence": each[mate],
            "quality": each[2 + mate],
            "mate": mate + 1,
        }
        for number, each in enumerate(pairs)
        for mate in (0, 1)
    ]
    return pa.RecordBatch.from_pylist(rows, schema=reads_schema(paired=True))


def library(number: int, *, seed: int = 1, length: int = 100, mean: float = 150) -> list[str]:
    """Random inserts of varying size, of which about half are read to their end twice."""
    numbers = random.Random(seed)
    genome = "".join(numbers.choices("ACGT", k=20_000))
    inserts = []
    for _ in range(number):
        size = max(20, int(numbers.gauss(mean, length / 3)))
        first = numbers.randrange(len(genome) - size)
        inserts.append(genome[first : first + size])
    return inserts


def with_errors(read: str, rate: float, numbers: random.Random) -> tuple[str, str]:
    """A read with errors, which have low qualities, and its qualities."""
    bases, scores = [], []
    for base in read:
        wrong = numbers.random() < rate
        bases.append(numbers.choice([each for each in "ACGT" if each != base]) if wrong else base)
        scores.append(numbers.choice("#%+/" if wrong else "FHIJ5?"))
    return "".join(bases), "".join(scores)


def erroneous(inserts: list[str], *, length: int = 100, rate: float = 0.01) -> pa.RecordBatch:
    """Pairs of inserts, with errors."""
    numbers = random.Random(7)
    pairs = []
    for insert in inserts:
        mates = [
            with_errors(strand[:length], rate, numbers)
            for strand in (insert, reverse_complement(insert))
        ]
        pairs.append((mates[0][0], mates[1][0], mates[0][1], mates[1][1]))
    return batch_of(*pairs)


def written(batch: pa.RecordBatch, folder: Path) -> tuple[str, str]:
    """Writes pairs as two FASTQ files; returns their paths."""
    paths = folder / "r_1.fq", folder / "r_2.fq"
    rows = batch.to_pylist()
    for mate, path in enumerate(paths, 1):
        path.write_text(
            "".join(
                f"@{row['name']} {row['description']}\n{row['sequence']}\n+\n{row['quality']}\n"
                for row in rows
                if row["mate"] == mate
            )
        )
    return str(paths[0]), str(paths[1])
