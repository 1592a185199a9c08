"""The protocol of an operator, and what else an operator may offer."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from itertools import chain
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

    from biometal_stream.columns import StringColumn
    from biometal_stream.view import BatchView

    BatchFunction: TypeAlias = Callable[[pa.RecordBatch], pa.RecordBatch]

State = TypeVar("State")


class Concurrency(enum.Enum):
    """How many threads may run what an operator's ``open()`` yields."""

    SHARED = "shared"
    """One function, which all workers may call at the same time."""
    PER_WORKER = "per worker"
    """A function for each worker, called by one thread at a time."""
    SERIAL = "serial"
    """One function that sees all batches in input order, one at a time."""
    ORDERED = "ordered"
    """Workers share the batches and decide about them in input order: see `OrderedFilter`."""


def needs_order(operator: Operator) -> bool:
    """Whether an operator must see all batches of a run in input order."""
    return operator.concurrency in {Concurrency.SERIAL, Concurrency.ORDERED}


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
        """Returns the schema of the output for a schema of the input.

        Raises:
            SchemaError: The input lacks a column, or a column has the wrong type.
        """

    def open(self) -> AbstractContextManager[BatchFunction]:
        """Starts a run in the caller's thread; yields the function to call with each batch."""


@runtime_checkable
class Filter(Operator, Protocol):
    """An operator that drops rows and changes nothing else.

    Consecutive filters, trimmers and observers share one `BatchView`: each finds there what
    earlier ones have computed, and the rows are copied once.
    """

    def keep(self, view: BatchView, /) -> NDArray[np.bool_]:
        """Returns which rows of the view to keep, (num_rows,). Both mates of a pair must pass."""


def breaks_pairs(operator: object) -> bool:
    """Whether an operator is a filter, which drops one mate of some pairs with ``--pairs split``.

    A filter with ``keeps_all`` drops none: it only checks reads.
    """
    return isinstance(operator, Filter) and not getattr(operator, "keeps_all", False)


@runtime_checkable
class OrderedFilter(Filter, Protocol):
    """A filter whose decision about a read depends on the reads before it.

    It shares a chain and a view with other filters. Workers prepare batches side by side, and
    decide about them one after another, in input order. So a decision should be quick. ``keep``
    decides about a view as if it were the whole stream.
    """

    def prepare(self, view: BatchView, /) -> Any:
        """Returns what the decision needs of a view; called in any worker."""

    def start(self) -> Callable[[Any], NDArray[np.bool_]]:
        """Makes the function that decides, for one run.

        It is called with what `prepare` returned for each batch, in input order, by one thread at
        a time, and returns which rows to keep, (num_rows,). It may keep state.
        """


def is_ordered_filter(operator: object) -> TypeGuard[OrderedFilter]:
    """Whether an operator decides about batches in turn, and does not only have such methods."""
    if not isinstance(operator, OrderedFilter):
        return False
    return operator.concurrency is Concurrency.ORDERED


@runtime_checkable
class Trimmer(Operator, Protocol):
    """An operator that shortens reads and changes nothing else.

    It shares a `BatchView` with the filters, trimmers and observers before and after it. Text is
    copied once, after the last of them.
    """

    def bounds(self, view: BatchView, /) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Finds what to keep of each read, of its bases and qualities alike.

        Returns:
            The first base to keep, and the base after the last to keep, each (num_rows,) and
            counted in the read as the view shows it. If the two are equal, the read becomes
            empty.
        """


@runtime_checkable
class Reshaping(Recognised, Protocol):
    """A function, and its operator, that makes other reads: several of one, or one of a pair.

    An operator that has this method must yield a function from ``open()`` that has it, too, as an
    operator does that yields itself. Unless it is `Merging`, it drops no read.
    """

    def reshape(self, batch: pa.RecordBatch, /) -> tuple[pa.RecordBatch, NDArray[np.int64]]:
        """Makes the new reads of a batch, in the order of the input.

        Returns:
            The new reads; and the row of the batch that each comes from, or begins with,
            ``int64``, (new_rows,), in ascending order.
        """


@runtime_checkable
class Merging(Operator, Reshaping, Protocol):
    """An operator that merges mates to one read. In a merged read ``mate`` is null."""

    @property
    def keeps_pairs(self) -> bool:
        """Whether the other pairs stay in the stream; if not, its reads are single."""


@runtime_checkable
class Repairing(Operator, Protocol):
    """An operator that finds the mates of reads that come in any order.

    If it is the first step, the source does not check the mates. Its function has an attribute
    ``leave``, which the run sets: it takes the reads without a mate.
    """

    def repaired_schema(self, input_schema: pa.Schema, /) -> pa.Schema:
        """The schema of the pairs: that of the reads, with ``mate``."""


@runtime_checkable
class Editor(Operator, Protocol):
    """An operator that changes bases or qualities, and neither rows nor lengths of reads.

    It shares a `BatchView` with the filters, trimmers and observers before and after it. If it has
    the methods of an observer, it observes the view as it was before.
    """

    def edit(self, view: BatchView, /) -> Mapping[str, StringColumn]:
        """Returns the text columns that it changes, (num_rows,), each read as long as it was."""


@runtime_checkable
class Observation(Recognised, Protocol[State]):
    """How a result is computed from the reads of a run, batch by batch.

    Any worker observes batches, and their states are merged in input order. Where batches end
    must not matter: ``merge`` is associative, and observing two batches and merging their states
    equals observing both as one batch. So the result of a run is the same for every number of
    threads and machines.

    States are small and can be pickled. `merge` and `finish` must not change them.
    """

    def empty(self) -> State:
        """The state of no reads."""

    def observe(self, view: BatchView, /) -> State:
        """Returns the state of the reads of a view; called in any worker."""

    def merge(self, one: State, two: State, /) -> State:
        """Merges the states of reads and of the reads that follow them."""

    def finish(self, state: State, /) -> object:
        """Makes the result, ``Report.results[name]``, from the state of all reads."""


@runtime_checkable
class Observer(Operator, Observation[State], Protocol[State]):
    """An operator that passes reads unchanged and has a result for the run.

    A filter or trimmer may also be an observer. It then observes the view after `keep` or
    `bounds`, so it can count what these remember in the view (`BatchView.once`).
    """


@runtime_checkable
class Informed(Observation[State], Protocol[State]):
    """An observation that can save work if it knows what the run has observed so far.

    An example is a sample of a fixed size: once it is full, most reads cannot get into it.
    """

    def observe_informed(self, view: BatchView, so_far: State, /) -> State:
        """Returns a state of the reads of a view; a run calls it instead of `observe`.

        Which reads ``so_far`` is of depends on threads and time, so the result must not: merging
        all states of a run must give the same as if `observe` had been called.

        Args:
            view: The reads.
            so_far: The state of other reads, with which the one returned will be merged.
        """


@runtime_checkable
class Summing(Observer[State], Protocol[State]):
    """An observer whose state is a sum over reads, in any order and of any groups of them.

    Two places of a chain then count reads that did not change between them only once.
    """

    def counts_as(self, other: object, /) -> bool:
        """Whether another observer counts the same in the same reads."""

    def observe_twice(
        self, earlier: Any, before: BatchView, after: BatchView, so_far: tuple[Any, Any, Any], /
    ) -> tuple[State, State, State]:
        """Observes two views of a batch; any worker calls it, instead of `observe` for each.

        Args:
            earlier: The observer of the first view, which this one counts as.
            before: The first view.
            after: The view of this observer. Its rows are some of those of the first, and their
                text may have changed.
            so_far: The states with which each of those returned will be merged: they only save
                work, as in `Informed`.

        Returns:
            The state of what both have in common, that of the rest of the first view, and that of
            the rest of the second.
        """


@runtime_checkable
class FileOperator(Operator, Protocol):
    """An operator that reads files, and lists them, so that a sink cannot overwrite them."""

    @property
    def inputs(self) -> Sequence[object]:
        """The files that it reads: paths, or ``-`` for standard input."""


def files_of(operators: Iterable[Operator]) -> tuple[object, ...]:
    """The files that operators read, as far as they list them."""
    listed = (each.inputs for each in operators if isinstance(each, FileOperator))
    return tuple(chain.from_iterable(listed))


@runtime_checkable
class Counting(Operator, Protocol):
    """An operator that changes batches and also has a result for the run."""

    @property
    def observation(self) -> Observation[Any] | None:
        """Observes the batches that it returns, under its name; ``None`` for no result."""


def ends_early(operator: Operator) -> bool:
    """Whether an operator may end a run before the end of its input, by its ``ends_early``.

    How far the run has read ahead by then depends on threads and memory. So an `Observer` must
    not come before it.
    """
    return bool(getattr(operator, "ends_early", False))


@dataclass(frozen=True)
class Look:
    """How much of the start of its input a learner looks at: up to the first limit reached.

    Both mates of a pair count, and stay together.

    Attributes:
        reads: The most reads.
        bases: The most bases of the column ``sequence``, which the learner must then need;
            ``None`` for any number.
    """

    reads: int = 10_000
    bases: int | None = None

    def __post_init__(self) -> None:
        if self.reads < 1 or (self.bases is not None and self.bases < 1):
            raise ValueError(f"a learner must look at at least one read: {self}")


@runtime_checkable
class Learner(Operator, Protocol):
    """An operator that looks at the first reads before it works.

    A run holds the first batches that reach a learner, lets it learn from them, and passes all
    batches to the operator that it returns. No read is lost, even from a pipe. Which reads it
    looks at depends neither on threads nor on batches. The batches held stay within the memory
    of a stage; if that is too small for the look, the run warns, and the learner gets fewer reads.

    The operator that is learnt is often the same class with its options set, which does not learn
    again.
    """

    @property
    def look(self) -> Look | None:
        """How much of its input it looks at; ``None`` if there is nothing left to learn."""

    def learn(self, batches: Sequence[pa.RecordBatch], /) -> Operator:
        """Learns from the first reads; called once in a run.

        Args:
            batches: The first reads in order: as many as it looks at, or all reads if there are
                fewer. There is at least one batch, which may have no rows.

        Returns:
            The operator that does the work, with the same output schema as the learner. If it has
            ``findings``, short lines about what the first reads showed, the run's end shows them.
        """


def has_to_learn(operator: Operator) -> TypeGuard[Learner]:
    """Whether an operator must look at the first reads before it works."""
    return isinstance(operator, Learner) and operator.look is not None


@runtime_checkable
class Pushdown(Operator, Protocol):
    """An operator that can leave out work for columns that nothing uses.

    Other operators are assumed to read all columns of the input.
    """

    def pushdown(
        self, columns: frozenset[str], input_schema: pa.Schema, /
    ) -> tuple[Operator | None, frozenset[str]]:
        """Finds what to do if only some columns of the output are used.

        Args:
            columns: The columns of the output that later steps use.
            input_schema: The schema that `output_schema` would get, before projection pushdown.

        Returns:
            The operator that makes these columns and drops the same rows, or ``None`` if there is
            nothing to do; and the columns of the input that are needed for that.
        """


@runtime_checkable
class AlsoWriting(Operator, Protocol):
    """An operator that writes columns that it adds into the name or the description, too.

    A run does not warn if a sink leaves them out.
    """

    def also_written(self, input_schema: pa.Schema, /) -> frozenset[str]:
        """The new columns whose values are also in the header."""


@runtime_checkable
class Cacheable(Operator, Protocol):
    """An operator that can stay open between the runs of a process, such as a loaded model."""

    def cached(self) -> BatchFunction:
        """Returns what `open` would yield, opened once for all runs of this process."""


@runtime_checkable
class Widening(Operator, Protocol):
    """An operator whose output can be much larger than its input.

    A run cuts its input so that the output for each batch stays within a share of the memory
    bound; a single row with a larger output passes alone. Mates stay together. So the operator
    must treat each row, or pair, independently.
    """

    def added_bytes(self, batch: pa.RecordBatch, /) -> NDArray[np.int64]:
        """About how many bytes each row adds to the batch: (num_rows,)."""


@runtime_checkable
class SerialFunction(Recognised, Protocol):
    """What a serial operator's ``open()`` may yield: a function that is told when input ends."""

    @property
    def exhausted(self) -> bool:
        """Whether later batches cannot add to the output; the run then ends early."""

    def __call__(self, batch: pa.RecordBatch, /) -> pa.RecordBatch:
        """Transforms one batch; rows may be held back."""

    def flush(self) -> pa.RecordBatch | Iterable[pa.RecordBatch] | None:
        """Returns the rows that were held back, as one batch or several.

        Called once, after the last batch.
        """


def flushed(function: SerialFunction) -> Iterator[pa.RecordBatch]:
    """Yields the rows that a serial operator's function held back."""
    held = function.flush()
    if held is None:
        return
    if hasattr(held, "num_rows"):
        yield held
    else:
        yield from held


@runtime_checkable
class DetailedFunction(Recognised, Protocol):
    """What an operator's ``open()`` may yield: a function that reports details about itself."""

    @property
    def details(self) -> Mapping[str, object]:
        """How the operator was run, as plain objects, for its entry in the statistics."""

    def __call__(self, batch: pa.RecordBatch, /) -> pa.RecordBatch:
        """Transforms one batch."""


@runtime_checkable
class InterruptibleFunction(Recognised, Protocol):
    """What an operator's ``open()`` may yield: a function with long library calls."""

    def interrupt(self) -> bool:
        """Ends current and later calls; may be called from any thread.

        Waits for them a few seconds at most. Called once the run is over, however it ended.

        Returns:
            Whether all calls have ended; the run does not wait for threads that have not.
        """

    def __call__(self, batch: pa.RecordBatch, /) -> pa.RecordBatch:
        """Transforms one batch."""
