"""Keeps reads that meet a condition."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from biometal_stream.docstrings import filled, listed
from biometal_stream.measured import MEASURES, PAIR_MEASURES
from biometal_stream.operators.base import ReadFilter
from biometal_stream.operators.expressions import condition, parse
from biometal_stream.settings import argument

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    from biometal_stream.view import BatchView


@filled(measures=listed([*MEASURES, *PAIR_MEASURES]))
@dataclass(frozen=True)
class Where(ReadFilter):
    """Keeps reads that meet a condition on columns and measures.

    For example ``mean_quality >= 20 and gc < 0.7``. A name is a column, or else one of the
    measures
    {measures},
    which are computed when needed. A condition has numbers, texts in quotes,
    ``+ - * / %``, comparisons, also chained as in ``50 <= length < 300``, ``in`` and ``not in``
    with values in parentheses, ``and``, ``or``, ``not``, and the functions
    ``contains(text, "x")``, ``starts_with``, ``ends_with``,
    ``matches(text, "regular expression")`` (RE2), ``is_null(x)``, ``length(text)`` and
    ``column("odd name")``.

    As in SQL, the result for a null is null, and a read is dropped if its condition is null. ``%``
    and ``/`` give floating-point numbers. docs/where.md describes the language, the ranges of the
    measures, and how to quote a condition in a shell.

    Attributes:
        expression: The condition.
    """

    expression: str = argument(
        'The condition on columns and measures, such as "mean_quality >= 20 and gc < 0.7".'
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        condition(self.expression)

    def output_schema(self, input_schema: pa.Schema, /) -> pa.Schema:
        """The schema of the input, which the condition must fit.

        Raises:
            SchemaError: A name is unknown, or a type does not fit.
            ConfigurationError: A regular expression is wrong.
        """
        parse(self.expression).check(input_schema)
        return input_schema

    def columns_read(self, input_schema: pa.Schema, /) -> frozenset[str]:
        """The columns that the condition names or measures."""
        return parse(self.expression).columns(input_schema)

    @property
    def drops(self) -> str:
        """Why a read is dropped, in words."""
        return "condition false or null"

    def keep(self, view: BatchView, /) -> NDArray[np.bool_]:
        """Evaluates the condition."""
        return parse(self.expression).holds(view)
