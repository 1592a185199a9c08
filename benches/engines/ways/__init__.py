"""All ways to do the jobs, each engine's in a module of its own."""

from __future__ import annotations

from benches.engines.work import Job, Way


def all_ways(job: Job) -> list[Way]:
    """The ways to do a job; the local run, which all are compared with, is the first."""
    from benches.engines.ways import (
        arrow,
        daft,
        datafusion,
        duckdb,
        local,
        pandas,
        polars,
        ray,
        spark,
        stores,
    )

    modules = (local, arrow, pandas, duckdb, polars, datafusion, stores, daft, spark, ray)
    return [way for module in modules for way in module.WAYS if job in way.jobs]
