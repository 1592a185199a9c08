"""Reads on disk: partitions by hash, and runs in the order of a column, merged to one stream."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from biometal_stream.errors import SinkError
from biometal_stream.view import take_rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

_BITS = 5
PARTITIONS = 1 << _BITS
"""The partitions that rows are spread over at once; each has an open file."""
PARTITION_BYTES = 32 << 20
"""A partition with more is divided again."""
_DEEPEST = 12
"""How often a partition can be divided: 60 of the 64 bits of a hash."""
_HELD_BYTES = 16 << 20
"""The bytes that wait to be written."""
_RUN_ROWS = 512
"""The rows of a batch in a run: as many of each run are held while runs are merged."""
_FAN = 64
"""The most runs that are merged at once."""

ORDER = "\0order"
"""The column that runs are in the order of."""

Hashes = Callable[[pa.RecordBatch], "NDArray[np.uint64]"]


class Partitions:
    """Spreads rows over files by a hash. For use by one thread.

    Args:
        folder: Where the files are, which nothing else uses.
        schema: The schema of the rows.
        hashes: Returns the hash of each row.
        level: How often the rows were divided before.
    """

    def __init__(self, folder: Path, schema: pa.Schema, hashes: Hashes, level: int = 0) -> None:
        self._folder = folder
        self._schema = schema
        self._hashes = hashes
        self._level = level
        self._held: list[pa.RecordBatch] = []
        self._held_bytes = 0
        self._nbytes = [0] * PARTITIONS
        self._stack = ExitStack()
        self._writers: list[pa.ipc.RecordBatchStreamWriter] = []

    def add(self, batch: pa.RecordBatch) -> None:
        """Adds rows."""
        self._held.append(batch)
        self._held_bytes += batch.nbytes
        if self._held_bytes >= _HELD_BYTES:
            self._spill()

    def _spill(self) -> None:
        batch = pa.concat_batches(self._held)
        self._held, self._held_bytes = [], 0
        if not self._writers:
            with _telling(self._folder):
                self._folder.mkdir()
            self._writers = [
                self._stack.enter_context(written(self._folder / f"{number}", self._schema))
                for number in range(PARTITIONS)
            ]
        shift = np.uint64(_BITS * self._level)
        parts = ((self._hashes(batch) >> shift) % np.uint64(PARTITIONS)).astype(np.int64)
        ordered = take_rows(batch, np.argsort(parts, kind="stable"))
        ends = np.cumsum(np.bincount(parts, minlength=PARTITIONS))
        for number, (stop, rows) in enumerate(zip(ends, np.diff(ends, prepend=0), strict=True)):
            if rows:
                part = ordered.slice(stop - rows, rows)
                self._nbytes[number] += part.nbytes
                with _telling(self._folder):
                    self._writers[number].write_batch(part)

    def finished(self) -> Iterator[list[pa.RecordBatch]]:
        """Yields each partition, which fits in memory, and removes it. Called once."""
        if not self._writers:  # everything fits in memory
            yield self._held
            return
        if self._held:
            self._spill()
        self._stack.close()
        for number, nbytes in enumerate(self._nbytes):
            path = self._folder / f"{number}"
            if not nbytes:
                continue
            if nbytes > PARTITION_BYTES and self._level < _DEEPEST:
                inner = self._folder / f"{number}-parts"
                parts = Partitions(inner, self._schema, self._hashes, self._level + 1)
                with closing(parts):
                    for batch in read(path):
                        parts.add(batch)
                    path.unlink()
                    yield from parts.finished()
            else:
                yield list(read(path))
                path.unlink()

    def close(self) -> None:
        """Closes the files."""
        self._stack.close()


class Runs:
    """Runs of rows on disk, each in order, that are merged to one stream in order.

    Args:
        folder: Where the files are, which nothing else uses.
        schema: The schema of the rows, with `ORDER`.
    """

    def __init__(self, folder: Path, schema: pa.Schema) -> None:
        self._folder = folder
        self._schema = schema
        self._paths: list[Path] = []
        self._made = 0

    def add(self, batches: Iterable[pa.RecordBatch]) -> None:
        """Adds a run."""
        with _telling(self._folder):
            self._folder.mkdir(exist_ok=True)
        path = self._folder / f"{self._made}"
        self._made += 1
        with written(path, self._schema) as writer:
            for batch in batches:
                for first in range(0, batch.num_rows, _RUN_ROWS):
                    writer.write_batch(batch.slice(first, _RUN_ROWS))
        self._paths.append(path)

    def merged(self) -> Iterator[pa.RecordBatch]:
        """Yields all rows in order, and removes the runs. Called once."""
        while len(self._paths) > _FAN:
            some, self._paths = self._paths[:_FAN], self._paths[_FAN:]
            self.add(_merged(some))
            for path in some:
                path.unlink()
        yield from _merged(self._paths)
        for path in self._paths:
            path.unlink()


def _merged(paths: Sequence[Path]) -> Iterator[pa.RecordBatch]:
    with ExitStack() as stack:
        heads = [_Head(stack.enter_context(opened(path))) for path in paths]
        heads = [head for head in heads if head.batch is not None]
        while heads:
            last = min(int(head.order[-1]) for head in heads)
            batch = pa.concat_batches([part for head in heads for part in head.up_to(last)])
            order = batch.column(ORDER).to_numpy()
            yield take_rows(batch, np.argsort(order, kind="stable"))
            heads = [head for head in heads if head.batch is not None]


class _Head:
    """The next rows of a run."""

    def __init__(self, batches: Iterator[pa.RecordBatch]) -> None:
        self._batches = batches
        self.batch: pa.RecordBatch | None = None
        self._next()

    def _next(self) -> None:
        self.batch = next((each for each in self._batches if each.num_rows), None)
        if self.batch is not None:
            self.order: NDArray[np.int64] = self.batch.column(ORDER).to_numpy()

    def up_to(self, last: int) -> Iterator[pa.RecordBatch]:
        """Takes the rows up to a place in the order."""
        while self.batch is not None:
            rows = int(np.searchsorted(self.order, last, side="right"))
            if rows:
                yield self.batch.slice(0, rows)
            if rows < self.batch.num_rows:
                self.batch, self.order = self.batch.slice(rows), self.order[rows:]
                return
            self._next()


@contextmanager
def written(path: Path, schema: pa.Schema) -> Iterator[pa.ipc.RecordBatchStreamWriter]:
    """Opens a temporary file of rows, to write it."""
    options = pa.ipc.IpcWriteOptions(compression=_compression())
    with _telling(path), pa.OSFile(str(path), "wb") as file:
        writer = pa.ipc.new_stream(file, schema, options=options)
        try:
            yield writer
        finally:
            writer.close()


@contextmanager
def opened(path: Path) -> Iterator[Iterator[pa.RecordBatch]]:
    """Opens a temporary file of rows, to read it."""
    with _telling(path), pa.OSFile(str(path)) as file, pa.ipc.open_stream(file) as reader:
        yield iter(reader)


def read(path: Path) -> Iterator[pa.RecordBatch]:
    """Reads a temporary file of rows."""
    with opened(path) as batches:
        yield from batches


@contextmanager
def _telling(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise SinkError(
            f"cannot keep temporary files in {path.parent}: {error.strerror or error}; name another"
            " folder with repair-pairs --folder, or set TMPDIR"
        ) from error


def _compression() -> str | None:
    return "lz4" if pa.Codec.is_available("lz4") else None
