"""The table of steps: what each did to the reads, and why. Light: the command line uses it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from biometal_stream.reports.safe import shown as safe
from biometal_stream.reports.text.aligned import plain_table
from biometal_stream.reports.text.bars import bar

if TYPE_CHECKING:
    from biometal_stream.reports.document.document import Document

    Steps = Sequence[Mapping[str, Any]]

UNKNOWN = "-"
_LONGEST = 40  # the most characters of a step, which may be a long condition
_BAR = 10


def step_table(
    steps: Steps, *, bars_of: int | None = None, unicode: bool = True
) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Makes the table of steps. Observers have no row: they let every read pass.

    Args:
        steps: Steps of a `Report`, as plain objects.
        bars_of: How many reads a whole bar stands for; ``None`` for no bars.
        unicode: Whether bars use more than ASCII.

    Returns:
        The headings and the rows. All columns but the first and the last are numbers. There are
        no rows if no step changes the reads.
    """
    shown = [step for step in steps if step["kind"] != "observer"]
    paired = any(step["pairs_in"] is not None or step["pairs_out"] is not None for step in shown)
    pairs = ("pairs_in", "pairs_out") if paired else ()
    counted = ("reads_in", "reads_out", *pairs, "dropped")
    bars = ("",) if bars_of else ()
    columns = ("step", *(name.replace("_", " ") for name in counted), *bars, "why")
    rows = []
    for step in shown:
        numbers = [_number(step[name]) for name in counted]
        drawn = [_left(step["reads_out"], bars_of, unicode=unicode)] if bars_of else []
        rows.append((_short(step["operator"]), *numbers, *drawn, _why(step)))
    return columns, rows


def steps_section(document: Document, width: int, unicode: bool) -> str:  # noqa: ARG001 - a section
    """The table of steps of a report, with bars."""
    columns, rows = step_table(document.steps, bars_of=document.reads_in, unicode=unicode)
    cells = [[safe(cell) for cell in row] for row in rows]
    return plain_table("", columns, cells, text=(0, len(columns) - 1)) if rows else ""


def _left(reads: int | None, of: int, *, unicode: bool) -> str:
    """A bar for the reads that are left of all."""
    return "" if reads is None else bar(reads / of, _BAR, unicode=unicode)


def _number(number: int | None) -> str:
    return UNKNOWN if number is None else f"{number:,}"


def _why(step: Mapping[str, Any]) -> str:
    """Why reads were dropped, if any may have been; what was trimmed, split or merged."""
    why = [step["reason"]] if step["reason"] and step["dropped"] != 0 else []
    if step["reads_trimmed"] is not None and step["bases_trimmed"] is not None:
        why.append(
            f"{_counted(step['reads_trimmed'], 'read')} trimmed,"
            f" {_counted(step['bases_trimmed'], 'base')} cut off"
        )
    split, before, after = step["reads_split"], step["reads_in"], step["reads_out"]
    if split is not None and before is not None and after is not None:
        what = f"{_counted(split, 'read')} split"
        why.append(f"{what} into {after - before + split:,}" if split else what)
    if step["pairs_merged"] is not None:
        why.append(f"{_counted(step['pairs_merged'], 'pair')} merged")
    return "; ".join(why)


def _counted(number: int, thing: str) -> str:
    return f"{number:,} {thing if number == 1 else f'{thing}s'}"


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."
