"""Polars."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
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


def _io_source(pipeline: Any) -> Any:
    from biometal_stream.interop.polars import scan

    return scan(pipeline)


def _c_stream(pipeline: Any) -> Any:
    import polars as pl

    return pl.scan_arrow_c_stream(pipeline)


def _dataset(pipeline: Any) -> Any:
    import polars as pl

    return pl.scan_pyarrow_dataset(pipeline.dataset())


def _eager(pipeline: Any) -> Any:
    import polars as pl

    return pl.DataFrame(pipeline).lazy()


def _source(scan: Callable[[Any], Any]) -> Callable[[Given], Any]:
    """A way that reads the pipeline as a lazy frame."""

    @contextmanager
    def opened(given: Given) -> Iterator[Opened]:
        import polars as pl

        pipeline = reads(given)
        wanted = [pl.len(), pl.col(MEASURED).cast(pl.Float64).mean()]
        if given.job == ALL:
            wanted += [pl.col(name).str.len_bytes().sum().cast(pl.Int64) for name in TEXT]

        def run() -> Answer:
            row = scan(pipeline).select(wanted).collect(engine="streaming").row(0)
            return measured(given.job, row[0], row[1], sum(row[2:]))

        def head() -> int:
            return int(scan(pipeline).head(HEAD).collect(engine="streaming").height)

        yield Opened(run, head)

    return opened


@contextmanager
def _sink(given: Given) -> Iterator[Opened]:
    import polars as pl

    pipeline = reads(given)
    targets: list[str] = []

    def run() -> None:
        targets.append(given.target(".parquet"))
        frame = _io_source(pipeline)
        frame.sink_parquet(targets[-1], compression="zstd", compression_level=1)

    def check() -> Answer:
        return written(pl.scan_parquet(targets[-1]).select(pl.len()).collect().item())

    yield Opened(run, check=check)


@contextmanager
def _functions(given: Given) -> Iterator[Opened]:
    import polars as pl

    import biometal_stream.interop.polars  # noqa: F401 - adds the namespace

    frame = pl.scan_parquet(list(given.parquet))
    if given.job == PREDICT:
        column = pl.col("sequence").reads.predict(MODEL)  # type: ignore[attr-defined]
        wanted = frame.select(column).select(pl.len(), (pl.first() == LABEL).sum().alias("labels"))
    else:
        column = pl.col("quality").reads.mean_quality()  # type: ignore[attr-defined]
        wanted = frame.select(column).select(pl.len(), pl.first().mean().alias("mean"))

    def run() -> Answer:
        row = wanted.collect(engine="streaming").row(0)
        return predicted(*row) if given.job == PREDICT else measured(given.job, *row)

    def head() -> int:
        return int(frame.select(column).head(HEAD).collect(engine="streaming").height)

    yield Opened(run, head)


@contextmanager
def _operators(given: Given) -> Iterator[Opened]:
    import polars as pl

    import biometal_stream as bs
    from biometal_stream.interop.polars import apply

    frame = pl.scan_parquet(list(given.parquet)).select(given.job.columns)
    if given.job == PREDICT:
        frame = apply(frame, bs.Predict(MODEL))
        value = (pl.col(f"{MODEL}_label").cast(pl.String) == LABEL).sum()
    else:
        frame = apply(frame, bs.Measure((MEASURED,)))
        value = pl.col(MEASURED).cast(pl.Float64).mean()

    def run() -> Answer:
        row = frame.select(pl.len(), value).collect(engine="streaming").row(0)
        return predicted(*row) if given.job == PREDICT else measured(given.job, *row)

    def head() -> int:
        return int(frame.head(HEAD).collect(engine="streaming").height)

    yield Opened(run, head)


_PACKAGES = ("polars",)
WAYS = (
    Way("Polars, interop.polars.scan", (ALL, ONE), _PACKAGES, _source(_io_source)),
    Way("Polars, scan_arrow_c_stream", (ALL, ONE), _PACKAGES, _source(_c_stream)),
    Way("Polars, scan_pyarrow_dataset", (ALL, ONE), _PACKAGES, _source(_dataset)),
    Way("Polars, DataFrame(pipeline)", (ALL,), _PACKAGES, _source(_eager)),
    Way("Polars, scan and sink_parquet, zstd-1", (WRITE,), _PACKAGES, _sink),
    Way("Polars, namespace reads", (FUNCTION, PREDICT), _PACKAGES, _functions),
    Way("Polars, operators (apply)", (FUNCTION, PREDICT), _PACKAGES, _operators),
)
