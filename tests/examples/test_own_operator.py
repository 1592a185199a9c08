"""A user's own operator gives the same rows in every engine."""

import importlib.util
import inspect
import os
import subprocess
import sys

import pyarrow as pa
import pytest

import biometal_stream as bs
from biometal_stream.errors import ConfigurationError, SchemaError
from tests.conftest import REPOSITORY

EXAMPLE = REPOSITORY / "examples" / "own_operator.py"


@pytest.fixture(scope="module")
def example():
    """The example, as a module that only this process can import."""
    spec = importlib.util.spec_from_file_location("own_operator", EXAMPLE)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules[spec.name]


@pytest.fixture(scope="module")
def reads(example):
    return bs.read_fastq(example.SAMPLE).stream().read_all()


def rows(table):
    """The rows, by name, since an engine may give them in any order."""
    return sorted(table.to_pylist(), key=lambda row: row["name"])


def plain(reads):
    """What the operator is said to do."""
    return sorted(
        (
            row
            | {
                "umi": row["sequence"][:8],
                "sequence": row["sequence"][8:],
                "quality": row["quality"][8:],
            }
            for row in reads.to_pylist()
        ),
        key=lambda row: row["name"],
    )


def test_it_is_short(example):
    lines = inspect.getsource(example.ExtractUmi).splitlines()
    assert len(lines) < 20


@pytest.mark.parametrize(
    "engine",
    ["biometal_stream", "pyarrow", "pandas", "duckdb", "polars", "datafusion", "daft"],
)
def test_rows_are_the_same(example, reads, engine):
    pytest.importorskip(engine)
    assert rows(example.ENGINES[engine](reads)) == plain(reads)


@pytest.mark.filterwarnings("ignore::FutureWarning")  # of Spark's own
def test_in_spark(example, reads, spark):
    from pyspark import cloudpickle

    cloudpickle.register_pickle_by_value(example)  # as it is where the example is the program
    assert rows(example.in_spark(spark, reads)) == plain(reads)
    cloudpickle.unregister_pickle_by_value(example)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of Ray's own
def test_in_ray(example, reads, ray_cluster):
    ray_cluster.cloudpickle.register_pickle_by_value(example)
    assert rows(example.in_ray(reads)) == plain(reads)
    ray_cluster.cloudpickle.unregister_pickle_by_value(example)


def test_it_is_an_operator_like_ours(example, reads):
    operator = example.ExtractUmi(8)
    assert repr(operator) == "ExtractUmi(length=8)"
    assert operator.name == "extract-umi"
    with pytest.raises(ConfigurationError, match="extract-umi: length must be at least 1 base: 0"):
        example.ExtractUmi(0)
    with pytest.raises(SchemaError, match="extract-umi needs a column 'sequence'"):
        operator.output_schema(pa.schema([("name", pa.string())]))


def test_as_a_program(tmp_path):
    done = subprocess.run(
        [sys.executable, EXAMPLE],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    first, *engines = done.stdout.splitlines()
    assert first == "2,000 reads, the first with UMI CCTACGGG"
    assert len(engines) == 7
    assert all(line.endswith(("the same rows", "is not installed")) for line in engines)
    assert list(tmp_path.iterdir()) == []
