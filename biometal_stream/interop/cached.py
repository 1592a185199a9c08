"""Operators for engines that call one function from several threads."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from biometal_stream.pipeline.opened import OpenOperators, refuse_learners, refuse_serial

if TYPE_CHECKING:
    import pyarrow as pa

    from biometal_stream.interfaces import Operator


class LentOperators:
    """Operators as one function of batches, which any number of threads may call.

    Each call takes operators that are already open, or opens new ones if all are in use. They are
    closed with this object. A pickle contains only the operators.

    Args:
        operators: The operators to run on each batch, in order.
        engine: The engine's name, for messages.

    Raises:
        ConfigurationError: An operator needs all reads in order.
    """

    def __init__(self, operators: tuple[Operator, ...], engine: str) -> None:
        refuse_serial(operators, engine)
        refuse_learners(operators, engine)
        self._operators = operators
        self._engine = engine
        self._free: deque[OpenOperators] = deque()  # thread-safe

    def __reduce__(self) -> tuple[type[LentOperators], tuple[tuple[Operator, ...], str]]:
        return type(self), (self._operators, self._engine)

    def __call__(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Transforms one batch; errors as for `OpenOperators`."""
        try:
            operators = self._free.pop()
        except IndexError:
            operators = OpenOperators(self._operators)
        try:
            return operators(batch)
        finally:
            self._free.append(operators)
