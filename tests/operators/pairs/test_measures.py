"""Measures of pairs, in conditions and as columns."""

import pyarrow as pa
import pytest

import biometal_stream as bs
from biometal_stream.errors import DataError, SchemaError
from biometal_stream.measured import PAIR_MEASURES
from biometal_stream.sinks import DiscardSink
from tests.operators.library import batch_of, library, pair

INSERT = library(1, seed=5, mean=150)[0][:130]
WRONG = INSERT[:60] + ("A" if INSERT[60] != "A" else "C") + INSERT[61:]
OTHER = "".join(library(2, seed=9, mean=300))[:500]
BATCH = batch_of(pair(INSERT), pair(OTHER), (*pair(WRONG)[:1], *pair(INSERT)[1:]))
NAMES = tuple(PAIR_MEASURES)


def test_columns():
    found = bs.Measure(NAMES)(BATCH)
    assert [found.schema.field(name).type for name in NAMES] == [pa.int32()] * 3
    rows = [tuple(row[name] for name in NAMES) for row in found.to_pylist()]
    assert rows == [(130, 70, 0)] * 2 + [(None, 0, None)] * 2 + [(130, 70, 1)] * 2
    assert not set(NAMES) & set(bs.Measure()(BATCH).schema.names)


@pytest.mark.parametrize(
    ("condition", "kept"),
    [
        ("insert_size < 150", [0, 2]),
        ("is_null(insert_size)", [1]),
        ("overlap == 0", [1]),
        ("overlap_mismatches / overlap > 0.01", [2]),
    ],
)
def test_conditions(condition, kept):
    reads = bs.from_arrow(pa.Table.from_batches([BATCH])) | bs.Where(condition)
    found = (reads | bs.Select(("name",))).stream().read_all().column("name").to_pylist()
    assert found == [f"p{number}" for number in kept for _ in range(2)]


def test_merged_reads_have_their_length_and_no_overlap():
    found = bs.Measure(("insert_size", "overlap"))(bs.MergePairs()(BATCH)).to_pylist()
    assert [(row["insert_size"], row["overlap"]) for row in found] == [
        (130, None),
        (None, 0),
        (None, 0),
        (130, None),
    ]


def test_each_is_looked_up_with_the_columns_that_it_needs():
    condition = bs.Where("insert_size > 1 and length > 3")
    _, needed = condition.pushdown(frozenset({"name"}), BATCH.schema)
    assert needed == {"name", "sequence", "quality", "mate"}
    left, needed = bs.Measure(NAMES).pushdown(frozenset({"overlap"}), BATCH.schema)
    assert left == bs.Measure(("overlap",))
    assert needed == {"sequence", "quality", "mate"}


def test_what_is_refused():
    single = BATCH.drop_columns(["mate"])
    for step in (bs.Measure(("overlap",)), bs.Where("overlap > 3")):
        with pytest.raises(SchemaError, match="needs the column 'mate'; the reads are single"):
            step(single)
    with pytest.raises(SchemaError, match="column 'overlap' describes the whole reads; put"):
        bs.TrimFixed(front=3)(bs.Measure(("overlap",))(BATCH))
    trimmed = bs.TrimFixed(front=3)(bs.Measure(("insert_size",))(BATCH))
    assert trimmed.column("insert_size").to_pylist()[:1] == [130]
    split = bs.from_arrow(pa.Table.from_batches([BATCH])) | bs.Where("overlap > 3")
    with pytest.raises(DataError, match="some reads have lost theirs"):
        split.with_options(pairs="split").run(DiscardSink())
