"""The filters by indexes, which can add columns instead."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from biometal_stream.errors import ConfigurationError
from biometal_stream.operators.base import ReadFilter, with_mates
from biometal_stream.operators.matching.settings import IndexSettings
from biometal_stream.settings import option

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    from biometal_stream.interfaces import Operator
    from biometal_stream.operators.matching.marking import MarkedMatches
    from biometal_stream.view import BatchView

_NAMED = 3
"""The most indexes whose names are in the reason of a filter."""


@dataclass(frozen=True)
class MatchFilter(IndexSettings, ReadFilter):
    """A filter by indexes. With ``mark`` it keeps all reads, and adds columns to them instead."""

    mark: bool = option(
        "Keep all reads, and add columns: the index that a read matches, and its hits.",
        default=False,
    )
    column: str = option(
        "What the names of these columns begin with.", default="index", metavar="NAME"
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.column:
            raise ConfigurationError(f"{self.name}: the new columns need a name")
        if self.column != "index" and not self.mark:
            raise ConfigurationError(
                f"{self.name}: column needs --mark (mark=True in Python), which adds the columns"
            )
        if self.mark and len(self._names) > 1 and self.column in self._names:
            raise ConfigurationError(
                f"{self.name}: the columns of the index '{self.column}' would be called like those"
                f" of all; give it another name, such as {self.column}2=FILE"
            )

    @property
    def withheld(self) -> frozenset[str]:
        """The methods of filters, which one that marks does not offer."""
        return frozenset({"keep", "observe"} if self.mark else ())

    @property
    def compares_mates(self) -> bool:
        """Whether it needs whole pairs. Mates that are filtered apart are looked up apart."""
        return self.mark

    @property
    def observation(self) -> MarkedMatches | None:
        """Counts the reads that are marked, for ``Report.results``."""
        from biometal_stream.operators.matching.marking import MarkedMatches

        if not self.mark:
            return None
        return MarkedMatches(self.column, self._names, self._rule, self._shortest)

    @property
    def _which(self) -> str:
        names = self._names
        if len(names) > _NAMED:
            return f"any of {len(names)} indexes"
        return " or ".join(names)

    def output_schema(self, input_schema: pa.Schema, /) -> pa.Schema:
        """The schema of the input, and the new columns if it marks; opens the indexes.

        Raises:
            SchemaError: There is no column of sequences, or a new column exists.
            InputError: An index cannot be read, or is not one.
            ConfigurationError: The prefix is too short for a minimizer.
        """
        super().output_schema(input_schema)
        if not self.mark:
            return input_schema
        import pyarrow as pa

        from biometal_stream.operators.matching.marking import marked_fields
        from biometal_stream.schemas.checks import require_absent

        fields = marked_fields(self.column, self._names)
        require_absent(input_schema, tuple(field.name for field in fields), self.name)
        return pa.schema([*input_schema, *fields], metadata=input_schema.metadata)

    def pushdown(
        self, columns: frozenset[str], input_schema: pa.Schema, /
    ) -> tuple[Operator | None, frozenset[str]]:
        """Looks reads up whatever is used, since its result counts them."""
        if not self.mark:
            return super().pushdown(columns, input_schema)
        needed = columns & frozenset(input_schema.names) | self.columns_read(input_schema)
        return self, with_mates(needed, input_schema)

    def _matched(self, view: BatchView) -> NDArray[np.bool_]:
        """Which reads match an index, or are of a pair that does; (num_rows,)."""
        verdicts = self._verdicts(view)
        return verdicts.by_row(verdicts.matched)

    def __call__(self, batch: pa.RecordBatch, /) -> pa.RecordBatch:
        """Copies the rows to keep, or adds the columns.

        Raises:
            DataError: A read is null.
        """
        if not self.mark:
            return super().__call__(batch)
        import pyarrow as pa

        from biometal_stream.operators.matching.marking import marked_columns
        from biometal_stream.view import BatchView

        schema = self.output_schema(batch.schema)
        columns = marked_columns(self._verdicts(BatchView(batch)), self._names)
        return pa.RecordBatch.from_arrays([*batch.columns, *columns], schema=schema)
