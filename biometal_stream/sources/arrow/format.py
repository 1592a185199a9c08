"""Arrow files and streams in the table of formats."""

from __future__ import annotations

import re

from biometal_stream.sources.format import SourceFormat

FORMAT = SourceFormat(
    name="arrow",
    title="Arrow",
    suffixes=(".arrow", ".arrows", ".feather", ".ipc"),
    beginning=re.compile(rb"ARROW1|FEA1|\xff\xff\xff\xff"),
    options="biometal_stream.sources.arrow.options:ArrowOptions",
    source="biometal_stream.sources.arrow.source:ArrowSource",
)
