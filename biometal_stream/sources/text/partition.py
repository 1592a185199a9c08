"""A partition of text files as a source."""

from __future__ import annotations

from abc import ABC, abstractmethod
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar

from biometal_stream.sources.alone import read_alone
from biometal_stream.sources.text.files import TextFiles

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa

    from biometal_stream.codecs.ranges import FileRange
    from biometal_stream.interfaces import OpenSource, Run
    from biometal_stream.sources.options import Input

Files = TypeVar("Files", bound=TextFiles)


@dataclass(frozen=True)
class TextPartition(ABC, Generic[Files]):
    """A partition of a text source: itself a source, which can be pickled and read anywhere.

    The files must have the same absolute paths where it is read. Errors and warnings are the same
    as when reading the whole file.

    Attributes:
        source: The options, with the absolute paths of this partition's files.
        ranges: The range of the file, or of the two with mates, to read.
        warnings: Warnings about the file that starts with this partition.
    """

    source: Files
    ranges: tuple[FileRange, ...]
    warnings: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The source's name in statistics."""
        return self.source.name

    @property
    def inputs(self) -> tuple[Input, ...]:
        """The files that are read."""
        return self.source.inputs

    @property
    def paired(self) -> bool:
        """Whether rows alternate between mates 1 and 2."""
        return self.source.paired

    @property
    def schema(self) -> pa.Schema:
        """The schema of the whole source."""
        return self.source.schema

    @property
    def whole(self) -> bool:
        """Whether this is all of its files."""
        return all(part.whole for part in self.ranges)

    @property
    def bytes_total(self) -> int:
        """Bytes of (compressed) input; the sum over all partitions is the size of the files."""
        return sum(part.stop_byte - part.first_byte for part in self.ranges)

    def project(self, columns: frozenset[str], /) -> Self:
        """Returns a source of the same reads with only some columns.

        Raises:
            ConfigurationError: The source does not have such a column.
        """
        return replace(self, source=self.source.project(columns))

    @abstractmethod
    def open(self, run: Run) -> AbstractContextManager[OpenSource[Any]]:
        """Opens the files, in the caller's thread."""

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Reads the partition in this thread."""
        yield from read_alone(self)
