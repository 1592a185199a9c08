"""A report in the shape of fastp's JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from biometal_stream.errors import DataError
from biometal_stream.reports.fastp.inserts import duplication, insert_size
from biometal_stream.reports.fastp.places import Span
from biometal_stream.reports.fastp.reads import NUMBERS, read_statistics, summary
from biometal_stream.reports.fastp.steps import adapter_cutting, filtering_result, tail_trimming
from biometal_stream.reports.fastp.tables import totals_of
from biometal_stream.reports.quality.reads import FIRST, MERGED

if TYPE_CHECKING:
    from biometal_stream.reports.document.document import Document


def fastp_json(document: Document) -> str:
    """The report as JSON in the shape of fastp 1.3.6, which MultiQC's module for fastp reads.

    Numbers that fastp defines as we do are equal to its own, to the six digits that it prints. The
    counts of 5-mers are left out, and so is what the run does not know. docs/multiqc.md has the
    differences.

    Args:
        document: The report.

    Raises:
        DataError: The run had no quality control.
    """
    if not document.quality:
        raise DataError(
            "fastp's JSON needs the counts of quality control, and the report has none; run with"
            " --report, or with quality-control among the steps"
        )
    span = Span.of(document)
    return _text(_shape(document, span)) + "\n"


def _shape(document: Document, span: Span) -> dict[str, Any]:
    paired = FIRST in span.groups_before
    totals = summary(span.before, span.groups_before)
    parts: dict[str, Any] = {
        "summary": {
            "biometal_stream_version": document.version,
            "sequencing": _sequencing(span),
            "before_filtering": totals,
            "after_filtering": span.after and summary(span.after, span.groups_after),
        },
        "filtering_result": filtering_result(
            span.steps, totals["total_reads"], document.reads_out, document.results
        ),
        "duplication": duplication(document, span.before, span.groups_before),
        "insert_size": insert_size(document) if paired else None,
        "adapter_cutting": adapter_cutting(
            span.steps, document.results, document.command, paired=paired
        ),
        "polyx_trimming": tail_trimming(span.steps),
    }
    for group in span.groups_before:
        if group in NUMBERS:
            name = f"read{NUMBERS[group]}_before_filtering"
            parts[name] = read_statistics(span.before, group)
    for group in span.groups_after:
        merged = group == MERGED
        name = "merged_and_filtered" if merged else f"read{NUMBERS[group]}_after_filtering"
        parts[name] = span.after and read_statistics(span.after, group)
    return _present(parts | {"command": _command(document)})


def _sequencing(span: Span) -> str:
    cycles = [
        f"{totals_of(span.before, group)['max_length'] or 0} cycles" for group in span.groups_before
    ]
    ends = "paired" if FIRST in span.groups_before else "single"
    return f"{ends} end ({' + '.join(cycles)})"


def _command(document: Document) -> str:
    """The command, and the sample's name in a comment, where MultiQC looks for it."""
    return f"{document.command or 'biometal-stream'} # --report_title {document.sample}"


def _present(parts: Mapping[str, Any]) -> dict[str, Any]:
    """Without what is ``None`` or empty."""
    return {
        name: _present(part) if isinstance(part, dict) and name == "summary" else part
        for name, part in parts.items()
        if part not in (None, {}, ())
    }


def _text(value: Any, indent: str = "") -> str:
    """JSON with a line for each value of an object, and each list on one line, as fastp has it."""
    if not isinstance(value, dict) or not value:
        return json.dumps(value, separators=(",", ":"))
    deeper = indent + "\t"
    lines = [f"{deeper}{json.dumps(name)}: {_text(each, deeper)}" for name, each in value.items()]
    return "{\n" + ",\n".join(lines) + f"\n{indent}" + "}"
