"""Markdown tables, and numbers in them."""

from __future__ import annotations

from collections.abc import Sequence

_FEW = 100


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table whose first column is text and the others are numbers."""
    lines = [heads, ["---", *["--:"] * (len(heads) - 1)], *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def share(some: int, whole: int) -> str:
    """A share as a percentage; a count if it is small, such as ``3 of 10,000``."""
    if some and some < _FEW and some < whole / 100:
        return f"{some} of {whole:,}"
    if not some:
        return "0"
    missing = whole - some
    if missing < whole / 1000:
        return "100 %" if not missing else f"{100 * some / whole:.3f} %"
    return f"{100 * some / whole:.2f} %"
