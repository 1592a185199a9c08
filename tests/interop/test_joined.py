"""Engines take joined operators, and classes whose settings have defaults, as pipelines do."""

import pyarrow as pa
import pytest

import biometal_stream as bs
from tests.operators.conformance import reads

JOINED = bs.MinLength(75) | bs.Measure(["gc"])


def expected() -> pa.Table:
    return pa.Table.from_batches([bs.Measure()(JOINED.operators[0](reads()))])


def test_polars() -> None:
    pl = pytest.importorskip("polars")
    from biometal_stream.interop.polars import apply

    frame = pl.from_arrow(pa.table(reads())).lazy()
    found = apply(frame, bs.MinLength(75) | bs.MaxN(100), bs.Measure).collect()
    assert found["gc"].to_list() == expected()["gc"].to_pylist()


def test_duckdb() -> None:
    duckdb = pytest.importorskip("duckdb")
    from biometal_stream.interop.duckdb import apply

    table = pa.table(reads()).select(["name", "sequence", "quality"])
    with duckdb.connect() as connection:
        found = apply(connection.from_arrow(table), JOINED).stream().read_all()
    assert found["gc"].to_pylist() == expected()["gc"].to_pylist()


def test_daft() -> None:
    daft = pytest.importorskip("daft")
    from biometal_stream.interop.daft import apply

    table = pa.table(reads()).select(["name", "sequence", "quality"])
    found = apply(daft.from_arrow(table), JOINED).to_arrow()
    assert found["gc"].to_pylist() == expected()["gc"].to_pylist()
