"""Reads and operators in Ray Data.

>>> from biometal_stream.interop import ray as bs_ray
>>> reads = bs_ray.read_fastq("reads.fq.gz")  # doctest: +SKIP
>>> reads = bs_ray.apply(reads, MinLength(50), Predict("quality"))  # doctest: +SKIP
"""

from __future__ import annotations

from biometal_stream.interop.ray.operators import apply
from biometal_stream.interop.ray.reading import read_fasta, read_fastq, read_pipeline

__all__ = ["apply", "read_fasta", "read_fastq", "read_pipeline"]
