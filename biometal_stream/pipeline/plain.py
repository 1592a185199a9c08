"""Results as what JSON can hold."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from typing import Any

from biometal_stream.reports.quality.result import Quality
from biometal_stream.reports.results import Table, columns_of, is_arrow, tables_of
from biometal_stream.reports.showing import SAID


def plain_object(value: Any) -> Any:
    """Converts a result to what JSON can hold.

    Data classes and mappings become dictionaries, sequences and arrays become lists, numbers that
    are not finite become ``None``, and anything else becomes its text. Tables become dictionaries
    of columns: those in ``tables``, and those of a result that is neither a data class nor a
    mapping. What a data class says of how it is shown is added: see `reports.showing`. Of quality
    control there are the totals; a `Document` has all of it.
    """
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Quality):
        totals = value.columns.get("totals", {})
        rows = [dict(zip(totals, row, strict=True)) for row in zip(*totals.values(), strict=True)]
        return {"place": value.place, "totals": plain_object(rows)}
    if is_arrow(value):
        return _plain_table(tables_of(value)[""])
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        names = [each.name for each in dataclasses.fields(value)]
        names += [name for name in SAID if isinstance(getattr(value, name, None), Mapping)]
        return {name: plain_object(getattr(value, name)) for name in names} | _plain_tables(value)
    if isinstance(value, Mapping):
        return {str(key): plain_object(each) for key, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain_object(each) for each in value]
    if hasattr(value, "tolist"):  # a numpy array or number
        return plain_object(value.tolist())
    tables = _plain_tables(value)
    return tables or str(value)


def _plain_tables(value: object) -> dict[str, Any]:
    """The tables of a result that are not computed from its fields."""
    if hasattr(value, "tables") or not dataclasses.is_dataclass(value):
        tables = {title: _plain_table(each) for title, each in tables_of(value).items()}
        return {"tables": tables} if tables else {}
    return {}


def _plain_table(table: Table) -> dict[str, Any]:
    return {name: plain_object(column) for name, column in columns_of(table).items()}
