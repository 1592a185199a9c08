"""Keeps the first reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from biometal_stream.operators.base import SerialOperator, with_mates
from biometal_stream.settings import argument

if TYPE_CHECKING:
    import pyarrow as pa

    from biometal_stream.interfaces import Operator, SerialFunction


@dataclass(frozen=True)
class Head(SerialOperator):
    """Keeps the first reads, and ends the run when it has them.

    Attributes:
        number: The number of reads to keep; of pairs, if reads are paired.
    """

    ends_early: ClassVar[bool] = True

    number: int = argument(
        "The number of reads to keep, or of pairs if reads are paired.", minimum=0
    )

    def pushdown(
        self, columns: frozenset[str], input_schema: pa.Schema, /
    ) -> tuple[Operator | None, frozenset[str]]:
        """Keeps the same rows; reads the column of mates."""
        return self, with_mates(columns, input_schema)

    def start(self) -> SerialFunction:
        """Makes the function for one run."""
        return _Head(self.number)


class _Head:
    """The state of `Head`: how many more reads to keep."""

    def __init__(self, number: int) -> None:
        self._left = number

    @property
    def exhausted(self) -> bool:
        return self._left == 0

    def __call__(self, batch: pa.RecordBatch, /) -> pa.RecordBatch:
        from biometal_stream.view import BatchView

        starts = BatchView(batch).unit_starts
        number = min(self._left, len(starts))
        self._left -= number
        return batch if number == len(starts) else batch.slice(0, int(starts[number]))

    def flush(self) -> None:
        return None
