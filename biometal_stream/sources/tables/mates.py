"""Checks that a ``mate`` column alternates between 1 and 2, except for merged reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from biometal_stream.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Sequence

_ONE = "mates 1 and 2 of a pair must follow each other"


def first_unpaired(mates: pa.Array) -> int | None:
    """The first row that is not part of a pair of mate 1 and mate 2, nor null: a merged read.

    Args:
        mates: The column of a chunk that begins with a mate 1 or a merged read.

    Returns:
        The row; ``None`` if all rows are pairs.
    """
    if mates.null_count and pa.types.is_integer(mates.type):
        return _first_alone(mates)
    wanted = np.arange(len(mates)) % 2 + 1
    if mates.null_count or not pa.types.is_integer(mates.type):
        found: list[object] = mates.to_pylist()
        wrong = np.array(
            [value != want for value, want in zip(found, wanted.tolist(), strict=True)]
        )
    else:
        wrong = mates.to_numpy(zero_copy_only=False) != wanted
    if wrong.any():
        return int(np.argmax(wrong))
    return len(mates) - 1 if len(mates) % 2 else None


def _first_alone(mates: pa.Array) -> int | None:
    values = mates.to_numpy(zero_copy_only=False)  # a null is NaN
    after_one = np.zeros(len(values), np.bool_)
    after_one[1:] = values[:-1] == 1
    wrong = (values == 2) != after_one
    wrong |= ~np.isnan(values) & (values != 1) & (values != 2)
    if wrong.any():
        return int(np.argmax(wrong))
    return len(values) - 1 if values[-1] == 1 else None


def rows_before(mates: pa.Array, row: int) -> int:
    """The rows of whole pairs and merged reads before a row found by `first_unpaired`."""
    return row - (row > 0 and mates[row - 1].as_py() == 1)


def unpaired(
    mates: pa.Array, row: int, name: str, first_row: int, columns: Sequence[str]
) -> DataError:
    """The error for a row found by `first_unpaired`.

    Args:
        mates: The same column.
        row: The row.
        name: The file's name.
        first_row: The chunk's first row in the file, from 0.
        columns: The columns of the file.
    """
    others = " ".join(each for each in columns if each != "mate")
    single = f"to read single reads, leave the column out: select {others}"
    where = f"{name}: row {first_row + row + 1:,}"
    wanted, found = 1 + (rows_before(mates, row) < row), mates[row].as_py()
    if found == wanted:  # the last row, whose mate is missing
        return DataError(f"{where}: is mate 1, but the input ends without its mate 2; {single}")
    return DataError(f"{where}: mate is {found!r}, not {wanted}; {_ONE}; {single}")
