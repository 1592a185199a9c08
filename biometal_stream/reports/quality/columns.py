"""Places and groups of reads side by side, as text, notebooks and plots show them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from biometal_stream.reports.records.base import State

OF_READS = ("reads", "mate 1", "mate 2", "merged")


class Counted(Protocol):
    """The part of a `Quality` that is shown."""

    @property
    def state(self) -> State:
        """The counts, by group of reads."""

    @property
    def columns(self) -> Mapping[str, Mapping[str, Sequence[Any]]]:
        """The tables by name, as lists by column."""

    def rows(self, table: str, group: str, /) -> slice:
        """The rows of a table that a group of reads has."""


@dataclass(frozen=True)
class Column:
    """One group of reads at one place.

    Attributes:
        title: The heading: the place, the group, or both.
        quality: What was counted at the place.
        group: The group of reads.
    """

    title: str
    quality: Counted
    group: str

    def rows(self, table: str) -> list[Mapping[str, Any]]:
        """The rows of a table of this group; none if the table does not exist."""
        rows = self.quality.rows(table, self.group)
        columns = self.quality.columns.get(table, {})
        cells = zip(*(column[rows] for column in columns.values()), strict=True)
        return [dict(zip(columns, row, strict=True)) for row in cells]

    def row(self, table: str) -> Mapping[str, Any]:
        """The only row of a table of this group; empty without one."""
        return next(iter(self.rows(table)), {})


def columns_of(places: Mapping[str, Counted], groups: tuple[str, ...] = OF_READS) -> list[Column]:
    """A column for each group of reads at each place; those of one group are side by side.

    Args:
        places: What was counted, by place.
        groups: The groups to show.
    """
    every = [
        (place, quality, group)
        for group in groups
        for place, quality in places.items()
        if group in quality.state
    ]
    several_groups = len({group for _, _, group in every}) > 1
    columns = []
    for place, quality, group in every:
        title = place if not several_groups else group
        if several_groups and len(places) > 1:
            title = f"{group} {place}"
        columns.append(Column(title, quality, group))
    return columns
