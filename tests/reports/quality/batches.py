"""Reads for the tests of modules, and what modules count in them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from functools import reduce
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from biometal_stream.reports.quality.reads import groups_of
from biometal_stream.reports.quality.state import added, state_to_plain
from biometal_stream.view import BatchView

if TYPE_CHECKING:
    from biometal_stream.reports.quality.module import Module
    from biometal_stream.reports.records.base import State


def batch(
    sequences: Sequence[str | None] | None,
    qualities: Sequence[str | None] | None = None,
    mates: Sequence[int | None] | None = None,
) -> pa.RecordBatch:
    """A batch of these columns."""
    columns: dict[str, Any] = {"name": [""] * len(sequences or qualities or [])}
    for name, values in (("sequence", sequences), ("quality", qualities)):
        if values is not None:
            columns[name] = pa.array(values, pa.string())
    if mates is not None:
        columns["mate"] = pa.array(mates, pa.int8())
    return pa.RecordBatch.from_pydict(columns)


def state_of(reads: pa.RecordBatch, *modules: Module) -> State:
    """What modules count in a batch."""
    return {
        each.group: {
            name: record for module in modules for name, record in module.observe(each).items()
        }
        for each in groups_of(BatchView(reads), {})
    }


def total(states: Iterable[State]) -> State:
    """The counts of all."""
    return reduce(added, states, {})


def plain(state: State) -> str:
    """The state as text; equal counts give equal text."""
    return json.dumps(state_to_plain(state), sort_keys=True)


def rows(module: Module, state: State, table: str) -> list[dict[str, Any]]:
    """A table of a module, as one dictionary for each row."""
    found: list[dict[str, Any]] = module.tables(state)[table].to_pylist()
    return found
