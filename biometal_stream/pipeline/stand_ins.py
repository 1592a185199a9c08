"""Stand-ins for operators that are not known yet, or that are opened for two uses."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from itertools import cycle
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

from biometal_stream.errors import ConfigurationError
from biometal_stream.interfaces import (
    Concurrency,
    DetailedFunction,
    Filter,
    InterruptibleFunction,
    Learner,
    Observer,
    Operator,
    Reshaping,
    SerialFunction,
    Trimmer,
    needs_order,
)
from biometal_stream.interfaces.recognition import missing_methods
from biometal_stream.pipeline.chain import is_member

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    from biometal_stream.interfaces import BatchFunction

_METHODS: Mapping[type, tuple[str, ...]] = {
    Filter: ("keep",),
    Trimmer: ("bounds",),
    Observer: ("empty", "observe", "merge", "finish"),
    Reshaping: ("reshape",),
}
"""The methods that a run calls on an operator without opening it."""


class StandIn:
    """Takes a learner's place in a stage, and later calls the operator that was learnt.

    It has the methods that the learner has of a filter, a trimmer, an observer, or an operator
    that makes other reads. So the operator that is learnt must have them, too. Made by `stand_in`.
    `become` is called once, before any use.

    Args:
        learner: The learner.

    Attributes:
        operator: The operator that was learnt; before that, the learner.
    """

    def __init__(self, learner: Learner) -> None:
        self.operator: Operator = learner
        self.name = learner.name
        self.concurrency = learner.concurrency
        self._function = _late_function(learner)

    def output_schema(self, input_schema: pa.Schema, /) -> pa.Schema:
        """The learner's output schema."""
        return self.operator.output_schema(input_schema)

    @contextmanager
    def open(self) -> Iterator[BatchFunction]:
        """Yields a function that `become` fills in."""
        yield self._function

    def become(self, operator: Operator, workers: int, stack: ExitStack) -> None:
        """Sets the operator that was learnt, and opens it if needed.

        Args:
            operator: The operator that was learnt.
            workers: How many threads will call it.
            stack: Closes contexts at the end of the run.

        Raises:
            ConfigurationError: It lacks a method that the learner has.
        """
        kinds = _kinds(self.operator)
        missing = [name for kind in kinds for name in missing_methods(type(operator), kind)]
        if missing:
            raise ConfigurationError(
                f"{self.name}: the operator that it learnt, {operator.name}, must have the method"
                f" {missing[0]}(), as the learner has"
            )
        self.operator = operator
        if is_member(self) and not _is_serial(self):
            return
        alone = operator.concurrency is Concurrency.PER_WORKER
        for _ in range(workers if alone else 1):
            self._function.add(stack.enter_context(operator.open()))


def stand_in(learner: Learner) -> StandIn:
    """Makes the stand-in for a learner."""
    names = [name for kind in _kinds(learner) for name in _METHODS[kind]]
    kind = type("StandIn", (StandIn,), {name: _handing_on(name) for name in names})
    made: StandIn = kind(learner)
    return made


def _kinds(operator: Operator) -> list[type]:
    return [kind for kind in _METHODS if isinstance(operator, kind)]


def _handing_on(name: str) -> Callable[..., Any]:
    def method(self: StandIn, *arguments: Any) -> Any:
        return getattr(self.operator, name)(*arguments)

    return method


def _is_serial(operator: Operator) -> bool:
    return needs_order(operator)


class LateFunction:
    """Calls functions that are added later. Safe to share between threads.

    A single function serves all callers. If there are several, each serves one caller at a time.
    """

    def __init__(self) -> None:
        self._functions: list[BatchFunction] = []
        self._free: SimpleQueue[BatchFunction] = SimpleQueue()

    def add(self, function: BatchFunction) -> None:
        """Adds a function, before the first call."""
        self._functions.append(function)
        self._free.put(function)

    def __call__(self, batch: pa.RecordBatch, /) -> pa.RecordBatch:
        """Transforms one batch."""
        with self._lent() as function:
            return function(batch)

    @contextmanager
    def _lent(self) -> Iterator[Any]:
        if len(self._functions) == 1:
            yield self._functions[0]
            return
        function = self._free.get()  # never waits: there are as many functions as workers
        try:
            yield function
        finally:
            self._free.put(function)

    @property
    def details(self) -> Mapping[str, object]:
        """The details of the first function."""
        first = self._functions[0] if self._functions else None
        return first.details if isinstance(first, DetailedFunction) else {}

    def interrupt(self) -> bool:
        """Interrupts the functions that support it; returns whether none is running any more."""
        functions = (each for each in self._functions if isinstance(each, InterruptibleFunction))
        ended = [function.interrupt() for function in functions]  # a list, to interrupt all
        return all(ended)


class LateReshaping(LateFunction):
    """A late function that says which row each new read comes from."""

    def reshape(self, batch: pa.RecordBatch, /) -> tuple[pa.RecordBatch, NDArray[np.int64]]:
        """Makes the new reads of a batch; see `biometal_stream.interfaces.Reshaping`."""
        with self._lent() as function:
            reshaped: tuple[pa.RecordBatch, NDArray[np.int64]] = function.reshape(batch)
            return reshaped


class LateSerialFunction(LateFunction):
    """A late function that sees all batches in order."""

    @property
    def exhausted(self) -> bool:
        """Whether the function has enough."""
        first = self._functions[0] if self._functions else None
        return isinstance(first, SerialFunction) and first.exhausted

    def flush(self) -> Any:
        """Returns what the function held back."""
        first = self._functions[0] if self._functions else None
        return first.flush() if isinstance(first, SerialFunction) else None


def _late_function(learner: Learner) -> LateFunction:
    if _is_serial(learner):
        return LateSerialFunction()
    return LateReshaping() if isinstance(learner, Reshaping) else LateFunction()


class OpenedOnce:
    """An operator that is opened once, and whose functions serve every use in turn.

    Args:
        operator: An operator that has to be opened.
        workers: How many threads will call it.
        stack: Closes contexts at the end of the run.

    Attributes:
        operator: The operator.
    """

    def __init__(self, operator: Operator, workers: int, stack: ExitStack) -> None:
        self.operator = operator
        self.name = operator.name
        self.concurrency = operator.concurrency
        alone = operator.concurrency is Concurrency.PER_WORKER
        opened = [stack.enter_context(operator.open()) for _ in range(workers if alone else 1)]
        self._functions = cycle(opened)

    def output_schema(self, input_schema: pa.Schema, /) -> pa.Schema:
        """The operator's output schema."""
        return self.operator.output_schema(input_schema)

    @contextmanager
    def open(self) -> Iterator[BatchFunction]:
        """Yields a function that is already open."""
        yield next(self._functions)
