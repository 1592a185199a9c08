"""`KeepNames` and `DropNames` against a set of names."""

from __future__ import annotations

import pickle

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import biometal_stream as bs
from biometal_stream.cli.main import main
from biometal_stream.errors import ConfigurationError, InputError
from biometal_stream.operators import DropNames, KeepNames
from tests.operators.test_drop_duplicates import fastq

NAMES = st.builds(
    str.__add__, st.sampled_from("abc"), st.sampled_from(["", "/1", "/2", "/3", ".1"])
)


def batch_of(names: list[str], *, mates: bool = False) -> pa.RecordBatch:
    columns = {"name": pa.array(names, pa.string())}
    if mates:
        columns["mate"] = pa.array([1, 2] * (len(names) // 2), pa.int8())
    return pa.record_batch(columns)


def is_listed(name: str, listed: set[str]) -> bool:
    marked = len(name) > 2 and name[-2:] in {"/1", "/2"}
    return name in listed or (marked and name[:-2] in listed)


@settings(max_examples=8)
@given(st.lists(NAMES), st.sets(NAMES, min_size=1))
def test_reads_are_kept_or_dropped_by_name(tmp_path_factory, names, listed):
    path = tmp_path_factory.mktemp("names") / "list"
    path.write_text("\n".join(listed))
    batch = batch_of(names)
    kept = [name for name in names if is_listed(name, listed)]
    assert KeepNames(str(path))(batch).column("name").to_pylist() == kept
    dropped = [name for name in names if not is_listed(name, listed)]
    assert DropNames(str(path))(batch).column("name").to_pylist() == dropped


@settings(max_examples=8)
@given(st.lists(st.sampled_from("abc")), st.sets(NAMES, min_size=1))
def test_a_pair_is_listed_if_one_of_its_mates_is(tmp_path_factory, stems, listed):
    path = tmp_path_factory.mktemp("names") / "list"
    path.write_text("\n".join(listed))
    batch = batch_of([f"{stem}/{mate}" for stem in stems for mate in (1, 2)], mates=True)
    one = [any(is_listed(f"{stem}/{mate}", listed) for mate in (1, 2)) for stem in stems]
    found = KeepNames(str(path))(batch).column("name").to_pylist()
    assert [name[0] for name in found[::2]] == [s for s, k in zip(stems, one, strict=True) if k]
    found = DropNames(str(path))(batch).column("name").to_pylist()
    assert [name[0] for name in found[::2]] == [s for s, k in zip(stems, one, strict=True) if not k]


@pytest.fixture
def files(tmp_path):
    reads, names = tmp_path / "in.fq", tmp_path / "names.txt"
    reads.write_bytes(fastq(["A"] * 1_000))
    names.write_text("r7\nr1000\nr999 x\nr7\nnope\nr-1\nr-2\n")
    return reads, names


@pytest.mark.parametrize(
    ("step", "lines", "threads"), [("keep-names", 2, 3), ("drop-names", 998, 1)]
)
def test_the_end_of_a_run_says_which_names_are_missing(
    files, tmp_path, monkeypatch, capsys, step, lines, threads
):
    monkeypatch.setattr("biometal_stream.budget.Budget.chunk", 500)
    reads, names = map(str, files)
    words = ["--threads", str(threads), "read", reads, step, names]
    assert main([*words, "write", str(tmp_path / "out.fq")]) == 0
    assert (tmp_path / "out.fq").read_bytes().count(b"\n") == 4 * lines
    shown = capsys.readouterr().err
    assert f"{step}: 4 of 6 names are not in the input: r1000, nope, r-1, ...\n" in shown


def test_of_a_list_that_is_all_there_nothing_is_said(files, capsys):
    reads, names = files
    names.write_text("r7\nr8")
    assert main(["read", str(reads), "keep-names", str(names), "write", str(reads) + "2.fq"]) == 0
    assert "not in the input" not in capsys.readouterr().err


def test_the_names_of_another_file_of_reads_can_be_used(files, tmp_path):
    reads, _ = files
    other = tmp_path / "other.fq"
    (bs.read_fastq(reads) | bs.Head(10)).write_fastq(other)
    pipeline = bs.read_fastq(reads) | bs.DropNames(other)
    report = pipeline.write_fastq(tmp_path / "out.fq")
    assert report.reads_out == 990
    assert report.results["drop-names"].missing == 0


def test_a_pickle_has_the_names_so_that_the_file_is_read_once(files):
    _, names = files
    operator = KeepNames(str(names))
    operator.output_schema(batch_of([]).schema)
    names.unlink()
    assert pickle.loads(pickle.dumps(operator))(batch_of(["r7", "r8"])).num_rows == 1


def test_a_file_without_names_or_no_file_is_an_error(tmp_path):
    (tmp_path / "empty").write_text("\n")
    with pytest.raises(ConfigurationError, match=r"keep-names: .*empty has no names; write one in"):
        KeepNames(str(tmp_path / "empty"))(batch_of(["a"]))
    with pytest.raises(InputError, match="nowhere: cannot be opened"):
        (bs.from_arrow(batch_of(["a"])) | DropNames(tmp_path / "nowhere")).execution()


def test_sql_engines_can_filter_batch_by_batch(files):
    from biometal_stream.pipeline.opened import OpenOperators, refuse_serial

    operator = KeepNames(str(files[1]))
    refuse_serial([operator], "X")
    with OpenOperators([operator]) as transform:
        assert transform(batch_of(["r7", "a", "r7/1"])).num_rows == 2


def test_the_file_of_names_is_not_replaced(files, tmp_path, capsys):
    reads, _ = files
    names = tmp_path / "names.fq"
    names.write_bytes(fastq(["A"]))
    words = ["read", str(reads), "keep-names", str(names), "write", str(names)]
    assert main(words) == 1
    assert "names.fq: is an input" in capsys.readouterr().err
    assert names.read_bytes() == fastq(["A"])
