"""Operators that stay open between the partitions that a process runs."""

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
    """Opens an operator once for all runs of this process, if it allows that.

    It does if it is `Cacheable` and one function serves all workers. Filters are not opened.
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
    """An operator that is opened at the first `open` and stays open."""

    operator: Cacheable

    @property
    def name(self) -> str:
        """The operator's name."""
        return self.operator.name

    @property
    def concurrency(self) -> Concurrency:
        """The operator's concurrency."""
        return self.operator.concurrency

    def output_schema(self, input_schema: pa.Schema, /) -> pa.Schema:
        """The operator's output schema."""
        return self.operator.output_schema(input_schema)

    @property
    def observation(self) -> Observation[Any] | None:
        """The operator's observation."""
        return observation_of(self.operator)

    @contextmanager
    def open(self) -> Iterator[BatchFunction]:
        """Yields the cached function."""
        yield self.operator.cached()


class _CachedPushdown(Cached):
    def pushdown(
        self, columns: frozenset[str], input_schema: pa.Schema, /
    ) -> tuple[Operator | None, frozenset[str]]:
        left, needed = cast("Pushdown", self.operator).pushdown(columns, input_schema)
        return (None if left is None else kept_open(left)), needed
