"""Daft."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import biometal_stream as bs
from benches.engines.ways.local import reads
from benches.engines.work import (
    ALL,
    FUNCTION,
    HEAD,
    LABEL,
    MEASURED,
    MODEL,
    PREDICT,
    TEXT,
    Answer,
    Given,
    Opened,
    Way,
    measured,
    predicted,
)


@cache
def _daft() -> Any:
    import daft

    daft.set_runner_native()
    return daft


def _row(frame: Any) -> tuple[Any, ...]:
    (row,) = frame.to_pylist()
    return tuple(row.values())


@contextmanager
def _from_arrow(given: Given) -> Iterator[Opened]:
    daft = _daft()
    pipeline = reads(given)

    def run() -> Answer:
        frame = daft.from_arrow(pipeline.stream().read_all())
        wanted = [
            daft.col(MEASURED).count("all").alias("reads"),
            daft.col(MEASURED).cast(daft.DataType.float64()).mean().alias("mean"),
            *(daft.col(name).length_bytes().sum().alias(name) for name in TEXT),
        ]
        row = _row(frame.agg(*wanted))
        return measured(given.job, row[0], row[1], sum(row[2:]))

    def head() -> int:
        return len(daft.from_arrow(pipeline.stream().read_all()).limit(HEAD).to_pylist())

    yield Opened(run, head)


@contextmanager
def _functions(given: Given) -> Iterator[Opened]:
    from biometal_stream.interop.daft import register

    daft = _daft()
    functions = register()
    frame = daft.read_parquet(list(given.parquet))
    if given.job == PREDICT:
        found = functions["predict"](MODEL, daft.col("sequence"), daft.col("quality"))
        frame = frame.select(found.alias(f"{MODEL}_label"))
    else:
        frame = frame.select(functions["mean_quality"](daft.col("quality")).alias(MEASURED))
    yield _aggregated(given, daft, frame)


@contextmanager
def _operators(given: Given) -> Iterator[Opened]:
    from biometal_stream.interop.daft import apply

    daft = _daft()
    frame = daft.read_parquet(list(given.parquet)).select(*given.job.columns)
    operator = bs.Predict(MODEL) if given.job == PREDICT else bs.Measure((MEASURED,))
    yield _aggregated(given, daft, apply(frame, operator))


def _aggregated(given: Given, daft: Any, frame: Any) -> Opened:
    if given.job == PREDICT:
        column = daft.col(f"{MODEL}_label")
        result = (column == LABEL).cast(daft.DataType.int64()).sum()
    else:
        column = daft.col(MEASURED)
        result = column.cast(daft.DataType.float64()).mean()

    def run() -> Answer:
        row = _row(frame.agg(column.count("all").alias("reads"), result.alias("result")))
        return predicted(*row) if given.job == PREDICT else measured(given.job, *row)

    return Opened(run, lambda: len(frame.limit(HEAD).to_pylist()))


WAYS = (
    Way("Daft, from_arrow(read_all())", (ALL,), ("daft",), _from_arrow),
    Way("Daft, batch functions", (FUNCTION, PREDICT), ("daft",), _functions),
    Way("Daft, operators (apply)", (FUNCTION, PREDICT), ("daft",), _operators),
)
