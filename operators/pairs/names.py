"""What the names of reads say about their mates, for a batch at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from biometal_stream.columns import StringColumn, string_array, string_column, without_views
from biometal_stream.mates.names import SHOWING, Separator, shown_by_neighbours, shown_separator

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

LOOKED_AT = 10
"""The names of each mate that show what their ends mean."""


def stems(names: StringColumn, separator: Separator) -> pa.Array:
    """The names without the marks of mates, which two mates share.

    Args:
        names: The names.
        separator: What marks mates besides the slash.
    """
    ends = _last(names, 2)
    marked = np.isin(ends, [ord("/"), ord(separator)]) & np.isin(_last(names, 1), [49, 50])
    marked &= names.lengths > 1
    bare = names.cut(np.zeros(names.num_rows, np.int64), names.lengths - 2 * marked)
    kind = pa.string() if names.starts.dtype == np.int32 else pa.large_string()
    return string_array(bare, kind)


def marks(names: StringColumn, descriptions: StringColumn | None) -> NDArray[np.int8]:
    """The mate that each read is marked as, ``int8``, (rows,); 0 without a mark.

    The twin of `biometal_stream.mates.names.mark_of`: ``/1`` and ``/2`` at the end of the name, or
    a description such as ``2:N:0:ATCACG``.

    Args:
        names: The names.
        descriptions: The descriptions; ``None`` if there are none.
    """
    found = np.where((_last(names, 2) == ord("/")) & (names.lengths > 1), _last(names, 1) - 48, 0)
    found[(found < 1) | (found > 2)] = 0
    if descriptions is not None:
        letters = [_first(descriptions, place) for place in range(4)]
        casava = np.isin(letters[0], [49, 50]) & np.isin(letters[2], [ord("Y"), ord("N")])
        casava &= (letters[1] == ord(":")) & (letters[3] == ord(":"))
        found = np.where((found == 0) & casava, letters[0] - 48, found)
    return found.astype(np.int8)


def described(batch: pa.RecordBatch) -> StringColumn | None:
    """The descriptions of a batch, empty for null; ``None`` if there is no such column."""
    place = batch.schema.get_field_index("description")
    if place < 0 or pa.types.is_null(batch.schema.field(place).type):
        return None
    column = without_views(batch.column(place))
    return string_column(column.fill_null("") if column.null_count else column, "description")


def separator_of(ones: Sequence[bytes], twos: Sequence[bytes], mixed: Sequence[bytes]) -> Separator:
    """What marks mates in the names, besides the slash.

    Args:
        ones: The first names of mates 1.
        twos: The first names of mates 2.
        mixed: The first names of reads of which it is not known.
    """
    if min(len(ones), len(twos)) >= SHOWING:
        return shown_separator(ones, twos)
    return shown_by_neighbours(mixed) if mixed else "/"


def _last(column: StringColumn, place: int) -> NDArray[np.int64]:
    """The byte so many places before the end of each row; 0 if the row is too short."""
    return _bytes(column, column.stops.astype(np.int64) - place, column.lengths >= place)


def _first(column: StringColumn, place: int) -> NDArray[np.int64]:
    return _bytes(column, column.starts.astype(np.int64) + place, column.lengths > place)


def _bytes(
    column: StringColumn, at: NDArray[np.int64], there: NDArray[np.bool_]
) -> NDArray[np.int64]:
    found = np.zeros(len(at), np.int64)
    found[there] = column.data[at[there]]
    return found
