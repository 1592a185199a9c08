"""DuckDB."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any

from benches.engines.ways.local import reads
from benches.engines.work import (
    ALL,
    FUNCTION,
    HEAD,
    LABEL,
    MEASURED,
    MODEL,
    ONE,
    PREDICT,
    TEXT,
    WRITE,
    Answer,
    Given,
    Opened,
    Way,
    measured,
    predicted,
    written,
)

_BYTES = "sum(" + " + ".join(f"strlen({name})" for name in TEXT) + ")"
_COPY = "(FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1)"


def _source(wrap: Callable[[Any], Any]) -> Callable[[Given], Any]:
    """A way that reads the pipeline, as ``wrap`` gives it, by the name of a variable."""

    @contextmanager
    def opened(given: Given) -> Iterator[Opened]:
        import duckdb

        table = wrap(reads(given))
        assert table is not None  # DuckDB finds it by its name, below
        with closing(duckdb.connect()) as connection:
            more = f", {_BYTES}" if given.job == ALL else ""

            def run() -> Answer:
                reads_found = table
                assert reads_found is not None
                (row,) = connection.sql(
                    f"SELECT count(*), avg({MEASURED}){more} FROM reads_found"  # noqa: S608
                ).fetchall()
                return measured(given.job, *row)

            def head() -> int:
                reads_found = table
                assert reads_found is not None
                return len(connection.sql(f"FROM reads_found LIMIT {HEAD}").fetchall())

            yield Opened(run, head)

    return opened


@contextmanager
def _copy(given: Given) -> Iterator[Opened]:
    import duckdb

    reads_found = reads(given)
    assert reads_found is not None
    targets: list[str] = []
    with closing(duckdb.connect()) as connection:

        def run() -> None:
            found = reads_found
            assert found is not None
            targets.append(given.target(".parquet"))
            connection.sql(f"COPY (FROM found) TO '{targets[-1]}' {_COPY}")

        def check() -> Answer:
            (row,) = connection.sql(f"SELECT count(*) FROM '{targets[-1]}'").fetchall()  # noqa: S608
            return written(*row)

        yield Opened(run, check=check)


@contextmanager
def _functions(given: Given) -> Iterator[Opened]:
    import duckdb

    from biometal_stream.interop.duckdb import register

    with closing(duckdb.connect()) as connection:
        register(connection)
        table = f"read_parquet({list(given.parquet)})"

        def run() -> Answer:
            if given.job == PREDICT:
                label = f"predict('{MODEL}', sequence, quality)"
                query = f"count(*), count(*) FILTER ({label} = '{LABEL}') FROM {table}"
                (row,) = connection.sql(f"SELECT {query}").fetchall()
                return predicted(*row)
            query = f"count(*), avg(mean_quality(quality)) FROM {table}"
            (row,) = connection.sql(f"SELECT {query}").fetchall()
            return measured(given.job, *row)

        def head() -> int:
            column = "mean_quality(quality)"
            if given.job == PREDICT:
                column = f"predict('{MODEL}', sequence, quality)"
            query = f"SELECT {column} FROM {table} LIMIT {HEAD}"  # noqa: S608
            return len(connection.sql(query).fetchall())

        yield Opened(run, head)


WAYS = (
    Way("DuckDB, pipeline by name", (ALL, ONE), ("duckdb",), _source(lambda each: each)),
    Way("DuckDB, dataset() by name", (ALL, ONE), ("duckdb",), _source(lambda each: each.dataset())),
    Way("DuckDB, COPY, Parquet zstd-1", (WRITE,), ("duckdb",), _copy),
    Way("DuckDB, functions of SQL", (FUNCTION, PREDICT), ("duckdb",), _functions),
)
