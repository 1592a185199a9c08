"""How pipelines and reports show themselves: on one line, and as a table in a notebook."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import TYPE_CHECKING

from biometal_stream.interfaces import inputs_of
from biometal_stream.settings import as_python
from biometal_stream.sizes import written_size

if TYPE_CHECKING:
    from biometal_stream.interfaces import Operator, Source
    from biometal_stream.pipeline.pipeline import Pipeline
    from biometal_stream.pipeline.report import Report

_INPUTS = 3  # named; of more only the number is said
_LONGEST = 200  # characters of what one step is shown as


def pipeline_text(pipeline: Pipeline) -> str:
    """A pipeline on one line: its source, its operators, and the options that were set."""
    steps = [source_text(pipeline.source), *map(operator_text, pipeline.operators)]
    return f"<Pipeline: {' | '.join(steps)}{_options(pipeline)}>"


def pipeline_html(pipeline: Pipeline) -> str:
    """A pipeline as a table, a row for each step."""
    rows = [("source", source_text(pipeline.source))]
    rows += [(each.name, operator_text(each)) for each in pipeline.operators]
    options = _options(pipeline)
    if options:
        rows.append(("options", options.removeprefix(", ")))
    return _table("Pipeline", ("step", "settings"), rows)


def report_text(report: Report) -> str:
    """A report on one line."""
    return f"<Report: {', '.join(_facts(report))}>"


def report_html(report: Report) -> str:
    """A report as a table, a row for each stage."""
    rows = [
        (stage.name, f"{stage.rows_in:,}", f"{stage.rows_out:,}", f"{stage.busy:.2f} s")
        for stage in report.stages
    ]
    title = ", ".join(_facts(report))
    return _table(title, ("stage", "rows in", "rows out", "time"), rows)


def source_text(source: Source) -> str:
    """A source as its class and what it reads."""
    inputs = [_short(str(getattr(each, "name", each))) for each in inputs_of(source)]
    named = ", ".join(map(repr, inputs[:_INPUTS]))
    if len(inputs) > _INPUTS:
        named += f", ... {len(inputs):,} in all"
    return f"{type(source).__name__}({named})"


def operator_text(operator: Operator) -> str:
    """An operator as it is written, without the settings that have their defaults."""
    return _short(as_python(operator))


def _options(pipeline: Pipeline) -> str:
    memory = None if pipeline.memory is None else written_size(pipeline.memory)
    given = {"threads": pipeline.threads, "memory": memory, "min_reads": pipeline.min_reads}
    return "".join(f", {name}={value}" for name, value in given.items() if value is not None)


def _facts(report: Report) -> list[str]:
    kept = "" if report.kept is None else f" ({100 * report.kept:.1f} %)"
    facts = [f"{report.reads_in:,} reads in", f"{report.reads_out:,} kept{kept}"]
    facts += [f"{number:,} {what}" for what, number in sorted(report.counts.items())]
    facts.append(f"{report.wall:.2f} s")
    if report.stopped is not None:
        facts[0] = f"stopped after {report.stopped.reads:,} reads: {report.stopped.operator}"
    if report.outputs:
        facts.append("written to " + ", ".join(map(_short, report.outputs[:_INPUTS])))
    return facts


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."


def _table(title: str, header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of HTML; whatever stands in it is escaped."""
    head = _row("th", header)
    body = "".join(_row("td", row) for row in rows)
    return f"<table><caption>{escape(title)}</caption>{head}{body}</table>"


def _row(tag: str, cells: Iterable[str]) -> str:
    return "<tr>" + "".join(f"<{tag}>{escape(cell)}</{tag}>" for cell in cells) + "</tr>"
