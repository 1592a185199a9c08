"""Chooses an engine by name."""

from __future__ import annotations

from biometal_stream.engines.base import Engine
from biometal_stream.errors import ConfigurationError


def engine_for(engine: str | Engine, *, threads: int = 1) -> Engine:
    """Chooses an engine.

    Args:
        engine: ``ray``, ``spark``, or an engine, which is returned unchanged.
        threads: The threads of a task. Ray reserves this many cores for each task; Spark uses the
            ``spark.task.cpus`` that its session was started with.

    Raises:
        ConfigurationError: There is no such engine.
    """
    if engine == "ray":
        from biometal_stream.engines.ray import RayEngine

        return RayEngine(cpus_per_task=threads)
    if engine == "spark":
        from biometal_stream.engines.spark import SparkEngine

        return SparkEngine()
    if isinstance(engine, str) or not isinstance(engine, Engine):
        raise ConfigurationError(f"engine must be local, ray, spark or an Engine: {engine!r}")
    return engine
