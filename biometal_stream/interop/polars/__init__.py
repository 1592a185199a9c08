"""The stream, its operators and the functions of columns inside Polars.

Importing this adds the namespace ``reads`` to the expressions of Polars:
``pl.col("quality").reads.mean_quality()``.
"""

from __future__ import annotations

from biometal_stream.interop.polars.frames import apply
from biometal_stream.interop.polars.namespace import register

# At once: were its module imported before the name is looked up, the name would be the module.
from biometal_stream.interop.polars.scan import scan

__all__ = ["apply", "scan"]

register()
