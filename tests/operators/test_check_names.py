"""`CheckNames`: the error names the read and both places, for every number of threads."""

import pyarrow as pa
import pytest

import biometal_stream as bs
from biometal_stream.cli.main import main
from biometal_stream.errors import DataError
from biometal_stream.operators import CheckNames
from tests.operators.conformance import cut, run
from tests.operators.test_drop_duplicates import fastq


def batch_of(*names, mates=False):
    columns = {"name": pa.array(names)}
    if mates:
        columns["mate"] = pa.array([1, 2] * (len(names) // 2), pa.int8())
    return pa.record_batch(columns)


@pytest.mark.parametrize("ends", [[], [1], [1, 2, 3], [3]])
def test_a_repeated_name_is_an_error_with_both_numbers(ends):
    batch = batch_of("a", "b", "c", "b", "a")
    with pytest.raises(DataError, match="the name 'b' occurs twice: reads 2 and 4 have it; give"):
        run(CheckNames(), cut(batch, ends))


def test_names_that_differ_in_anything_pass():
    batch = batch_of("a", "A", "a/1", "a/2", "a.1", "")
    assert CheckNames()(batch).equals(batch)
    pairs = batch_of("a/1", "a/2", "b", "b", "a", "a", mates=True)
    assert CheckNames()(pairs).equals(pairs)
    with pytest.raises(DataError, match="the name 'b' occurs twice: pairs 2 and 4 have it"):
        CheckNames()(batch_of("a", "a", "b", "b", "c", "c", "b", "b", mates=True))


def test_mates_that_are_filtered_apart_may_have_the_same_name():
    batch = batch_of("a", "a", "b", "b", mates=True)
    pipeline = bs.from_arrow(batch).with_options(pairs="split") | bs.Skip(0) | CheckNames()
    assert pa.Table.from_batches(pipeline.batches()).num_rows == 4
    twice = bs.from_arrow(pa.concat_batches([batch, batch])).with_options(pairs="split")
    with pytest.raises(DataError, match="the name 'a' occurs twice: reads 1 and 5 have it"):
        list((twice | bs.Skip(0) | CheckNames()).batches())


@pytest.mark.parametrize("threads", [1, 4])
@pytest.mark.parametrize("words", [("--check-names",), ("check-names",)])
def test_the_command_line_ends_before_the_target_is_there(
    tmp_path, monkeypatch, capsys, threads, words
):
    monkeypatch.setattr("biometal_stream.budget.Budget.chunk", 600)
    one, two = tmp_path / "1.fq", tmp_path / "2.fq"
    one.write_bytes(fastq(["A"] * 500))
    two.write_bytes(fastq(["A"] * 500, mark="x") + b"@r123 d\nA\n+\nI\n")
    out = str(tmp_path / "out.fq")
    command = ["--threads", str(threads), "read", str(one), str(two), *words, "write", out]
    assert main(command) == 1
    shown = capsys.readouterr().err
    assert "the name 'r123' occurs twice: reads 124 and 1,001 have it" in shown
    assert f"of {two}" in shown
    assert not (tmp_path / "out.fq").exists()


def test_different_names_change_nothing(tmp_path):
    path, out = tmp_path / "in.fq", tmp_path / "out.fq"
    path.write_bytes(fastq(["A"] * 500))
    assert main(["read", str(path), "--check-names", "write", str(out), "--quiet"]) == 0
    assert out.read_bytes() == path.read_bytes()
    assert sum(b.num_rows for b in (bs.read_fastq(path) | CheckNames()).batches()) == 500


def test_a_saved_pipeline_checks_names_again(tmp_path, capsys):
    path, twice, saved = (tmp_path / name for name in ("in.fq", "twice.fq", "saved.toml"))
    path.write_bytes(fastq(["A"] * 5))
    twice.write_bytes(fastq(["A"] * 5) * 2)
    words = ["read", path, "min-length", 1, "write", tmp_path / "out.fq", "--check-names"]
    assert main([*map(str, words), "--save-pipeline", str(saved), "--quiet"]) == 0
    assert main(["run", str(saved), str(twice), "write", str(tmp_path / "twice.out.fq")]) == 1
    assert "the name 'r0' occurs twice" in capsys.readouterr().err
    assert [each.name for each in bs.load_pipeline(saved).operators] == [
        "check-names",
        "min-length",
    ]
