"""What operators have in common: the parts that their settings imply."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, ClassVar, dataclass_transform

from biometal_stream.interfaces import (
    Concurrency,
    Look,
    SerialFunction,
    flushed,
    has_to_learn,
)
from biometal_stream.joined import Joining
from biometal_stream.settings import argument, check_settings, option

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    from biometal_stream.interfaces import BatchFunction, Operator
    from biometal_stream.view import BatchView


def command_name(class_name: str) -> str:
    """A class's name as it stands on the command line: ``MinLength`` is ``min-length``."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", class_name).lower()


def _to_write(operator: object, method: str) -> str:
    return f"{type(operator).__name__} has no {method}(); write one"


@dataclass_transform(frozen_default=True, field_specifiers=(argument, option))
class NamedOperator(Joining):
    """An operator whose name is its class's and whose fields are its settings.

    Subclasses are frozen dataclasses. Safe to share between threads and to pickle.
    """

    def __post_init__(self) -> None:
        check_settings(self)

    @property
    def name(self) -> str:
        """The class's name as it stands on the command line: ``MinLength`` is ``min-length``."""
        return command_name(type(self).__name__)

    @property
    def concurrency(self) -> Concurrency:
        """How many threads may run what `open` yields; here all that there are."""
        return Concurrency.SHARED

    def output_schema(self, input_schema: pa.Schema, /) -> pa.Schema:
        """The schema of the output; here that of the input."""
        return input_schema


class StatelessOperator(NamedOperator):
    """An operator that is itself the function called with each batch."""

    def __call__(self, batch: pa.RecordBatch, /) -> pa.RecordBatch:
        """Transforms one batch."""
        raise NotImplementedError(_to_write(self, "__call__"))

    @contextmanager
    def open(self) -> Iterator[BatchFunction]:
        """Yields the operator."""
        yield self


class ReadFilter(StatelessOperator):
    """A filter: a subclass tells which columns of text it reads, and which rows it keeps.

    Other columns may not be there in a run, where nobody takes them: a filter that reads what is
    no text tells it in `columns_read`.

    Of a pair, rows that a ``mate`` column numbers 1 and 2, both stay or both go: they stay when
    both are kept.
    """

    needs: ClassVar[tuple[str, ...]] = ()

    def output_schema(self, input_schema: pa.Schema, /) -> pa.Schema:
        """The schema of the input, which must have the columns of text that are needed."""
        from biometal_stream.schemas import require_text

        require_text(input_schema, self.needs, self.name)
        return input_schema

    def columns_read(self, input_schema: pa.Schema, /) -> frozenset[str]:
        """Tells which columns of the input `keep` reads: here those that are needed.

        Of a subclass that names none, or that checks the schema by itself, all are taken to be.
        """
        checks_itself = type(self).output_schema is not ReadFilter.output_schema
        return frozenset(input_schema.names if checks_itself else self.needs or input_schema.names)

    def pushdown(
        self, columns: frozenset[str], input_schema: pa.Schema, /
    ) -> tuple[Operator | None, frozenset[str]]:
        """Keeps the same rows, for which it reads its columns, and who are mates."""
        return self, with_mates(columns | self.columns_read(input_schema), input_schema)

    @property
    def drops(self) -> str:
        """Why a read is dropped, in words, such as ``shorter than 50 bases``; empty by default."""
        return ""

    def keep(self, view: BatchView, /) -> NDArray[np.bool_]:
        """Tells for each row, (num_rows,), whether it stays."""
        raise NotImplementedError(_to_write(self, "keep"))

    def __call__(self, batch: pa.RecordBatch, /) -> pa.RecordBatch:
        """Copies the rows to keep; a learner learns from the batch, as from a whole stream."""
        from biometal_stream.view import BatchView

        self.output_schema(batch.schema)
        if has_to_learn(self):
            return taught_by(self, batch)
        view = BatchView(batch)
        return view.keep(view.unite_mates(self.keep(view))).to_batch()


class ReadTrimmer(StatelessOperator):
    """A trimmer: a subclass says which columns of text it reads, and what of each read stays.

    Bases, qualities and lists of scores are cut alike, each mate of a pair by itself. No read is
    dropped: one of which nothing stays is empty, and `MinLength` drops it. Columns that hold what
    was found in the whole reads, such as ``length``, are refused, since they would be wrong.
    """

    needs: ClassVar[tuple[str, ...]] = ()

    def output_schema(self, input_schema: pa.Schema, /) -> pa.Schema:
        """The schema of the input.

        Raises:
            SchemaError: A column of text that is needed is missing, or a column describes
                the whole reads.
        """
        from biometal_stream.schemas import require_text
        from biometal_stream.schemas.cutting import require_fresh

        require_text(input_schema, self.needs, self.name)
        require_fresh(input_schema, self.name)
        return input_schema

    def columns_read(self, _input_schema: pa.Schema, /) -> frozenset[str]:
        """Lists the columns of the input that `bounds` reads: here those that are needed."""
        return frozenset(self.needs)

    def pushdown(
        self, columns: frozenset[str], input_schema: pa.Schema, /
    ) -> tuple[Operator | None, frozenset[str]]:
        """Nothing is left to do where nothing that is cut is taken."""
        from biometal_stream.schemas.cutting import per_base

        if columns.isdisjoint(per_base(input_schema)):
            return None, columns
        return self, columns | self.columns_read(input_schema)

    def bounds(self, view: BatchView, /) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Finds the first base of each read that stays, and the base after the last."""
        raise NotImplementedError(_to_write(self, "bounds"))

    def __call__(self, batch: pa.RecordBatch, /) -> pa.RecordBatch:
        """Copies what stays of each read; a learner learns from the batch, as of a filter."""
        from biometal_stream.view import BatchView, two_bounds

        self.output_schema(batch.schema)
        if has_to_learn(self):
            return taught_by(self, batch)
        view = BatchView(batch)
        cut: pa.RecordBatch = view.cut(*two_bounds(self.bounds(view))).to_batch()
        return cut


class ReadObserver(StatelessOperator):
    """An observer: a subclass says what it finds in a batch, and how findings are merged.

    It has the methods of `biometal_stream.interfaces.Observer`. As a function of a batch it returns
    the batch as it is.

    Attributes:
        needs: The columns of text that it reads. One that names none is given all columns.
    """

    needs: ClassVar[tuple[str, ...]] = ()

    def output_schema(self, input_schema: pa.Schema, /) -> pa.Schema:
        """The schema of the input, which must have the columns of text that are needed."""
        from biometal_stream.schemas import require_text

        require_text(input_schema, self.needs, self.name)
        return input_schema

    def columns_read(self, input_schema: pa.Schema, /) -> frozenset[str]:
        """The columns of the input that `observe` reads: here those that are needed."""
        return frozenset(self.needs or input_schema.names)

    def pushdown(
        self, columns: frozenset[str], input_schema: pa.Schema, /
    ) -> tuple[Operator | None, frozenset[str]]:
        """Observes the same, for which it reads its columns, and who are mates."""
        return self, with_mates(columns | self.columns_read(input_schema), input_schema)

    def empty(self) -> Any:
        """Makes the state of no reads."""
        raise NotImplementedError(_to_write(self, "empty"))

    def observe(self, view: BatchView, /) -> Any:
        """Makes the state of the reads of a view, in any worker."""
        raise NotImplementedError(_to_write(self, "observe"))

    def merge(self, one: Any, two: Any, /) -> Any:
        """Merges the states of reads and of those that follow them."""
        raise NotImplementedError(_to_write(self, "merge"))

    def finish(self, state: Any, /) -> object:
        """Makes the result of the state of all reads."""
        raise NotImplementedError(_to_write(self, "finish"))

    def __call__(self, batch: pa.RecordBatch, /) -> pa.RecordBatch:
        """Returns the batch."""
        self.output_schema(batch.schema)
        return batch


class ReadLearner(StatelessOperator):
    """An operator that looks at the first reads, and is then another: a subclass says which.

    A class that is itself what is learnt, once an option of it is set, needs no more than the
    methods `look` and `learn` beside its own: see `biometal_stream.interfaces.Learner`.
    """

    look: ClassVar[Look | None] = Look()

    def learn(self, batches: Sequence[pa.RecordBatch], /) -> Operator:
        """Learns from the first reads; there is at least one batch, which may have no rows."""
        raise NotImplementedError(_to_write(self, "learn"))

    def __call__(self, batch: pa.RecordBatch, /) -> pa.RecordBatch:
        """Learns from a batch that is a whole stream, and transforms it."""
        return taught_by(self, batch)


def taught_by(learner: Operator, batch: pa.RecordBatch) -> pa.RecordBatch:
    """Calls what a learner learns from a batch that is a whole stream, with that batch."""
    from biometal_stream.first_reads import taught

    with taught(learner, batch).open() as function:
        if isinstance(function, SerialFunction):
            return transform_whole(function, batch)
        return function(batch)


def with_mates(columns: frozenset[str], schema: pa.Schema) -> frozenset[str]:
    """Adds the column that tells mates, where there is one."""
    return columns | {"mate"} if "mate" in schema.names else columns


class SerialOperator(NamedOperator):
    """An operator that sees the whole stream in order, and what it yields remembers of it."""

    @property
    def concurrency(self) -> Concurrency:
        """One function sees all batches in input order."""
        return Concurrency.SERIAL

    def start(self) -> SerialFunction:
        """Makes the function of one run."""
        raise NotImplementedError(_to_write(self, "start"))

    @contextmanager
    def open(self) -> Iterator[SerialFunction]:
        """Yields the function of one run."""
        yield self.start()

    def __call__(self, batch: pa.RecordBatch, /) -> pa.RecordBatch:
        """Transforms a batch that is a whole stream."""
        self.output_schema(batch.schema)
        return transform_whole(self.start(), batch)


def transform_whole(function: SerialFunction, batch: pa.RecordBatch) -> pa.RecordBatch:
    """Calls the function of a serial operator with a batch that is a whole stream."""
    import pyarrow as pa

    batches = [function(batch), *flushed(function)]
    return pa.concat_batches([each for each in batches if each.num_rows] or batches[:1])
