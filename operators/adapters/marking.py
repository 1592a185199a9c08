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
    from biometal_stream.columns import StringColumn
    from biometal_stream.operators.adapters.rules import Rules


def marked(
    batch: pa.RecordBatch, rules: Rules, schema: pa.Schema, action: str, reverse: bool
) -> pa.RecordBatch:
    """Finds the adapters of reads.

    Args:
        batch: The reads.
        rules: The adapters.
        schema: That of the result: the batch's, and a dictionary column.
        action: What is done to reads with adapters: see `match-adapters`.
        reverse: Whether reverse complements are looked at.
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
    return pa.RecordBatch.from_arrays([*columns, _names(matches, rules)], schema=schema)


def _names(matches: Matches, rules: Rules) -> pa.DictionaryArray:
    numbers = pa.array(matches.which.astype(np.int32), mask=~matches.found)
    return pa.DictionaryArray.from_arrays(numbers, pa.array(rules.names, pa.string()))


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
