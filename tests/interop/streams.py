"""Pipelines that the tests of all engines read, and what they must leave behind."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa

import biometal_stream as bs
from biometal_stream.pipeline import Pipeline
from tests.conftest import REPOSITORY
from tests.stand_ins import Numbers, own_threads

SAMPLE = REPOSITORY / "biometal_stream" / "data" / "ERR777676_16S_R1.fastq.gz"


def reads() -> Pipeline:
    """2,000 real reads, less those that an operator drops."""
    return bs.read_fastq(SAMPLE) | bs.MinMeanQuality(25)


def pairs(shared_data: Path) -> Pipeline:
    """Real pairs, less those that an operator drops."""
    ones, twos = (
        shared_data / "reads" / "illumina" / f"metagenome_226bp_R{mate}.fastq.gz" for mate in (1, 2)
    )
    return bs.read_fastq(ones, mate=twos) | bs.MinMeanQuality(25)


def expected(pipeline: Pipeline | None = None) -> pa.Table:
    """What every engine must make of them."""
    return (pipeline or reads()).stream().read_all()


def as_rows(table: pa.Table) -> list[tuple[object, ...]]:
    """The rows, whatever type of text an engine gives."""
    return list(zip(*(column.to_pylist() for column in table.columns), strict=True))


def bad_reads(folder: Path) -> Pipeline:
    """Reads the third of which lacks its plus."""
    records = b"@a\nACGT\n+\nIIII\n@b\nAC\n+\nII\n@c\nACG\nIII\n"
    path = folder / "bad.fq.gz"
    path.write_bytes(gzip.compress(records))
    return bs.read_fastq(path).with_options(threads=1)


MESSAGE = "bad.fq.gz: record 3, line 11, byte 33: "
"""What must stand in what is raised of them."""


class Counted:
    """Endless numbers that count how many batches were asked for."""

    def __init__(self, batches: int | None = None, size: int = 3) -> None:
        self.taken = 0
        source = Numbers(batches, size, on_batch=self._count)
        self.pipeline = Pipeline(source).with_options(threads=1)

    def _count(self, number: int) -> None:
        self.taken = number + 1


def threads_end(nudge: Callable[[], object] = lambda: None) -> bool:
    """Whether no thread of a run is left; engines let go of a stream in threads of their own.

    Args:
        nudge: Called again and again, for an engine that does so when it is called next.
    """
    for _ in range(100):
        nudge()
        for thread in threading.enumerate():
            if thread.name in own_threads():
                thread.join(0.1)
        if not own_threads():
            break
    return own_threads() == []
