"""PySpark, of a version that has what is needed here."""

from __future__ import annotations

from typing import Any

from biometal_stream.extras import need


def need_spark(reader: str, module: str = "pyspark.sql") -> Any:
    """Imports a module of PySpark.

    Args:
        reader: Who needs it, for the message.
        module: Its name.

    Raises:
        MissingExtraError: PySpark is not installed, or is older than 4.1, the first with
            functions of Arrow's arrays.
    """
    return need(module, "spark", reader, at_least="4.1", package="pyspark")
