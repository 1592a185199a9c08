"""Counts at two places of a chain: what both see alike is counted once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from biometal_stream.reports.kernels.texts import compare_texts
from biometal_stream.reports.quality.reads import Reads, groups_of, text_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from biometal_stream.reports.records.base import State
    from biometal_stream.view import BatchView

LEAST = 4096
"""The fewest reads of a group that are worth counting apart from the rest. A further call takes as
long as counting some 1,500 reads, and so does finding which reads are the same."""

MOST_OTHERS = 0.3
"""The largest share of other reads with which that saves time. It was measured; docs/performance.md
has the numbers."""


class Twice(NamedTuple):
    """What was counted in two views.

    Attributes:
        common: In the reads that are the same in both views.
        before: In the other reads of the first view: those that were changed or dropped since.
        after: In the other reads of the second view: those that were changed.
    """

    common: State
    before: State
    after: State


def counted_twice(
    count: Callable[[Iterable[Reads]], State],
    before: BatchView,
    after: BatchView,
    so_far: tuple[State, State, State],
) -> Twice:
    """Counts in two views of a chain. A group of which few reads are the same is counted twice.

    Args:
        count: Counts in the reads of groups.
        before: The first view.
        after: A later view of the same batch.
        so_far: What was counted so far of each kind: see `Reads`.

    Returns:
        States that add up to those of both views: ``common`` and ``before`` to the first's,
        ``common`` and ``after`` to the second's.
    """
    first = {reads.group: reads for reads in groups_of(before, so_far[1])}
    second = {reads.group: reads for reads in groups_of(after, so_far[2])}
    places = _places(before, after)
    same = _same(before, after, places)
    left = np.zeros(before.num_rows, np.bool_)
    left[places[same]] = True
    common = []
    for group in [each for each in first if each in second]:
        kept = left if (rows := first[group].rows) is None else left[rows]
        number = int(np.count_nonzero(kept))
        if number < max(LEAST, (1 - MOST_OTHERS) * len(kept)):
            continue
        known = so_far[0].get(group, {})
        common.append(replace(_some(first[group], kept, number), so_far=known))
        _replace(first, group, ~kept)
        rows = second[group].rows
        _replace(second, group, ~(same if rows is None else same[rows]))
    return Twice(count(common), count(first.values()), count(_alone(after, second)))


def _replace(groups: dict[str, Reads], group: str, chosen: NDArray[np.bool_]) -> None:
    """Leaves only some reads in a group; without any, it goes."""
    number = int(np.count_nonzero(chosen))
    if number:
        groups[group] = _some(groups[group], chosen, number)
    else:
        del groups[group]


def _some(reads: Reads, chosen: NDArray[np.bool_], number: int) -> Reads:
    """Some reads of a group."""
    if number == reads.num_reads:
        return reads
    rows = np.flatnonzero(chosen)
    return replace(reads, rows=rows if reads.rows is None else reads.rows[rows], every=None)


def _alone(view: BatchView, groups: Mapping[str, Reads]) -> list[Reads]:
    """The same reads in a view that has no others, so that modules do not look at those."""
    if any(reads.rows is None for reads in groups.values()):
        return list(groups.values())
    chosen = np.zeros(view.num_rows, np.bool_)
    for reads in groups.values():
        chosen[reads.rows] = True
    places, view = np.cumsum(chosen) - 1, view.apart().keep(chosen)
    return [Reads(view, reads.group, places[reads.rows], reads.so_far) for reads in groups.values()]


def _places(before: BatchView, after: BatchView) -> NDArray[np.int64]:
    """The row in the first view of each row of the second, (num_rows,)."""
    rows = np.arange(after.num_rows) if after.rows is None else after.rows
    return rows if before.rows is None else np.searchsorted(before.rows, rows)


def _same(before: BatchView, after: BatchView, places: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which rows of the second view have the texts that they had in the first, (num_rows,)."""
    same = np.ones(after.num_rows, np.bool_)
    for name in after.changed:
        now, was = text_of(after, name), text_of(before, name)
        if now is None or was is None:
            continue  # other values, which are not counted
        if len(places) != was.num_rows:
            was = was.take(places)
        if now.data.ctypes.data == was.data.ctypes.data:
            same &= (now.starts == was.starts) & (now.stops == was.stops)
        else:
            compare_texts(now.starts, now.stops, now.data, was.starts, was.stops, was.data, same)
    return same
