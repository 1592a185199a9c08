"""What the tools have in common."""

from __future__ import annotations

from benches.tasks import (
    ARITHMETIC,
    COUNT,
    INFLATE_GZIP,
    LENGTH_N,
    LENGTH_N_MEAN,
    LOOP,
    MEAN,
    PAIRS,
    TRIMMED,
    Prediction,
    Task,
)

PARQUET = Task("gzip", "Parquet")
PREDICTED = Task("gzip", "Parquet", prediction=Prediction("quality", "int8"))
PAIRS_GZIP = Task(PAIRS, "FASTQ.gz", LENGTH_N)
PAIRS_TRIMMED = Task(PAIRS, "FASTQ.gz", TRIMMED)


def compared_tasks() -> list[Task]:
    """The tasks, bare decompression first. For each output there is one that most tools can do."""
    return [
        INFLATE_GZIP,
        Task("gzip", COUNT),
        Task("bgzf", COUNT),
        Task("gzip", LOOP),
        *(Task("gzip", "FASTQ.gz", each) for each in (ARITHMETIC, LENGTH_N_MEAN, MEAN)),
        PAIRS_GZIP,
        PAIRS_TRIMMED,
        PARQUET,
        PREDICTED,
        Task("bgzf", "Parquet"),
    ]
