"""What quality control has counted: records by group of reads and by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from biometal_stream.reports.quality.reads import GROUPS
from biometal_stream.reports.records.kinds import from_plain
from biometal_stream.reports.records.sample import Sample

if TYPE_CHECKING:
    from biometal_stream.reports.records.base import Record, Records, State


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


def state_to_plain(state: State, like: State | None = None) -> dict[str, Any]:
    """A state as plain objects, for JSON.

    Args:
        state: All counts.
        like: Those of another place. Of samples, only the differences to it are written.
    """
    return {
        group: {name: _plain(record, _of(like, group, name)) for name, record in records.items()}
        for group, records in state.items()
    }


def _plain(record: Record, like: Record | None) -> dict[str, Any]:
    if isinstance(record, Sample) and isinstance(like, Sample):
        return record.to_plain(like)
    return record.to_plain()


def state_from_plain(plain: Mapping[str, Any], like: State | None = None) -> State:
    """The state of such objects.

    Args:
        plain: What `state_to_plain` returned.
        like: The same counts of another place.

    Raises:
        ValueError: They are not those of a state.
    """
    return {
        group: {name: _record(each, _of(like, group, name)) for name, each in records.items()}
        for group, records in plain.items()
    }


def _record(plain: Mapping[str, Any], like: Record | None) -> Record:
    if plain.get("kind") == Sample.kind and isinstance(like, Sample):
        return Sample.from_plain(plain, like)
    return from_plain(plain)


def _of(state: State | None, group: str, name: str) -> Record | None:
    return None if state is None else state.get(group, {}).get(name)
