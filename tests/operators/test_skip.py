"""`Skip` against a slice of the stream."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import biometal_stream as bs
from biometal_stream.cli.main import main
from biometal_stream.operators import Skip
from tests.operators.conformance import cut, reads, rows, run
from tests.operators.test_drop_duplicates import fastq


@settings(max_examples=25)
@given(st.integers(0, 50), st.lists(st.integers(0, 40), max_size=6))
def test_the_first_reads_are_left_out(number, ends):
    assert rows(run(Skip(number), cut(reads(), ends))) == reads().slice(number).to_pylist()


@settings(max_examples=25)
@given(st.integers(0, 25), st.lists(st.integers(0, 20).map(lambda pair: 2 * pair), max_size=6))
def test_of_pairs_both_mates_count_as_one(number, ends):
    batch = reads(paired=True)
    assert rows(run(Skip(number), cut(batch, ends))) == batch.slice(2 * number).to_pylist()


@pytest.mark.parametrize("threads", [1, 4])
def test_with_head_it_gives_a_range_of_what_a_filter_left(tmp_path, monkeypatch, threads):
    monkeypatch.setattr("biometal_stream.budget.Budget.chunk", 500)
    path = tmp_path / "in.fq"
    path.write_bytes(fastq(["A" * (number % 3) for number in range(900)]))
    pipeline = bs.read_fastq(path) | bs.MinLength(1) | Skip(100) | bs.Head(3)
    found = rows(pipeline.with_options(threads=threads).batches())
    assert [row["name"] for row in found] == ["r151", "r152", "r154"]


def test_the_reads_left_out_can_be_written(tmp_path):
    path = tmp_path / "in.fq"
    path.write_bytes(fastq(["A", "C", "G"]))
    out, rejected = tmp_path / "out.fq", tmp_path / "rejected.fq"
    words = ["read", path, "skip", "2", "write", out, "--rejected", rejected, "--quiet"]
    assert main(list(map(str, words))) == 0
    assert out.read_text() == "@r2\nG\n+\nI\n"
    assert rejected.read_text().startswith("@r0 reason=skip\nA\n")


def test_to_skip_more_than_there_is_warns_as_any_filter_that_keeps_nothing(tmp_path, capsys):
    path = tmp_path / "in.fq"
    path.write_bytes(fastq(["A", "C"]))
    assert main(["read", str(path), "skip", "5", "write", str(tmp_path / "out.fq")]) == 0
    assert "skip" in capsys.readouterr().err
