"""Imports PySpark, in a version with the required features."""

from __future__ import annotations

from typing import Any

from biometal_stream.extras import need


def need_spark(reader: str, module: str = "pyspark.sql") -> Any:
    """Imports a module of PySpark.

    Args:
        reader: The feature that needs it, for the message.
        module: The module's name.

    Raises:
        MissingExtraError: PySpark is not installed, or is older than 4.1, the first version with
            functions on Arrow arrays.
    """
    return need(module, "spark", reader, at_least="4.1", package="pyspark")
