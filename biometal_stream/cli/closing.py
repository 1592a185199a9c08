"""What a run prints when it is over: where the reads went, and what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from biometal_stream.cli import figures
from biometal_stream.cli.escape import printable
from biometal_stream.cli.tables import plain_table

if TYPE_CHECKING:
    from biometal_stream.pipeline import Report

_MOST_NAMED = 6
"""Files that the closing line names; values of a column can name hundreds."""


def closing(report: Report, layout: str | None = None) -> str:
    """The lines that a run ends with.

    They are the table of steps, where there are any, and a line with what the table does not say.

    Args:
        report: What the run did.
        layout: How pairs lie in the output, where that has to be said.
    """
    table = steps(report)
    return table + outcome(report, layout, reads=not table) + "\n"


def steps(report: Report) -> str:
    """The table of steps, in plain text; empty where nothing was done to the reads."""
    from biometal_stream.pipeline.step_table import step_table

    columns, rows = step_table(report.steps)
    if not rows:
        return ""
    cells = [[printable(cell) for cell in row] for row in rows]
    return plain_table("", columns, cells, text=(0, len(columns) - 1))


def outcome(report: Report, layout: str | None = None, *, reads: bool = True) -> str:
    """What came of a run, in one line.

    Of a run that was ended early it says where: how many reads had been read by then depends on
    threads and memory, so there is neither a share kept nor a rate.

    Args:
        report: What the run did.
        layout: How pairs lie in the output, where that has to be said.
        reads: Whether to say how many reads there were, rather than the share that was kept.
    """
    parts = [figures.counted(number, what) for what, number in sorted(report.counts.items())]
    parts.append(figures.seconds(report.wall))
    if report.stopped is not None:
        parts.insert(0, f"stopped at {report.stopped.operator}")
    else:
        share = f"{figures.share(report.kept)} kept"
        parts.insert(
            0, figures.counted(report.reads_in, "reads") if reads or not report.reads_in else share
        )
        if report.wall > 0:
            parts.append(f"{figures.count(report.reads_in / report.wall)} reads/s")
    line = printable(", ".join(parts))
    if report.outputs:
        shown = ["standard output" if o == "-" else printable(o) for o in report.outputs]
        if len(shown) > _MOST_NAMED:
            shown[_MOST_NAMED - 1 :] = [f"{len(shown) - _MOST_NAMED + 1:,} more files"]
        names = ", ".join(shown)
        what = [figures.size(report.bytes_written), *([layout] if layout else [])]
        line += f" -> {names} ({', '.join(what)})"
    return line
