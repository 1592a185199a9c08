"""DataFusion."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
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

_BYTES = "sum(" + " + ".join(f"octet_length({name})" for name in TEXT) + ")"


def _session() -> Any:
    from datafusion import SessionContext

    return SessionContext()


def _row(frame: Any) -> tuple[float, ...]:
    (row,) = frame.to_pylist()
    return tuple(row.values())


def _dataset(context: Any, pipeline: Any) -> Any:
    context.register_dataset("found", pipeline.dataset())
    return context.table("found")


def _from_arrow(context: Any, pipeline: Any) -> Any:
    return context.from_arrow(pipeline, "found")


def _source(
    table: Callable[[Any, Any], Any],
) -> Callable[[Given], AbstractContextManager[Opened]]:
    """A way that reads the pipeline as ``table`` gives it to a session."""

    @contextmanager
    def opened(given: Given) -> Iterator[Opened]:
        pipeline = reads(given)
        _session()
        more = f", {_BYTES} AS bytes" if given.job == ALL else ""
        query = f"SELECT count(*) AS reads, avg({MEASURED}) AS mean{more}"

        def run() -> Answer:
            context = _session()
            table(context, pipeline)
            return measured(given.job, *_row(context.sql(f"{query} FROM found")))

        def head() -> int:
            return len(table(_session(), pipeline).limit(HEAD).to_pylist())

        yield Opened(run, head)

    return opened


@contextmanager
def _write(given: Given) -> Iterator[Opened]:
    import pyarrow.parquet as pq
    from datafusion.dataframe import Compression

    pipeline = reads(given)
    targets: list[str] = []

    def run() -> None:
        targets.append(given.target(".parquet"))
        frame = _dataset(_session(), pipeline)
        frame.write_parquet(targets[-1], compression=Compression.ZSTD, compression_level=1)

    def check() -> Answer:
        target = Path(targets[-1])
        files = [target] if target.is_file() else target.iterdir()
        return written(sum(pq.read_metadata(file).num_rows for file in files))

    yield Opened(run, check=check)


@contextmanager
def _functions(given: Given) -> Iterator[Opened]:
    from biometal_stream.interop.datafusion import register

    context = _session()
    register(context)
    context.register_parquet("reads", str(Path(given.parquet[0]).parent))
    column = "mean_quality(quality)"
    result = f"avg({column})"
    if given.job == PREDICT:
        column = f"predict('{MODEL}', sequence, quality)"
        result = f"count(*) FILTER (WHERE {column} = '{LABEL}')"

    def run() -> Answer:
        row = _row(context.sql(f"SELECT count(*) AS reads, {result} AS result FROM reads"))  # noqa: S608
        return predicted(*row) if given.job == PREDICT else measured(given.job, *row)

    def head() -> int:
        query = f"SELECT {column} AS result FROM reads LIMIT {HEAD}"  # noqa: S608
        return len(context.sql(query).to_pylist())

    yield Opened(run, head)


_PACKAGES = ("datafusion",)
WAYS = (
    Way("DataFusion, dataset()", (ALL, ONE), _PACKAGES, _source(_dataset)),
    Way("DataFusion, from_arrow", (ALL, ONE), _PACKAGES, _source(_from_arrow)),
    Way("DataFusion, write_parquet, zstd-1", (WRITE,), _PACKAGES, _write),
    Way("DataFusion, functions of SQL", (FUNCTION, PREDICT), _PACKAGES, _functions),
)
