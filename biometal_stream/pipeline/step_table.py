"""The table at the end of a run: what each step did to the reads, and why."""

from __future__ import annotations

from collections.abc import Sequence

from biometal_stream.pipeline.step import Step

UNKNOWN = "-"
_LONGEST = 40  # the most characters of a step, which may be a long condition


def step_table(steps: Sequence[Step]) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Makes the table of steps. Observers have no row: they let every read pass.

    Args:
        steps: Steps of a `Report`.

    Returns:
        The headings and the rows. All columns but the first and the last are numbers. There are
        no rows if no step changes the reads.
    """
    shown = [step for step in steps if step.kind != "observer"]
    paired = any(step.pairs_in is not None or step.pairs_out is not None for step in shown)
    pairs = ("pairs in", "pairs out") if paired else ()
    columns = ("step", "reads in", "reads out", *pairs, "dropped", "why")
    return columns, [_row(step, paired=paired) for step in shown]


def _row(step: Step, *, paired: bool) -> tuple[str, ...]:
    pairs = (step.pairs_in, step.pairs_out) if paired else ()
    numbers = (step.reads_in, step.reads_out, *pairs, step.dropped)
    return (_short(step.operator), *map(_number, numbers), _why(step))


def _number(number: int | None) -> str:
    return UNKNOWN if number is None else f"{number:,}"


def _why(step: Step) -> str:
    """Why reads were dropped, if any may have been; what was trimmed or split."""
    why = [step.reason] if step.reason and step.dropped != 0 else []
    if step.reads_trimmed is not None and step.bases_trimmed is not None:
        why.append(
            f"{_counted(step.reads_trimmed, 'read')} trimmed,"
            f" {_counted(step.bases_trimmed, 'base')} cut off"
        )
    if step.reads_split is not None and step.reads_in is not None and step.reads_out is not None:
        parts = step.reads_out - step.reads_in + step.reads_split
        split = f"{_counted(step.reads_split, 'read')} split"
        why.append(f"{split} into {parts:,}" if step.reads_split else split)
    return "; ".join(why)


def _counted(number: int, thing: str) -> str:
    return f"{number:,} {thing if number == 1 else f'{thing}s'}"


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."
