"""Makes tables of the records of each group of reads."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

import pyarrow as pa

from biometal_stream.reports.quality.arrow import joined, table

if TYPE_CHECKING:
    from biometal_stream.reports.records.base import Records, State

R = TypeVar("R")


def by_group(
    state: State,
    columns: Mapping[str, pa.DataType],
    rows: Callable[[Records], Mapping[str, Any] | None],
) -> pa.Table:
    """One table of all groups.

    Args:
        state: Their records.
        columns: The types of the columns after ``group``.
        rows: Makes the columns of a group, arrays or lists; ``None`` if it has no rows.
    """
    schema = pa.schema([("group", pa.string()), *columns.items()])
    parts = []
    for group, records in state.items():
        found = rows(records)
        if found is None:
            continue
        groups = [group] * len(found[next(iter(columns))])
        parts.append(table({"group": groups, **found}, schema))
    return joined(parts, schema)


def record(records: Records, name: str, kind: type[R]) -> R | None:
    """A record by name; ``None`` if there is none."""
    found = records.get(name)
    return found if isinstance(found, kind) else None
