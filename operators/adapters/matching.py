"""Matches adapters with reads by rules: the kernel's arguments from a view, and its results."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from biometal_stream.errors import DataError
from biometal_stream.operators.adapters.finding import upper
from biometal_stream.operators.adapters.tables import Tables, tables
from biometal_stream.operators.kernels import one_adapter as fields
from biometal_stream.operators.kernels.alignment import ALIGNED
from biometal_stream.operators.kernels.rules import PADDING, match_adapters

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from biometal_stream.columns import StringColumn
    from biometal_stream.operators.adapters.notation import Adapter, Linked
    from biometal_stream.operators.adapters.rules import Rules
    from biometal_stream.view import BatchView


@dataclass(frozen=True)
class Matches:
    """The adapters in some reads.

    Attributes:
        results: ``int64``, (rows, FOUND): see `biometal_stream.operators.kernels.rules`. The
            adapters of mate 2 have the numbers after those of mate 1.
    """

    results: NDArray[np.int64]

    @classmethod
    def none(cls, lengths: NDArray[np.int64]) -> Matches:
        """Matches of reads without adapters, whose lengths are (rows,)."""
        results = np.zeros((len(lengths), fields.FOUND), np.int64)
        for stop in (fields.STOP, fields.KEPT_STOP, fields.CROP_STOP):
            results[:, stop] = lengths
        results[:, fields.WHICH] = -1
        return cls(results)

    @property
    def which(self) -> NDArray[np.int64]:
        """The number of the last adapter of each read, -1 for none: (rows,)."""
        return self.results[:, fields.WHICH]

    @property
    def found(self) -> NDArray[np.bool_]:
        """Which reads have an adapter: (rows,)."""
        return self.which >= 0

    @property
    def scores(self) -> NDArray[np.int64]:
        """The sum of the scores of each read's adapters: (rows,)."""
        return self.results[:, fields.TOTAL]

    @property
    def errors(self) -> NDArray[np.int64]:
        """The errors of each read's last adapter: (rows,)."""
        return self.results[:, fields.WRONG]

    def part(self, kept: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The start and the stop of what stays of each read, both (rows,).

        Args:
            kept: ``trim`` for what is left without adapters, ``retain`` for that and the last
                adapter, ``crop`` for that adapter alone.
        """
        first = {"trim": fields.START, "retain": fields.KEPT_START, "crop": fields.CROP_START}[kept]
        return self.results[:, first].copy(), self.results[:, first + 1].copy()


def match_view(view: BatchView, given: Rules) -> Matches:
    """Finds the adapters of a view's reads, those of each mate by its own fields.

    Raises:
        DataError: A read is null; or adapters belong together, and there are no pairs.
    """
    bases = view.text("sequence")
    if given.pairs:
        return _match_pairs(view, given)
    if view.paired:
        second = np.arange(view.num_rows) % 2 == 1
    elif "mate" in view.batch.schema.names:
        second = view.column("mate").to_numpy(zero_copy_only=False) == 2
    else:
        return _match_mate(bases, given, 0)
    matches = Matches(np.empty((view.num_rows, fields.FOUND), np.int64))
    for mate, rows in enumerate((np.flatnonzero(~second), np.flatnonzero(second))):
        matches.results[rows] = _match_mate(bases.take(rows), given, mate).results
    return matches


def _match_mate(bases: StringColumn, given: Rules, mate: int) -> Matches:
    adapters = given.mates[mate]
    if not adapters:
        return Matches.none(bases.lengths)
    matches = match(bases, _tables(adapters), times=given.times)
    if mate:
        matches.results[:, fields.WHICH] += np.where(matches.found, len(given.mates[0]), 0)
    return matches


def _match_pairs(view: BatchView, given: Rules) -> Matches:
    """Finds adapters that belong together: of each pair those with the best sum of scores."""
    if not view.paired:
        raise DataError("pair-adapters needs pairs of reads, whose mates are in adjacent rows")
    bases = view.text("sequence")
    best = Matches.none(bases.lengths)
    scores = np.zeros(view.num_rows // 2, np.int64)
    errors = np.zeros(view.num_rows // 2, np.int64)
    known = [_tables(adapters, together=False) for adapters in given.mates]
    rows = [np.arange(mate, view.num_rows, 2) for mate in (0, 1)]
    for unit in range(len(given.mates[0])):
        mates = [
            match(bases.take(rows[mate]), known[mate], units=(unit, unit + 1)) for mate in (0, 1)
        ]
        score = mates[0].scores + mates[1].scores
        wrong = mates[0].errors + mates[1].errors
        better = mates[0].found & mates[1].found
        better &= ~best.found[::2] | (score > scores) | ((score == scores) & (wrong < errors))
        scores[better], errors[better] = score[better], wrong[better]
        for mate in (0, 1):
            mates[mate].results[:, fields.WHICH] += mate * len(given.mates[0])
            best.results[rows[mate][better]] = mates[mate].results[better]
    return best


@lru_cache(maxsize=32)
def _tables(adapters: Sequence[Adapter | Linked], *, together: bool = True) -> Tables:
    return tables(adapters, together=together)


def match(
    bases: StringColumn,
    known: Tables,
    *,
    times: int = 1,
    units: tuple[int, int] | None = None,
) -> Matches:
    """Finds adapters in reads.

    Args:
        bases: The reads.
        known: The adapters.
        times: How many of them are removed from a read at most, one after another.
        units: The first of their units to look for, and the one after the last; all by
            default.
    """
    first, last = units or (0, known.num_units)
    bases = upper(bases)
    results = np.empty((bases.num_rows, fields.FOUND), np.int64)
    room = int(bases.lengths.max(initial=0)) + PADDING
    match_adapters(
        bases.starts,
        bases.stops,
        bases.data,
        known.about,
        known.rates,
        known.classes,
        known.equal,
        np.uint64(known.width),
        known.unknown,
        known.words,
        known.letters,
        known.offsets,
        known.accepted,
        known.units,
        np.uint64(first),
        np.uint64(last),
        np.uint64(times),
        np.zeros(3 * room, np.uint8),
        np.empty(len(known.offsets) - 1, np.uint64),
        np.empty(3 * (known.longest + 1), np.int64),
        np.empty(ALIGNED, np.int64),
        np.empty(fields.FOUND, np.int64),
        results.reshape(-1),
    )
    return Matches(results)
