"""Counts the reads that a tool wrote."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from isal import igzip

from benches.processes import FailedError

_BUFFER = 2 * 2**20


def count_reads(paths: tuple[str, ...]) -> int:
    """Counts the reads of FASTQ (plain or gzip), Parquet or Arrow files, by their suffixes.

    Raises:
        FailedError: A file is missing or cannot be read.
    """
    try:
        return sum(map(_count, paths))
    except (OSError, EOFError, ValueError) as error:
        raise FailedError(f"what it wrote cannot be read: {error}") from error


def _count(path: str) -> int:
    if path.endswith(".parquet"):
        return int(pq.read_metadata(path).num_rows)
    if path.endswith(".arrow"):
        with pa.memory_map(path) as source:
            batches = pa.ipc.open_file(source)
            return sum(
                batches.get_batch(number).num_rows for number in range(batches.num_record_batches)
            )
    lines = 0
    with (
        igzip.open(path, "rb") if path.endswith(".gz") else Path(path).open("rb")  # type: ignore[no-untyped-call]
    ) as stream:
        while piece := stream.read(_BUFFER):
            lines += piece.count(b"\n")
    return lines // 4
