"""What operators have in common: the parts that their settings imply."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, ClassVar

from biometal_stream.interfaces import Concurrency
from biometal_stream.settings import check_settings

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    from biometal_stream.interfaces import BatchFunction
    from biometal_stream.view import BatchView


class NamedOperator:
    """An operator whose name is its class's and whose fields are its settings.

    Subclasses are frozen dataclasses. Safe to share between threads and to pickle.
    """

    concurrency: ClassVar[Concurrency] = Concurrency.SHARED

    def __post_init__(self) -> None:
        check_settings(self)

    @property
    def name(self) -> str:
        """The class's name as it stands on the command line: ``MinLength`` is ``min-length``."""
        return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", type(self).__name__).lower()


class StatelessOperator(NamedOperator):
    """An operator that is itself the function called with each batch."""

    def output_schema(self, input_schema: pa.Schema, /) -> pa.Schema:
        """The schema of the output; here that of the input."""
        return input_schema

    def __call__(self, batch: pa.RecordBatch, /) -> pa.RecordBatch:
        """Transforms one batch."""
        raise NotImplementedError

    @contextmanager
    def open(self) -> Iterator[BatchFunction]:
        """Yields the operator."""
        yield self


class ReadFilter(StatelessOperator):
    """A filter: a subclass tells which columns of text it reads, and which rows it keeps.

    Of a pair, rows that a ``mate`` column numbers 1 and 2, both stay or both go: they stay when
    both are kept.
    """

    needs: ClassVar[tuple[str, ...]] = ()

    def output_schema(self, input_schema: pa.Schema, /) -> pa.Schema:
        """The schema of the input, which must have the columns of text that are needed."""
        from biometal_stream.schemas import require_text

        require_text(input_schema, self.needs, self.name)
        return input_schema

    def keep(self, view: BatchView, /) -> NDArray[np.bool_]:
        """Tells for each row, (num_rows,), whether it stays."""
        raise NotImplementedError

    def __call__(self, batch: pa.RecordBatch, /) -> pa.RecordBatch:
        """Copies the rows to keep."""
        from biometal_stream.view import BatchView

        self.output_schema(batch.schema)
        view = BatchView(batch)
        return view.select(view.unite_mates(self.keep(view)))
