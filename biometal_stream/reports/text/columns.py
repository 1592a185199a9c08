"""The columns of a text report, one for each place and group of reads, and the rows of tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from biometal_stream.reports.document.document import Document
    from biometal_stream.reports.quality.result import Quality

_OF_READS = ("reads", "mate 1", "mate 2", "merged")


@dataclass(frozen=True)
class Column:
    """One group of reads at one place.

    Attributes:
        title: The heading: the place, the group, or both.
        quality: What was counted at the place.
        group: The group of reads.
    """

    title: str
    quality: Quality
    group: str

    def rows(self, table: str) -> list[Mapping[str, Any]]:
        """The rows of a table of this group; none if the table does not exist."""
        found = self.quality.tables.get(table)
        if found is None:
            return []
        return [row for row in found.to_pylist() if row["group"] == self.group]

    def row(self, table: str) -> Mapping[str, Any]:
        """The only row of a table of this group; empty without one."""
        return next(iter(self.rows(table)), {})


def columns_of(document: Document, groups: tuple[str, ...] = _OF_READS) -> list[Column]:
    """The columns of a report: those of one group are side by side.

    Args:
        document: The report.
        groups: The groups to show.
    """
    every = [
        (place, quality, group)
        for group in groups
        for place, quality in document.quality.items()
        if group in quality.state
    ]
    several_places = len(document.quality) > 1
    several_groups = len({group for _, _, group in every}) > 1
    columns = []
    for place, quality, group in every:
        title = f"{group} {place}" if several_groups and several_places else place
        columns.append(
            Column(group if several_groups and not several_places else title, quality, group)
        )
    return columns
