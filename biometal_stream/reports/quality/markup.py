"""HTML tables, as notebooks show them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape


def table(title: str, header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Returns an HTML table. The contents of its cells are escaped."""
    head = _row("th", header)
    body = "".join(_row("td", row) for row in rows)
    return f"<table><caption>{escape(title)}</caption>{head}{body}</table>"


def _row(tag: str, cells: Iterable[str]) -> str:
    return "<tr>" + "".join(f"<{tag}>{escape(cell)}</{tag}>" for cell in cells) + "</tr>"
