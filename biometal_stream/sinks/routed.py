"""Writes to files chosen by the values of columns: one open sink for all files of any format."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any, NamedTuple, Protocol

import pyarrow as pa

from biometal_stream.atomic import AtomicTree
from biometal_stream.sinks.base import OpenRebatching
from biometal_stream.sinks.partitioned import (
    Morsels,
    Naming,
    PartitionRebatcher,
    require_key_column,
    values_of,
)
from biometal_stream.sinks.templates import Template


class FileWriter(Protocol):
    """One file being written, by one thread."""

    def write(self, part: Any, /) -> None:
        """Writes an encoded morsel."""

    def finish(self) -> None:
        """Writes the end of the file."""


class FileFormat(Protocol):
    """How files are written, in any folder."""

    def encode(self, batches: list[pa.RecordBatch], /) -> Sequence[Any]:
        """Encodes a morsel, one part for each file of a partition; runs in any worker."""

    def start(self, write: Callable[..., None], place: int, /) -> FileWriter:
        """Starts a file.

        Args:
            write: Writes its bytes; takes any number of parts.
            place: The index of the file in its partition, from 0.

        Raises:
            SinkError: No more files can be written at once.
        """


class Files(Protocol):
    """The destination of files: an `AtomicFolder` or an `AtomicTree`."""

    @property
    def bytes_written(self) -> int:
        """Bytes written so far."""

    def append(self, name: str, /, *parts: Any) -> None:
        """Appends bytes to a file."""


class TemplateNaming(NamedTuple):
    """Names files by templates with the same columns.

    Attributes:
        templates: One, or one per mate.
        paired: Whether both mates of a pair go to the same partition.
    """

    templates: tuple[Template, ...]
    paired: bool

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns whose values fill in the fields."""
        return self.templates[0].columns

    @property
    def what(self) -> str:
        """What has too many values, for messages."""
        return f"{self.templates[0].text}: the fields have"

    def names(self, values: Mapping[str, object]) -> tuple[str, ...]:
        """The file name from each template.

        Raises:
            DataError: The values cannot name a file.
        """
        return tuple(template.name(values) for template in self.templates)

    def require(self, schema: pa.Schema) -> None:
        """Checks that the columns can name files.

        Raises:
            SchemaError: A column is missing, or has an unsupported type.
        """
        for column in self.columns:
            require_key_column(schema, column, self.templates[0].text)


class OpenRouted(OpenRebatching[tuple[tuple[str, ...], Sequence[Any]]]):
    """Files being written, each for some values of columns."""

    def __init__(
        self,
        naming: Naming,
        format: FileFormat,
        files: Files,
        morsels: Morsels,
        outputs: Callable[[], tuple[str, ...]],
    ) -> None:
        self._naming = naming
        self._format = format
        self._files = files
        self._morsels = morsels
        self._outputs = outputs
        self._writers: dict[str, FileWriter] = {}

    def rebatcher(self) -> PartitionRebatcher:
        """Distributes rows to partitions."""
        return PartitionRebatcher(self._naming, self._morsels)

    def encode(self, batches: list[pa.RecordBatch], /) -> tuple[tuple[str, ...], Sequence[Any]]:
        """Encodes a morsel of one partition."""
        names = self._naming.names(values_of(batches[0], self._naming.columns))
        return names, self._format.encode(batches)

    def write(self, part: tuple[tuple[str, ...], Sequence[Any]], /) -> None:
        """Writes a morsel to its files.

        Raises:
            DataError: Two partitions would share a file.
            SinkError: A file cannot be written.
        """
        for place, (name, data) in enumerate(zip(*part, strict=True)):
            self._writer(name, place).write(data)

    def _writer(self, name: str, place: int) -> FileWriter:
        if name not in self._writers:
            append = partial(self._files.append, name)
            self._writers[name] = self._format.start(append, place)
        return self._writers[name]

    @property
    def is_empty(self) -> bool:
        """Whether no file has been written yet."""
        return not self._writers

    def begin(self, name: str) -> None:
        """Starts a file without rows."""
        self._writer(name, 0)

    def finish(self) -> None:
        """Writes the end of each file."""
        for writer in self._writers.values():
            writer.finish()

    @property
    def bytes_written(self) -> int:
        """Bytes written to the files so far."""
        return self._files.bytes_written

    @property
    def outputs(self) -> tuple[str, ...]:
        """The files so far, or their folder."""
        return self._outputs()


@contextmanager
def open_templates(
    naming: TemplateNaming, schema: pa.Schema, format: FileFormat, morsels: Morsels
) -> Iterator[OpenRouted]:
    """Opens the files that templates name; commits if the context ends without an error.

    Without rows there are no values, so no file is written.

    Raises:
        SchemaError: A column is missing, or its values cannot name files.
        SinkError: The folder before the first field is missing or cannot be written.
    """
    naming.require(schema)
    first = naming.templates[0]
    with AtomicTree(first.folder, first.pattern) as tree:
        opened = OpenRouted(naming, format, tree, morsels, lambda: tree.paths)
        yield opened
        opened.finish()
