"""`ReverseComplement` against the definition, and what it does with awkward batches."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from biometal_stream.errors import DataError, SchemaError
from biometal_stream.operators import Measure, ReverseComplement
from tests.operators import plain
from tests.operators.conformance import reads

TURN = ReverseComplement()


def test_each_read_is_turned():
    batch = reads(paired=True)
    result = TURN(batch)
    for before, after in zip(batch.to_pylist(), result.to_pylist(), strict=True):
        assert after["sequence"] == plain.reverse_complement(before["sequence"])
        assert after["quality"] == before["quality"][::-1]
        unchanged = set(before) - {"sequence", "quality"}
        assert {name: after[name] for name in unchanged} == {n: before[n] for n in unchanged}


@given(st.lists(st.text(st.characters(max_codepoint=127), max_size=80), max_size=8))
def test_characters_that_are_no_bases_stay(sequences):
    batch = pa.record_batch({"sequence": pa.array(sequences, pa.string())})
    wanted = [plain.reverse_complement(sequence) for sequence in sequences]
    assert TURN(batch).column("sequence").to_pylist() == wanted


def test_all_codes_and_both_cases():
    batch = pa.record_batch({"sequence": ["ACGTURYKMSWBDHVN", "acgturykmswbdhvn", "A-C.G*T"]})
    assert TURN(batch).column("sequence").to_pylist() == [
        "NBDHVWSKMRYAACGT",
        "nbdhvwskmryaacgt",
        "A*C.G-T",
    ]


def test_twice_is_once_but_for_u():
    batch = reads()
    back = TURN(TURN(batch))
    for before, after in zip(batch.to_pylist(), back.to_pylist(), strict=True):
        t_for_u = str.maketrans("Uu", "Tt")
        assert after == before | {"sequence": before["sequence"].translate(t_for_u)}


def test_reads_without_qualities():
    batch = pa.record_batch({"sequence": ["AAC"], "lane": [3]})
    assert TURN(batch).to_pylist() == [{"sequence": "GTT", "lane": 3}]


def test_the_batch_is_not_touched():
    batch = reads()
    before = batch.to_pylist()
    TURN(batch)
    assert batch.to_pylist() == before


def test_what_is_no_ascii_is_refused_as_it_would_be_torn():
    batch = pa.record_batch({"sequence": ["é", "AC", "Aé"]})
    with pytest.raises(DataError, match=r"'sequence' has byte 0xc3 in row 1 .*bases are ASCII"):
        TURN(batch.slice(1))


@pytest.mark.parametrize("column", ["sequence", "quality"])
def test_a_null_is_refused(column):
    batch = pa.record_batch({"sequence": ["AC", "AC"], "quality": ["II", "II"]})
    batch = batch.set_column(batch.schema.names.index(column), column, pa.array(["AC", None]))
    with pytest.raises(DataError, match=f"'{column}' is null in row 1 of the batch; drop such"):
        TURN(batch)


def test_what_is_no_quality_is_refused():
    batch = pa.record_batch({"sequence": ["AC", "AC"], "quality": ["II", "I "]})
    with pytest.raises(DataError, match="'quality' has byte 0x20 in row 1 of the batch"):
        TURN(batch)


def test_lengths_must_agree():
    batch = pa.record_batch({"sequence": ["A", "ACG"], "quality": ["I", "II"]})
    with pytest.raises(DataError, match=r"differ in length in row 1 .*3 bases, 2 qualities"):
        TURN(batch)


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"quality": ["I"]}, "needs a column 'sequence'. The input has: quality"),
        ({"sequence": [1]}, "needs text in column 'sequence', which is int64"),
        ({"sequence": ["A"], "quality": [[40]]}, "needs text in column 'quality', which is list"),
    ],
)
def test_columns_must_be_text(columns, message):
    with pytest.raises(SchemaError, match=f"^reverse-complement {message}"):
        TURN(pa.record_batch(columns))


def test_what_nobody_takes_is_left_out():
    schema = reads().schema
    assert TURN.pushdown(frozenset({"name"}), schema) == (None, {"name"})
    assert TURN.pushdown(frozenset({"name", "sequence"}), schema) == (TURN, {"name", "sequence"})
    assert TURN.pushdown(frozenset({"quality"}), schema) == (TURN, {"sequence", "quality"})


def test_what_is_measured_of_both_strands_is_the_same():
    batch = reads()
    assert Measure()(TURN(batch)).select(["mean_quality", "gc"]) == Measure()(batch).select(
        ["mean_quality", "gc"]
    )
