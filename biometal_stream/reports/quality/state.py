"""What quality control has counted: records by group of reads and by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from biometal_stream.reports.quality.reads import GROUPS
from biometal_stream.reports.records.kinds import from_plain

if TYPE_CHECKING:
    from biometal_stream.reports.records.base import Records, State


def added(one: State, two: State) -> State:
    """The counts of both."""
    groups = [group for group in GROUPS if group in one or group in two]
    return {group: _added(one.get(group, {}), two.get(group, {})) for group in groups}


def _added(one: Records, two: Records) -> Records:
    names = sorted({*one, *two})
    return {
        name: one[name] + two[name] if name in one and name in two else {**one, **two}[name]
        for name in names
    }


def state_to_plain(state: State) -> dict[str, Any]:
    """A state as plain objects, for JSON."""
    return {
        group: {name: record.to_plain() for name, record in records.items()}
        for group, records in state.items()
    }


def state_from_plain(plain: Mapping[str, Any]) -> State:
    """The state of such objects.

    Raises:
        ValueError: They are not those of a state.
    """
    return {
        group: {name: from_plain(record) for name, record in records.items()}
        for group, records in plain.items()
    }
