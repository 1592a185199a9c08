"""Open operators, for batches that another engine hands over."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from biometal_stream.errors import ConfigurationError
from biometal_stream.interfaces import Concurrency, Operator, has_to_learn, needs_order
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
    """Refuses operators that must see all batches in order, for an engine that spreads batches.

    Raises:
        ConfigurationError: An operator is serial or ordered.
    """
    for operator in operators:
        if needs_order(operator):
            raise ConfigurationError(
                f"{operator.name} needs all reads in order, and {engine} spreads them over"
                " workers; leave it out, or run it first in a separate pipeline"
            )


def refuse_learners(operators: Iterable[Operator], engine: str) -> None:
    """Refuses operators that have to learn, for an engine that gives batches in any order.

    Raises:
        ConfigurationError: An operator is a learner.
    """
    for operator in operators:
        if has_to_learn(operator):
            raise ConfigurationError(
                f"{operator.name} has to learn from the first reads, and {engine} gives it batches"
                " in any order; give the options that it would learn, or use the operators of"
                " pipeline.learn()"
            )


class OpenOperators:
    """Open operators, as one function on batches.

    For engines that hand over one batch at a time. As in a pipeline, consecutive filters share
    their work, and the output is checked. An operator that can stay open in its process, such as
    a loaded model, is opened once for all objects of this class.

    A context manager that closes the operators. Use it from one thread at a time.

    Args:
        operators: What to do to each batch, in order; none of them serial.

    Raises:
        BiometalError: An operator cannot be opened, for example because a model is missing.
    """

    def __init__(self, operators: Iterable[Operator]) -> None:
        with ExitStack() as stack:
            self._operators = [_opened(operator, stack) for operator in operators]
            self._stack = stack.pop_all()
        self._schema: pa.Schema | None = None
        self._steps: list[Work] = []

    def __call__(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Transforms one batch, of any schema that the operators support.

        Raises:
            SchemaError: The operators do not support this schema.
            DataError: They do not support a value, such as a null sequence.
        """
        if self._schema is None or not self._schema.equals(batch.schema, check_metadata=True):
            self._steps, _ = open_steps(self._operators, batch.schema, 1, self._stack)
            self._schema = batch.schema
        for step in self._steps:
            batch = step(batch, [])
        return batch

    def close(self) -> None:
        """Closes the operators, except those that stay open in their process."""
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
    """An open operator, which can be bound to one schema after another."""

    _operator: Operator
    _function: BatchFunction

    @property
    def name(self) -> str:
        return self._operator.name

    @property
    def concurrency(self) -> Concurrency:
        return Concurrency.SHARED  # called by one thread

    def output_schema(self, input_schema: pa.Schema, /) -> pa.Schema:
        return self._operator.output_schema(input_schema)

    @contextmanager
    def open(self) -> Iterator[BatchFunction]:
        yield self._function


def _opened(operator: Operator, stack: ExitStack) -> Operator:
    if is_member(operator):  # its method is called; it is never opened
        return operator
    return _Opened(operator, stack.enter_context(kept_open(operator).open()))
