"""The files of a FASTQ source, and how to read them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from biometal_stream.sources.fastq.columns import TEXT_COLUMNS
from biometal_stream.sources.fastq.options import FastqOptions
from biometal_stream.sources.text.files import TextFiles


@dataclass(frozen=True)
class FastqFiles(TextFiles, FastqOptions):
    """Reads of one or several FASTQ files, plain or compressed.

    Records have four lines. CRLF line ends, a byte order mark, blank lines at the end, and a
    missing newline after the last record are accepted; anything else is an error with its location.

    If ``on_bad_record`` is not ``stop``, the source's thread parses the records, since where a
    record starts then depends on the records before it.
    """

    text_columns: ClassVar[tuple[str, ...]] = TEXT_COLUMNS
