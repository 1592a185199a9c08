"""``fastqc_data.txt`` and ``summary.txt``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from biometal_stream.reports.fastqc.sections import OPTIONAL, SECTIONS, Reads
from biometal_stream.reports.fastqc.titles import title
from biometal_stream.reports.verdicts.judge import verdicts_of
from biometal_stream.reports.verdicts.modules import TILES

if TYPE_CHECKING:
    from biometal_stream.reports.document.document import Document

VERSION = "0.12.1"
"""The version of FastQC whose files these are."""


def fastqc_data(
    document: Document, place: str, group: str, name: str, assay: str = "fastqc"
) -> str:
    """Writes ``fastqc_data.txt`` of some reads, as FastQC 0.12.1 does.

    Args:
        document: The report of a run.
        place: Where the reads were looked at, such as ``before``.
        group: The group of reads, such as ``mate 1``.
        name: The name of the file that holds them. MultiQC takes it for the sample.
        assay: Whose limits give the verdicts.

    Returns:
        The text.

    Raises:
        ValueError: The assay is unknown.
    """
    reads = Reads(document.quality[place], group, _in_a_cell(name))
    levels = _levels(reads, assay)
    lines = [f"##FastQC\t{VERSION}"]
    for module, level in levels.items():
        lines += [f">>{title(module)}\t{level}", *SECTIONS[module](reads), ">>END_MODULE"]
    return "".join(f"{line}\n" for line in lines)


def summary(document: Document, place: str, group: str, name: str, assay: str = "fastqc") -> str:
    """Writes ``summary.txt``: the verdicts. The arguments are those of `fastqc_data`."""
    reads = Reads(document.quality[place], group, _in_a_cell(name))
    levels = _levels(reads, assay)
    lines = (
        f"{level.upper()}\t{title(module)}\t{reads.name}\n" for module, level in levels.items()
    )
    return "".join(lines)


def _in_a_cell(name: str) -> str:
    """A name without what ends a cell or a line."""
    return re.sub(r"[\t\r\n]", " ", name)


def _levels(reads: Reads, assay: str) -> dict[str, str]:
    judged = verdicts_of(reads.quality, reads.group, assay)
    found = {verdict.module: verdict.level for verdict in judged}
    return {module: found.get(module, "pass") for module in _modules(reads)}


def _modules(reads: Reads) -> Iterator[str]:
    for module in SECTIONS:
        table = OPTIONAL.get(module)
        known = table is None or len(reads.rows(table)) > 0
        if known and (module != TILES or reads.numbered_tiles):
            yield module
