"""Splitting reads at stretches of low quality, and the columns of the parts."""

import re

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import biometal_stream as bs
from biometal_stream.operators.splitting import COLUMNS

GOOD, LOW = "I", "!"


def batch(*qualities, **more):
    bases = ["".join("ACGT"[k % 4] for k in range(len(text))) for text in qualities]
    names = [f"r{k}" for k in range(len(qualities))]
    return pa.record_batch({"name": names, "sequence": bases, "quality": list(qualities), **more})


def parts(quality, least, window):
    """Where the parts are: what no low window covers."""
    low = bytearray(len(quality))
    for first in range(len(quality) - window + 1):
        scores = [ord(letter) - 33 for letter in quality[first : first + window]]
        if sum(scores) < least * window:
            low[first : first + window] = b"\1" * window
    found = [match.span() for match in re.finditer(b"\0+", bytes(low))]
    return found or [(0, 0)]


@given(
    st.lists(st.text("!+5I", max_size=60), max_size=5),
    st.sampled_from([0, 5, 10, 12.5, 40]),
    st.integers(1, 20),
)
def test_parts_are_what_lies_between_low_windows(qualities, least, window):
    reads = batch(*qualities) if qualities else batch("").slice(1)
    wanted = []
    for read in reads.to_pylist():
        spans = parts(read["quality"], least, window)
        for number, (first, last) in enumerate(spans, 1):
            wanted.append(
                {
                    "name": read["name"] + (f"_s{number}" if len(spans) > 1 else ""),
                    "sequence": read["sequence"][first:last],
                    "quality": read["quality"][first:last],
                    "parent": read["name"],
                    "part": number,
                    "parent_start": first,
                    "parent_stop": last,
                }
            )
    operator = bs.SplitQuality(least, window=window)
    result = operator(reads)
    assert result.to_pylist() == wanted
    # Within a part no window is low, so splitting once more changes nothing.
    again = operator(result)
    assert again.drop_columns(["part"]) == result.drop_columns(["part"])


def test_other_columns_are_repeated_and_scores_are_cut():
    reads = batch(GOOD * 4 + LOW * 4 + GOOD * 2, GOOD * 3, lane=[7, None])
    result = (bs.DecodeQuality() | bs.SplitQuality(21, window=2))(reads)
    assert result["lane"].to_pylist() == [7, 7, None]
    assert result["phred"].to_pylist() == [[40] * 3, [40], [40] * 3]
    assert result["name"].to_pylist() == ["r0_s1", "r0_s2", "r1"]


def test_a_second_split_keeps_the_first_read_as_the_parent():
    quality = GOOD * 30 + LOW * 10 + "5" * 20 + GOOD * 20
    once = bs.SplitQuality(15, window=5)(batch(quality))
    twice = bs.SplitQuality(35, window=5)(once)
    assert once["name"].to_pylist() == ["r0_s1", "r0_s2"]
    assert set(twice["parent"].to_pylist()) == {"r0"}
    for row in twice.to_pylist():
        assert quality[row["parent_start"] : row["parent_stop"]] == row["quality"]
    assert len(set(twice["name"].to_pylist())) == twice.num_rows


def test_what_cannot_be_split_is_refused():
    reads = batch(GOOD)
    operator = bs.SplitQuality()
    mates = pa.array([1], pa.int8())
    with pytest.raises(bs.SchemaError, match="so reads must be single, and these are pairs"):
        operator(reads.append_column("mate", mates))
    with pytest.raises(bs.SchemaError, match="column 'length' describes the whole reads"):
        operator(bs.Measure(("length",))(reads))
    with pytest.raises(bs.SchemaError, match="adds a column 'part', which the input already has"):
        operator(reads.append_column("part", mates))
    wrong = reads
    for name in COLUMNS:
        wrong = wrong.append_column(name, mates)
    with pytest.raises(bs.SchemaError, match="needs string in column 'parent', which is int8"):
        operator(wrong)
    with pytest.raises(bs.DataError, match="qualities are Phred"):
        operator(batch("II\x1f"))


def test_columns_are_read_that_the_next_step_needs():
    schema = batch(GOOD).schema
    operator = bs.SplitQuality()
    needed = {"name", "sequence", "quality"}
    assert operator.pushdown(frozenset(["parent"]), schema) == (operator, needed)
    split = operator.output_schema(schema)
    assert operator.pushdown(frozenset(["sequence"]), split)[1] == needed
    assert operator.pushdown(frozenset(["parent_stop"]), split)[1] == needed.union(COLUMNS)
