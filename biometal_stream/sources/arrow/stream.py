"""Arrow IPC streams, read from front to back, even from a pipe."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Protocol

import pyarrow as pa

from biometal_stream.errors import InputError
from biometal_stream.sources.arrow.file import MAGIC, read_options
from biometal_stream.sources.tables.damage import damage
from biometal_stream.sources.tables.seekable import AGAIN, View
from biometal_stream.sources.tables.valid import valid_batches

if TYPE_CHECKING:
    from biometal_stream.codecs.raw.input import RawInput
    from biometal_stream.interfaces import Run
    from biometal_stream.sources.tables.seekable import Seekable

CONTINUES = b"\xff\xff\xff\xff"
"""The bytes at the start of each message of a stream, since Arrow 0.15."""

_END = CONTINUES + bytes(4)
_ROWS = 65_536


class Bytes(Protocol):
    """The input of a stream."""

    @property
    def name(self) -> str:
        """Its name in messages."""

    @property
    def bytes_read(self) -> int:
        """The bytes read so far."""

    def readinto(self, target: memoryview, /) -> int:
        """Reads the next bytes; 0 at the end."""

    def replay(self, data: bytes) -> None:
        """Puts bytes back before the unread ones."""

    def confirm(self) -> None:
        """Raises `InputError` if this is a file that has changed."""

    def interrupt(self) -> None:
        """Ends a waiting read."""


class SeekableBytes:
    """A seekable input, read from front to back.

    Args:
        source: The input.
        start: The byte to start at.
    """

    def __init__(self, source: Seekable, start: int = 0) -> None:
        self._source = source
        self._view = View(source, start)
        self.name = source.name

    @property
    def bytes_read(self) -> int:
        """The bytes read so far."""
        return self._source.bytes_read

    def readinto(self, target: memoryview, /) -> int:
        """Reads the next bytes; 0 at the end."""
        return self._view.readinto(target)

    def replay(self, data: bytes) -> None:
        """Puts bytes back."""
        self._view.seek(-len(data), io.SEEK_CUR)

    def confirm(self) -> None:
        """Checks that the file has not changed."""
        self._source.confirm()

    def interrupt(self) -> None:
        """Does nothing: a file does not make its reader wait."""


class _File(io.RawIOBase):
    """A stream's bytes as a file for pyarrow; remembers its last bytes."""

    def __init__(self, source: Bytes) -> None:
        self._source = source
        self._place = 0
        self.given: list[bytes] | None = []  # while they may be put back
        self.tail = b""

    def readable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._place

    def read(self, size: int | None = -1, /) -> bytearray:
        """Reads bytes, as many as requested unless the input ends."""
        data = bytearray(max(0, size or 0))
        count = 0
        while count < len(data):
            got = self._source.readinto(memoryview(data)[count:])
            if not got:
                break
            count += got
        self._place += count
        del data[count:]
        self.tail = (self.tail + bytes(data[-len(_END) :]))[-len(_END) :]
        if self.given is not None:
            self.given.append(bytes(data))
        return data

    def readinto(self, target: Any, /) -> int:
        view = memoryview(target).cast("B")
        data = self.read(len(view))
        view[: len(data)] = data
        return len(data)


def stream_schema(source: Bytes) -> pa.Schema:
    """Reads the schema of a stream, and puts its bytes back.

    Raises:
        InputError: This is not an Arrow stream.
    """
    file = _File(source)
    name = source.name
    try:
        head = file.read(len(CONTINUES))
        if head != CONTINUES[: len(head)]:
            raise InputError(f"{name}: is neither an Arrow file nor an Arrow stream")
        source.replay(bytes(head))
        file = _File(source)  # nothing has been read from it yet
        with damage(name, "the beginning of the Arrow stream is damaged or truncated"):
            return pa.ipc.read_schema(pa.ipc.read_message(pa.PythonFile(file, mode="r")))
    finally:
        source.replay(b"".join(file.given or []))


class ArrowStreamTable:
    """A stream being read, as a `Table`.

    Args:
        source: Its bytes.
        schema: The schema from `stream_schema`.
        names: The columns to decode.
        run: Takes warnings.
        cut: Whether this is a truncated file.
    """

    first_row = 0

    def __init__(
        self, source: Bytes, schema: pa.Schema, names: list[str], run: Run, *, cut: bool = False
    ) -> None:
        self._source = source
        self._options = read_options(schema, names)
        self._run = run
        self._cut = cut
        self._before = source.bytes_read
        self.name = source.name
        self.columns = tuple(schema.names)

    @property
    def bytes_read(self) -> int:
        """The bytes read so far."""
        return self._source.bytes_read - self._before

    def completed(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Returns the batch: it is already complete."""
        return batch

    def interrupt(self) -> None:
        """Ends a waiting read."""
        self._source.interrupt()

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Decodes the batches, in slices.

        Raises:
            InputError: A batch is damaged, the stream is truncated, or the file has changed.
            DataError: Arrow does not allow a value.
        """
        file = _File(self._source)
        file.given = None
        yield from valid_batches(self._slices(file), self.name, 0)
        if self._cut:
            raise cut_short(self.name)
        if file.tail != _END:
            self._run.warn(
                f"{self.name}: the mark at the end of the Arrow stream is missing; it may have been"
                " truncated between two batches"
            )
        elif file.read(1):
            raise InputError(
                f"{self.name}: there is more data after the end of the Arrow stream; give each"
                " stream as a separate input"
            )
        self._source.confirm()

    def _slices(self, file: _File) -> Iterator[pa.RecordBatch]:
        number = 0
        with damage(self.name, "the beginning of the Arrow stream is damaged"):
            reader = pa.ipc.open_stream(pa.PythonFile(file, mode="r"), options=self._options)
        while True:
            number += 1
            with damage(self.name, f"batch {number} is damaged or truncated"):
                batch = next(reader, None)
                if batch is None:
                    return
                batch.validate()
            for start in range(0, batch.num_rows, _ROWS):
                yield batch.slice(start, _ROWS)
            del batch


def cut_short(name: str) -> InputError:
    """The error for an Arrow file without its end."""
    return InputError(
        f"{name}: is truncated: the end of an Arrow file, with its table of contents, is missing;"
        f" {AGAIN}"
    )


def refuse_piped_file(raw: RawInput) -> None:
    """Refuses an Arrow file that comes from a pipe.

    Raises:
        InputError: It is an Arrow file.
    """
    if raw.peek(len(MAGIC)) == MAGIC:
        shown = "standard input" if raw.name == "-" else raw.name
        raise InputError(
            f"{shown}: holds an Arrow file, but a pipe must carry an Arrow stream; name the file,"
            " or write it as a stream (write out.arrows; write_arrow(..., stream=True) in Python)"
        )
