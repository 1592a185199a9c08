"""Where reads go that leave the output, and what a run has to know for that."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import pyarrow as pa

from biometal_stream.errors import ConfigurationError, SchemaError
from biometal_stream.interfaces import (
    Concurrency,
    Filter,
    Merging,
    Operator,
    Repairing,
    SelectiveSink,
    breaks_pairs,
    ends_early,
)
from biometal_stream.settings import as_typed
from biometal_stream.sinks.options import ROUTES

if TYPE_CHECKING:
    from biometal_stream.pipeline.value import Recipe

REASON = "reason"
"""The column that holds the filter that rejected a read, as the command line names it."""

REJECTED, ORPHANS, UNMERGED = ROUTES
"""The names of the routes, as options and in messages."""


class Routes(NamedTuple):
    """Where reads go that leave the output.

    Attributes:
        rejected: The sink for the reads that filters drop, with the column `REASON`.
        orphans: The sink for the reads whose mates are dropped.
        unmerged: The sink for the pairs that are not merged.
    """

    rejected: Any = None
    orphans: Any = None
    unmerged: Any = None

    def __bool__(self) -> bool:
        return any(sink is not None for sink in self)

    def sinks(self) -> dict[str, Any]:
        """The sinks that are set, by name."""
        every = zip(ROUTES, self, strict=True)
        return {name: sink for name, sink in every if sink is not None}

    def taken(self, filter_: Operator, schema: pa.Schema) -> frozenset[str]:
        """The columns that are needed of the rows that a filter drops.

        Args:
            filter_: The operator; if it is not a filter, no columns are needed.
            schema: The schema of the rows that reach it.
        """
        if self.rejected is None or not isinstance(filter_, Filter):
            return frozenset()
        if isinstance(self.rejected, SelectiveSink):
            return self.rejected.takes(schema)
        return frozenset(schema.names)


def routes_to(
    recipe: Recipe,
    sink: object | None,
    rejected: str | os.PathLike[str] | None,
    orphans: str | os.PathLike[str] | None,
    unmerged: str | os.PathLike[str] | None,
) -> Routes:
    """Chooses the sinks for reads that leave the output, by file name.

    Args:
        recipe: What to read and what to do to it.
        sink: Where the output goes; its quality encoding is that of the other files.
        rejected: The file for reads that filters drop; ``None`` for none.
        orphans: The file for reads whose mates are dropped; ``None`` for none.
        unmerged: The file for pairs that are not merged; ``None`` for none.

    Raises:
        ConfigurationError: A name does not indicate a format, or the format does not fit the reads.
    """
    from biometal_stream.sinks.choose import sink_beside

    paired = _paired(recipe)
    merged = any(isinstance(each, Merging) for each in recipe.operators)
    alone = recipe.pairs == "split" or merged
    beside = partial(
        sink_beside, paired=paired, quality_encoding=getattr(sink, "quality_encoding", None)
    )
    return Routes(
        rejected and beside(rejected, unpaired=alone, reason=REASON),
        orphans and beside(orphans, unpaired=True),
        unmerged and beside(unmerged, unpaired=False),
    )


def _paired(recipe: Recipe) -> bool:
    """Whether there are pairs at the start of a run, or after reads got their mates."""
    repaired = any(isinstance(each, Repairing) for each in recipe.operators)
    return repaired or "mate" in recipe.source.schema.names


NO_ROUTES = Routes()
"""All reads that leave the output are discarded."""


def check_pairs(recipe: Recipe, sink: object | None, routes: Routes) -> None:
    """Checks that ``pairs`` fits the reads, and that orphans have somewhere to go.

    Raises:
        ConfigurationError: The reads are single, or orphans have nowhere to go.
    """
    if recipe.pairs != "both" and not _paired(recipe):
        raise ConfigurationError(
            f"--pairs {recipe.pairs} is for paired reads, and these are single; give the mates, or"
            " --pairs both, the default"
        )
    repaired = any(isinstance(each, Repairing) for each in recipe.operators)
    if routes.orphans is not None and recipe.pairs != "split" and not repaired:
        raise ConfigurationError(
            f"--orphans takes the reads whose mates a filter drops, and --pairs {recipe.pairs}"
            " makes none; add --pairs split (pairs='split' in Python)"
        )
    needs_pairs = getattr(sink, "needs_pairs", False)
    if recipe.pairs == "split" and routes.orphans is None and needs_pairs:
        raise ConfigurationError(
            "--pairs split leaves orphans, which FASTQ of pairs cannot hold; name"
            " a file for them (--orphans FILE, orphans= in Python), or leave out --pairs to drop"
            " them"
        )
    if recipe.pairs == "split":
        _check_whole(recipe.operators)
    _check_merged(recipe, sink, routes)


def _check_whole(operators: Sequence[Operator]) -> None:
    """Checks that pairs which may be split are whole where their mates are compared."""
    broken = False
    for operator in operators:
        if broken and getattr(operator, "compares_mates", False):
            raise ConfigurationError(
                f"{operator.name} needs whole pairs, and with --pairs split a filter before it may"
                f" break them; put {operator.name} before the filters"
            )
        broken = broken or breaks_pairs(operator)


def _check_merged(recipe: Recipe, sink: object | None, routes: Routes) -> None:
    """Checks that merged reads and other pairs have somewhere to go."""
    places = [place for place, each in enumerate(recipe.operators) if isinstance(each, Merging)]
    mixed = any(isinstance(each, Merging) and each.keeps_pairs for each in recipe.operators)
    if routes.unmerged is not None and not mixed:
        raise ConfigurationError(
            "--unmerged takes the pairs that merge-pairs leaves, and no step leaves any; add"
            " merge-pairs, or leave out --unmerged"
        )
    if not places:
        return
    if len(getattr(sink, "patterns", ())) > 1 and (routes.unmerged is not None or not mixed):
        raise ConfigurationError(
            "merged reads are single; write them to one file, without {mate} or --mate"
        )
    if not mixed or "mate" not in recipe.schema.names:
        if routes.unmerged is not None:
            raise SchemaError(
                "--unmerged needs the column 'mate', which says what is merged; do not drop it"
            )
        return
    after = recipe.operators[places[0] + 1 :]
    alone = next((each for each in after if getattr(each, "before_merging", False)), None)
    if isinstance(alone, Merging):
        raise ConfigurationError(
            "merge-pairs comes twice, and pairs are merged once; leave out one of both"
        )
    if alone is not None:
        raise ConfigurationError(
            f"'{as_typed(alone)}' cannot take merged reads and pairs together; put it before"
            " merge-pairs, or drop the other pairs (merge-pairs --drop-unmerged)"
        )
    if routes.unmerged is None and getattr(sink, "needs_pairs", False):
        raise ConfigurationError(
            "merge-pairs leaves merged reads and pairs, which do not belong into the same FASTQ or"
            " FASTA; name a file for the pairs (--unmerged 'rest_R{mate}.fq.gz', unmerged= in"
            " Python), or drop them (merge-pairs --drop-unmerged)"
        )
    if routes.unmerged is not None:
        serial = next((each for each in after if each.concurrency is Concurrency.SERIAL), None)
        if serial is not None:
            raise ConfigurationError(
                f"--unmerged: '{as_typed(serial)}' must come before merge-pairs"
            )
    for sink_of_rejected in [routes.rejected] if routes.rejected is not None else []:
        if len(getattr(sink_of_rejected, "patterns", ())) > 1:
            raise ConfigurationError(
                "--rejected: merged reads are neither mates 1 nor mates 2; name one file, without"
                " {mate}"
            )


def rejected_schema(source: pa.Schema, operators: Sequence[Operator], routes: Routes) -> pa.Schema:
    """The schema of rejected reads: all columns that a filter sees, and the reason.

    Args:
        source: The schema of the source.
        operators: All operators of the run, in order.
        routes: With a sink for rejected reads.

    Raises:
        SchemaError: A column has another type at a later filter, or has the name of the reason; or
            one that each record needs is not there at all filters.
    """
    schema, fields = source, dict[str, pa.Field]()
    seen: list[tuple[Operator, frozenset[str]]] = []
    for operator in operators:
        if isinstance(operator, Filter):
            seen.append((operator, frozenset(schema.names)))
            for name in schema.names:
                if name in routes.taken(operator, schema):
                    _add_field(fields, schema.field(name), operator)
        schema = operator.output_schema(schema)
    _check_record(routes.rejected, seen)
    if not seen:
        fields = {each.name: each for each in source}
    if REASON in fields:
        raise SchemaError(
            f"rejected reads get a column '{REASON}', which the input already has; rename it first"
        )
    nullable = [each.with_nullable(True) for each in fields.values()]
    return pa.schema([*nullable, pa.field(REASON, pa.string())], metadata=source.metadata)


def _check_record(sink: Any, seen: Sequence[tuple[Operator, frozenset[str]]]) -> None:
    """Refuses filters of which one sees a column that each record needs, and another does not."""
    needed = set(getattr(sink, "record", ())) - {"description"}
    for operator, names in seen:
        for name in sorted(needed - names):
            if any(name in others for _, others in seen):
                raise SchemaError(
                    f"the reads that '{operator.name}' drops have no column '{name}', which the"
                    " file of rejected reads needs; put all filters where the column is, or write"
                    " rejected reads as Parquet"
                )


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
        """The operators, in order."""


def check_routes(
    operators: Sequence[Operator], segments: Sequence[Stage], *, what: str, split: bool
) -> None:
    """Refuses operators that would make it uncertain which reads leave, or in what order.

    Args:
        operators: All operators of the run, in order.
        segments: The stages of workers.
        what: The option that needs the order, for the message.
        split: Whether filters leave orphans.

    Raises:
        ConfigurationError: An operator that ends the run comes after a filter, or one that sees
            all batches in order comes where orphans may be; or filters are in two stages.
    """
    first: Operator | None = None
    for operator in operators:
        if isinstance(operator, Filter):
            first = first or operator
        elif first is not None and (why := _why_before(operator, split=split)):
            raise ConfigurationError(
                f"{what}: '{as_typed(operator)}' must come before the filters, and it comes after"
                f" {first.name}{why}"
            )
    with_filters = [
        segment for segment in segments if any(isinstance(o, Filter) for o in segment.operators)
    ]
    if len(with_filters) > 1:
        between = with_filters[1].operators[0]
        of_workers = {id(each) for segment in segments for each in segment.operators}
        for one, next_one in pairwise(operators):
            if next_one is between and id(one) not in of_workers:  # it sees all batches in order
                between = one
                break
        raise ConfigurationError(
            f"{what}: filters come before and after {between.name}; put all of them on one side"
        )


def _why_before(operator: Operator, *, split: bool) -> str:
    """Why an operator must come before all filters; empty if it need not."""
    if ends_early(operator):
        return "; which reads are dropped would depend on how far the run has read ahead"
    if split and operator.concurrency is Concurrency.SERIAL:
        return ", which may leave reads without their mates"
    return ""
