"""oxbow: its reads as a lazy Polars frame, sunk. What to do comes as JSON in the first argument."""

from __future__ import annotations

import json
import sys
from typing import Any

import oxbow
import polars as pl


def main(asked: dict[str, Any]) -> None:
    """Counts, or streams the reads that are good enough into a file."""
    source = oxbow.from_fastq(asked["inputs"][0])
    if asked["output"] == "count":
        sys.stdout.write(f"{sum(batch.num_rows for batch in source.batches())}\n")
        return
    reads = source.to_polars(lazy=True)
    if asked["min_length"] is not None:
        sequence = pl.col("sequence")
        reads = reads.filter(
            (sequence.str.len_bytes() >= asked["min_length"])
            & (sequence.str.count_matches("N", literal=True) <= asked["max_n"])
        )
    target = asked["targets"][0]
    if asked["output"] == "Parquet":
        reads.sink_parquet(target, compression="zstd", compression_level=1)
    elif asked["output"] == "plain Parquet":
        reads.sink_parquet(target, compression="uncompressed")
    else:
        reads.sink_ipc(target, compression="uncompressed")


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
