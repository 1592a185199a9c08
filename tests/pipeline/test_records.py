"""Reads one by one are the rows of the batches."""

import pickle

import pytest

import biometal_stream as bs
from biometal_stream.cli.demo import sample_path
from tests.operators.conformance import cut, reads
from tests.stand_ins import Given, own_threads


@pytest.mark.parametrize("paired", [False, True])
def test_each_row_is_a_read(paired):
    batches = cut(reads(paired=paired), [0, 10, 10])
    found = list(bs.Pipeline(Given(tuple(batches))).records())
    assert len(found) == 40
    for read, row in zip(found, reads(paired=paired).to_pylist(), strict=True):
        own = {name: row.pop(name, None) for name in bs.Read._fields[:5]}
        assert read._asdict() == own | {"values": row}
        assert (read.mate is not None) == paired
    assert pickle.loads(pickle.dumps(found[0])) == found[0]


def test_columns_that_are_not_there_are_none():
    pipeline = bs.Pipeline(Given((reads(),))) | bs.Select(["sequence", "name"])
    name, description, sequence, quality, mate, values = next(pipeline.records())
    assert (name, description, sequence, quality, mate, dict(values)) == (
        "read0",
        None,
        "",
        None,
        None,
        {},
    )


@pytest.mark.parametrize("missing", ["name", "sequence"])
def test_a_read_needs_a_name_and_a_sequence(missing):
    kept = [name for name in reads().schema.names if name != missing]
    pipeline = bs.Pipeline(Given((reads(),))) | bs.Select(kept)
    with pytest.raises(bs.SchemaError, match=rf"records\(\) needs a column '{missing}'"):
        pipeline.records()


def test_a_loop_that_ends_early_ends_the_run():
    with sample_path() as path:
        found = bs.read_fastq(path).records()
        assert next(found).name.startswith("ERR777676.")
        found.close()
    assert own_threads() == []
