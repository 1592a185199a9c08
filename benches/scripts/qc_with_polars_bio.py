"""polars-bio: all modules of quality control over a FASTQ file, with the number of threads."""

from __future__ import annotations

import sys

import polars_bio as pb


def main(path: str, threads: str) -> None:
    """Computes and collects all modules."""
    pb.set_option("datafusion.execution.target_partitions", threads)
    found = pb.fastqc(path)
    sys.stdout.write(f"{found.tidy.collect().height}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
