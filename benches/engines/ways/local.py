"""The local run, which all other ways are compared with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import biometal_stream as bs
from benches.engines.work import (
    ALL,
    FUNCTION,
    HEAD,
    MEASURED,
    MODEL,
    ONE,
    PREDICT,
    WRITE,
    Answer,
    Given,
    Job,
    Opened,
    Tally,
    Way,
    written,
)

if TYPE_CHECKING:
    import pyarrow as pa

    from biometal_stream.pipeline import Pipeline

NAME = "local run"


@dataclass(frozen=True)
class ParquetReads:
    """Columns of Parquet files, as a source.

    Attributes:
        paths: The files.
        columns: Which columns.
    """

    paths: tuple[str, ...]
    columns: tuple[str, ...]

    @property
    def schema(self) -> pa.Schema:
        """That of the columns."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        whole = pq.read_schema(self.paths[0])
        return pa.schema([whole.field(name) for name in self.columns], metadata=whole.metadata)

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Reads the files one after another."""
        import pyarrow.parquet as pq

        for path in self.paths:
            with pq.ParquetFile(path) as file:
                yield from file.iter_batches(16_384, columns=list(self.columns))


@dataclass(frozen=True)
class TallySink:
    """Counts all batches.

    Attributes:
        job: What is counted.
        tally: The counts.
    """

    job: Job
    tally: Tally

    @contextmanager
    def open(self, _: pa.Schema, /) -> Iterator[Callable[[pa.RecordBatch], None]]:
        """Opens nothing."""
        yield self.tally.add


def reads(given: Given) -> Pipeline:
    """The pipeline that engines read: `MEASURED` is the last column, where it is asked for."""
    pipeline = bs.read_fastq(given.fastq)
    return pipeline if given.job == WRITE else pipeline | bs.Measure((MEASURED,))


def _pipeline(given: Given) -> Pipeline:
    if given.job == FUNCTION:
        return bs.Pipeline(ParquetReads(given.parquet, ("quality",))) | bs.Measure((MEASURED,))
    if given.job == PREDICT:
        source = ParquetReads(given.parquet, ("sequence", "quality"))
        return bs.Pipeline(source) | bs.Predict(MODEL)
    return reads(given) | bs.Select((MEASURED,)) if given.job == ONE else reads(given)


@contextmanager
def _run(given: Given) -> Iterator[Opened]:
    pipeline = _pipeline(given)

    def run() -> Answer:
        tally = Tally(given.job)
        pipeline.run(TallySink(given.job, tally))
        return tally.answer()

    yield Opened(run, lambda: head_of(pipeline.batches()))


@contextmanager
def _write(given: Given) -> Iterator[Opened]:
    pipeline = reads(given)
    yield Opened(
        lambda: written(
            pipeline.write_parquet(given.target(".parquet"), compression="zstd", level=1).reads_out
        )
    )


def head_of(batches: Iterator[pa.RecordBatch]) -> int:
    """Takes `HEAD` rows and lets go of the rest; the iterator must have a ``close``."""
    found = 0
    with closing(batches):  # type: ignore[type-var]
        for batch in batches:
            found += batch.slice(0, HEAD - found).num_rows
            if found == HEAD:
                break
    return found


WAYS = (
    Way(NAME, (ALL, ONE, FUNCTION, PREDICT), (), _run),
    Way(f"{NAME}, write_parquet, zstd-1", (WRITE,), (), _write),
)
