"""`RenameReads`: templates, numbers in input order, and what FASTQ could not hold."""

from __future__ import annotations

import pyarrow as pa
import pytest

import biometal_stream as bs
from biometal_stream.cli.main import main
from biometal_stream.errors import ConfigurationError, DataError, SchemaError
from biometal_stream.interfaces import Concurrency
from biometal_stream.operators import RenameReads
from tests.operators.test_drop_duplicates import fastq


def batch_of(**columns: object) -> pa.RecordBatch:
    made = {
        "name": pa.array(["a/1", "b/2", "c", "d/3"]),
        "description": pa.array(["1:N:0", None, "", "x y"]),
        "umi": pa.array(["AC", None, "GT", ""]),
        "lane": pa.array([1, 2, None, 3], pa.int16()),
    }
    return pa.record_batch(made | columns)


@pytest.mark.parametrize(
    ("template", "names"),
    [
        ("{stem}", ["a", "b", "c", "d/3"]),
        ("{stem}/1", ["a/1", "b/1", "c/1", "d/3/1"]),
        ("lib_{name}.x", ["lib_a/1.x", "lib_b/2.x", "lib_c.x", "lib_d/3.x"]),
        ("{number}", ["1", "2", "3", "4"]),
        ("r{number:04}", ["r0001", "r0002", "r0003", "r0004"]),
        ("{name}_{umi}", ["a/1_AC", "b/2_unknown", "c_GT", "d/3_"]),
        ("{lane}{{{number}}}", ["1{1}", "2{2}", "unknown{3}", "3{4}"]),
        ("same", ["same"] * 4),
    ],
)
def test_a_template_makes_the_name_and_leaves_the_description(template, names):
    found = RenameReads(template)(batch_of())
    assert found.column("name").to_pylist() == names
    assert found.column("description").to_pylist() == ["1:N:0", None, "", "x y"]


@pytest.mark.parametrize(
    ("template", "descriptions"),
    [
        ("{name} {description} n={number}", ["1:N:0 n=1", " n=2", " n=3", "x y n=4"]),
        ("{name} {description}", ["1:N:0", None, None, "x y"]),
        ("{name}\t{umi}", ["AC", None, "GT", None]),
        ("{name} ", [None] * 4),
        ("x{name} y z", ["y z"] * 4),
    ],
)
def test_what_follows_a_blank_is_the_description(template, descriptions):
    assert RenameReads(template)(batch_of()).column("description").to_pylist() == descriptions


def test_mates_have_the_same_number_and_their_own_mark():
    batch = batch_of(mate=pa.array([1, 2, 1, 2], pa.int8()))
    found = RenameReads("p{number}/{mate}", start=0)(batch)
    assert found.column("name").to_pylist() == ["p0/1", "p0/2", "p1/1", "p1/2"]
    with pytest.raises(SchemaError, match="needs a column 'mate'"):
        RenameReads("{stem}/{mate}")(batch_of())


@pytest.mark.parametrize("threads", [1, 4])
def test_numbers_are_in_input_order_for_every_number_of_threads(tmp_path, monkeypatch, threads):
    monkeypatch.setattr("biometal_stream.budget.Budget.chunk", 600)
    path, out, rejected = (tmp_path / name for name in ("in.fq", "out.fq", "rejected.fq"))
    path.write_bytes(fastq(["A" * (number % 2) for number in range(1_000)]))
    words = ["min-length", "1", "rename-reads", "n{number} {name}", "write", out]
    command = ["--threads", threads, "read", path, *words, "--rejected", rejected, "--quiet"]
    assert main(list(map(str, command))) == 0
    wanted = [f"@n{number} r{2 * number - 1}" for number in range(1, 501)]
    assert out.read_text().split("\n")[:-1:4] == wanted
    assert rejected.read_text().startswith("@r0 reason=min-length\n")


def test_only_numbers_need_the_order():
    assert RenameReads("{number}_{name}").concurrency is Concurrency.SERIAL
    assert RenameReads("{stem}_{umi}").concurrency is Concurrency.SHARED


def test_nothing_is_done_for_names_that_nothing_uses():
    schema = batch_of().schema
    assert RenameReads("{number}").pushdown(frozenset(["umi"]), schema) == (None, {"umi"})
    operator = RenameReads("{lane} {umi}")
    assert operator.pushdown(frozenset(["description"]), schema)[1] == {
        "name",
        "description",
        "lane",
        "umi",
    }
    pipeline = bs.from_arrow(batch_of()) | operator | bs.Select(["name"])
    (found,) = pipeline.batches()
    assert found.column("name").to_pylist() == ["1", "2", "unknown", "3"]


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("{id}", r"there is no field \{id\}; write \{name\}"),
        ("{r1.cut_prefix}", r"there is no field \{r1.cut_prefix\}; write a column"),
        ("{nr}_{name}", r"write \{number\}"),
        ("{sample}", "needs a column 'sample'"),
    ],
)
def test_other_programs_fields_are_explained(template, message):
    with pytest.raises(SchemaError, match=message):
        RenameReads(template)(batch_of())


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("{description}x", "would have a blank: 'x yx'"),
        ("{umi}", "a name is empty"),
    ],
)
def test_names_that_fastq_cannot_hold_are_refused(template, message):
    with pytest.raises(DataError, match=message):
        RenameReads(template)(batch_of())


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("", "must begin with a name"),
        (" x", "must begin with a name"),
        ("{name", "is not a template .* write a field as"),
        ("{}", "a field of the template needs a name"),
        ("{name!r}", "needs a name, such as"),
        ("{name:5}", r"only \{number\} has a width, such as \{number:08\}: \{name:5\}"),
        ("{number:000}", "only"),
    ],
)
def test_broken_templates_are_explained(template, message):
    with pytest.raises(ConfigurationError, match=message):
        RenameReads(template)
