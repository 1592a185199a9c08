"""Streams a file to record batches and counts the reads: FILE, THREADS [STATS]."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import biometal_stream as bs

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True)
class NullSink:
    """Drops every batch; the run's report has counted it."""

    @contextmanager
    def open(self, _: pa.Schema, /) -> Iterator[Callable[[pa.RecordBatch], None]]:
        """Opens nothing."""
        yield lambda batch: None  # noqa: ARG005


def main(path: str, threads: str, stats: str | None = None) -> None:
    """Streams, prints the number of reads, and writes what the stages did where that is asked."""
    reads = bs.read_fastq(path).with_options(threads=int(threads), statistics=stats is not None)
    report = reads.run(NullSink())
    sys.stdout.write(f"{report.reads_out}\n")
    if stats is not None:
        Path(stats).write_text(report.to_json())


if __name__ == "__main__":
    main(*sys.argv[1:])
