"""The stream, its operators and the functions of columns inside Polars.

Importing this adds the namespace ``reads`` to the expressions of Polars:
``pl.col("quality").reads.mean_quality()``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from biometal_stream.embed.polars.namespace import register
from biometal_stream.lazy import lazy_names

if TYPE_CHECKING:
    from biometal_stream.embed.polars.frames import apply
    from biometal_stream.embed.polars.scan import scan

__all__ = ["apply", "scan"]

register()

__getattr__ = lazy_names(
    __name__,
    {
        "apply": "biometal_stream.embed.polars.frames",
        "scan": "biometal_stream.embed.polars.scan",
    },
)


def __dir__() -> list[str]:
    return __all__
