"""Reads and operators in Spark.

>>> from biometal_stream.interop import spark as bs_spark
>>> functions = bs_spark.register(spark)  # doctest: +SKIP
>>> frame = spark.read.format("fastq").load("reads/*.fastq.gz")  # doctest: +SKIP
>>> frame = bs_spark.apply(frame, MinLength(50))  # doctest: +SKIP
>>> frame.select(functions["mean_quality"]("quality"))  # doctest: +SKIP
"""

from __future__ import annotations

from typing import Any

from biometal_stream.interop.spark.operators import apply, read_pipeline

__all__ = ["apply", "read_pipeline", "register"]


def register(session: Any) -> dict[str, Any]:
    """Registers the column functions and the sources ``fastq`` and ``fasta`` in a session.

    Args:
        session: A ``pyspark.sql.SparkSession``.

    Returns:
        The functions by name, for columns:
        ``frame.select(functions["mean_quality"]("quality"))``. SQL has them under the same names.

    Raises:
        MissingExtraError: PySpark is not installed, or is older than 4.1.
    """
    from biometal_stream.interop.spark.need import need_spark

    need_spark("interop.spark.register")
    from biometal_stream.interop.spark.functions import register_functions
    from biometal_stream.interop.spark.source import data_sources

    for source in data_sources():
        session.dataSource.register(source)
    return register_functions(session)
