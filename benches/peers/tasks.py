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
    Prediction,
    Task,
)

_MODEL = Prediction("quality", "int8")


def compared_tasks() -> list[Task]:
    """The tasks, bare decompression first. For each output there is one that most tools can do."""
    return [
        INFLATE_GZIP,
        Task("gzip", COUNT),
        Task("bgzf", COUNT),
        Task("gzip", LOOP),
        *(Task("gzip", "FASTQ.gz", each) for each in (ARITHMETIC, LENGTH_N_MEAN, MEAN)),
        Task(PAIRS, "FASTQ.gz", LENGTH_N),
        Task("gzip", "Parquet"),
        Task("gzip", "Parquet", prediction=_MODEL),
        Task("bgzf", "Parquet"),
    ]
