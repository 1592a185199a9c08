"""What an operator is to the pipeline, and what else it may offer."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import (
    TYPE_CHECKING,
    Any,
    Protocol,
    TypeAlias,
    TypeGuard,
    TypeVar,
    runtime_checkable,
)

from biometal_stream.interfaces.recognition import Recognised

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    from biometal_stream.view import BatchView

    BatchFunction: TypeAlias = Callable[[pa.RecordBatch], pa.RecordBatch]

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
class Operator(Recognised, Protocol):
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


@runtime_checkable
class Observation(Recognised, Protocol[State]):
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
class SerialFunction(Recognised, Protocol):
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
class DetailedFunction(Recognised, Protocol):
    """What an operator's ``open()`` may yield: a function that tells more than it counts."""

    @property
    def details(self) -> Mapping[str, object]:
        """What ran the operator and how, as plain objects, for its stage in the statistics."""

    def __call__(self, batch: pa.RecordBatch, /) -> pa.RecordBatch:
        """Transforms one batch."""


@runtime_checkable
class InterruptibleFunction(Recognised, Protocol):
    """What an operator's ``open()`` may yield: a function that can be in a library for long."""

    def interrupt(self) -> bool:
        """Makes the calls end that run, and those that come; from any thread.

        It waits for them, a few seconds at most. Called once the run is over, however it ended.

        Returns:
            Whether none of them runs any more; threads that have not ended are not waited for.
        """

    def __call__(self, batch: pa.RecordBatch, /) -> pa.RecordBatch:
        """Transforms one batch."""
