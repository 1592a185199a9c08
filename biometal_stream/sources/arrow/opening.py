"""Opens Arrow files and streams, and detects which of them an input is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from biometal_stream.codecs.raw.open import open_raw
from biometal_stream.errors import InputError
from biometal_stream.sources.arrow.file import MAGIC, ArrowFile, ArrowFileTable
from biometal_stream.sources.arrow.stream import (
    ArrowStreamTable,
    SeekableBytes,
    refuse_piped_file,
    stream_schema,
)
from biometal_stream.sources.tables.seekable import open_seekable, refuse_compressed

if TYPE_CHECKING:
    from biometal_stream.codecs.raw.input import RawInput
    from biometal_stream.codecs.raw.unchanged import Seen
    from biometal_stream.interfaces import Run
    from biometal_stream.sources.options import Input
    from biometal_stream.sources.tables.reads import Table
    from biometal_stream.sources.tables.seekable import Seekable

_OLD = b"FEA1"
_IN_FILE = 8  # bytes before the stream in a file


class Pipes:
    """The pipes of a source, opened for their schemas and kept open until they are read.

    Not pickled: another process has other pipes.
    """

    def __init__(self) -> None:
        self._opened: dict[int, RawInput] = {}
        self._schemas: dict[int, pa.Schema] = {}

    def schema(self, number: int, source: Input) -> pa.Schema:
        """The schema of the stream in a pipe, for which this waits.

        Raises:
            InputError: The pipe does not carry an Arrow stream.
        """
        if number not in self._schemas:
            self._opened[number] = self._open(number, source)
        return self._schemas[number]

    def _open(self, number: int, source: Input) -> RawInput:
        with ExitStack() as stack:
            raw = open_raw(source)
            stack.callback(raw.close)
            refuse_piped_file(raw)
            self._schemas[number] = stream_schema(raw)
            stack.pop_all()
        return raw

    def take(self, number: int, source: Input) -> tuple[RawInput, pa.Schema]:
        """Returns the opened pipe, to be read and closed.

        Raises:
            InputError: It was read before.
        """
        opened = self._opened.pop(number, None)
        raw = self._open(number, source) if opened is None else opened
        return raw, self._schemas[number]

    def __reduce__(self) -> tuple[Any, ...]:
        return Pipes, ()


def schema_of(source: Input) -> pa.Schema:
    """The schema of a file.

    Raises:
        InputError: It is not Arrow, or is damaged.
    """
    with closing(open_seekable(source, "an Arrow file")) as opened:
        if has_batches(opened):
            return ArrowFile(opened).schema
        return stream_schema(_stream_in(opened))


def is_file(source: Seekable) -> bool:
    """Whether this is an Arrow file rather than a stream.

    Raises:
        InputError: It is neither.
    """
    head = source.read_at(0, 8)
    refuse_compressed(head, source.name, "Arrow")
    if not source.size:
        raise InputError(f"{source.name}: is empty, neither an Arrow file nor a stream")
    if head[: len(_OLD)] == _OLD:
        raise InputError(
            f"{source.name}: is a Feather file of version 1, which is not supported; write it again"
            " with version 2, which is Arrow"
        )
    return head[: len(MAGIC)] == MAGIC


def has_batches(source: Seekable) -> bool:
    """Whether this is an Arrow file with the list of its batches at its end.

    Raises:
        InputError: It is neither an Arrow file nor a stream.
    """
    end = source.read_at(max(0, source.size - len(MAGIC)), len(MAGIC))
    return is_file(source) and end == MAGIC and source.size > 2 * len(MAGIC)


def _stream_in(source: Seekable) -> SeekableBytes:
    """The stream that an input is, or that a truncated file contains."""
    return SeekableBytes(source, _IN_FILE if is_file(source) else 0)


@contextmanager
def open_file(
    source: Input,
    names: list[str],
    run: Run,
    *,
    seen: Seen | None = None,
    size: int | None = None,
    batches: range | None = None,
) -> Iterator[Table]:
    """Opens a file or a stream in a file.

    Args:
        source: The file.
        names: The columns to read.
        run: Provides the workers.
        seen: The file's state when the run began.
        size: The size that the file must have, if another process divided it.
        batches: The batches of a file to read; by default all.

    Raises:
        InputError: It cannot be opened, or is neither a file nor a stream of Arrow.
    """
    with closing(open_seekable(source, "an Arrow file", seen, size=size)) as opened:
        if has_batches(opened):
            yield ArrowFileTable(ArrowFile(opened), names, batches, run)
            return
        stream = _stream_in(opened)
        schema = stream_schema(stream)
        yield ArrowStreamTable(stream, schema, names, run, cut=is_file(opened))


@contextmanager
def open_pipe(
    pipes: Pipes, number: int, source: Input, names: list[str], run: Run
) -> Iterator[Table]:
    """Opens the table of a pipe that is already open.

    Raises:
        InputError: It was read before.
    """
    raw, schema = pipes.take(number, source)
    with closing(raw):
        yield ArrowStreamTable(raw, schema, names, run)
