"""Reads, and what quality control counts in them."""

import pyarrow as pa

from biometal_stream.operators.quality_control import QualityControl
from biometal_stream.reports.quality.state import state_from_plain, state_to_plain
from biometal_stream.view import BatchView


def reads(sequences, names=None, mates=None, **columns):
    """A batch of reads; names are numbers unless given, and left out if empty."""
    names = [f"read{number}" for number in range(len(sequences))] if names is None else names
    data = {"name": pa.array(names, pa.string())} if names or not sequences else {}
    data["sequence"] = pa.array(sequences, pa.string())
    if mates is not None:
        data["mate"] = pa.array(mates, pa.int8())
    return pa.RecordBatch.from_pydict(data | columns)


def quality(*batches, **settings):
    """The result for batches that follow each other, by way of JSON."""
    operator = QualityControl(**settings)
    state = operator.empty()
    for batch in batches:
        found = operator.observe_informed(BatchView(batch), state)
        state = operator.merge(state, found)
    return operator.finish(state_from_plain(state_to_plain(state)))


def table(found, name, group="reads"):
    """The rows of a group of a table, as tuples without the group."""
    rows = found.tables[name].to_pylist()
    return [tuple(row.values())[1:] for row in rows if row["group"] == group]
