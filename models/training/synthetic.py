"""Synthetic reads that are the same on every machine, for training and tests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from biometal_stream.columns import array_of
from biometal_stream.errors import ConfigurationError
from biometal_stream.schemas.reads import reads_schema

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from biometal_stream.pipeline.report import Report

READS = 50_000
LENGTH = 150
SEED = 42

BATCH = 4096
"""Reads per batch; the reads of a batch depend only on the seed and the batch number."""

LOWEST, HIGHEST = 2, 41
"""The Phred scores, as on Illumina instruments."""

KINDS = ("low", "medium", "high", "high")
"""The kind of every fourth read, before shuffling."""

_MEANS = {"low": (5, 16), "medium": (16, 26), "high": (30, 39)}
_DECLINE = 6  # the average loss of Phred scores from the first base to the last
_BASES = np.frombuffer(b"ACGT", np.uint8)


@dataclass(frozen=True)
class SyntheticReads:
    """A source of synthetic reads: a quarter of low, a quarter of medium, half of high quality.

    The Phred scores of a read are around its own mean, from 5 to 16, 16 to 26, or 30 to 39, fall
    by 6 along the read, and scatter with a standard deviation of about 5, within 2 and 41. Bases
    are uniform and independent of the qualities. The description names the kind.

    All of it is integer arithmetic on the words of PCG64, whose stream numpy guarantees: the same
    seed gives the same reads on every machine. In each batch the quarters are exact, up to 3
    reads.

    Attributes:
        reads: The number of reads.
        length: The number of bases of each read.
        seed: The seed, 0 or more.

    Raises:
        ConfigurationError: A number is out of range.
    """

    reads: int = READS
    length: int = LENGTH
    seed: int = SEED

    def __post_init__(self) -> None:
        for name, least in (("reads", 0), ("length", 1), ("seed", 0)):
            if getattr(self, name) < least:
                raise ConfigurationError(f"{name} must be at least {least}: {getattr(self, name)}")
        if self.length * BATCH >= 2**31:
            raise ConfigurationError(f"length must be less than {2**31 // BATCH}: {self.length}")

    @property
    def schema(self) -> pa.Schema:
        """The schema of reads."""
        return reads_schema()

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Makes the reads."""
        for first in range(0, self.reads, BATCH):
            yield self._batch(first, min(BATCH, self.reads - first))

    def _batch(self, first: int, rows: int) -> pa.RecordBatch:
        words = np.random.PCG64([self.seed, first // BATCH])
        kinds = np.arange(rows) % len(KINDS)
        kinds = kinds[np.argsort(_draw(words, rows, "<u8"), kind="stable")]
        names = [f"synthetic.{number}" for number in range(first + 1, first + rows + 1)]
        offsets = np.arange(rows + 1, dtype=np.int32) * self.length
        qualities = self._scores(words, kinds) + ord("!")
        columns = [
            pa.array(names, pa.string()),
            pa.array([f"quality={KINDS[kind]}" for kind in kinds], pa.string()),
            _strings(offsets, _BASES[_draw(words, rows * self.length, "u1") & 3]),
            _strings(offsets, qualities.astype(np.uint8).ravel()),
        ]
        return pa.RecordBatch.from_arrays(columns, schema=self.schema)

    def _scores(self, words: np.random.PCG64, kinds: NDArray[np.int64]) -> NDArray[np.int64]:
        """Phred scores, (rows, length)."""
        lowest, highest = np.array([_MEANS[kind] for kind in KINDS]).T[:, kinds]
        # In 256ths of a Phred score.
        draws = _draw(words, len(kinds), "<u4").astype(np.int64)
        means = 256 * lowest + (draws * 256 * (highest - lowest) >> 32)
        places = np.arange(self.length)
        decline = 256 * _DECLINE * (2 * places - self.length + 1) // (2 * self.length)
        # The sum of 4 bytes is nearly normal, with mean 510 and standard deviation 148.
        bytes_ = _draw(words, 4 * len(kinds) * self.length, "u1").astype(np.int64)
        noise = bytes_.reshape(len(kinds), self.length, 4).sum(axis=2) - 510
        scores = (means[:, None] - decline + noise * 5 * 256 // 148 + 128) >> 8
        clipped: NDArray[np.int64] = np.clip(scores, LOWEST, HIGHEST)
        return clipped


def synthesize(
    target: str | os.PathLike[str], *, reads: int = READS, length: int = LENGTH, seed: int = SEED
) -> Report:
    """Writes synthetic reads as FASTQ. The target's suffix sets the compression.

    Args:
        target: The file; ``-`` for standard output.
        reads: The number of reads.
        length: The number of bases of each read.
        seed: The seed, 0 or more; the same seed gives the same reads.

    Returns:
        The report of the run.

    Raises:
        ConfigurationError: A number is out of range.
        SinkError: The target cannot be written. It has then not been changed.
    """
    from biometal_stream.pipeline import Pipeline

    return Pipeline(SyntheticReads(reads, length, seed)).write_fastq(target)


def _draw(words: np.random.PCG64, count: int, kind: str) -> NDArray[Any]:
    """Unsigned integers of a type, from as many 64-bit words as needed."""
    size = np.dtype(kind).itemsize
    raw = words.random_raw(-(-count * size // 8)).astype("<u8")
    return raw.view(kind)[:count]


def _strings(offsets: NDArray[np.int32], data: NDArray[np.uint8]) -> pa.Array:
    return array_of(pa.string(), offsets, pa.py_buffer(np.ascontiguousarray(data)))
