"""The reports of many samples answer one query."""

import importlib.util

import duckdb
import pytest

import biometal_stream as bs
from tests.conftest import REPOSITORY

EXAMPLE = REPOSITORY / "examples" / "many_samples.py"


@pytest.fixture(scope="module")
def example():
    spec = importlib.util.spec_from_file_location("many_samples", EXAMPLE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_query_says_what_the_runs_did(example, tmp_path, capsys):
    example.main(tmp_path)
    assert "percent_lost" in capsys.readouterr().out
    with duckdb.connect() as connection:
        connection.execute(f"set file_search_path = '{tmp_path}'")
        rows = connection.sql(example.QUERY).fetchall()
    assert sorted(row[0] for row in rows) == [f"sample{number}" for number in range(10)]
    lost = [row[2] for row in rows]
    assert lost == sorted(lost, reverse=True)
    for sample, reads, percent, *_ in rows:
        kept = bs.read_fastq(tmp_path / f"clean_{sample}.fq.gz").count()
        assert reads == 200
        assert percent == round(100 * (1 - kept / 200), 1)
