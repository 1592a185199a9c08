"""Adds measures of each read as columns."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from biometal_stream.docstrings import filled, listed, table
from biometal_stream.errors import ConfigurationError
from biometal_stream.measured import COLUMNS, MEASURES, PAIR_COLUMNS, PAIR_MEASURES
from biometal_stream.operators.base import StatelessOperator
from biometal_stream.operators.pairs.checks import require_pairs
from biometal_stream.settings import Names, option, settle_names

if TYPE_CHECKING:
    import pyarrow as pa

    from biometal_stream.interfaces import Operator

_DEFAULT = tuple(measure.name for measure in COLUMNS)
_MEASURES = {**MEASURES, **PAIR_MEASURES}
_CHOICES = tuple(_MEASURES)
_TABLE = table(
    [
        ("column", "type", "what"),
        *(
            (one.name, one.column_type + ", nullable" * bool(one.null), one.clause)
            for one in _MEASURES.values()
        ),
    ]
)


@filled(columns=_TABLE, added=listed(_DEFAULT))
@dataclass(frozen=True)
class Measure(StatelessOperator):
    """Adds measures of each read as columns: by default length, quality, errors, GC and N.

    {columns}

    The last three are of pairs.

    Attributes:
        columns: The columns to add, in the order above; by default
            {added}.
    """

    columns: Names = option(
        f"A column to add; by default {', '.join(_DEFAULT[:-1])} and {_DEFAULT[-1]}.",
        default=(),
        choices=_CHOICES,
    )

    def __post_init__(self) -> None:
        settle_names(self, "columns")
        super().__post_init__()
        if len(set(self.columns)) < len(self.columns):
            raise ConfigurationError(f"{self.name}: a column is given twice")

    @property
    def _added(self) -> tuple[str, ...]:
        return tuple(name for name in _CHOICES if name in (self.columns or _DEFAULT))

    @property
    def needs(self) -> tuple[str, ...]:
        """The string columns that it reads."""
        read = {_MEASURES[name].reads for name in self._added}
        if self.compares_mates:
            read.update(PAIR_COLUMNS)
        return tuple(name for name in ("sequence", "quality") if name in read)

    @property
    def compares_mates(self) -> bool:
        """Whether it adds a measure of pairs, and so needs whole ones."""
        return not PAIR_MEASURES.keys().isdisjoint(self._added)

    def output_schema(self, input_schema: pa.Schema, /) -> pa.Schema:
        """The schema of the input and the new columns.

        Raises:
            SchemaError: A string column that is measured is missing, or a new column exists.
        """
        import pyarrow as pa

        from biometal_stream.schemas.checks import require_absent, require_text

        require_text(input_schema, self.needs, self.name)
        if self.compares_mates:
            require_pairs(input_schema, self.name)
        require_absent(input_schema, self._added, self.name)
        added = [
            pa.field(one.name, pa.type_for_alias(one.column_type), nullable=one.null is not None)
            for one in map(_MEASURES.__getitem__, self._added)
        ]
        return pa.schema([*input_schema, *added], metadata=input_schema.metadata)

    def pushdown(
        self, columns: frozenset[str], _input_schema: pa.Schema, /
    ) -> tuple[Operator | None, frozenset[str]]:
        """Measures only what is used."""
        added = tuple(name for name in self._added if name in columns)
        if not added:
            return None, columns
        # An operator that measures everything is left as the user wrote it.
        left = self if added == self._added else replace(self, columns=added)
        mates = {"mate"} if left.compares_mates else set()
        return left, columns.difference(added).union(left.needs, mates)

    def __call__(self, batch: pa.RecordBatch, /) -> pa.RecordBatch:
        """Measures each read.

        Raises:
            DataError: A read is null, has a byte that is not a quality, or has a different number
                of bases and qualities where both are measured.
        """
        import pyarrow as pa

        from biometal_stream.operators.measures import measured
        from biometal_stream.view import BatchView

        schema = self.output_schema(batch.schema)
        view = BatchView(batch)
        if len(self.needs) == 2:
            view.require_equal_lengths()
        columns = [measured(view, name, schema.field(name).type) for name in self._added]
        return pa.RecordBatch.from_arrays([*batch.columns, *columns], schema=schema)
