"""Reads and operators inside Ray Data.

>>> from biometal_stream.embed import ray as bs_ray
>>> reads = bs_ray.read_fastq("reads.fq.gz")  # doctest: +SKIP
>>> reads = bs_ray.apply(reads, MinLength(50), Predict("quality"))  # doctest: +SKIP
"""

from __future__ import annotations

from biometal_stream.embed.ray.operators import apply
from biometal_stream.embed.ray.reading import read_fastq, read_pipeline

__all__ = ["apply", "read_fastq", "read_pipeline"]
