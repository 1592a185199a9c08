"""Operators for engines that call one function from several of their threads."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from biometal_stream.pipeline.opened import OpenOperators, refuse_learners, refuse_serial

if TYPE_CHECKING:
    import pyarrow as pa

    from biometal_stream.interfaces import Operator


class LentOperators:
    """Operators as one function of batches, to be called by any number of threads.

    Each call borrows operators that are open, or opens them where all are in use. They are let
    go of with this object. Pickled as its operators are.

    Args:
        operators: What is done to each batch, in order.
        engine: Who calls them, for messages.

    Raises:
        ConfigurationError: One needs all reads in order.
    """

    def __init__(self, operators: tuple[Operator, ...], engine: str) -> None:
        refuse_serial(operators, engine)
        refuse_learners(operators, engine)
        self._operators = operators
        self._engine = engine
        self._free: deque[OpenOperators] = deque()  # which is safe to share between threads

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
