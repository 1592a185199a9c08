"""Operators that stay open between the parts that a process runs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from biometal_stream.interfaces import Cacheable, Concurrency, Filter, Operator, Pushdown
from biometal_stream.pipeline.results import observation_of

if TYPE_CHECKING:
    import pyarrow as pa

    from biometal_stream.interfaces import BatchFunction, Observation


def kept_open(operator: Operator) -> Operator:
    """The operator, opened once for all runs of this process where it can be.

    It can where it is `Cacheable`, and one function serves all workers. A filter is never opened.
    """
    if (
        not isinstance(operator, Cacheable)
        or isinstance(operator, Filter)
        or operator.concurrency is not Concurrency.SHARED
    ):
        return operator
    if isinstance(operator, Pushdown):
        return _CachedPushdown(operator)
    return Cached(operator)


@dataclass(frozen=True)
class Cached:
    """An operator whose `open` neither opens nor closes anything but once."""

    operator: Cacheable

    @property
    def name(self) -> str:
        """As of the operator."""
        return self.operator.name

    @property
    def concurrency(self) -> Concurrency:
        """As of the operator."""
        return self.operator.concurrency

    def output_schema(self, input_schema: pa.Schema, /) -> pa.Schema:
        """As of the operator."""
        return self.operator.output_schema(input_schema)

    @property
    def observation(self) -> Observation[Any] | None:
        """As of the operator."""
        return observation_of(self.operator)

    @contextmanager
    def open(self) -> Iterator[BatchFunction]:
        """Yields what the operator has cached."""
        yield self.operator.cached()


class _CachedPushdown(Cached):
    def pushdown(
        self, columns: frozenset[str], input_schema: pa.Schema, /
    ) -> tuple[Operator | None, frozenset[str]]:
        left, needed = cast("Pushdown", self.operator).pushdown(columns, input_schema)
        return (None if left is None else kept_open(left)), needed
