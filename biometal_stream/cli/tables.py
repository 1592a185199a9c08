"""Prints tables: drawn on a terminal, plain aligned text elsewhere."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Literal, TextIO

from biometal_stream.cli.escape import printable
from biometal_stream.reports.text.aligned import plain_table

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence


def print_table(
    title: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    text: Collection[int] = (0,),
    stream: TextIO | None = None,
) -> None:
    """Prints a table.

    Args:
        title: The title; empty for none.
        columns: The headings; not shown if all are empty.
        rows: The cells as text, one per column in each row.
        text: The indices of text columns; the others are numbers, aligned right.
        stream: Where to print; by default standard output.
    """
    stream = sys.stdout if stream is None else stream
    columns = tuple(printable(column) for column in columns)
    cells = [[printable(cell) for cell in row] for row in rows]
    if stream.isatty():
        _print_drawn(title, columns, cells, text=text, stream=stream)
    else:
        stream.write(plain_table(title, columns, cells, text=text))
    stream.flush()


def _print_drawn(
    title: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    text: Collection[int],
    stream: TextIO,
) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(
        title=Text(title, style="bold") if title else None,
        title_justify="left",
        box=box.SIMPLE_HEAD,
        show_header=any(columns),
        header_style="bold",
    )
    for place, column in enumerate(columns):
        justify: Literal["left", "right"] = "left" if place in text else "right"
        table.add_column(column, justify=justify, overflow="fold")
    for row in rows:
        table.add_row(*map(Text, row))
    Console(file=stream).print(table)
