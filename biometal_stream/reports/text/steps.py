"""The table of steps, with a bar for the reads that are left after each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from biometal_stream.reports.text.aligned import plain_table
from biometal_stream.reports.text.bars import bar
from biometal_stream.reports.text.columns import number, shown

if TYPE_CHECKING:
    from biometal_stream.reports.document.document import Document

_BAR = 10
_LONGEST = 40


def steps_table(document: Document, width: int, unicode: bool) -> str:  # noqa: ARG001 - a section
    """The steps that can change reads; a bar shows the share of all reads that is left."""
    steps = [step for step in document.steps if step["kind"] != "observer"]
    if not steps:
        return ""
    rows = [_row(step, document.reads_in, unicode=unicode) for step in steps]
    titles = ("Steps", "reads in", "reads out", "dropped", "left", "", "why")
    return plain_table("", titles, rows, text=(0, 4, 6))


def _row(step: Mapping[str, Any], of: int | None, *, unicode: bool) -> tuple[str, ...]:
    out = step["reads_out"]
    share = out / of if of and out is not None else None
    drawn = "" if share is None else bar(share, _BAR, unicode=unicode)
    numbers = (number(step["reads_in"]), number(out), number(step["dropped"]))
    percent = "" if share is None else f"{100 * share:.1f} %"
    return (shown(step["operator"], _LONGEST), *numbers, drawn, percent, _why(step))


def _why(step: Mapping[str, Any]) -> str:
    why = [shown(step["reason"])] if step["reason"] and step["dropped"] else []
    if step["reads_trimmed"] is not None and step["bases_trimmed"] is not None:
        why.append(
            f"{step['reads_trimmed']:,} reads trimmed, {step['bases_trimmed']:,} bases cut off"
        )
    if step["reads_split"] is not None:
        why.append(f"{step['reads_split']:,} reads split")
    return "; ".join(why)
