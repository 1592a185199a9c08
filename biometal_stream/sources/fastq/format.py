"""FASTQ in the table of formats."""

from __future__ import annotations

import re

from biometal_stream.sources.format import SourceFormat

FORMAT = SourceFormat(
    name="fastq",
    title="FASTQ",
    suffixes=(".fastq", ".fq"),
    beginning=re.compile(rb"@(?!(?:HD|SQ|RG|PG|CO)\t)"),  # not a SAM header
    options="biometal_stream.sources.fastq.options:FastqOptions",
    source="biometal_stream.sources.fastq.source:FastqSource",
    # For a long read there may be only bases to see.
    record=re.compile(rb"^@.*\n[A-Z.*-]*\r?\n\+|^@.*\n[A-Z]{50,}\Z", re.MULTILINE | re.IGNORECASE),
    on_engines=True,
)
