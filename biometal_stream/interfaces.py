"""What an operator, a source and a sink are, to the pipeline and to each other.

A source yields record batches, operators turn each into another, a sink takes them. The plain
protocols (`Operator`, `Source`, `Sink`) are all that a user's own class needs. Those below
them let a class hand the pipeline more: work that can be spread over its workers.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import (
    TYPE_CHECKING,
    Any,
    ClassVar,
    Protocol,
    TypeAlias,
    TypeGuard,
    TypeVar,
    runtime_checkable,
)

if TYPE_CHECKING:
    from concurrent.futures import Executor

    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    from biometal_stream.view import BatchView

    BatchFunction: TypeAlias = Callable[[pa.RecordBatch], pa.RecordBatch]

Chunk = TypeVar("Chunk")
Part = TypeVar("Part")
State = TypeVar("State")


class Concurrency(enum.Enum):
    """How many threads may run what an operator's ``open()`` yields."""

    SHARED = "shared"
    """One function, called by all workers at once."""
    PER_WORKER = "per worker"
    """A function for each worker, called by one thread at a time."""
    SERIAL = "serial"
    """One function that sees all batches in input order, one at a time."""


@runtime_checkable
class Operator(Protocol):
    """An immutable, picklable description of one schema-to-schema transform."""

    @property
    def name(self) -> str:
        """The operator's name in statistics and on the command line, such as ``min-length``."""

    @property
    def concurrency(self) -> Concurrency:
        """How many threads may run what `open` yields."""

    def output_schema(self, input_schema: pa.Schema, /) -> pa.Schema:
        """Tells the schema of the output for that of the input.

        Raises:
            SchemaError: The input lacks a column, or has it with a type that does not fit.
        """

    def open(self) -> AbstractContextManager[BatchFunction]:
        """Starts a run in the caller's thread; yields what is called with each batch."""


@runtime_checkable
class Filter(Operator, Protocol):
    """An operator that drops rows and changes nothing else.

    Filters, trimmers and observers that follow each other are run on one `BatchView`: what one
    has computed the next finds there, and the rows are copied once.
    """

    def keep(self, view: BatchView, /) -> NDArray[np.bool_]:
        """Tells for each row of the view, (num_rows,), whether it stays. Of a pair both must."""


@runtime_checkable
class Trimmer(Operator, Protocol):
    """An operator that shortens reads and changes nothing else.

    It shares a `BatchView` with the filters, trimmers and observers before and after it. Text is
    copied once, after the last of them.
    """

    def bounds(self, view: BatchView, /) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Finds what stays of each read, its bases and its qualities alike.

        Returns:
            The first base that stays, and the base after the last that stays, each (num_rows,)
            and counted in the read as the view shows it. Where the two are equal the read is
            empty.
        """


class Observation(Protocol[State]):
    """How something is found in the reads of a run, part by part.

    Batches are observed by any worker, and what was found is merged in the order of the input.
    Where a batch ends must not matter: ``merge`` is associative, and to observe two batches and
    merge is to observe the two as one. So a run has the same result for every number of threads
    and machines.

    A state is small and can be pickled. Neither `merge` nor `finish` may change it.
    """

    def empty(self) -> State:
        """What is found in no reads."""

    def observe(self, view: BatchView, /) -> State:
        """Looks at the reads of a view, in any worker."""

    def merge(self, one: State, two: State, /) -> State:
        """Puts together what was found in reads and in those that follow them."""

    def finish(self, state: State, /) -> object:
        """Makes the result, ``Report.results[name]``, of what was found in all reads."""


@runtime_checkable
class Observer(Operator, Observation[State], Protocol[State]):
    """An operator that lets reads pass and has a result for the run.

    A filter or trimmer may be an observer, too. It then observes the view that it has looked at,
    after `keep` or `bounds`, so it can count what it has remembered in it (`BatchView.once`).
    """


@runtime_checkable
class Counting(Operator, Protocol):
    """An operator that changes batches and also has a result for the run."""

    @property
    def observation(self) -> Observation[Any] | None:
        """How the batches that it returns are observed, under its name; ``None`` if not."""


def ends_early(operator: Operator) -> bool:
    """Whether an operator may end a run before its input ends, as its ``ends_early`` says.

    How far the run has read ahead by then depends on threads and memory. So no `Observer` may
    stand before it.
    """
    return bool(getattr(operator, "ends_early", False))


@dataclass(frozen=True)
class Look:
    """How much of the start of its input a learner looks at: up to the first limit reached.

    Both mates of a pair count, and are looked at together.

    Attributes:
        reads: The most reads.
        bases: The most bases of the column ``sequence``, which the learner must need then;
            ``None`` for any number.
    """

    reads: int = 10_000
    bases: int | None = None

    def __post_init__(self) -> None:
        if self.reads < 1 or (self.bases is not None and self.bases < 1):
            raise ValueError(f"a learner must look at something: {self}")


@runtime_checkable
class Learner(Operator, Protocol):
    """An operator that looks at the first reads before it works.

    A run holds the first batches that reach it, has it learn from them, and passes them and all
    that follow to the operator that comes of it. No read is lost, of a pipe either. Which reads
    it looks at depends neither on threads nor on batches. What is held stays within the memory
    of a stage; where that ends before the look does, the run warns, and the learner makes do
    with fewer reads.

    What is learnt is often the same class with its options set, which then does not learn again.
    """

    @property
    def look(self) -> Look | None:
        """How much of its input it looks at; ``None`` where nothing is left to learn."""

    def learn(self, batches: Sequence[pa.RecordBatch], /) -> Operator:
        """Learns from the first reads; called once in a run.

        Args:
            batches: The first reads in order: as many as it looks at, or all where there are
                fewer. There is at least one batch, which may have no rows.

        Returns:
            The operator that does the work, with the same output schema as the learner.
        """


def has_to_learn(operator: Operator) -> TypeGuard[Learner]:
    """Whether an operator must look at the first reads before it works."""
    return isinstance(operator, Learner) and operator.look is not None


@runtime_checkable
class Pushdown(Operator, Protocol):
    """An operator that can leave out work for columns that nothing uses.

    Of other operators all columns of the input are taken to be read.
    """

    def pushdown(
        self, columns: frozenset[str], input_schema: pa.Schema, /
    ) -> tuple[Operator | None, frozenset[str]]:
        """Finds what is left to do if only some columns of the output are used.

        Args:
            columns: The columns of the output that are taken, by whatever comes later.
            input_schema: The schema that `output_schema` would be given, before any pruning.

        Returns:
            The operator that makes these columns and drops the same rows, ``None`` where
            nothing is left to do; and the columns of the input that are needed for that.
        """


@runtime_checkable
class Cacheable(Operator, Protocol):
    """An operator that can stay open between the runs of a process, such as a loaded model."""

    def cached(self) -> BatchFunction:
        """Returns what `open` would yield, opened once for all runs of this process."""


@runtime_checkable
class Widening(Operator, Protocol):
    """An operator whose output can be much larger than its input.

    A run cuts its input so that what it makes of each batch stays within a share of the memory
    bound; one row that alone makes more passes alone. Mates stay together. So the operator must
    look at each row, or pair, by itself.
    """

    def added_bytes(self, batch: pa.RecordBatch, /) -> NDArray[np.int64]:
        """Tells how many bytes each row adds to the batch, about: (num_rows,)."""


@runtime_checkable
class SerialFunction(Protocol):
    """What a serial operator's ``open()`` may yield: a function with an end of its own."""

    @property
    def exhausted(self) -> bool:
        """Whether no later batch can add to the output: the run then ends early."""

    def __call__(self, batch: pa.RecordBatch, /) -> pa.RecordBatch:
        """Transforms one batch; rows may be held back."""

    def flush(self) -> pa.RecordBatch | Iterable[pa.RecordBatch] | None:
        """Returns the rows that were held back, in one batch or several.

        Called once, after the last batch.
        """


def flushed(function: SerialFunction) -> Iterator[pa.RecordBatch]:
    """Yields what a serial operator's function held back."""
    held = function.flush()
    if held is None:
        return
    if hasattr(held, "num_rows"):
        yield held
    else:
        yield from held


@runtime_checkable
class DetailedFunction(Protocol):
    """What an operator's ``open()`` may yield: a function that tells more than it counts."""

    @property
    def details(self) -> Mapping[str, object]:
        """What ran the operator and how, as plain objects, for its stage in the statistics."""

    def __call__(self, batch: pa.RecordBatch, /) -> pa.RecordBatch:
        """Transforms one batch."""


@runtime_checkable
class InterruptibleFunction(Protocol):
    """What an operator's ``open()`` may yield: a function that can be in a library for long."""

    def interrupt(self) -> bool:
        """Makes the calls end that run, and those that come; from any thread.

        It waits for them, a few seconds at most. Called once the run is over, however it ended.

        Returns:
            Whether none of them runs any more; threads that have not ended are not waited for.
        """

    def __call__(self, batch: pa.RecordBatch, /) -> pa.RecordBatch:
        """Transforms one batch."""


class Source(Protocol):
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
class SelectiveSink(Protocol):
    """A sink that takes some columns alone.

    Attributes:
        holds: What it holds, as a clause for whoever misses the others.
    """

    holds: ClassVar[str]

    def takes(self, schema: pa.Schema, /) -> frozenset[str]:
        """Tells the columns of a schema that it takes."""


@runtime_checkable
class ParallelSink(Protocol[Part]):
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
