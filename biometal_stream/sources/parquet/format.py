"""Parquet in the table of formats."""

from __future__ import annotations

import re

from biometal_stream.sources.format import SourceFormat

FORMAT = SourceFormat(
    name="parquet",
    title="Parquet",
    suffixes=(".parquet", ".pq"),
    beginning=re.compile(rb"PAR[1E]"),
    options="biometal_stream.sources.parquet.options:ParquetOptions",
    source="biometal_stream.sources.parquet.source:ParquetSource",
    folders=True,
)
