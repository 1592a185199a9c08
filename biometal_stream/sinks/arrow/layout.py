"""How rows become the bytes of Arrow files and streams: messages, blocks and footers."""

from __future__ import annotations

import io
import struct
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, Generic, TypeVar

import pyarrow as pa

from biometal_stream.columns import by_plain, empty_batch
from biometal_stream.sinks.arrow.messages import Message, Messages, field_place, fits
from biometal_stream.sinks.buffers import Bytes
from biometal_stream.sinks.dictionaries import recode, renumber

_MAGIC = b"ARROW1"
_END = struct.pack("<II", 0xFFFFFFFF, 0)
_BATCHES = 3  # Footer.recordBatches
_BLOCK = struct.Struct("<qi4xq")

Part = TypeVar("Part")


class ArrowFormat(ABC, Generic[Part]):
    """Encodes batches of one schema. Thread-safe.

    Args:
        schema: The schema of the rows.
        format: ``file`` or ``stream``.
        compression: ``none``, ``lz4`` or ``zstd``.
        level: The zstd level; by default 1.
    """

    def __init__(self, schema: pa.Schema, format: str, compression: str, level: int | None) -> None:
        self.schema = schema
        self.is_file = format == "file"
        codec = None
        if compression != "none":
            codec = pa.Codec(compression, (level or 1) if compression == "zstd" else None)
        self.options = pa.ipc.IpcWriteOptions(
            compression=codec, use_threads=False, emit_dictionary_deltas=self.is_file
        )
        self._plain = codec is None

    @abstractmethod
    def encode(self, batches: list[pa.RecordBatch], /) -> list[Part]:
        """Encodes a morsel, for one file."""

    @abstractmethod
    def start(self, write: Callable[[Bytes], None], place: int, /) -> ArrowFile[Part]:
        """Starts a file; ``place`` is 0."""

    def _united(self, batches: list[pa.RecordBatch]) -> pa.RecordBatch:
        """Joins a morsel to one batch, the same however its rows were batched."""
        # Copies even a single slice, whose bitmaps would contain bits of its neighbours.
        batch = pa.concat_batches(batches)
        columns = [
            _canonical(column, name)
            for column, name in zip(batch.columns, batch.schema.names, strict=True)
        ]
        return pa.RecordBatch.from_arrays(columns, schema=self.schema)


class ArrowFile(ABC, Generic[Part]):
    """A file or stream being written, by one thread."""

    @abstractmethod
    def write(self, part: Part, /) -> None:
        """Writes an encoded morsel."""

    @abstractmethod
    def finish(self) -> None:
        """Writes the end of the file."""


class ParallelFormat(ArrowFormat[Message]):
    """A format for columns whose messages can be encoded independently."""

    def __init__(self, schema: pa.Schema, format: str, compression: str, level: int | None) -> None:
        super().__init__(schema, format, compression, level)
        self._messages = Messages(schema) if self._plain and fits(schema) else None
        self.head = bytes(self._stream(None)[: -len(_END)])

    def _stream(self, batch: pa.RecordBatch | None) -> memoryview:
        stream = pa.BufferOutputStream()
        with pa.ipc.new_stream(stream, self.schema, options=self.options) as writer:
            if batch is not None:
                writer.write_batch(batch)
        return memoryview(stream.getvalue())

    def encode(self, batches: list[pa.RecordBatch], /) -> list[Message]:
        """Encodes one message."""
        if self._messages is not None:
            return [self._messages.encode(batches)]
        batch = self._united(batches)
        if self._plain:
            part = memoryview(batch.serialize())  # of known size, so only one copy
        else:
            part = self._stream(batch)[len(self.head) : -len(_END)]
        (head,) = struct.unpack_from("<i", part, 4)
        return [Message([part], len(part) - head - 8)]

    def start(self, write: Callable[[Bytes], None], place: int, /) -> ArrowFile[Message]:  # noqa: ARG002 - there is one file
        """Starts a file."""
        return _MessageFile(self, write)


class _MessageFile(ArrowFile[Message]):
    def __init__(self, format: ParallelFormat, write: Callable[[Bytes], None]) -> None:
        self._format = format
        self._write = write
        self._blocks = bytearray()
        start = format.head
        if format.is_file:
            start = _MAGIC + bytes(2) + start
        write(start)
        self._position = len(start)

    def write(self, part: Message, /) -> None:
        size = sum(map(len, part.parts))
        # A block is the start of a message, the length of its head and that of its body.
        self._blocks += _BLOCK.pack(self._position, size - part.body, part.body)
        for each in part.parts:
            self._write(each)
        self._position += size

    def finish(self) -> None:
        self._write(_END)
        if self._format.is_file:
            footer = _footer(self._format.schema, bytes(self._blocks))
            self._write(footer + struct.pack("<i", len(footer)) + _MAGIC)


def _footer(schema: pa.Schema, blocks: bytes) -> bytes:
    """The footer of a file whose record batches are at ``blocks``."""
    stream = pa.BufferOutputStream()
    with pa.ipc.new_file(stream, schema) as writer:
        if blocks:
            writer.write_batch(empty_batch(schema))
    file = stream.getvalue().to_pybytes()
    (length,) = struct.unpack("<i", file[-10:-6])
    footer = bytearray(file[-10 - length : -10])
    if blocks:
        (table,) = struct.unpack_from("<I", footer, 0)
        place = field_place(footer, table, _BATCHES)
        # A vector of structs of 8-byte numbers: these must be aligned to 8 bytes.
        footer += bytes(-(len(footer) + 4) % 8)
        struct.pack_into("<I", footer, place, len(footer) - place)
        footer += struct.pack("<I", len(blocks) // _BLOCK.size) + blocks
    return bytes(footer)


class SerialFormat(ArrowFormat[pa.RecordBatch]):
    """A format for dictionary columns, which all batches of a file share."""

    def encode(self, batches: list[pa.RecordBatch], /) -> list[pa.RecordBatch]:
        """Joins a morsel to one batch."""
        return [self._united(batches)]

    def start(self, write: Callable[[Bytes], None], place: int, /) -> ArrowFile[pa.RecordBatch]:  # noqa: ARG002 - there is one file
        """Starts a file."""
        return _BatchFile(self, write)


class _BatchFile(ArrowFile[pa.RecordBatch]):
    def __init__(self, format: SerialFormat, write: Callable[[Bytes], None]) -> None:
        new = pa.ipc.new_file if format.is_file else pa.ipc.new_stream
        self._schema = format.schema
        self._writer = new(_Writable(write), format.schema, options=format.options)
        self._known: dict[int, pa.Array] = {}

    def write(self, part: pa.RecordBatch, /) -> None:
        columns = [
            self._extend(index, column) if pa.types.is_dictionary(column.type) else column
            for index, column in enumerate(part.columns)
        ]
        self._writer.write_batch(pa.RecordBatch.from_arrays(columns, schema=self._schema))

    def _extend(self, index: int, column: pa.DictionaryArray) -> pa.DictionaryArray:
        """Encodes a column with a dictionary that only grows at its end."""
        import pyarrow.compute as pc  # takes 30 ms, and other columns do not need it

        known = self._known.get(index)
        if known is None:
            known = column.dictionary.slice(0, 0)
        new = column.dictionary.filter(pc.invert(pc.is_in(column.dictionary, value_set=known)))
        known = pa.concat_arrays([known, new])
        self._known[index] = known
        places = pc.index_in(column.dictionary, value_set=known)
        indices = places.take(column.indices)
        return renumber(indices, known, column.type, self._schema.names[index])

    def finish(self) -> None:
        self._writer.close()


class _Writable(io.RawIOBase):
    """A file object for pyarrow that passes the bytes to a function."""

    def __init__(self, write: Callable[[Bytes], None]) -> None:
        self._write = write
        self._written = 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any, /) -> int:
        view = memoryview(data)
        self._write(view)
        self._written += view.nbytes
        return view.nbytes

    def tell(self) -> int:
        return self._written


def _canonical(column: pa.Array, name: str) -> pa.Array:
    """Rebuilds what depends on the batching: dictionaries, and the buffers of views."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        return recode(column, name)
    return by_plain(column, lambda plain: plain)
