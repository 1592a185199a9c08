"""polars-bio: a lazy frame, sunk. What to do comes as JSON in the first argument."""

from __future__ import annotations

import json
import sys
from typing import Any

import polars as pl
import polars_bio as pb


def main(asked: dict[str, Any]) -> None:
    """Counts, or streams the reads that are good enough into a file."""
    if asked["threads"]:
        pb.set_option("datafusion.execution.target_partitions", str(asked["threads"]))
    reads = pb.scan_fastq(asked["inputs"][0])
    if asked["min_length"] is not None:
        sequence = pl.col("sequence")
        reads = reads.filter(
            (sequence.str.len_bytes() >= asked["min_length"])
            & (sequence.str.count_matches("N", literal=True) <= asked["max_n"])
        )
    output = asked["output"]
    if output == "count":
        sys.stdout.write(f"{reads.select(pl.len()).collect(engine='streaming').item()}\n")
    elif output == "Parquet":
        reads.sink_parquet(asked["targets"][0], compression="zstd", compression_level=1)
    elif output == "plain Parquet":
        reads.sink_parquet(asked["targets"][0], compression="uncompressed")
    elif output == "Arrow":
        reads.sink_ipc(asked["targets"][0], compression="uncompressed")
    else:
        pb.sink_fastq(reads, asked["targets"][0])


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
