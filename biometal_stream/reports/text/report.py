"""The report as text: what happened to the reads, the verdicts, and what the reads are like."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from biometal_stream.reports.safe import shown
from biometal_stream.reports.text.figures import figures_section
from biometal_stream.reports.text.results import results_section
from biometal_stream.reports.text.shapes import (
    adapters_table,
    lengths_table,
    quality_lines,
    sequences_table,
)
from biometal_stream.reports.text.steps import steps_section
from biometal_stream.reports.text.verdicts import verdict_lines

if TYPE_CHECKING:
    from biometal_stream.reports.document.document import Document


WIDTH = 100
"""The columns of a line in a file."""


def text_report(document: Document, width: int, *, unicode: bool = True) -> str:
    """The report as text, which ends with a line feed.

    Args:
        document: The report.
        width: The columns of a line. Tables can be wider.
        unicode: Whether to use more than ASCII.
    """
    sections: tuple[Callable[[Document, int, bool], str], ...] = (
        _head,
        steps_section,
        verdict_lines,
        figures_section,
        quality_lines,
        lengths_table,
        adapters_table,
        sequences_table,
        results_section,
        _notes,
    )
    found = (section(document, width, unicode) for section in sections)
    text = "\n".join(section for section in found if section)
    return text if unicode else text.encode("ascii", "backslashreplace").decode()


def _head(document: Document, width: int, unicode: bool) -> str:  # noqa: ARG001 - a section
    """The sample, how many of its reads were kept, and the command."""
    lines = [shown(document.sample)]
    if document.runs > 1:
        lines[0] += f" ({document.runs:,} runs)"
    if document.reads_in is None:
        lines.append(f"{document.reads_out:,} reads out; the run was stopped early")
    else:
        share = f" ({document.reads_out / document.reads_in:.1%})" if document.reads_in else ""
        lines.append(f"{document.reads_in:,} reads in, {document.reads_out:,} out{share}")
    if document.command:
        lines.append(shown(document.command))
    return "".join(f"{line}\n" for line in lines)


def _notes(document: Document, width: int, unicode: bool) -> str:  # noqa: ARG001 - a section
    """What steps have found, what was counted by name, and warnings."""
    lines = [f"{shown(name)}: {shown(line)}" for name, line in document.findings]
    lines += [f"{shown(name)}: {count:,}" for name, count in document.counts.items()]
    lines += [f"warning: {shown(line)}" for line in document.warnings]
    return "".join(f"{line}\n" for line in lines)
