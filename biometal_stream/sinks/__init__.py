"""Sinks: Parquet, Arrow, FASTQ and FASTA files, or none. Each is imported when used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from biometal_stream.lazy import lazy_names

if TYPE_CHECKING:
    from biometal_stream.sinks.arrow.sink import ArrowSink
    from biometal_stream.sinks.choose import sink_for
    from biometal_stream.sinks.discard import DiscardSink
    from biometal_stream.sinks.fasta.sink import FastaSink
    from biometal_stream.sinks.fastq.sink import FastqSink
    from biometal_stream.sinks.parquet.sink import ParquetSink

__all__ = ["ArrowSink", "DiscardSink", "FastaSink", "FastqSink", "ParquetSink", "sink_for"]

_MODULES = {
    "ArrowSink": "arrow.sink",
    "DiscardSink": "discard",
    "FastaSink": "fasta.sink",
    "FastqSink": "fastq.sink",
    "ParquetSink": "parquet.sink",
    "sink_for": "choose",
}

__getattr__ = lazy_names(
    __name__, {name: f"{__name__}.{module}" for name, module in _MODULES.items()}
)


def __dir__() -> list[str]:
    return __all__
