"""Spark, on this machine."""

from __future__ import annotations

import logging
import os
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
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


@contextmanager
def _session(given: Given) -> Iterator[Any]:
    from pyspark.sql import SparkSession

    warnings.simplefilter("ignore")
    logging.getLogger("py4j").setLevel(logging.ERROR)
    os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
    settings = {
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.memory": "1g",
        "spark.local.dir": given.folder,
        "spark.pyspark.python": sys.executable,
        "spark.sql.warehouse.dir": str(Path(given.folder, "warehouse")),
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
    }
    builder = SparkSession.builder.master(f"local[{given.cores}]")
    for name, value in settings.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("OFF")
    try:
        yield session
    finally:
        session.stop()


def _format(session: Any, given: Given) -> Any:
    from biometal_stream.interop.spark import apply, register

    register(session)
    frame = session.read.format("fastq").load(list(given.fastq))
    if given.job == ONE:
        frame = frame.select("quality")
    return apply(frame, bs.Measure((MEASURED,)))


def _read_pipeline(session: Any, given: Given) -> Any:
    from biometal_stream.interop.spark import read_pipeline

    pipeline = reads(given)
    return read_pipeline(
        session, pipeline | bs.Select((MEASURED,)) if given.job == ONE else pipeline
    )


def _source(
    read: Callable[[Any, Given], Any],
) -> Callable[[Given], AbstractContextManager[Opened]]:
    """A way that reads the files as ``read`` has a session do it."""

    @contextmanager
    def opened(given: Given) -> Iterator[Opened]:
        with _session(given) as session:
            from pyspark.sql import functions as sql

            wanted = [sql.count(sql.lit(1)), sql.avg(MEASURED)]
            if given.job == ALL:
                wanted += [sql.sum(sql.octet_length(name)) for name in TEXT]

            def run() -> Answer:
                (row,) = read(session, given).agg(*wanted).collect()
                return measured(given.job, row[0], row[1], sum(row[2:]))

            yield Opened(run, lambda: len(read(session, given).limit(HEAD).collect()))

    return opened


@contextmanager
def _functions(given: Given) -> Iterator[Opened]:
    from biometal_stream.interop.spark import register

    with _session(given) as session:
        functions = register(session)
        from pyspark.sql import functions as sql

        frame = session.read.parquet(*given.parquet)
        if given.job == PREDICT:
            label = functions["predict"](sql.lit(MODEL), "sequence", "quality")
            frame = frame.select(label.alias(f"{MODEL}_label"))
        else:
            frame = frame.select(functions["mean_quality"]("quality").alias(MEASURED))
        yield _aggregated(given, frame)


@contextmanager
def _operators(given: Given) -> Iterator[Opened]:
    from biometal_stream.interop.spark import apply

    with _session(given) as session:
        operator = bs.Predict(MODEL) if given.job == PREDICT else bs.Measure((MEASURED,))
        frame = session.read.parquet(*given.parquet).select(*given.job.columns)
        yield _aggregated(given, apply(frame, operator))


def _aggregated(given: Given, frame: Any) -> Opened:
    from pyspark.sql import functions as sql

    result = sql.avg(MEASURED) if given.job == FUNCTION else None
    if result is None:
        result = sql.count_if(sql.col(f"{MODEL}_label") == LABEL)

    def run() -> Answer:
        (row,) = frame.agg(sql.count(sql.lit(1)), result).collect()
        return predicted(*row) if given.job == PREDICT else measured(given.job, *row)

    return Opened(run, lambda: len(frame.limit(HEAD).collect()))


@contextmanager
def _write(given: Given) -> Iterator[Opened]:
    with _session(given):
        pipeline = reads(given)

        def run() -> Answer:
            target = given.target("/")
            report = pipeline.write_parquet(target, engine="spark", compression="zstd", level=1)
            return written(report.reads_out)

        yield Opened(run)


_NEEDS: Any = {"packages": ("pyspark",), "program": "java"}
WAYS = (
    Way("Spark, format('fastq')", (ALL, ONE), open=_source(_format), **_NEEDS),
    Way("Spark, read_pipeline", (ALL, ONE), open=_source(_read_pipeline), **_NEEDS),
    Way("write_parquet(engine='spark')", (WRITE,), open=_write, **_NEEDS),
    Way("Spark, functions (arrow_udf)", (FUNCTION, PREDICT), open=_functions, **_NEEDS),
    Way("Spark, operators (mapInArrow)", (FUNCTION, PREDICT), open=_operators, **_NEEDS),
)
