"""Where batches go: Parquet, Arrow and FASTQ files, or a summary. Each is loaded when used."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from biometal_stream.sinks.arrow import ArrowSink
    from biometal_stream.sinks.choose import sink_for
    from biometal_stream.sinks.fastq import FastqSink
    from biometal_stream.sinks.parquet import ParquetSink
    from biometal_stream.sinks.summary import Summary, SummarySink

__all__ = ["ArrowSink", "FastqSink", "ParquetSink", "Summary", "SummarySink", "sink_for"]

_MODULES = {
    "ArrowSink": "arrow",
    "FastqSink": "fastq",
    "ParquetSink": "parquet",
    "Summary": "summary",
    "SummarySink": "summary",
    "sink_for": "choose",
}


def __getattr__(name: str) -> Any:
    """Loads a sink at its first use, so that help stays quick."""
    if name not in _MODULES:
        raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
    from importlib import import_module

    value = getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
