"""Cycles of long reads in ranges, each about a twentieth longer than the one before."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from biometal_stream.reports.page.thinning import Columns, Key
from biometal_stream.reports.quality.modules.per_cycle import figures_of

LONG = 1000
"""Reads with more cycles are shown in ranges."""

PER_DECADE = 50

_LETTERS = ("a", "c", "g", "t", "n", "other")


def in_ranges(tables: Mapping[Key, Columns]) -> dict[Key, Columns]:
    """Joins the cycles of long reads in ``per_cycle`` and ``qualities_by_cycle``.

    Counts are added up. The mean and the percentiles of a range are those of all its bases.
    """
    made = dict(tables)
    for (place, name, group), columns in tables.items():
        if name != "per_cycle" or columns["last_cycle"][-1] <= LONG:
            continue
        key = (place, "qualities_by_cycle", group)
        starts = _starts(columns["first_cycle"])
        edges = [*(columns["first_cycle"][row] for row in starts), columns["last_cycle"][-1] + 1]
        counts = _histograms(tables.get(key), edges)
        made[place, name, group] = _per_cycle(columns, starts, edges, counts)
        if key in tables:
            made[key] = _qualities(counts, edges)
    return made


def _starts(firsts: Sequence[int]) -> list[int]:
    """The rows that begin a range."""
    ranges = [math.floor(PER_DECADE * math.log10(first)) for first in firsts]
    return [row for row in range(len(firsts)) if not row or ranges[row] != ranges[row - 1]]


def _histograms(columns: Columns | None, edges: Sequence[int]) -> Any:
    """Bases by range and score: ``int64``, (ranges, scores)."""
    if columns is None or not columns["quality"]:
        return np.zeros((len(edges) - 1, 1), np.int64)
    counts = np.zeros((len(edges) - 1, max(columns["quality"]) + 1), np.int64)
    rows = np.searchsorted(edges, columns["first_cycle"], side="right") - 1
    np.add.at(counts, (rows, np.array(columns["quality"])), np.array(columns["bases"]))
    return counts


def _per_cycle(
    columns: Columns, starts: Sequence[int], edges: Sequence[int], counts: Any
) -> Columns:
    def total(cells: Sequence[Any]) -> list[Any]:
        if None in cells:
            return [None] * len(starts)
        return [int(each) for each in np.add.reduceat(np.array(cells, np.int64), starts)]

    joined: dict[str, Sequence[Any]] = {
        "first_cycle": list(edges[:-1]),
        "last_cycle": [edge - 1 for edge in edges[1:]],
        **{name: total(columns[name]) for name in ("bases", *_LETTERS)},
    }
    for name, figures in figures_of(counts).items():
        joined[name] = figures.to_pylist()
    for letter in "acgt":
        name = f"quality_{letter}"
        weights = np.array([each or 0 for each in columns[letter]], np.float64)
        sums = weights * np.array([each or 0 for each in columns[name]], np.float64)
        wholes, parts = (np.add.reduceat(each, starts) for each in (weights, sums))
        known = [each is not None for each in columns[name]]
        joined[name] = [
            float(part / whole) if whole and any(known) else None
            for part, whole in zip(parts, wholes, strict=True)
        ]
    return {name: joined[name] for name in columns}


def _qualities(counts: Any, edges: Sequence[int]) -> Columns:
    rows, scores = (each.tolist() for each in np.nonzero(counts))
    return {
        "first_cycle": [edges[row] for row in rows],
        "last_cycle": [edges[row + 1] - 1 for row in rows],
        "quality": scores,
        "bases": [int(counts[row, score]) for row, score in zip(rows, scores, strict=True)],
    }
