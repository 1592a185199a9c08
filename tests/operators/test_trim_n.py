"""Cutting N off the ends of reads."""

import pyarrow as pa
import pytest

import biometal_stream as bs
from biometal_stream.cli.main import main

READS = ["NNACNGTNNN", "nACGTn", "NNNN", "", "ACGT", "NA"]


def trimmed(operator):
    columns = {"sequence": READS, "quality": ["I" * len(read) for read in READS]}
    return operator(pa.record_batch(columns))["sequence"].to_pylist()


@pytest.mark.parametrize(
    ("settings", "left"),
    [
        ({}, ["ACNGT", "ACGT", "", "", "ACGT", "A"]),
        ({"end": "front"}, ["ACNGTNNN", "ACGTn", "", "", "ACGT", "A"]),
        ({"end": "tail"}, ["NNACNGT", "nACGT", "", "", "ACGT", "NA"]),
        ({"min_run": 3}, ["NNACNGT", "nACGTn", "", "", "ACGT", "NA"]),
        ({"min_run": 10**30}, READS),
    ],
)
def test_ends(settings, left):
    assert trimmed(bs.TrimN(**settings)) == left


def test_the_command_line(tmp_path):
    source, result = tmp_path / "reads.fq", tmp_path / "cut.fq"
    source.write_text("@a\nNNACGTN\n+\nABCDEFG\n")
    assert main(["read", str(source), "trim-n", "write", str(result), "--quiet"]) == 0
    assert result.read_text() == "@a\nACGT\n+\nCDEF\n"
