"""pyarrow and nanoarrow."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from benches.engines.ways.local import head_of, reads
from benches.engines.work import (
    ALL,
    HEAD,
    MEASURED,
    ONE,
    WRITE,
    Answer,
    Given,
    Opened,
    Tally,
    Way,
    written,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pyarrow as pa


def _tallied(given: Given, batches: Iterable[pa.RecordBatch]) -> Answer:
    tally = Tally(given.job)
    for batch in batches:
        tally.add(batch)
    return tally.answer()


@contextmanager
def _reader(given: Given) -> Iterator[Opened]:
    pipeline = reads(given)

    def head() -> int:
        return len(pipeline.stream().read_next_batch().slice(0, HEAD))

    yield Opened(lambda: _tallied(given, pipeline.stream()), head)


@contextmanager
def _dataset(given: Given) -> Iterator[Opened]:
    dataset = reads(given).dataset()
    columns = [MEASURED] if given.job == ONE else None
    yield Opened(
        lambda: _tallied(given, dataset.to_batches(columns)),
        lambda: dataset.head(HEAD, columns).num_rows,
    )


@contextmanager
def _table(given: Given) -> Iterator[Opened]:
    pipeline = reads(given)

    def run() -> Answer:
        return _tallied(given, [pipeline.stream().read_all()])

    yield Opened(run, lambda: pipeline.stream().read_all().slice(0, HEAD).num_rows)


@contextmanager
def _nanoarrow(given: Given) -> Iterator[Opened]:
    import nanoarrow as na
    import pyarrow as pa

    pipeline = reads(given)

    def batches() -> Iterator[pa.RecordBatch]:
        # nanoarrow does not compute: pyarrow counts what it hands on.
        with na.ArrayStream(pipeline) as stream:
            for chunk in stream.iter_chunks():
                yield pa.record_batch(chunk)

    yield Opened(lambda: _tallied(given, batches()), lambda: head_of(batches()))


@contextmanager
def _write_dataset(given: Given) -> Iterator[Opened]:
    import pyarrow.dataset as ds

    pipeline = reads(given)
    options = ds.ParquetFileFormat().make_write_options(compression="zstd", compression_level=1)
    targets: list[str] = []

    def run() -> None:
        targets.append(given.target())
        ds.write_dataset(pipeline.stream(), targets[-1], format="parquet", file_options=options)

    yield Opened(run, check=lambda: written(ds.dataset(targets[-1]).count_rows()))


WAYS = (
    Way("pyarrow, Pipeline.stream()", (ALL, ONE), (), _reader),
    Way("pyarrow, Pipeline.dataset()", (ALL, ONE), (), _dataset),
    Way("pyarrow, read_all()", (ALL,), (), _table),
    Way("nanoarrow, ArrayStream", (ALL, ONE), ("nanoarrow",), _nanoarrow),
    Way("pyarrow, write_dataset, Parquet zstd-1", (WRITE,), (), _write_dataset),
)
