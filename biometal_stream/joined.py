"""Joins consecutive operators into one: ``MinLength(50) | Measure()``."""

from __future__ import annotations

import dataclasses
import os
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from biometal_stream.interfaces import (
    Concurrency,
    Operator,
    SerialFunction,
    flushed,
    needs_order,
)
from biometal_stream.settings import as_python

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import pyarrow as pa

    from biometal_stream.interfaces import BatchFunction

    Joinable: TypeAlias = Operator | type[Operator]


class Joining:
    """Lets an operator be joined to others: ``one | other``."""

    def __or__(self, other: Joinable) -> Joined:
        """Joins two operators; a class stands for ``other()``.

        Raises:
            TypeError: The other is not an operator.
        """
        return Joined(operators_of(self, other))

    def __ror__(self, other: object) -> Joined:
        """Joins an operator of another class hierarchy and this one."""
        if not isinstance(other, Operator):
            return NotImplemented
        return Joined(operators_of(other, self))


@dataclass(frozen=True, repr=False)
class Joined(Joining):
    """Consecutive operators, usable wherever an operator is.

    A pipeline takes them one by one, so that filters share their work and each is listed in the
    report.

    Attributes:
        operators: The operators, in order; none of them is joined itself.
    """

    operators: tuple[Operator, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "operators", operators_of(*self.operators))

    def __repr__(self) -> str:
        return " | ".join(map(as_python, self.operators))

    def __iter__(self) -> Iterator[Operator]:
        return iter(self.operators)

    @property
    def name(self) -> str:
        """The names of the operators."""
        return " | ".join(operator.name for operator in self.operators)

    @property
    def concurrency(self) -> Concurrency:
        """The concurrency of the operator that allows the fewest threads."""
        if any(map(needs_order, self.operators)):
            return Concurrency.SERIAL
        alone = Concurrency.PER_WORKER
        found = {operator.concurrency for operator in self.operators}
        return alone if alone in found else Concurrency.SHARED

    def output_schema(self, input_schema: pa.Schema, /) -> pa.Schema:
        """The schema after the last operator.

        Raises:
            SchemaError: An operator cannot use the output of the one before it.
        """
        for operator in self.operators:
            input_schema = operator.output_schema(input_schema)
        return input_schema

    @contextmanager
    def open(self) -> Iterator[BatchFunction]:
        """Yields a function that calls each opened operator in turn."""
        with ExitStack() as stack:
            functions = [stack.enter_context(operator.open()) for operator in self.operators]
            serial = self.concurrency is Concurrency.SERIAL
            yield _Serial(functions) if serial else _InTurn(functions)

    def __call__(self, batch: pa.RecordBatch, /) -> pa.RecordBatch:
        """Transforms a batch, which serial operators treat as a whole stream."""
        for operator in self.operators:
            batch = _call(operator, batch)
        return batch


def _call(operator: Operator, batch: pa.RecordBatch) -> pa.RecordBatch:
    if callable(operator):
        return operator(batch)
    operator.output_schema(batch.schema)
    with operator.open() as function:
        if isinstance(function, SerialFunction):
            import pyarrow as pa

            results = [function(batch), *flushed(function)]
            return pa.concat_batches([each for each in results if each.num_rows] or results[:1])
        return function(batch)


class _InTurn:
    def __init__(self, functions: Sequence[BatchFunction]) -> None:
        self._functions = functions

    def __call__(self, batch: pa.RecordBatch, /) -> pa.RecordBatch:
        for function in self._functions:
            batch = function(batch)
        return batch


class _Serial(_InTurn):
    """Ends when one of the functions ends."""

    @property
    def exhausted(self) -> bool:
        return any(getattr(function, "exhausted", False) for function in self._functions)

    def flush(self) -> Iterator[pa.RecordBatch]:
        for place, function in enumerate(self._functions, 1):
            if isinstance(function, SerialFunction):
                yield from map(_InTurn(self._functions[place:]), flushed(function))


def operators_of(*joinable: object) -> tuple[Operator, ...]:
    """The operators in a list of operators, joined operators and classes of operators.

    Raises:
        TypeError: An item is not an operator, or is a class that needs settings.
    """
    found: list[Operator] = []
    for each in joinable:
        if isinstance(each, Joined):
            found += each.operators
        else:
            found.append(_operator_of(each))
    return tuple(found)


def _operator_of(found: object) -> Operator:
    if isinstance(found, type) and hasattr(found, "output_schema"):
        missing = _required(found)
        if missing:
            raise TypeError(
                f"{found.__name__} is a class that needs {' and '.join(missing)}; write"
                f" {found.__name__}({', '.join(f'{name}=...' for name in missing)})"
            )
        found = found()
    if isinstance(found, Operator):
        return found
    if isinstance(found, str | os.PathLike):
        advice = (
            "; to write a file, call its write_parquet, write_arrow, write_fastq or write_fasta"
        )
    elif hasattr(found, "with_options"):
        advice = "; the pipeline comes first: reads | MinLength(50)"
    elif callable(found):
        advice = "; for a function of your own, make a subclass of StatelessOperator that calls it"
    else:
        advice = ""
    raise TypeError(f"a pipeline takes operators, such as MinLength(50), not {found!r}{advice}")


def _required(kind: type) -> list[str]:
    if not dataclasses.is_dataclass(kind):
        return []
    missing = dataclasses.MISSING
    fields: Iterable[dataclasses.Field[object]] = dataclasses.fields(kind)
    return [f.name for f in fields if f.init and f.default is f.default_factory is missing]
