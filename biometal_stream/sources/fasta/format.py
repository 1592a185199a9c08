"""FASTA in the table of formats."""

from __future__ import annotations

import re

from biometal_stream.sources.format import SourceFormat

FORMAT = SourceFormat(
    name="fasta",
    title="FASTA",
    suffixes=(".fasta", ".fa", ".fna", ".ffn", ".fas"),
    # With comments and blank lines, which are refused later, it is still FASTA.
    beginning=re.compile(rb"(?:[;#].*\n|[ \t\r]*\n)*>"),
    options="biometal_stream.sources.fasta.options:FastaOptions",
    source="biometal_stream.sources.fasta.source:FastaSource",
    on_engines=True,
)
