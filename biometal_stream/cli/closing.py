"""What a run prints at its end: where the reads went, and the outcome."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, TextIO

from biometal_stream.cli import figures
from biometal_stream.cli.escape import printable
from biometal_stream.reports.text.aligned import plain_table

if TYPE_CHECKING:
    from biometal_stream.pipeline import Report

_MOST_NAMED = 6
"""The most files named in the closing line; values of a column can name hundreds."""


def closing(
    report: Report,
    layout: str | None = None,
    reports: Mapping[str, int] | None = None,
    stream: TextIO | None = None,
) -> str:
    """The lines printed at the end of a run.

    They are the table of steps, if there are any, what operators have found, where the report is,
    and a line with what these do not say.

    Args:
        report: What the run did.
        layout: How the output holds pairs, if that needs to be said.
        reports: The size of each file of the report in bytes, by its name.
        stream: Where they are printed.
    """
    table = steps(report, stream) + findings(report)
    where = f"report: {_sizes(reports)}\n" if reports else ""
    return table + where + outcome(report, layout, reads=not table) + "\n"


def _sizes(files: Mapping[str, int]) -> str:
    shown = [f"{printable(path)} ({figures.size(size)})" for path, size in files.items()]
    return _named(shown)


def steps(report: Report, stream: TextIO | None = None) -> str:
    """The table of steps, in plain text; empty if there were no steps.

    Args:
        report: What the run did.
        stream: Where it is printed; a terminal gets bars.
    """
    from biometal_stream.reports.text.bars import can_draw
    from biometal_stream.reports.text.steps import step_table

    bars = stream is not None and stream.isatty() and report.stopped is None
    columns, rows = step_table(
        [asdict(step) for step in report.steps],
        bars_of=report.reads_in if bars else None,
        unicode=can_draw(getattr(stream, "encoding", None)),
    )
    if not rows:
        return ""
    cells = [[printable(cell) for cell in row] for row in rows]
    return plain_table("", columns, cells, text=(0, len(columns) - 1))


def findings(report: Report) -> str:
    """What learners have found in the first reads, and what results say, a line each."""
    lines = [
        f"{name}: {line}"
        for name, found in (*report.learnt.items(), *report.results.items())
        for line in getattr(found, "findings", ())
    ]
    return "".join(f"{printable(line)}\n" for line in lines)


def outcome(report: Report, layout: str | None = None, *, reads: bool = True) -> str:
    """The outcome of a run, in one line.

    If the run was stopped early, the line says where. The number of reads read by then depends on
    threads and memory, so neither a share kept nor a rate is shown.

    Args:
        report: What the run did.
        layout: How the output holds pairs, if that needs to be said.
        reads: Whether to show the number of reads instead of the share kept.
    """
    parts = [figures.counted(number, what) for what, number in sorted(report.counts.items())]
    parts.append(figures.seconds(report.wall))
    if report.stopped is not None:
        parts.insert(0, f"stopped at {report.stopped.operator}")
    else:
        share = f"{figures.share(report.kept)} kept"
        parts.insert(
            0, figures.counted(report.reads_in, "reads") if reads or report.kept is None else share
        )
        if report.wall > 0:
            parts.append(f"{figures.count(report.reads_in / report.wall)} reads/s")
    line = printable(", ".join(parts))
    if report.outputs:
        names = _named(["standard output" if o == "-" else printable(o) for o in report.outputs])
        what = [figures.size(report.bytes_written), *([layout] if layout else [])]
        line += f" -> {names} ({', '.join(what)})"
    return line


def _named(files: list[str]) -> str:
    if len(files) > _MOST_NAMED:
        files[_MOST_NAMED - 1 :] = [f"{len(files) - _MOST_NAMED + 1:,} more files"]
    return ", ".join(files)
