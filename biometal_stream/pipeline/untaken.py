"""Finds columns that are not used: no later operator reads them and no sink writes them."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa

from biometal_stream.interfaces import (
    AlsoWriting,
    Operator,
    Pushdown,
    Reshaping,
    SelectiveSink,
    Source,
)
from biometal_stream.schemas.checks import is_text


def untaken_warnings(
    source: Source, operators: tuple[Operator, ...], sink: object
) -> Iterator[str]:
    """Yields a warning for each operator that makes columns and none of them is used.

    Using one of them is enough, such as the label of a prediction in a filter. Columns that
    ``select`` drops are dropped on purpose.

    Args:
        source: Where batches come from.
        operators: What to do to them, in order; their schemas fit.
        sink: Where they go; a sink that takes all columns gives no warnings.
    """
    if not isinstance(sink, SelectiveSink):
        return
    schemas = [source.schema]
    for operator in operators:
        schemas.append(operator.output_schema(schemas[-1]))
    final = schemas[-1]
    if any(len(set(schema.names)) < len(schema.names) for schema in schemas):
        return  # the name does not say which of two columns is used
    taken = sink.takes(final)
    found: list[str] = []
    for operator, before, after in zip(
        reversed(operators), reversed(schemas[:-1]), reversed(schemas[1:]), strict=True
    ):
        elsewhere = operator.also_written(before) if isinstance(operator, AlsoWriting) else ()
        # Mates are the order of the reads, too.
        known = {*before.names, *elsewhere, "mate"}
        added = [name for name in after.names if name not in known]
        if isinstance(operator, Reshaping):
            added = []  # it is there for the parts, whose names show what they are
        if added and taken.isdisjoint(added) and set(added) <= set(final.names):
            found.append(_warning(operator.name, [final.field(name) for name in added], sink))
        needed = frozenset(before.names)
        if isinstance(operator, Pushdown):
            _, needed = operator.pushdown(taken, before)
        taken = needed & frozenset(before.names)
    yield from reversed(found)


def _warning(operator: str, columns: list[pa.Field], sink: SelectiveSink) -> str:
    names = [column.name for column in columns]
    listed, verb = ", ".join(names), "column is" if len(names) == 1 else "columns are"
    tags = [column.name for column in columns if _may_be_tag(column.type)]
    instead = f"'tag-description {' '.join(tags)}' puts them into the description, " if tags else ""
    if len(names) == 1:
        instead = instead.replace("them", "it")
    return (
        f"{operator}: its {verb} not written: {listed}; {sink.holds}. {instead}Parquet and Arrow"
        " hold every column"
    )


def _may_be_tag(kind: pa.DataType) -> bool:
    kind = kind.value_type if pa.types.is_dictionary(kind) else kind
    numeric = pa.types.is_integer(kind) or pa.types.is_floating(kind)
    return bool(numeric or pa.types.is_boolean(kind) or is_text(kind))
