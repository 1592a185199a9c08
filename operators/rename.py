"""Renames columns."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast

from biometal_stream.errors import ConfigurationError, SchemaError
from biometal_stream.operators.base import StatelessOperator
from biometal_stream.settings import Names, argument, option, settle_names

if TYPE_CHECKING:
    import pyarrow as pa

    from biometal_stream.interfaces import Operator
    from biometal_stream.schemas import Naming


@dataclass(frozen=True)
class Rename(StatelessOperator):
    """Renames columns, one by one or to the names of another tool. Other columns keep their names.

    Attributes:
        columns: ``old=new`` for each column to rename, such as ``quality=quality_scores``.
        naming: The tool whose column names to use, instead of ``columns``.
    """

    columns: Names = argument(
        "The columns to rename, each as old=new, such as quality=quality_scores.", default=()
    )
    naming: str | None = option(
        "The tool whose names the columns of reads get.",
        default=None,
        choices=("biometal", "polars-bio", "oxbow", "huggingface"),
    )

    def __post_init__(self) -> None:
        settle_names(self, "columns")
        super().__post_init__()
        if bool(self.columns) == (self.naming is not None):
            raise ConfigurationError(f"{self.name}: give either columns, as old=new, or a naming")
        for column in self.columns:
            old, equals, new = column.partition("=")
            if not (old and equals and new):
                raise ConfigurationError(f"{self.name}: write old=new, not '{column}'")
        if len(self._renamed) < len(self.columns):
            raise ConfigurationError(f"{self.name}: a column is given twice")

    @property
    def _renamed(self) -> dict[str, str]:
        pairs = (column.partition("=") for column in self.columns)
        return {old: new for old, _, new in pairs}

    def output_schema(self, input_schema: pa.Schema, /) -> pa.Schema:
        """The fields of the input under their new names.

        Raises:
            SchemaError: A column is missing, or two would get the same name.
        """
        import pyarrow as pa

        from biometal_stream.schemas import rename_reads, require_columns
        from biometal_stream.schemas.cutting import renamed

        if self.naming is not None:
            schema = rename_reads(input_schema, cast("Naming", self.naming))
        else:
            names = self._renamed
            require_columns(input_schema, tuple(names), self.name)
            schema = pa.schema(
                [renamed(field, names.get(field.name, field.name)) for field in input_schema],
                metadata=input_schema.metadata,
            )
        for name in schema.names:
            if len(schema.get_all_field_indices(name)) > 1:
                raise SchemaError(
                    f"{self.name}: two columns would have the name '{name}';"
                    " rename or drop the other one first"
                )
        return schema

    def pushdown(
        self, columns: frozenset[str], input_schema: pa.Schema, /
    ) -> tuple[Operator | None, frozenset[str]]:
        """Renames only the columns that are used."""
        new_names = self.output_schema(input_schema).names
        pairs = zip(input_schema.names, new_names, strict=True)
        renamed = {old: new for old, new in pairs if new in columns}
        needed = frozenset(renamed)
        if all(old == new for old, new in renamed.items()):
            return None, needed
        if self.naming is not None:
            return self, needed
        left = tuple(pair for pair in self.columns if pair.partition("=")[0] in needed)
        return replace(self, columns=left), needed

    def __call__(self, batch: pa.RecordBatch, /) -> pa.RecordBatch:
        """Renames the columns, without a copy."""
        import pyarrow as pa

        schema = self.output_schema(batch.schema)
        return pa.RecordBatch.from_arrays(batch.columns, schema=schema)
