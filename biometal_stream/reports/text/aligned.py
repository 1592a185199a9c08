"""Tables in plain text. Light: the command line's messages use it."""

from __future__ import annotations

from collections.abc import Collection, Sequence


def plain_table(
    title: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    text: Collection[int] = (0,),
) -> str:
    """A table in plain text, its columns two spaces apart.

    Args:
        title: The title; empty for none.
        columns: The headings; not shown if all are empty.
        rows: The cells, one per column in each row.
        text: The indices of text columns; the others are numbers, aligned right.
    """
    lines = [list(columns), *map(list, rows)] if any(columns) else [list(row) for row in rows]
    widths = [max((len(line[i]) for line in lines), default=0) for i in range(len(columns))]
    plain = f"{title}\n" if title else ""
    for line in lines:
        padded = [
            cell.ljust(width) if i in text else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(line, widths, strict=True))
        ]
        plain += "  ".join(padded).rstrip() + "\n"
    return plain
