"""The pipeline as a value, and what Arrow tools see of it."""

import pickle
import re
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pyarrow as pa
import pytest

import biometal_stream as bs
from biometal_stream.errors import ConfigurationError, SchemaError
from biometal_stream.pipeline import Pipeline
from tests.stand_ins import SCHEMA, Call, Collect, First, Numbers, own_threads, rows


def test_an_operator_makes_a_new_pipeline() -> None:
    start = Pipeline(Numbers(3))
    longer = start | First(4) | First(2)
    assert start.operators == ()
    assert longer.operators == (First(4), First(2))
    assert rows(list(longer.batches())) == [0, 1]
    assert rows(list(longer.batches())) == [0, 1]  # it can be run again


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            bs.MinLength,
            "MinLength is a class that needs length; write MinLength(length=...)",
        ),
        (lambda batch: batch, "for a function of your own, make a subclass of StatelessOperator"),
        ("out.parquet", "call its write_parquet, write_arrow, write_fastq or write_fasta"),
        (None, "a pipeline takes operators, such as MinLength(50), not None"),
        ((bs.MinLength(50),), "not (MinLength(length=50),)"),
        (pa.Table, "not <class 'pyarrow.lib.Table'>"),
    ],
)
def test_only_an_operator_can_be_appended(given: Any, message: str) -> None:
    with pytest.raises(TypeError, match=re.escape(message)):
        Pipeline(Numbers(3)) | given
    with pytest.raises(TypeError, match=re.escape(message)):
        Pipeline(Numbers(3), (given,))


def test_the_schema_is_folded_before_anything_runs() -> None:
    source = Numbers(3, on_batch=lambda number: pytest.fail("the source was read"))
    drop = Call(name="drop")
    object.__setattr__(drop, "output_schema", lambda schema: pa.schema([]))
    pipeline = Pipeline(source) | drop | Call()
    with pytest.raises(SchemaError, match="call needs a column 'row'"):
        pipeline.schema  # noqa: B018
    with pytest.raises(SchemaError):
        pipeline.run(Collect())


@pytest.mark.parametrize(("threads", "memory"), [(0, None), (1, 1)])
def test_options_out_of_range(threads: int, memory: int | None) -> None:
    with pytest.raises(ConfigurationError, match="must be at least"):
        Pipeline(Numbers(1)).with_options(threads=threads, memory=memory).run(Collect())


def test_an_option_that_is_not_named_stays() -> None:
    pipeline = Pipeline(Numbers(1)).with_options(threads=3).with_options(memory=1 << 25)
    assert (pipeline.threads, pipeline.memory) == (3, 1 << 25)
    assert pipeline.with_options(threads=None).threads is None


def test_a_reader_of_arrow_streams() -> None:
    reader = (Pipeline(Numbers(5)) | Call()).stream()
    assert reader.schema == SCHEMA
    assert reader.read_all().column("row").to_pylist() == list(range(15))


def test_the_arrow_c_interfaces() -> None:
    pipeline = Pipeline(Numbers(5))
    assert pa.schema(pipeline) == SCHEMA
    assert pa.table(pipeline).num_rows == 15
    assert pl.DataFrame(pipeline)["row"].to_list() == list(range(15))


def test_a_query_with_a_limit_ends_the_run() -> None:
    numbers = Pipeline(Numbers())  # endless
    assert duckdb.sql("select * from numbers limit 2").fetchall() == [(0,), (1,)]
    del numbers
    assert own_threads() == []


def test_a_reader_that_is_let_go_leaves_no_thread() -> None:
    reader = Pipeline(Numbers()).stream()
    assert reader.read_next_batch().num_rows == 3
    del reader
    assert own_threads() == []


def test_breaking_out_of_the_batches_leaves_no_thread() -> None:
    for batch in Pipeline(Numbers()).batches():
        assert batch.num_rows == 3
        break
    assert own_threads() == []


def test_a_pipeline_can_be_pickled() -> None:
    pipeline = Pipeline(Numbers(2, on_batch=print)) | First(3)
    assert pickle.loads(pickle.dumps(pipeline)) == pipeline


def test_whether_to_write_a_stream_is_true_or_false(tmp_path: Path) -> None:
    stream: Any = "yes"
    with pytest.raises(ConfigurationError, match="stream must be True or False: 'yes'"):
        Pipeline(Numbers(3)).write_arrow(tmp_path / "x.arrows", stream=stream)


def test_a_class_stands_for_its_defaults() -> None:
    assert (Pipeline(Numbers(3)) | bs.Measure).operators == (bs.Measure(),)
    assert Pipeline(Numbers(3), (bs.Measure,)).operators == (bs.Measure(),)  # type: ignore[arg-type]


@pytest.mark.parametrize("memory", ["1G", "1GiB", 2**30, "1024 MiB"])
def test_memory_as_people_write_it(memory: Any) -> None:
    start = Pipeline(Numbers(3))
    assert start.with_options(memory=memory).memory == 2**30
    assert Pipeline(Numbers(3), memory=memory).memory == 2**30
    assert start.with_options(memory=memory).with_options(memory=None).memory is None


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"memory": "1X"}, "memory: '1X' is not a number of bytes such as 512M or 2GiB"),
        ({"memory": 1.5}, "memory must be a whole number of bytes, or text such as '512M': 1.5"),
        ({"memory": True}, "memory must be a whole number of bytes, or text such as '512M': True"),
        ({"threads": "4"}, "threads must be a whole number: '4'"),
        ({"memroy": 1}, "with_options has no option 'memroy'; did you mean 'memory'?"),
        (
            {"x": 1},
            "with_options has no option 'x'; it has threads, memory, min_reads, pairs, statistics",
        ),
        ({"statistics": "yes"}, "statistics must be True or False: 'yes'"),
    ],
)
def test_an_option_that_cannot_work_is_refused_at_once(
    options: dict[str, Any], message: str
) -> None:
    with pytest.raises((ConfigurationError, TypeError), match=f"^{re.escape(message)}$"):
        Pipeline(Numbers(3)).with_options(**options)


@pytest.mark.parametrize("method", ["write_parquet", "write_arrow", "write_fastq"])
def test_an_option_that_is_mistyped_is_refused(method: str) -> None:
    message = f"{method} has no option 'compresion'; did you mean 'compression'?"
    with pytest.raises(TypeError, match=re.escape(message)):
        getattr(Pipeline(Numbers(3)), method)("out", compresion="none")


def test_the_size_of_partitions_as_people_write_it() -> None:
    with pytest.raises(ConfigurationError, match="partition_bytes: '1X' is not a number of bytes"):
        Pipeline(Numbers(3)).write_parquet("out", engine="ray", partition_bytes="1X")
