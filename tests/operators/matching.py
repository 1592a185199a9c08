"""Indexes and reads for the tests of steps that look reads up, and the verdict in plain Python."""

from __future__ import annotations

import random
import struct
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

import pyarrow as pa

from tests.indexes.plain import minimizers

K, W = 11, 5
WINDOW = K + W - 1


def bases(number: int, seed: int) -> str:
    """Random bases, the same for the same seed."""
    return "".join(random.Random(seed).choices("ACGT", k=number))


GENOMES = {"human": bases(600, 1), "phage": bases(400, 2)}
"""Two genomes, which share the last 100 bases of the first."""
GENOMES["phage"] += GENOMES["human"][-100:]


def values_of(sequences: Iterable[str], k: int = K, w: int = W) -> set[int]:
    """The values of the minimizers of sequences."""
    return {value for each in sequences for _, value in minimizers(each, k, w)}


def write_index(path: Path, sequences: Iterable[str], k: int = K, w: int = W) -> Path:
    """Writes an index of sequences in deacon's format 3."""
    values = sorted(values_of(sequences, k, w))
    size = (k + 3) // 4
    body = b"".join(value.to_bytes(size, "little") for value in values)
    path.write_bytes(struct.pack("<BBBQ", 3, k, w, len(values)) + body)
    return path


def read_of(number: int) -> str:
    """One of many reads: of a genome, of both, of none, short, or with N."""
    draw = random.Random(number)
    kind = number % 6
    genome = GENOMES["human" if draw.random() < 0.5 else "phage"]
    start = draw.randrange(len(genome) - 90)
    if kind == 0:
        return bases(draw.randrange(90), number)
    if kind == 1:
        return genome[start : start + draw.randrange(WINDOW + 3)]
    if kind == 2:
        return genome[start : start + 9] + "N" + genome[start + 10 : start + 20]
    errors = [draw.random() < 0.04 * (kind - 3) for _ in range(90)]
    read = genome[start : start + draw.randrange(10, 90)]
    return "".join(draw.choice("ACGTNacgt") if e else b for b, e in zip(read, errors, strict=False))


def batch_of(sequences: Sequence[str], mates: Sequence[int | None] = ()) -> pa.RecordBatch:
    """Reads with these sequences; mates of a pair have one name."""
    names = [f"r{n // 2 if mates else n}" for n in range(len(sequences))]
    columns = {
        "name": pa.array(names, pa.string()),
        "sequence": pa.array(sequences, pa.string()),
        "quality": pa.array(["I" * len(each) for each in sequences], pa.string()),
    }
    if mates:
        columns["mate"] = pa.array(mates, pa.int8())
    return pa.record_batch(columns)


def hits_of(unit: Sequence[str], known: set[int], prefix: int | None = None) -> tuple[int, int]:
    """The different minimizers of a unit that are known, and all of them."""
    found = {value for read in unit for value in _values(read[:prefix])}
    return len(known & found), len(found)


@cache
def _values(read: str) -> frozenset[int]:
    return frozenset(value for _, value in minimizers(read, K, W))


def is_match(hits: int, total: int, min_hits: int, min_fraction: float) -> bool:
    """Whether that is a match."""
    return total > 0 and hits >= max(min_hits, 1) and hits / total >= min_fraction


def fastq(sequences: Iterable[str], mate: int | None = None) -> bytes:
    """Reads as text; with a mark of mates if there are any."""
    mark = "" if mate is None else f"/{mate}"
    lines = (f"@r{n}{mark}\n{s}\n+\n{'I' * len(s)}\n" for n, s in enumerate(sequences))
    return "".join(lines).encode()
