"""deacon, by its Python module: reads that an index does not match, FASTQ.gz to FASTQ.gz."""

from __future__ import annotations

import sys

import deacon


def main(index: str, threads: str, *paths: str) -> None:
    """Filters a file, or two files of mates; as many outputs follow the inputs."""
    half = len(paths) // 2
    (reads, *mates), (output, *outputs) = paths[:half], paths[half:]
    deacon.Index(index).filter(
        reads,
        input2=mates[0] if mates else None,
        deplete=True,
        output=output,
        output2=outputs[0] if outputs else None,
        ordered=True,
        threads=int(threads),
        compression_level=1,
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
