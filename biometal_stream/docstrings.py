"""Docstrings filled in from tables: lists of names, tables of columns."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Sequence
from typing import TypeVar

T = TypeVar("T", bound=type)

WIDTH = 92
"""The width of a line of a class's docstring, in characters."""


def filled(**parts: str) -> Callable[[T], T]:
    """Fills in the docstring of a class at lines that begin with a name in braces.

    Args:
        parts: The text for each name. Nothing is done without docstrings (``python -OO``).
    """

    def fill(target: T) -> T:
        text = target.__doc__
        if text is not None:
            for name, part in parts.items():
                place = re.search(rf"^( *)\{{{name}\}}", text, re.MULTILINE)
                if place is not None:
                    text = text.replace(place[0], textwrap.indent(part, place[1]))
            target.__doc__ = text
        return target

    return fill


def listed(names: Sequence[str]) -> str:
    """Names of code as a list in a sentence, over several lines."""
    marked = [f"``{name}``" for name in names]
    return textwrap.fill(f"{', '.join(marked[:-1])} and {marked[-1]}", WIDTH)


def table(rows: Sequence[Sequence[str]]) -> str:
    """Lays out a simple table of reStructuredText.

    Args:
        rows: The header, then the rows. Long text in the last cell is wrapped.
    """
    edges = [max(len(row[k]) for row in rows) for k in range(len(rows[0]) - 1)]
    before = sum(edges) + len(edges)
    wrapped = [textwrap.wrap(row[-1], WIDTH - before) for row in rows]
    last = max(len(line) for lines in wrapped for line in lines)
    rule = " ".join("=" * edge for edge in [*edges, last])
    laid = []
    for row, lines in zip(rows, wrapped, strict=True):
        cells = [cell.ljust(edge) for cell, edge in zip(row, edges, strict=False)]
        laid += [" ".join([*cells, lines[0]]), *(" " * before + line for line in lines[1:])]
    return "\n".join([rule, laid[0], rule, *laid[1:], rule])
