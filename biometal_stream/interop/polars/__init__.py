"""The stream, its operators and the column functions in Polars.

Importing this adds the namespace ``reads`` to the expressions of Polars:
``pl.col("quality").reads.mean_quality()``.
"""

from __future__ import annotations

from biometal_stream.interop.polars.frames import apply
from biometal_stream.interop.polars.namespace import register

# Imported now: if the module were imported before the name is used, the name would be the module.
from biometal_stream.interop.polars.scan import scan

__all__ = ["apply", "scan"]

register()
