"""Where reads go that are not part of the output, and what a run needs to know for that."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import pyarrow as pa

from biometal_stream.errors import ConfigurationError, SchemaError
from biometal_stream.interfaces import Concurrency, Filter, Operator, SelectiveSink
from biometal_stream.settings import as_typed
from biometal_stream.sinks.options import ROUTES

if TYPE_CHECKING:
    from biometal_stream.pipeline.value import Recipe

REASON = "reason"
"""The column that says which filter has rejected a read, by its name on the command line."""

REJECTED, ORPHANS = ROUTES
"""The names of the two routes, as options and in messages."""


@dataclass(frozen=True)
class Routes:
    """Where reads go that are not part of the output.

    Attributes:
        rejected: The sink for the reads that filters drop, with the column `REASON`.
        orphans: The sink for the reads whose mates are dropped.
    """

    rejected: Any = None
    orphans: Any = None

    def __bool__(self) -> bool:
        return self.rejected is not None or self.orphans is not None

    def sinks(self) -> dict[str, Any]:
        """Those that there are, by name."""
        every = {REJECTED: self.rejected, ORPHANS: self.orphans}
        return {name: sink for name, sink in every.items() if sink is not None}

    def taken(self, filter_: Operator, schema: pa.Schema) -> frozenset[str]:
        """The columns that are needed of what a filter drops.

        Args:
            filter_: The operator; of one that is not a filter nothing is needed.
            schema: Of the rows that come to it.
        """
        if self.rejected is None or not isinstance(filter_, Filter):
            return frozenset()
        if isinstance(self.rejected, SelectiveSink):
            return self.rejected.takes(schema)
        return frozenset(schema.names)


def routes_to(
    recipe: Recipe,
    rejected: str | os.PathLike[str] | None,
    orphans: str | os.PathLike[str] | None,
) -> Routes:
    """Chooses the sinks for what is set aside, by their names.

    Args:
        recipe: What is read and what is done to it.
        rejected: The file for reads that filters drop; ``None`` for none.
        orphans: The file for reads whose mates are dropped.

    Raises:
        ConfigurationError: A name does not say a format, or does not fit the reads.
    """
    from biometal_stream.sinks.choose import sink_beside

    paired = "mate" in recipe.source.schema.names
    alone = recipe.pairs == "split"
    return Routes(
        rejected and sink_beside(rejected, paired=paired, unpaired=alone, reason=REASON),
        orphans and sink_beside(orphans, paired=paired, unpaired=True),
    )


NO_ROUTES = Routes()
"""All reads that leave the output are gone."""


def check_pairs(recipe: Recipe, sink: object | None, routes: Routes) -> None:
    """Checks that what filters do to pairs goes together with what comes in and where it goes.

    Raises:
        ConfigurationError: Reads are single, or orphans have no place.
    """
    if recipe.pairs != "both" and "mate" not in recipe.source.schema.names:
        raise ConfigurationError(
            f"--pairs {recipe.pairs} is for paired reads, and these are single; give the mates, or"
            " leave it out"
        )
    if routes.orphans is not None and recipe.pairs != "split":
        raise ConfigurationError(
            f"--orphans takes the reads whose mates a filter drops, and --pairs {recipe.pairs}"
            " makes none; add --pairs split (pairs='split' in Python)"
        )
    needs_pairs = getattr(sink, "needs_pairs", False)
    if recipe.pairs == "split" and routes.orphans is None and needs_pairs:
        raise ConfigurationError(
            "--pairs split leaves reads without their mates, which FASTQ of pairs cannot hold; name"
            " a file for them (--orphans FILE, orphans= in Python), or leave --pairs out to drop"
            " them"
        )


def rejected_schema(source: pa.Schema, operators: Sequence[Operator], routes: Routes) -> pa.Schema:
    """The schema of the reads that filters drop: the columns that any of them sees, and the reason.

    Args:
        source: The schema of the source.
        operators: All of the run, in order.
        routes: With a sink for rejected reads.

    Raises:
        SchemaError: A column changes its type between two filters, or is called as the reason is.
    """
    schema, fields, filters = source, dict[str, pa.Field](), 0
    for operator in operators:
        if isinstance(operator, Filter):
            filters += 1
            for name in schema.names:
                if name in routes.taken(operator, schema):
                    _add_field(fields, schema.field(name), operator)
        schema = operator.output_schema(schema)
    if not filters:
        fields = {each.name: each for each in source}
    if REASON in fields:
        raise SchemaError(
            f"rejected reads get a column '{REASON}', which the input has; rename that first"
        )
    nullable = [each.with_nullable(True) for each in fields.values()]
    return pa.schema([*nullable, pa.field(REASON, pa.string())], metadata=source.metadata)


def _add_field(fields: dict[str, pa.Field], found: pa.Field, operator: Operator) -> None:
    known = fields.setdefault(found.name, found)
    if known.type != found.type:
        raise SchemaError(
            f"column '{found.name}' is {known.type} before one filter and {found.type} before"
            f" {operator.name}, and rejected reads are written with one type; give the new column"
            " another name, or filter in one place"
        )


class Stage(Protocol):
    """Operators that work on the same batches."""

    @property
    def operators(self) -> tuple[Operator, ...]:
        """They, in order."""


def check_routes(operators: Sequence[Operator], segments: Sequence[Stage], *, what: str) -> None:
    """Refuses what would make the order of reads that leave, or which they are, uncertain.

    Args:
        operators: All of the run, in order.
        segments: The stages of workers.
        what: What needs to know the order, for the message.

    Raises:
        ConfigurationError: A serial operator stands after a filter, or filters work in two stages.
    """
    first: Operator | None = None
    for operator in operators:
        if isinstance(operator, Filter):
            first = first or operator
        elif first is not None and operator.concurrency is Concurrency.SERIAL:
            raise ConfigurationError(
                f"{what}: '{as_typed(operator)}' must come before the filters, and"
                f" {first.name} comes before it; which reads are dropped would depend on how far"
                " the run has read ahead"
            )
    with_filters = [
        segment for segment in segments if any(isinstance(o, Filter) for o in segment.operators)
    ]
    if len(with_filters) > 1:
        between = with_filters[1].operators[0]
        raise ConfigurationError(
            f"{what}: filters stand before and after {between.name}; put all of them on one side"
        )
