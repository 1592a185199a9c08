"""Brings the records of several files together, by the numbers of their names."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from biometal_stream.sources.fastq.kernels.mating import pair_up

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


class Paired(NamedTuple):
    """The records of two files that belong together.

    Attributes:
        rows: ``int64``, (pairs,): those of the first file.
        other_rows: ``int64``, (pairs,): those of the second.
        done: How many records of the first are decided: paired, or in no pair whatever follows.
        other_done: How many of the second.
    """

    rows: NDArray[np.int64]
    other_rows: NDArray[np.int64]
    done: int
    other_done: int

    def up_to(self, done: int) -> Paired:
        """The same for the first records of the first file."""
        if done >= self.done:
            return self
        pairs = int(np.searchsorted(self.rows, done))
        following = self.other_rows[pairs:]
        other_done = int(following[0]) if len(following) else self.other_done
        return Paired(self.rows[:pairs], self.other_rows[:pairs], done, other_done)


class Together(NamedTuple):
    """The records of several files that belong together.

    Attributes:
        rows: ``int64``, (found,) for each file: its records.
        done: How many records of each file are decided.
    """

    rows: list[NDArray[np.int64]]
    done: list[int]

    @classmethod
    def of(cls, found: Sequence[Paired]) -> Together:
        """Joins pairs with the records of the first file: those that each other file has."""
        done = min(each.done for each in found)
        pairs = [each.up_to(done) for each in found]
        rows = pairs[0].rows
        for each in pairs[1:]:
            rows = rows[np.isin(rows, each.rows, assume_unique=True)]
        others = [each.other_rows[np.searchsorted(each.rows, rows)] for each in pairs]
        return cls([rows, *others], [done, *(each.other_done for each in pairs)])


def paired(
    codes: tuple[NDArray[np.int32], NDArray[np.int32], int], all_first: bool, all_other: bool
) -> Paired:
    """Pairs the records of two files in order, and leaves out as few as possible.

    Args:
        codes: The numbers of their names, from `mate_codes`.
        all_first: Whether the first file has no more records.
        all_other: Whether the second has none.
    """
    ones, others, number = codes
    rows = np.empty(min(len(ones), len(others)), np.int64)
    other_rows = np.empty_like(rows)
    pairs, done, other_done = pair_up(
        ones,
        others,
        np.full(number, -1, np.int32),
        np.empty(len(others), np.int32),
        all_first,
        all_other,
        rows,
        other_rows,
    )
    return Paired(rows[: int(pairs)], other_rows[: int(pairs)], int(done), int(other_done))
