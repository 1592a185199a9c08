"""The files of a FASTA source, and how to read them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from biometal_stream.sources.fasta.columns import TEXT_COLUMNS
from biometal_stream.sources.fasta.options import FastaOptions
from biometal_stream.sources.text.files import TextFiles


@dataclass(frozen=True)
class FastaFiles(TextFiles, FastaOptions):
    """Sequences of one or several FASTA files, plain or compressed.

    A record is a line that begins with ``>`` and the lines up to the next one: the sequence, on
    one line, several, or none. Blank lines, CRLF line ends, a byte order mark, and a missing
    newline after the last line are accepted. Comments and characters that cannot be bases are
    errors, with their location. The schema does not have ``quality``.
    """

    text_columns: ClassVar[tuple[str, ...]] = TEXT_COLUMNS
    without_quality: ClassVar[str | None] = "FASTA"
