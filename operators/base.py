"""Base classes of operators, which derive what they can from an operator's settings."""

from __future__ import annotations

import re
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, dataclass_transform

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
    from collections.abc import Callable, Iterator, Mapping, Sequence

    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    from biometal_stream.columns import StringColumn
    from biometal_stream.interfaces import BatchFunction, Operator
    from biometal_stream.view import BatchView

_Learnt = TypeVar("_Learnt")


@cache
def command_name(class_name: str) -> str:
    """The name of a class on the command line: ``MinLength`` is ``min-length``."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", class_name).lower()


def _to_write(operator: object, method: str) -> str:
    return f"{type(operator).__name__} has no {method}(); write one"


@dataclass_transform(frozen_default=True, field_specifiers=(argument, option))
class NamedOperator(Joining):
    """An operator that is named after its class and has its settings as fields.

    Subclasses are frozen dataclasses. Safe to share between threads and to pickle.
    """

    columns_named_like_steps: ClassVar[tuple[str, ...]] = ()
    """The columns that it adds whose names are steps, too: lists after it may have them."""

    def __post_init__(self) -> None:
        check_settings(self)

    @property
    def name(self) -> str:
        """The name of the class on the command line: ``MinLength`` is ``min-length``."""
        return command_name(type(self).__name__)

    @property
    def concurrency(self) -> Concurrency:
        """How many threads may run what `open` yields; all by default."""
        return Concurrency.SHARED

    @property
    def compares_mates(self) -> bool:
        """Whether it needs whole pairs, so that no filter may break them before."""
        return False

    @property
    def before_merging(self) -> bool:
        """Whether it cannot work on a stream with merged reads and pairs."""
        return False

    def output_schema(self, input_schema: pa.Schema, /) -> pa.Schema:
        """The schema of the output; by default that of the input."""
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


class ReadingOperator(StatelessOperator):
    """An operator that says in ``needs`` which string columns it reads."""

    needs: ClassVar[tuple[str, ...]] = ()

    def output_schema(self, input_schema: pa.Schema, /) -> pa.Schema:
        """The schema of the input, which must have the string columns that are needed."""
        from biometal_stream.schemas import require_text

        require_text(input_schema, self.needs, self.name)
        return input_schema

    def columns_read(self, _input_schema: pa.Schema, /) -> frozenset[str]:
        """The columns of the input that it reads: by default those in ``needs``."""
        return frozenset(self.needs)


class ReadFilter(ReadingOperator):
    """A filter. A subclass says which string columns it reads, and which rows it keeps.

    Other columns may be missing in a run if nothing uses them. A filter that reads columns of
    other types lists them in `columns_read`.

    Both mates of a pair, rows with 1 and 2 in the ``mate`` column, are kept if both pass, and
    dropped otherwise.
    """

    def columns_read(self, input_schema: pa.Schema, /) -> frozenset[str]:
        """Returns the columns of the input that `keep` reads: by default those in ``needs``.

        If a subclass names none, or checks the schema itself, these are all columns.
        """
        checks_itself = type(self).output_schema is not ReadFilter.output_schema
        return frozenset(input_schema.names if checks_itself else self.needs or input_schema.names)

    def pushdown(
        self, columns: frozenset[str], input_schema: pa.Schema, /
    ) -> tuple[Operator | None, frozenset[str]]:
        """Keeps the same rows; reads its columns, and the column of mates."""
        return self, with_mates(columns | self.columns_read(input_schema), input_schema)

    @property
    def drops(self) -> str:
        """Why a read is dropped, in words, such as ``shorter than 50 bases``; empty by default."""
        return ""

    def keep(self, view: BatchView, /) -> NDArray[np.bool_]:
        """Returns which rows to keep, (num_rows,)."""
        raise NotImplementedError(_to_write(self, "keep"))

    def __call__(self, batch: pa.RecordBatch, /) -> pa.RecordBatch:
        """Copies the rows to keep. A learner learns from the batch as if it were a whole stream."""
        from biometal_stream.view import BatchView

        self.output_schema(batch.schema)
        if has_to_learn(self):
            return taught_by(self, batch)
        view = BatchView(batch)
        return view.keep(view.unite_mates(self.keep(view))).to_batch()


class OrderedReadFilter(ReadFilter):
    """A filter whose decision about a read depends on the reads before it.

    A subclass has `prepare` and `start` instead of `keep`: see
    `biometal_stream.interfaces.OrderedFilter`. Both mates of a pair are kept or dropped together.
    """

    @property
    def concurrency(self) -> Concurrency:
        """Workers share the batches, and decide in input order."""
        return Concurrency.ORDERED

    def prepare(self, view: BatchView, /) -> Any:
        """Returns what the decision needs of a view."""
        raise NotImplementedError(_to_write(self, "prepare"))

    def start(self) -> Callable[[Any], NDArray[np.bool_]]:
        """Makes the function that decides, for one run."""
        raise NotImplementedError(_to_write(self, "start"))

    def keep(self, view: BatchView, /) -> NDArray[np.bool_]:
        """Decides about a view that is the whole stream; (num_rows,)."""
        return self.start()(self.prepare(view))

    @contextmanager
    def open(self) -> Iterator[BatchFunction]:
        """Yields a function that takes all batches in order."""
        yield _InOrder(self)


class _InOrder:
    """An ordered filter as a function of batches in order."""

    exhausted = False

    def __init__(self, operator: OrderedReadFilter) -> None:
        self._operator = operator
        self._decide = operator.start()

    def __call__(self, batch: pa.RecordBatch, /) -> pa.RecordBatch:
        from biometal_stream.view import BatchView

        self._operator.output_schema(batch.schema)
        view = BatchView(batch)
        keep = self._decide(self._operator.prepare(view))
        return view.keep(view.unite_mates(keep)).to_batch()

    def flush(self) -> None:
        return None


class ReadTrimmer(ReadingOperator):
    """A trimmer. A subclass says which string columns it reads, and what to keep of each read.

    Bases, qualities and lists of scores are cut alike, and mates separately. Reads are not
    dropped: a read may become empty, and `MinLength` drops it. Columns that describe whole reads,
    such as ``length``, are refused, because they would be wrong.
    """

    def output_schema(self, input_schema: pa.Schema, /) -> pa.Schema:
        """The schema of the input.

        Raises:
            SchemaError: A string column that is needed is missing, or a column describes the
                whole reads.
        """
        from biometal_stream.schemas.cutting import require_fresh

        require_fresh(super().output_schema(input_schema), self.name)
        return input_schema

    def pushdown(
        self, columns: frozenset[str], input_schema: pa.Schema, /
    ) -> tuple[Operator | None, frozenset[str]]:
        """Does nothing if no column that is cut is used."""
        from biometal_stream.schemas.cutting import per_base

        if columns.isdisjoint(per_base(input_schema)):
            return None, columns
        return self, columns | self.columns_read(input_schema)

    def bounds(self, view: BatchView, /) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Finds the first base of each read to keep, and the base after the last."""
        raise NotImplementedError(_to_write(self, "bounds"))

    def __call__(self, batch: pa.RecordBatch, /) -> pa.RecordBatch:
        """Copies what is kept of each read. A learner learns from the batch, as for a filter."""
        from biometal_stream.view import BatchView, two_bounds

        self.output_schema(batch.schema)
        if has_to_learn(self):
            return taught_by(self, batch)
        view = BatchView(batch)
        cut: pa.RecordBatch = view.cut(*two_bounds(self.bounds(view))).to_batch()
        return cut


class ReadEditor(ReadingOperator):
    """An editor. A subclass says which string columns it reads, and what it changes in them.

    Rows stay, and so do the lengths of reads. It shares a view with the filters, trimmers and
    observers before and after it.

    Attributes:
        needs: The string columns that it reads.
        changes: Those that it changes; it is left out of a run that uses none of them.
    """

    changes: ClassVar[tuple[str, ...]] = ("sequence",)

    def pushdown(
        self, columns: frozenset[str], input_schema: pa.Schema, /
    ) -> tuple[Operator | None, frozenset[str]]:
        """Does nothing if no column that it changes is used."""
        if columns.isdisjoint(self.changes):
            return None, columns
        return self, columns | self.columns_read(input_schema)

    def edit(self, view: BatchView, /) -> Mapping[str, StringColumn]:
        """Returns the columns that it changes, each read as long as it was."""
        raise NotImplementedError(_to_write(self, "edit"))

    def __call__(self, batch: pa.RecordBatch, /) -> pa.RecordBatch:
        """Copies the batch, with what is changed."""
        from biometal_stream.view import BatchView

        self.output_schema(batch.schema)
        view = BatchView(batch)
        edited: pa.RecordBatch = view.edited(self.edit(view)).to_batch()
        return edited


class ReadObserver(ReadingOperator):
    """An observer. A subclass says what it finds in a batch, and how to merge what was found.

    It has the methods of `biometal_stream.interfaces.Observer`. As a function on a batch it
    returns the batch unchanged. If ``needs`` is empty, it gets all columns.
    """

    def columns_read(self, input_schema: pa.Schema, /) -> frozenset[str]:
        """The columns of the input that `observe` reads: by default those in ``needs``."""
        return frozenset(self.needs or input_schema.names)

    def pushdown(
        self, columns: frozenset[str], input_schema: pa.Schema, /
    ) -> tuple[Operator | None, frozenset[str]]:
        """Observes the same; reads its columns, and the column of mates."""
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
        """Returns the batch unchanged."""
        self.output_schema(batch.schema)
        return batch


class ReadLearner(StatelessOperator):
    """An operator that looks at the first reads and returns the operator for all reads.

    If a class only has an option to learn, and is the operator that is learnt once that option is
    set, it only needs to add the methods `look` and `learn`: see
    `biometal_stream.interfaces.Learner`.
    """

    look: ClassVar[Look | None] = Look()

    def learn(self, batches: Sequence[pa.RecordBatch], /) -> Operator:
        """Learns from the first reads; there is at least one batch, which may have no rows."""
        raise NotImplementedError(_to_write(self, "learn"))

    def __call__(self, batch: pa.RecordBatch, /) -> pa.RecordBatch:
        """Transforms a batch that is a whole stream, after learning from it."""
        return taught_by(self, batch)


def with_findings(operator: _Learnt, findings: Sequence[str]) -> _Learnt:
    """Attaches what the first reads showed to the operator that was learnt from them.

    The end of a run shows these lines, and ``Report.learnt`` has them. They are no settings:
    operators that differ only in their findings are equal.

    Args:
        operator: The operator that `learn` returns; it is changed.
        findings: Short lines: what was found, and the evidence for it.
    """
    object.__setattr__(operator, "findings", tuple(findings))
    return operator


def taught_by(learner: Operator, batch: pa.RecordBatch) -> pa.RecordBatch:
    """Has a learner learn from a batch that is a whole stream, and transforms the batch."""
    from biometal_stream.first_reads import taught

    with taught(learner, batch).open() as function:
        if isinstance(function, SerialFunction):
            return transform_whole(function, batch)
        return function(batch)


def with_mates(columns: frozenset[str], schema: pa.Schema) -> frozenset[str]:
    """Adds the column of mates, if there is one."""
    return columns | {"mate"} if "mate" in schema.names else columns


class SerialOperator(NamedOperator):
    """An operator that sees the whole stream in order; its function may keep state."""

    @property
    def concurrency(self) -> Concurrency:
        """One function, which sees all batches in input order."""
        return Concurrency.SERIAL

    def start(self) -> SerialFunction:
        """Makes the function for one run."""
        raise NotImplementedError(_to_write(self, "start"))

    @contextmanager
    def open(self) -> Iterator[SerialFunction]:
        """Yields the function for one run."""
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
