"""Cutting tails of one base, by the rules of fastp and of cutadapt."""

import pyarrow as pa
import pytest

import biometal_stream as bs
from biometal_stream.cli.main import main


def trimmed(operator, reads, mates=None):
    columns = {"sequence": reads, "quality": ["I" * len(read) for read in reads]}
    if mates is not None:
        columns["mate"] = pa.array(mates, pa.int8())
    result = operator(pa.record_batch(columns))
    assert list(map(len, result["quality"].to_pylist())) == list(
        map(len, result["sequence"].to_pylist())
    )
    return result["sequence"].to_pylist()


# The specimen in the source of fastp, and what it says of it.
SPECIMEN = "ATTTTAAAAAAAAAATAAAAAAAAAAAAACAAAAAAAAAAAAAAAAAAAAAAAAAT"


def test_the_specimen_of_fastp():
    assert trimmed(bs.TrimPolyX(), [SPECIMEN]) == ["ATTTT"]
    assert trimmed(bs.TrimPolyX(base="A"), [SPECIMEN]) == ["ATTTT"]
    assert trimmed(bs.TrimPolyX(base="T"), [SPECIMEN]) == [SPECIMEN]


@pytest.mark.parametrize(
    ("settings", "read", "left"),
    [
        ({}, "ACGACC" + "T" * 12, "ACGACC"),
        ({}, "ACGACC" + "U" * 12, "ACGACC"),
        ({}, "ACGAGG" + "c" * 12, "ACGAGG"),
        ({}, "ACGACC" + "T" * 8, "ACGACC"),  # fastp counts two bases that end the tail
        ({}, "ACGACC" + "T" * 7, "ACGACC" + "T" * 7),
        ({"min_tail": 5}, "ACGTC" + "A" * 12, "ACGTC"),
        ({"min_tail": 10**30}, "ACGTC" + "A" * 12, "ACGTC" + "A" * 12),
        ({"algorithm": "cutadapt"}, "ACGTCAAAGA", "ACGTC"),
        ({"algorithm": "cutadapt"}, "ACGTCAA", "ACGTCAA"),
        ({"algorithm": "cutadapt", "min_tail": 2}, "ACGTCAA", "ACGTC"),
        ({"algorithm": "cutadapt", "base": "T"}, "ACGTCTTTT", "ACGTC"),
        ({"algorithm": "cutadapt"}, "AAAA", ""),
        ({"algorithm": "cutadapt"}, "", ""),
    ],
)
def test_tails(settings, read, left):
    assert trimmed(bs.TrimPolyX(**settings), [read]) == [left]


def test_mate_2_is_cut_at_its_other_end_as_cutadapt_does():
    reads, mates = ["ACGAAAA", "TTTTCGA"], [1, 2]
    assert trimmed(bs.TrimPolyX("cutadapt"), reads, mates) == ["ACG", "CGA"]
    assert trimmed(bs.TrimPolyX("cutadapt"), reads) == ["ACG", "TTTTCGA"]
    assert trimmed(bs.TrimPolyX("cutadapt", base="T"), ["ACGTTTT", "AAAACG"], mates) == [
        "ACG",
        "CG",
    ]
    both = ["ACG" + "A" * 12, "T" * 12 + "CGA"]
    assert trimmed(bs.TrimPolyX(), both, mates) == ["ACG", both[1]]


def test_the_mate_is_read_only_where_it_matters():
    schema = pa.schema([("sequence", pa.string()), ("mate", pa.int8())])
    used = frozenset(["sequence"])
    assert bs.TrimPolyX().pushdown(used, schema)[1] == used
    assert bs.TrimPolyX("cutadapt").pushdown(used, schema)[1] == {"sequence", "mate"}


def test_the_command_line(tmp_path):
    source, result = tmp_path / "reads.fa", tmp_path / "cut.fa"
    source.write_text(f">a\n{SPECIMEN}\n")
    line = ["read", str(source), "trim-poly-x", "--min-tail", "20"]
    assert main([*line, "write", str(result), "--quiet"]) == 0
    assert result.read_text() == ">a\nATTTT\n"
