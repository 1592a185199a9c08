"""What `match-adapters` makes of a batch: its reads, and the column of adapters."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from biometal_stream.columns import string_array
from biometal_stream.operators.adapters.finding import upper
from biometal_stream.operators.adapters.matching import Matches, match_view
from biometal_stream.operators.adapters.turning import better_turned
from biometal_stream.view import BatchView

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from biometal_stream.columns import StringColumn
    from biometal_stream.operators.adapters.rules import Rules

UNKNOWN = "unknown"
"""The name of no adapter beside that of another, as in the names of files."""


def marked(
    batch: pa.RecordBatch,
    rules: Rules,
    schema: pa.Schema,
    *,
    action: str,
    reverse: bool,
    pair_names: str,
) -> pa.RecordBatch:
    """Finds the adapters of reads.

    Args:
        batch: The reads.
        rules: The adapters.
        schema: That of the result: the batch's, and a dictionary column.
        action: What is done to reads with adapters: see `match-adapters`.
        reverse: Whether reverse complements are looked at.
        pair_names: What the column says of pairs: see `match-adapters`.
    """
    view = BatchView(batch)
    matches = match_view(view, rules)
    if reverse:
        view, matches = better_turned(view, matches, rules)
    if action in {"trim", "retain", "crop"}:
        view = view.cut(*matches.part(action))
    found = view.to_batch()
    columns = found.columns
    if action in {"mask", "lowercase"}:
        index = found.schema.get_field_index("sequence")
        bases = _written(view.text("sequence"), matches, lowercase=action == "lowercase")
        columns[index] = string_array(bases, found.schema.field(index).type)
    names = _names(matches.which, rules.names)
    if pair_names != "own" and "mate" in found.schema.names:
        names = _of_pairs(view, matches.which, rules.names, both=pair_names == "both")
    return pa.RecordBatch.from_arrays([*columns, names], schema=schema)


def _names(which: NDArray[np.int64], names: Sequence[str]) -> pa.DictionaryArray:
    numbers = pa.array(which.astype(np.int32), mask=which < 0)
    return pa.DictionaryArray.from_arrays(numbers, pa.array(names, pa.string()))


def _of_pairs(
    view: BatchView, which: NDArray[np.int64], names: Sequence[str], *, both: bool
) -> pa.DictionaryArray:
    """A column in which both mates of a pair have the name of the first, or both names."""
    starts = view.unit_starts
    sizes = np.diff(starts, append=view.num_rows)
    if not both:
        return _names(which[starts].repeat(sizes), names)
    pairs = np.stack((which[starts], which[starts + sizes - 1], sizes - 1), axis=1)
    kinds, numbers = np.unique(pairs, axis=0, return_inverse=True)
    known = [*names, UNKNOWN]
    joined = [
        f"{known[one]}-{known[two]}" if is_pair else known[one]
        for one, two, is_pair in kinds.tolist()
    ]
    some = np.maximum(kinds[:, 0], kinds[:, 1]) >= 0
    found = np.where(some[numbers.reshape(-1)], numbers.reshape(-1), -1)
    return _names(found.repeat(sizes), joined)


def _written(bases: StringColumn, matches: Matches, *, lowercase: bool) -> StringColumn:
    """The bases with other letters for what is not kept of each read."""
    bases = upper(bases) if lowercase else bases
    starts, stops = matches.part("trim")
    edges = np.zeros(len(bases.data) + 1, np.int64)
    for first, last in ((np.zeros_like(starts), starts), (stops, bases.lengths)):
        for places, step in ((first, 1), (last, -1)):
            edges += step * np.bincount(bases.starts + places, minlength=len(edges))
    outside = np.cumsum(edges[:-1]) > 0
    if lowercase:
        letters = (bases.data >= ord("A")) & (bases.data <= ord("Z"))
        data = np.where(outside & letters, bases.data | 0x20, bases.data)
    else:
        data = np.where(outside, np.uint8(ord("N")), bases.data)
    data.flags.writeable = False
    return type(bases)(bases.name, bases.starts, bases.stops, data, bases.rows)
