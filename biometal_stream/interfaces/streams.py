"""What a source and a sink are to the pipeline, and what a run lends them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, ClassVar, Protocol, TypeVar, runtime_checkable

from biometal_stream.interfaces.recognition import Recognised

if TYPE_CHECKING:
    from concurrent.futures import Executor

    import pyarrow as pa

Chunk = TypeVar("Chunk")
Part = TypeVar("Part")


class Source(Recognised, Protocol):
    """The recipe for a stream of batches, not an open stream: it can be read again."""

    @property
    def schema(self) -> pa.Schema:
        """The schema of every batch."""

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Reads the stream from its start."""


@runtime_checkable
class FileSource(Source, Protocol):
    """A source that names its inputs, so that no sink replaces them."""

    @property
    def inputs(self) -> Sequence[object]:
        """The paths, ``-`` for standard input, and the file objects that are read."""


def inputs_of(source: Source) -> Sequence[object]:
    """What a source reads, as far as it tells."""
    return source.inputs if isinstance(source, FileSource) else ()


@runtime_checkable
class ProjectedSource(Source, Protocol):
    """A source that can leave out columns."""

    def project(self, columns: frozenset[str], /) -> Source:
        """Returns the source of the same rows with those columns alone, in the schema's order."""


@runtime_checkable
class PartitionedSource(Source, Protocol):
    """A source that can be read in parts, by several machines at once."""

    def partitions(self, nbytes: int, /) -> Sequence[Source]:
        """Finds parts that give the same rows, one part after another.

        Opens the inputs, and reads no more of them than the locations where they are cut.

        Args:
            nbytes: Bytes of (compressed) input that a part has, about.

        Returns:
            The parts: sources that can be pickled and read anywhere where the inputs have the
            same paths; at least one.

        Raises:
            InputError: An input cannot be read.
            ConfigurationError: An input has no path, such as standard input.
        """


class GoodRows(Exception):  # noqa: N818 - it carries what is good
    """What `OpenSource.parse` raises of a chunk that is good up to some row.

    Attributes:
        batch: The rows before the error; there may be none.
        error: What is wrong with what follows them.
    """

    def __init__(self, batch: pa.RecordBatch, error: Exception) -> None:
        super().__init__(str(error))
        self.batch = batch
        self.error = error


@runtime_checkable
class ParallelSource(Source, Protocol[Chunk]):
    """A source whose work has a cheap serial part and a part for the workers."""

    def open(self, run: Run, /) -> AbstractContextManager[OpenSource[Chunk]]:
        """Opens the input, in the caller's thread."""


class OpenSource(Protocol[Chunk]):
    """A source being read."""

    def chunks(self) -> Iterator[Chunk]:
        """Reads and cuts the input; runs in a thread of its own."""

    def parse(self, chunk: Chunk, /) -> pa.RecordBatch:
        """Turns a chunk into a batch; runs in any worker, for several chunks at once.

        Raises:
            GoodRows: Something is wrong with the chunk behind some good rows. These are
                delivered, and the run then ends with the error. Any other exception ends the
                run without a row of this chunk.
        """

    def weight(self, chunk: Chunk, /) -> int:
        """The bytes of memory that a chunk holds."""

    def location(self, chunk: Chunk, /) -> str:
        """Where a chunk stands in the input, such as ``records 1 to 5,000 of a.fq``."""

    def interrupt(self) -> None:
        """Makes a `chunks` that waits for input end; called from any thread, and again."""

    @property
    def outputs(self) -> tuple[str, ...]:
        """The files that the source itself writes, such as a quarantine."""

    @property
    def bytes_read(self) -> int:
        """Bytes of (compressed) input taken so far; read by other threads."""

    @property
    def bytes_total(self) -> int | None:
        """Bytes of (compressed) input in all, where that is known."""


class Sink(Protocol):
    """Where batches go. Its target is complete, or as it was before."""

    def open(
        self, schema: pa.Schema, /
    ) -> AbstractContextManager[Callable[[pa.RecordBatch], None]]:
        """Starts writing; commits when the context ends well and discards otherwise."""


@runtime_checkable
class SelectiveSink(Recognised, Protocol):
    """A sink that takes some columns alone.

    Attributes:
        holds: What it holds, as a clause for whoever misses the others.
    """

    holds: ClassVar[str]

    def takes(self, schema: pa.Schema, /) -> frozenset[str]:
        """Tells the columns of a schema that it takes."""


@runtime_checkable
class ParallelSink(Recognised, Protocol[Part]):
    """A sink whose work has a part for the workers and a serial part."""

    def open_parallel(
        self, schema: pa.Schema, run: Run, /
    ) -> AbstractContextManager[OpenSink[Part]]:
        """Starts writing; commits when the context ends well and discards otherwise."""


class OpenSink(Protocol[Part]):
    """A sink being written."""

    def rebatch(self, batches: Iterator[pa.RecordBatch], /) -> Iterator[list[pa.RecordBatch]]:
        """Merges and splits batches to what is encoded in one morsel.

        Where the morsels end depends on the rows alone, never on how they came in batches, so
        that the bytes written are the same for every number of workers.
        """

    def encode(self, batches: list[pa.RecordBatch], /) -> Part:
        """Turns a morsel into bytes; runs in any worker, for several morsels at once.

        The list is the sink's: it may empty it to let go of the batches early.
        """

    def write(self, part: Part, /) -> None:
        """Writes encoded morsels in their order, in the caller's thread."""

    @property
    def bytes_written(self) -> int:
        """Bytes that went into the target so far."""

    @property
    def outputs(self) -> tuple[str, ...]:
        """The files that the sink writes, ``-`` for standard output."""


class Run(Protocol):
    """What a run lends to the source and the sink that work in it."""

    @property
    def workers(self) -> int:
        """The number of workers."""

    @property
    def memory(self) -> int:
        """The bytes that all batches in flight together may hold."""

    @property
    def executor(self) -> Executor:
        """The workers, for work that a source or sink wants to spread itself."""

    def warn(self, message: str, /, *, at_once: bool = False) -> None:
        """Tells the user something once, as an `InputWarning` in the caller's thread.

        Args:
            message: What to tell.
            at_once: Whether to issue it here and now, since the next result may never come.
        """

    def count(self, what: str, number: int, /) -> None:
        """Adds to a named counter of the run's report, such as ``bad records``."""

    def note(self, what: str, name: str, learnt: str, /) -> None:
        """Notes what the source has learnt of one of its inputs, for the run's report.

        Args:
            what: What it is, by the option that would say it, such as ``quality-encoding``.
            name: The input.
            learnt: The option's value for it.
        """
