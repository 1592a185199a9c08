"""The column functions as Spark functions on Arrow arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa

from biometal_stream.interop.functions import FUNCTIONS
from biometal_stream.interop.spark.need import need_spark
from biometal_stream.interop.spark.types import plain_schema, spark_schema

if TYPE_CHECKING:
    from collections.abc import Callable

    from biometal_stream.interop.functions import ColumnFunction


def register_functions(session: Any) -> dict[str, Any]:
    """Registers the column functions in a session's SQL.

    Args:
        session: A ``pyspark.sql.SparkSession``.

    Returns:
        The functions by name, to be called with columns:
        ``functions["mean_quality"]("quality")``.

    Raises:
        MissingExtraError: PySpark is not installed, or is older than 4.1.
    """
    arrow_udf = need_spark("interop.spark.register", "pyspark.sql.functions").arrow_udf
    results = pa.schema([(function.name, function.result) for function in FUNCTIONS])
    plain = plain_schema(results)
    types = spark_schema(plain, session)
    found = {}
    for function, field, result in zip(FUNCTIONS, types, plain.types, strict=True):
        made = arrow_udf(_of_arrays(function, result), returnType=field.dataType)
        found[function.name] = session.udf.register(function.name, made)
    return found


def _of_arrays(function: ColumnFunction, result: pa.DataType) -> Callable[..., pa.Array]:
    """A function with the name and the annotations that Spark needs."""

    def compute(*arrays: pa.Array) -> pa.Array:
        return function(*arrays).cast(result)

    compute.__name__ = function.name
    compute.__doc__ = function.summary
    compute.__annotations__ = {"arrays": pa.Array, "return": pa.Array}
    return compute
