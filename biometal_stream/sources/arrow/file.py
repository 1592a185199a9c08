"""Arrow IPC files: batches that can be read in any order, and a list of them at the end."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

import pyarrow as pa

from biometal_stream.errors import InputError
from biometal_stream.sources.arrow.flatbuffers import footer_blocks, message_rows
from biometal_stream.sources.tables.ahead import DecodedAhead, Group
from biometal_stream.sources.tables.damage import damage
from biometal_stream.sources.tables.seekable import AGAIN, View
from biometal_stream.sources.tables.valid import valid_batches

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from biometal_stream.interfaces import Run
    from biometal_stream.sources.tables.seekable import Seekable

MAGIC = b"ARROW1"
_COMPRESSED = 4  # the usual limit on the ratio of decoded to stored bytes
_ROWS = 65_536


class ArrowFile:
    """The table of contents of an Arrow file.

    Args:
        source: The file.

    Raises:
        InputError: It is truncated or damaged.
    """

    def __init__(self, source: Seekable) -> None:
        self.source = source
        name = source.name
        tail = source.read_at(max(0, source.size - 10), 10)
        if tail[4:] != MAGIC:
            raise InputError(
                f"{name}: is truncated: the end of an Arrow file, with its table of contents, is"
                f" missing; {AGAIN}"
            )
        with damage(name, "its table of contents, at its end, is damaged"):
            self.schema: pa.Schema = pa.ipc.open_file(View(source)).schema
            self.blocks = self._blocks(tail)

    def _blocks(self, tail: bytes) -> NDArray[np.void]:
        (length,) = struct.unpack("<i", tail[:4])
        return footer_blocks(self.source.read_at(self.source.size - 10 - length, length))

    def rows(self, index: int) -> int:
        """The number of rows in a batch.

        Raises:
            InputError: The head of the batch is damaged.
        """
        block = self.blocks[index]
        with damage(self.source.name, f"batch {index + 1} of {self.num_batches} is damaged"):
            return message_rows(self.source.read_at(int(block["offset"]), int(block["head"])))

    @property
    def num_batches(self) -> int:
        """The number of batches."""
        return len(self.blocks)


class ArrowFileTable:
    """The batches of an Arrow file being read, as a `Table`.

    Args:
        file: The file.
        names: The columns to read.
        batches: Which batches to read; by default all.
        run: Provides the workers.

    Raises:
        InputError: The head of a batch is damaged.
    """

    def __init__(self, file: ArrowFile, names: list[str], batches: range | None, run: Run) -> None:
        self._file = file
        self._names = names
        self._batches = range(file.num_batches) if batches is None else batches
        self._run = run
        self._interrupted = False
        self._before = file.source.bytes_read
        self._readers: SimpleQueue[pa.RecordBatchFileReader] = SimpleQueue()
        self.name = file.source.name
        self.columns = tuple(file.schema.names)
        self.first_row = sum(map(file.rows, range(self._batches.start)))

    @property
    def bytes_read(self) -> int:
        """The bytes read so far."""
        return self._file.source.bytes_read - self._before

    def interrupt(self) -> None:
        """Ends `batches`."""
        self._interrupted = True

    def completed(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Returns the batch: it is already complete."""
        return batch

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Decodes the batches, in order.

        Raises:
            InputError: A batch is damaged, or the file has changed.
            DataError: Arrow does not allow a value.
        """
        groups = [
            Group(
                _COMPRESSED * int(self._file.blocks[index]["body"]), partial(self._decoded, index)
            )
            for index in self._batches
        ]
        yield from DecodedAhead(groups, self._run, lambda: self._interrupted)
        self._file.source.confirm()

    def _decoded(self, index: int) -> Iterator[pa.RecordBatch]:
        """A batch, in slices; thread-safe."""
        where = f"batch {index + 1} of {self._file.num_batches}"
        with damage(self.name, f"{where} is damaged"), self._reader() as reader:
            batch = reader.get_batch(index)
            batch.validate()
        slices = (batch.slice(start, _ROWS) for start in range(0, batch.num_rows, _ROWS))
        yield from valid_batches(slices, f"{self.name}: {where}", 0)

    @contextmanager
    def _reader(self) -> Iterator[pa.RecordBatchFileReader]:
        """A reader for this thread's use only."""
        try:
            reader = self._readers.get_nowait()
        except Empty:
            reader = pa.ipc.open_file(
                View(self._file.source), options=read_options(self._file.schema, self._names)
            )
        yield reader
        self._readers.put(reader)


def read_options(schema: pa.Schema, names: list[str]) -> pa.ipc.IpcReadOptions:
    """Makes a reader decode only some columns; at least one, for the number of rows."""
    wanted = [index for index, name in enumerate(schema.names) if name in names]
    return pa.ipc.IpcReadOptions(
        included_fields=wanted or [0] if len(schema) else [], use_threads=False
    )
