"""What a run will do: which operators, in which stages, with which columns. Nothing is opened."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from biometal_stream.interfaces import (
    Observer,
    Operator,
    Source,
    Widening,
    is_ordered_filter,
    needs_order,
)
from biometal_stream.pipeline.mates import Pairs
from biometal_stream.pipeline.pushdown import pushdown
from biometal_stream.pipeline.results import check_observers, with_observations
from biometal_stream.pipeline.routes import (
    NO_ROUTES,
    Routes,
    check_pairs,
    check_routes,
    rejected_schema,
)
from biometal_stream.pipeline.untaken import untaken_warnings

if TYPE_CHECKING:
    import pyarrow as pa

    from biometal_stream.interfaces import Observation
    from biometal_stream.pipeline.value import Recipe


class Segment(NamedTuple):
    """A stage of workers, and what one thread does to the batches before them.

    Attributes:
        serial: Operators that see all batches in order.
        operators: What the workers do after them. Only the first may widen; a thread then cuts
            the batches before it.
    """

    serial: tuple[Operator, ...] = ()
    operators: tuple[Operator, ...] = ()

    @property
    def widening(self) -> Widening | None:
        """The first operator, if it widens."""
        first = self.operators[0] if self.operators else None
        return first if isinstance(first, Widening) else None

    @property
    def is_fed(self) -> bool:
        """Whether a thread is needed before the workers."""
        return bool(self.serial) or self.widening is not None


class Plan(NamedTuple):
    """The plan of a run.

    Attributes:
        source: Where batches come from, without the columns that are not used.
        segments: The stages of workers, in order. The first one also parses, and is not fed.
        last: Serial operators after the last stage.
        schema: The schema of the output.
        observers: Observers with a result, in order, with the names of their operators.
        warnings: Warnings to show.
        pairs: What filters do to a pair if they keep only one mate.
        rejected: The schema of the reads that filters drop; ``None`` if they are not wanted.
        orphans: Whether reads without their mates leave the output.
        unmerged: The schema of the pairs that leave the output, as they are not merged; ``None`` if
            none do.
    """

    source: Source
    segments: tuple[Segment, ...]
    last: tuple[Operator, ...]
    schema: pa.Schema
    observers: tuple[tuple[str, Observation[Any]], ...]
    warnings: tuple[str, ...]
    pairs: Pairs = "both"
    rejected: pa.Schema | None = None
    orphans: bool = False
    unmerged: pa.Schema | None = None


def plan(recipe: Recipe, sink: object | None, routes: Routes = NO_ROUTES) -> Plan:
    """Plans a run.

    Args:
        recipe: What to read and what to do to it.
        sink: Where to write; ``None`` if the caller takes the batches.
        routes: Where to write reads that are not part of the output.

    Raises:
        SchemaError: An operator cannot work on what comes before it.
        ConfigurationError: The routes do not fit, or an observer comes before an operator that
            ends the run.
    """
    schema = recipe.schema
    warnings = tuple(untaken_warnings(recipe.source, recipe.operators, sink))
    check_observers(recipe.operators)
    check_pairs(recipe, sink, routes)
    rejected = None
    if routes.rejected is not None:
        rejected = rejected_schema(recipe.source.schema, recipe.operators, routes)
    source, left = pushdown(recipe.source, recipe.operators, routes.taken)
    operators = tuple(with_observations(left))
    segments, last = _segments(operators)
    observers = tuple((each.name, each) for each in operators if isinstance(each, Observer))
    if rejected is not None or recipe.pairs == "split":
        what = "--rejected" if rejected is not None else "--pairs split"
        check_routes(recipe.operators, segments, what=what, split=recipe.pairs == "split")
    unmerged = None
    if routes.unmerged is not None:
        unmerged = schema
        schema = schema.remove(schema.get_field_index("mate"))
    return Plan(
        source,
        segments,
        last,
        schema,
        observers,
        warnings,
        recipe.pairs,
        rejected,
        routes.orphans is not None and recipe.pairs == "split",
        unmerged,
    )


def _segments(
    operators: Iterable[Operator],
) -> tuple[tuple[Segment, ...], tuple[Operator, ...]]:
    segments: list[Segment] = []
    serial: tuple[Operator, ...] = ()
    for is_serial, group in itertools.groupby(operators, _is_serial):
        if is_serial:
            serial = tuple(group)
            continue
        for part in _before_widening(group):
            segments.append(Segment(serial, part))
            serial = ()
    if not segments or segments[0].is_fed:
        segments.insert(0, Segment())
    return tuple(segments), serial


def _is_serial(operator: Operator) -> bool:
    return needs_order(operator) and not is_ordered_filter(operator)


def _before_widening(operators: Iterable[Operator]) -> Iterator[tuple[Operator, ...]]:
    """Splits operators before each one that widens."""
    part: list[Operator] = []
    for operator in operators:
        if isinstance(operator, Widening) and part:
            yield tuple(part)
            part = []
        part.append(operator)
    yield tuple(part)
