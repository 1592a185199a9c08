"""Arrow IPC files and streams whose batches are encoded by several workers at once.

Batches of text and numbers become messages where they lie (`biometal_stream.sinks.arrow.messages`),
others, and compressed ones, by pyarrow. The messages of a stream do not know where they stand,
so those that workers made apart are written one after the other. A file is a stream between two
magic numbers, followed by a footer that lists where each message starts: pyarrow makes the
footer of a file of one batch, and its list is put in place of the one in there. The layout is
that of the Arrow columnar format, section "IPC File Format", and of FlatBuffers' tables and
vectors.

Dictionaries are state that all batches share, so a schema with dictionary columns is written
by pyarrow in one thread. Where new values come, a stream repeats the dictionary, which all
readers know; a file must not, and gets a delta, which pyarrow reads and Polars (2.1) refuses.
"""

from __future__ import annotations

import io
import struct
from abc import abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

import pyarrow as pa

from biometal_stream.atomic import AtomicFile
from biometal_stream.columns import by_plain, empty_batch
from biometal_stream.errors import SchemaError
from biometal_stream.interfaces import Run
from biometal_stream.paths import path_text
from biometal_stream.sinks.arrow.messages import Message, Messages, field_place, fits
from biometal_stream.sinks.base import (
    OpenRebatching,
    RebatchingSink,
    check_choice,
    check_level,
)
from biometal_stream.sinks.dictionaries import recode, renumber, require_recodable
from biometal_stream.sinks.names import check_whole_name
from biometal_stream.sinks.rebatch import RowRebatcher

FORMATS = ("file", "stream")
COMPRESSIONS = ("none", "lz4", "zstd")
LEVELS = {"zstd": (1, 22)}

BATCH_ROWS = 16_384
"""Rows of a batch: some MB of short reads, enough for any reader's loops."""

_BATCH_BYTES = 64 * 2**20
_MAGIC = b"ARROW1"
_END = struct.pack("<II", 0xFFFFFFFF, 0)
_BATCHES = 3  # Footer.recordBatches
_BLOCK = struct.Struct("<qi4xq")

Part = TypeVar("Part")


@dataclass(frozen=True)
class ArrowSink(RebatchingSink[Any]):
    """Writes an Arrow IPC file or stream of batches of 16,384 rows, or 64 MiB of text.

    The bytes written are the same for every number of workers and every size of batch.

    Attributes:
        target: The file; ``-`` is standard output.
        format: ``file``, which readers can seek in and map into memory, or ``stream``.
        compression: ``none``, ``lz4`` or ``zstd``.
        level: The level of zstd, 1 to 22, default 1.

    Raises:
        ConfigurationError: Settings that do not go together or are out of range.
    """

    target: str
    format: str = "file"
    compression: str = "none"
    level: int | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "target", path_text(self.target))
        check_choice("the format of Arrow", self.format, FORMATS)
        check_choice("the compression of Arrow", self.compression, COMPRESSIONS)
        check_level(self.compression, self.level, LEVELS)
        check_whole_name(self.target, "arrow" if self.format == "file" else "arrow-stream")

    @contextmanager
    def open_parallel(self, schema: pa.Schema, run: Run, /) -> Iterator[OpenArrow[Any]]:  # noqa: ARG002 - the bytes do not depend on the run
        """Starts writing; commits when the context ends well and discards otherwise.

        Raises:
            SchemaError: Dictionaries inside lists or structs, of which Arrow has no deltas, or of
                values that pyarrow cannot compare.
            SinkError: The target cannot be written.
        """
        for each in schema:
            if not pa.types.is_dictionary(each.type) and _holds_dictionary(each.type):
                raise SchemaError(
                    f"column '{each.name}' is {each.type}: Arrow files cannot hold a dictionary"
                    " that grows inside another type; cast it to its values"
                )
            if pa.types.is_dictionary(each.type):
                require_recodable(each)
        serial = any(pa.types.is_dictionary(each.type) for each in schema)
        opened: OpenArrow[Any]
        with AtomicFile(self.target) as file:
            opened = (_Serial if serial else _Parallel)(self, schema, file)
            yield opened
            opened.finish()


class OpenArrow(OpenRebatching[Part]):
    """An Arrow file or stream being written."""

    def __init__(self, sink: ArrowSink, schema: pa.Schema, file: AtomicFile) -> None:
        self._sink = sink
        self._schema = schema
        self._file = file
        codec = None
        if sink.compression != "none":
            level = (sink.level or 1) if sink.compression == "zstd" else None
            codec = pa.Codec("lz4" if sink.compression == "lz4" else "zstd", level)
        self._options = pa.ipc.IpcWriteOptions(
            compression=codec,
            use_threads=False,
            emit_dictionary_deltas=sink.format == "file",
        )

    def rebatcher(self) -> RowRebatcher:
        """Rebatches batches of fixed size."""
        return RowRebatcher(BATCH_ROWS, _BATCH_BYTES, paired="mate" in self._schema.names)

    @abstractmethod
    def finish(self) -> None:
        """Writes what ends the file."""

    @property
    def bytes_written(self) -> int:
        """Bytes that went into the file so far."""
        return self._file.bytes_written

    @property
    def outputs(self) -> tuple[str, ...]:
        """The file."""
        return (self._sink.target,)

    def _united(self, batches: list[pa.RecordBatch]) -> pa.RecordBatch:
        """A morsel as one batch that is alike for every way in which its rows came."""
        # A copy also of a single slice, whose bitmaps would bring bits of its neighbours.
        batch = pa.concat_batches(batches)
        columns = [
            _canonical(column, name)
            for column, name in zip(batch.columns, batch.schema.names, strict=True)
        ]
        return pa.RecordBatch.from_arrays(columns, schema=self._schema)


class _Parallel(OpenArrow[Message]):
    def __init__(self, sink: ArrowSink, schema: pa.Schema, file: AtomicFile) -> None:
        super().__init__(sink, schema, file)
        in_place = sink.compression == "none" and fits(schema)
        self._messages = Messages(schema) if in_place else None
        self._blocks = bytearray()
        start = self._stream(None)[: -len(_END)]
        self._schema_bytes = len(start)
        if sink.format == "file":
            file.write(_MAGIC + bytes(2))
        file.write(start)
        self._position = len(start) + (len(_MAGIC) + 2 if sink.format == "file" else 0)

    def _stream(self, batch: pa.RecordBatch | None) -> memoryview:
        stream = pa.BufferOutputStream()
        with pa.ipc.new_stream(stream, self._schema, options=self._options) as writer:
            if batch is not None:
                writer.write_batch(batch)
        return memoryview(stream.getvalue())

    def encode(self, batches: list[pa.RecordBatch], /) -> Message:
        if self._messages is not None:
            return self._messages.encode(batches)
        batch = self._united(batches)
        if self._sink.compression == "none":
            part = memoryview(batch.serialize())  # of known size, so copied once
        else:
            part = self._stream(batch)[self._schema_bytes : -len(_END)]
        (head,) = struct.unpack_from("<i", part, 4)
        return Message([part], len(part) - head - 8)

    def write(self, part: Message, /) -> None:
        size = sum(map(len, part.parts))
        # A block is where a message starts, the length of its head and that of its body.
        self._blocks += _BLOCK.pack(self._position, size - part.body, part.body)
        for each in part.parts:
            self._file.write(each)
        self._position += size

    def finish(self) -> None:
        self._file.write(_END)
        if self._sink.format == "file":
            footer = _footer(self._schema, bytes(self._blocks))
            self._file.write(footer + struct.pack("<i", len(footer)) + _MAGIC)


def _footer(schema: pa.Schema, blocks: bytes) -> bytes:
    """The footer of a file whose record batches stand at ``blocks``."""
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
        # A vector of structs of 8-byte numbers: these must stand at a multiple of 8.
        footer += bytes(-(len(footer) + 4) % 8)
        struct.pack_into("<I", footer, place, len(footer) - place)
        footer += struct.pack("<I", len(blocks) // _BLOCK.size) + blocks
    return bytes(footer)


class _Serial(OpenArrow[pa.RecordBatch]):
    def __init__(self, sink: ArrowSink, schema: pa.Schema, file: AtomicFile) -> None:
        super().__init__(sink, schema, file)
        new = pa.ipc.new_file if sink.format == "file" else pa.ipc.new_stream
        self._writer = new(_Writable(file), schema, options=self._options)
        self._known: dict[int, pa.Array] = {}

    def encode(self, batches: list[pa.RecordBatch], /) -> pa.RecordBatch:
        return self._united(batches)

    def write(self, part: pa.RecordBatch, /) -> None:
        columns = [
            self._extend(index, column) if pa.types.is_dictionary(column.type) else column
            for index, column in enumerate(part.columns)
        ]
        self._writer.write_batch(pa.RecordBatch.from_arrays(columns, schema=self._schema))

    def _extend(self, index: int, column: pa.DictionaryArray) -> pa.DictionaryArray:
        """Tells a column in terms of a dictionary that only ever grows at its end."""
        import pyarrow.compute as pc  # takes 30 ms, which other columns do without

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
    """An atomic file as what pyarrow writes to."""

    def __init__(self, file: AtomicFile) -> None:
        self._file = file

    def writable(self) -> bool:
        return True

    def write(self, data: Any, /) -> int:
        self._file.write(memoryview(data))
        return memoryview(data).nbytes

    def tell(self) -> int:
        return self._file.bytes_written


def _canonical(column: pa.Array, name: str) -> pa.Array:
    """Rebuilds what depends on how rows came: dictionaries, and the buffers of views."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        return recode(column, name)
    return by_plain(column, lambda plain: plain)


def _holds_dictionary(kind: pa.DataType) -> bool:
    if pa.types.is_dictionary(kind):
        return True
    return any(_holds_dictionary(kind.field(index).type) for index in range(kind.num_fields))
