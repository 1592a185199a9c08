"""Arrow IPC files and streams, with batches encoded by several workers in parallel.

Batches of text and numbers become messages without a copy (`biometal_stream.sinks.arrow.messages`);
pyarrow encodes other columns, and compressed ones. The messages of a stream do not contain their
own offset, so messages that workers encoded independently are written one after another. A file
is a stream between two magic numbers, followed by a footer that lists the offset of each message:
pyarrow makes the footer of a file of one batch, and its list is replaced. The layout is that of
the Arrow columnar format, section "IPC File Format", and of FlatBuffers' tables and vectors.

Dictionaries are state that all batches share, so pyarrow writes a schema with dictionary columns,
in one thread. For new values, a stream repeats the dictionary, which all readers support. A file
must not; it gets a delta, which pyarrow reads and Polars (2.1) refuses.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from biometal_stream.atomic import AtomicFile
from biometal_stream.errors import SchemaError
from biometal_stream.interfaces import Run
from biometal_stream.paths import path_text
from biometal_stream.settings import check_kinds
from biometal_stream.sinks.arrow.layout import ArrowFormat, ParallelFormat, SerialFormat
from biometal_stream.sinks.base import (
    OpenRebatching,
    RebatchingSink,
    check_choice,
    check_level,
    check_partitions,
)
from biometal_stream.sinks.dictionaries import require_recodable
from biometal_stream.sinks.names import check_name
from biometal_stream.sinks.partitioned import DEFAULT_PARTITIONS, Morsels
from biometal_stream.sinks.rebatch import RowRebatcher
from biometal_stream.sinks.routed import TemplateNaming, open_templates
from biometal_stream.sinks.templates import Template, literal

FORMATS = ("file", "stream")
COMPRESSIONS = ("none", "lz4", "zstd")
LEVELS = {"zstd": (1, 22)}

BATCH_ROWS = 16_384
"""Rows of a batch: some MB of short reads, large enough for any reader."""

BATCH_BYTES = 64 * 2**20
"""Bytes of text of a batch: the limit for long reads."""

_WAITING_BYTES = 256 * 2**20
"""Bytes that wait for complete batches, over all files that values name."""


@dataclass(frozen=True)
class ArrowSink(RebatchingSink[Any]):
    """Writes an Arrow IPC file or stream in batches of 16,384 rows, or 64 MiB of text.

    The bytes written are the same for every number of workers and every batch size.

    A target with fields, such as ``out/{sample}.arrow``, stands for one file for each value of
    these columns, as in `ParquetSink`.

    Attributes:
        target: The file; ``-`` is standard output.
        format: ``file``, which readers can seek in and memory-map, or ``stream``.
        compression: ``none``, ``lz4`` or ``zstd``.
        level: The zstd level, 1 to 22, default 1.
        max_partitions: The most distinct values that the fields may have.

    Raises:
        ConfigurationError: Settings contradict each other or are out of range.
    """

    target: str
    format: str = "file"
    compression: str = "none"
    level: int | None = None
    max_partitions: int = DEFAULT_PARTITIONS

    def __post_init__(self) -> None:
        object.__setattr__(self, "target", path_text(self.target))
        check_kinds(self)
        check_choice("the format of Arrow", self.format, FORMATS)
        check_choice("the compression of Arrow", self.compression, COMPRESSIONS)
        check_level(self.compression, self.level, LEVELS)
        check_partitions(self.max_partitions)
        check_name(self.path, "arrow" if self.format == "file" else "arrow-stream")

    @property
    def path(self) -> str:
        """The file; for a name with fields, the name."""
        return self.target if Template.of(self.target) else literal(self.target)

    @contextmanager
    def open_parallel(self, schema: pa.Schema, run: Run, /) -> Iterator[OpenRebatching[Any]]:  # noqa: ARG002 - the bytes do not depend on the run
        """Starts writing; commits if the context ends without an error, otherwise discards.

        Raises:
            SchemaError: There are dictionaries inside lists or structs, which cannot have deltas in
                Arrow, or dictionaries of values that pyarrow cannot compare.
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
        kind = SerialFormat if serial else ParallelFormat
        format: ArrowFormat[Any] = kind(schema, self.format, self.compression, self.level)
        template = Template.of(self.target)
        if template is not None:
            naming = TemplateNaming((template,), paired=False)
            limits = Morsels(BATCH_ROWS, BATCH_BYTES, _WAITING_BYTES, self.max_partitions)
            with open_templates(naming, schema, format, limits) as routed:
                yield routed
            return
        with AtomicFile(self.path) as file:
            opened = OpenArrow(self, format, file)
            yield opened
            opened.finish()


class OpenArrow(OpenRebatching[Any]):
    """An Arrow file or stream being written."""

    def __init__(self, sink: ArrowSink, format: ArrowFormat[Any], file: AtomicFile) -> None:
        self._sink = sink
        self._format = format
        self._file = file
        self._writer = format.start(file.write, 0)

    def rebatcher(self) -> RowRebatcher:
        """Makes batches of a fixed size."""
        return RowRebatcher(BATCH_ROWS, BATCH_BYTES, paired="mate" in self._format.schema.names)

    def encode(self, batches: list[pa.RecordBatch], /) -> Any:
        """Encodes a morsel."""
        return self._format.encode(batches)[0]

    def write(self, part: Any, /) -> None:
        """Writes an encoded morsel."""
        self._writer.write(part)

    def finish(self) -> None:
        """Writes the end of the file."""
        self._writer.finish()

    @property
    def bytes_written(self) -> int:
        """Bytes written to the file so far."""
        return self._file.bytes_written

    @property
    def outputs(self) -> tuple[str, ...]:
        """The file."""
        return (self._sink.path,)


def _holds_dictionary(kind: pa.DataType) -> bool:
    if pa.types.is_dictionary(kind):
        return True
    return any(_holds_dictionary(kind.field(index).type) for index in range(kind.num_fields))
