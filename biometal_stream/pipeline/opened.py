"""Operators that are open, for batches that another engine hands over."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from biometal_stream.errors import ConfigurationError
from biometal_stream.interfaces import Concurrency, Operator, has_to_learn
from biometal_stream.pipeline.cached import kept_open
from biometal_stream.pipeline.chain import is_member
from biometal_stream.pipeline.steps import open_steps

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from types import TracebackType

    import pyarrow as pa

    from biometal_stream.interfaces import BatchFunction
    from biometal_stream.pipeline.steps import Work


def refuse_serial(operators: Iterable[Operator], engine: str) -> None:
    """Refuses operators that must see all batches in order, where an engine spreads them.

    Raises:
        ConfigurationError: There is one.
    """
    for operator in operators:
        if operator.concurrency is Concurrency.SERIAL:
            raise ConfigurationError(
                f"{operator.name} needs all reads in order, and {engine} spreads them over"
                " workers; leave it out, or run it before in a pipeline of its own"
            )


def refuse_learners(operators: Iterable[Operator], engine: str) -> None:
    """Refuses operators that have to learn, where batches do not come in order.

    Raises:
        ConfigurationError: There is one.
    """
    for operator in operators:
        if has_to_learn(operator):
            raise ConfigurationError(
                f"{operator.name} has to learn from the first reads, and {engine} gives it batches"
                " in any order; give the options that it would learn, or use the operators of"
                " pipeline.learn()"
            )


class OpenOperators:
    """Operators that are open, as one function of batches.

    For engines that hand over batches one at a time. Filters that follow each other share their
    work, and what comes out is checked, as in a pipeline. An operator that can stay open in its
    process, such as a loaded model, is opened once for all objects of this class.

    A context that is left with the operators. Belongs to one thread at a time.

    Args:
        operators: What is done to each batch, in order; none of them serial.

    Raises:
        BiometalError: An operator cannot be opened, such as a model that is missing.
    """

    def __init__(self, operators: Iterable[Operator]) -> None:
        with ExitStack() as stack:
            self._operators = [_opened(operator, stack) for operator in operators]
            self._stack = stack.pop_all()
        self._schema: pa.Schema | None = None
        self._steps: list[Work] = []

    def __call__(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Transforms one batch, of any columns that the operators can work on.

        Raises:
            SchemaError: They cannot work on these.
            DataError: Nor on a value, such as a null sequence.
        """
        if self._schema is None or not self._schema.equals(batch.schema, check_metadata=True):
            self._steps, _ = open_steps(self._operators, batch.schema, 1, self._stack)
            self._schema = batch.schema
        for step in self._steps:
            batch = step(batch, [])
        return batch

    def close(self) -> None:
        """Closes the operators, but for those that stay open in their process."""
        self._stack.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._stack.__exit__(kind, error, traceback)


@dataclass(frozen=True)
class _Opened:
    """An operator that is open, and can be bound to one schema after another."""

    _operator: Operator
    _function: BatchFunction

    @property
    def name(self) -> str:
        return self._operator.name

    @property
    def concurrency(self) -> Concurrency:
        return Concurrency.SHARED  # by the one thread that there is

    def output_schema(self, input_schema: pa.Schema, /) -> pa.Schema:
        return self._operator.output_schema(input_schema)

    @contextmanager
    def open(self) -> Iterator[BatchFunction]:
        yield self._function


def _opened(operator: Operator, stack: ExitStack) -> Operator:
    if is_member(operator):  # called by its method, and never opened
        return operator
    return _Opened(operator, stack.enter_context(kept_open(operator).open()))
