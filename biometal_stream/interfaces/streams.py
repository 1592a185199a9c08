"""The protocols of sources and sinks, and of the run that they work in."""

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
    """A description of a stream of batches, not an open stream, so it can be read again."""

    @property
    def schema(self) -> pa.Schema:
        """The schema of every batch."""

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Reads the stream from the start."""


@runtime_checkable
class FileSource(Source, Protocol):
    """A source that lists its inputs, so that a sink cannot overwrite them."""

    @property
    def inputs(self) -> Sequence[object]:
        """The inputs: paths, ``-`` for standard input, and file objects."""


def inputs_of(source: Source) -> Sequence[object]:
    """The inputs of a source, if it lists them."""
    return source.inputs if isinstance(source, FileSource) else ()


@runtime_checkable
class ProjectedSource(Source, Protocol):
    """A source that can leave out columns."""

    def project(self, columns: frozenset[str], /) -> Source:
        """Returns a source of the same rows with only these columns, in the schema's order."""


@runtime_checkable
class MatedSource(Source, Protocol):
    """A source of pairs that can also be read without matching mates."""

    def apart(self) -> Source:
        """Returns a source of all mates 1 and then all mates 2; unchanged without mates."""


def unchecked(source: Source) -> Source:
    """The source without its check of mates, if it has one."""
    return source.apart() if isinstance(source, MatedSource) else source


@runtime_checkable
class PartitionedSource(Source, Protocol):
    """A source that can be read in partitions, by several machines at the same time."""

    def partitions(self, nbytes: int, /) -> Sequence[Source]:
        """Finds partitions that, one after another, give the same rows.

        Opens the inputs, and reads only around the locations where they are divided.

        Args:
            nbytes: About how many bytes of (compressed) input a partition has.

        Returns:
            The partitions, at least one: sources that can be pickled, and read wherever the
            inputs have the same paths.
            same paths; at least one.

        Raises:
            InputError: An input cannot be read.
            ConfigurationError: An input has no path, such as standard input.
        """


class GoodRows(Exception):  # noqa: N818 - it carries good rows
    """Raised by `OpenSource.parse` for a chunk that is good up to some row.

    Attributes:
        batch: The rows before the error, maybe none.
        error: The error in what follows them.
    """

    def __init__(self, batch: pa.RecordBatch, error: Exception) -> None:
        super().__init__(str(error))
        self.batch = batch
        self.error = error


@runtime_checkable
class ParallelSource(Source, Protocol[Chunk]):
    """A source with a cheap serial part and work for the workers."""

    def open(self, run: Run, /) -> AbstractContextManager[OpenSource[Chunk]]:
        """Opens the input in the caller's thread."""


class OpenSource(Protocol[Chunk]):
    """A source being read."""

    def chunks(self) -> Iterator[Chunk]:
        """Reads and cuts the input; runs in its own thread."""

    def parse(self, chunk: Chunk, /) -> pa.RecordBatch:
        """Turns a chunk into a batch; runs in any worker, on several chunks at a time.

        Raises:
            GoodRows: There is an error after some good rows. These are delivered, and the run
                then ends with the error. With any other exception the run ends without a row of
                this chunk.
        """

    def weight(self, chunk: Chunk, /) -> int:
        """The bytes of memory that a chunk takes."""

    def location(self, chunk: Chunk, /) -> str:
        """The location of a chunk in the input, such as ``records 1 to 5,000 of a.fq``."""

    def interrupt(self) -> None:
        """Ends a `chunks` that waits for input; called from any thread, maybe more than once."""

    @property
    def outputs(self) -> tuple[str, ...]:
        """The files that the source writes, such as a quarantine."""

    @property
    def bytes_read(self) -> int:
        """Bytes of (compressed) input taken so far; other threads read it."""

    @property
    def bytes_total(self) -> int | None:
        """Total bytes of (compressed) input, if known."""


class Sink(Protocol):
    """Where batches go. In the end its target is complete, or has not been changed."""

    def open(
        self, schema: pa.Schema, /
    ) -> AbstractContextManager[Callable[[pa.RecordBatch], None]]:
        """Starts writing. Commits if the context ends without an error, and discards otherwise."""


@runtime_checkable
class SelectiveSink(Recognised, Protocol):
    """A sink that takes only some columns.

    Attributes:
        holds: A clause that says what it holds, for warnings about the other columns.
    """

    holds: ClassVar[str]

    def takes(self, schema: pa.Schema, /) -> frozenset[str]:
        """Returns the columns of a schema that it takes."""


@runtime_checkable
class ParallelSink(Recognised, Protocol[Part]):
    """A sink with work for the workers and a serial part."""

    def open_parallel(
        self, schema: pa.Schema, run: Run, /
    ) -> AbstractContextManager[OpenSink[Part]]:
        """Starts writing. Commits if the context ends without an error, and discards otherwise."""


class OpenSink(Protocol[Part]):
    """A sink being written."""

    def rebatch(self, batches: Iterator[pa.RecordBatch], /) -> Iterator[list[pa.RecordBatch]]:
        """Merges and splits batches into morsels.

        Where morsels end depends on the rows, never on batches, so that the bytes written are the
        same for every number of workers.
        """

    def encode(self, batches: list[pa.RecordBatch], /) -> Part:
        """Turns a morsel into bytes; runs in any worker, on several morsels at a time.

        The sink owns the list, and may empty it to release the batches early.
        """

    def write(self, part: Part, /) -> None:
        """Writes encoded morsels in order, in the caller's thread."""

    @property
    def bytes_written(self) -> int:
        """Bytes written to the target so far."""

    @property
    def outputs(self) -> tuple[str, ...]:
        """The files that the sink writes; ``-`` for standard output.

        New ones are added at the end. Looking at it is cheap: it is done after every morsel.
        """


class Run(Protocol):
    """What a run provides to its source and its sink."""

    @property
    def workers(self) -> int:
        """The number of workers that can work at a time: no more than there are cores."""

    @property
    def memory(self) -> int:
        """The bytes that all batches in flight may hold together."""

    @property
    def executor(self) -> Executor:
        """The workers, for work that a source or sink spreads itself."""

    def thread(self) -> Executor:
        """A new thread for the serial work of a source, which has to shut it down."""

    def warn(self, message: str, /, *, at_once: bool = False) -> None:
        """Warns the user once, with an `InputWarning` in the caller's thread.

        Args:
            message: The warning.
            at_once: Whether to issue it immediately, because the next result may never come.
        """

    def count(self, what: str, number: int, /) -> None:
        """Adds to a named counter of the run's report, such as ``bad records``."""

    def note(self, what: str, name: str, learnt: str, /) -> None:
        """Notes what the source has learnt about one of its inputs, for the report of the run.

        Args:
            what: The option that would set it, such as ``quality-encoding``.
            name: The input.
            learnt: The value of the option for this input.
        """
