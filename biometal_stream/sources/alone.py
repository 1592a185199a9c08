"""Reads a source without a pipeline, in one thread."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from biometal_stream.interfaces import GoodRows
from biometal_stream.run import LocalRun

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa

    from biometal_stream.interfaces import OpenSource, ParallelSource


def read_alone(source: ParallelSource[Any]) -> Iterator[pa.RecordBatch]:
    """Reads a source in this thread."""
    with LocalRun(workers=1) as run, source.open(run) as opened:
        for batch in batches_of(opened):
            yield batch
            run.show_warnings()
        run.show_warnings()


def batches_of(reads: OpenSource[Any]) -> Iterator[pa.RecordBatch]:
    """Parses an open source in this thread; an error comes after the good rows."""
    for chunk in reads.chunks():
        try:
            batch = reads.parse(chunk)
        except GoodRows as good:
            yield good.batch
            raise good.error from None
        yield batch
