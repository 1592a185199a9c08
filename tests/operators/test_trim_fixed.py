"""Cutting fixed numbers of bases."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import biometal_stream as bs
from biometal_stream.cli.main import main

READS = ["ACGTACGTAC", "ACG", "", "A"]


def trimmed(operator, reads=READS, mates=None):
    columns = {"sequence": reads, "quality": ["I" * len(read) for read in reads]}
    if mates is not None:
        columns["mate"] = pa.array(mates, pa.int8())
    result = operator(pa.record_batch(columns))
    assert [len(q) for q in result["quality"].to_pylist()] == [
        len(read) for read in result["sequence"].to_pylist()
    ]
    return result["sequence"].to_pylist()


@pytest.mark.parametrize(
    ("settings", "wanted"),
    [
        ({"front": 2}, ["GTACGTAC", "G", "", ""]),
        ({"tail": 2}, ["ACGTACGT", "A", "", ""]),
        ({"front": 2, "tail": 2}, ["GTACGT", "", "", ""]),
        ({"length": 4}, ["ACGT", "ACG", "", "A"]),
        ({"length": -4}, ["GTAC", "ACG", "", "A"]),
        ({"length": 0}, ["", "", "", ""]),
        ({"front": 1, "tail": 1, "length": 3}, ["CGT", "C", "", ""]),
        ({"front": 1, "tail": 1, "length": -3}, ["GTA", "C", "", ""]),
        ({"front": 10**30}, ["", "", "", ""]),
        ({"length": 10**30}, READS),
        ({"length": -(10**30)}, READS),
    ],
)
def test_ends_are_cut_before_the_length(settings, wanted):
    assert trimmed(bs.TrimFixed(**settings)) == wanted


@given(
    st.lists(st.text("ACGT", max_size=12), min_size=1, max_size=6),
    st.integers(0, 14),
    st.integers(0, 14),
    st.none() | st.integers(-14, 14),
)
def test_as_slices_of_python(reads, front, tail, length):
    def plain(read):
        read = read[front:]
        read = read[: len(read) - tail] if tail < len(read) else ""
        if length is None:
            return read
        return read[:length] if length >= 0 else read[length:]

    if front or tail or length is not None:
        operator = bs.TrimFixed(front, tail, length)
        assert trimmed(operator, reads) == [plain(read) for read in reads]


def test_mate_2_has_numbers_of_its_own_or_those_of_mate_1():
    reads, mates = ["ACGTA", "ACGTA"], [1, 2]
    assert trimmed(bs.TrimFixed(front=1), reads, mates) == ["CGTA", "CGTA"]
    assert trimmed(bs.TrimFixed(front=1, front2=0), reads, mates) == ["CGTA", "ACGTA"]
    assert trimmed(bs.TrimFixed(front=1, tail2=2), reads, mates) == ["CGTA", "CG"]
    assert trimmed(bs.TrimFixed(length=2, length2=-2), reads, mates) == ["AC", "TA"]
    assert trimmed(bs.TrimFixed(front2=4), reads, mates) == ["ACGTA", "A"]


def test_numbers_of_mate_2_need_mates():
    operator = bs.TrimFixed(front2=3)
    with pytest.raises(bs.SchemaError, match="which needs a column 'mate'; read pairs"):
        trimmed(operator)
    assert operator.pushdown(frozenset(["sequence"]), pa.schema([("sequence", pa.string())]))[
        1
    ] == {
        "sequence",
        "mate",
    }


def test_reads_without_qualities_are_cut():
    batch = pa.record_batch({"name": ["a"], "sequence": ["ACGT"]})
    assert bs.TrimFixed(front=1)(batch).to_pylist() == [{"name": "a", "sequence": "CGT"}]


def test_what_is_not_taken_is_not_cut():
    schema = pa.schema([("name", pa.string()), ("sequence", pa.string())])
    assert bs.TrimFixed(front=1).pushdown(frozenset(["name"]), schema) == (None, {"name"})


def test_the_command_line(tmp_path):
    source, result = tmp_path / "reads.fq", tmp_path / "cut.fq"
    source.write_text("@a\nACGTACGT\n+\nABCDEFGH\n")
    line = ["read", str(source), "trim-fixed", "--front", "1", "--length", "-3"]
    assert main([*line, "write", str(result), "--quiet"]) == 0
    assert result.read_text() == "@a\nCGT\n+\nFGH\n"


def test_nothing_to_cut_is_said(capsys):
    assert main(["read", "x.fq", "trim-fixed", "write", "-"]) == 2
    assert "trim-fixed: give front, tail or length" in capsys.readouterr().err
