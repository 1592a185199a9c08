"""Which places of quality control are before and after filtering."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from biometal_stream.reports.fastp.tables import totals_of
from biometal_stream.reports.quality.reads import FIRST, MERGED, SECOND, SINGLE

if TYPE_CHECKING:
    from biometal_stream.reports.document.document import Document
    from biometal_stream.reports.quality.result import Quality


@dataclass(frozen=True, eq=False)
class Span:
    """What lies between the first and the last place of quality control.

    Attributes:
        before: What reads are like at the first place.
        after: What they are like at the last place; ``None`` if a step after it changes reads, so
            that it does not show the output.
        steps: The steps after the first place.
    """

    before: Quality
    after: Quality | None
    steps: Sequence[Mapping[str, Any]]

    @classmethod
    def of(cls, document: Document) -> Span:
        """The span of a report that has a place."""
        places = list(document.quality.values())
        rows = [row for row, step in enumerate(document.steps) if step["name"] == "quality-control"]
        if len(rows) != len(places):  # the runs of a sum need not have the same steps
            return cls(places[0], places[-1], document.steps)
        changed = any(_changed(step) for step in document.steps[rows[-1] :])
        steps = document.steps[rows[0] :]
        return cls(places[0], None if changed else places[-1], steps)

    @property
    def groups_before(self) -> tuple[str, ...]:
        """The groups that fastp calls reads 1 and 2."""
        return _groups(self.before)

    @property
    def groups_after(self) -> tuple[str, ...]:
        """The groups after filtering, merged reads first."""
        return () if self.after is None else _groups(self.after)


def _changed(step: Mapping[str, Any]) -> bool:
    """Whether a step dropped or changed reads."""
    done = (step["dropped"], step["bases_trimmed"], step["reads_split"])
    return any(done) or step["name"] in _REWRITING


_REWRITING = frozenset(
    ("convert-bases", "correct-pairs", "mask-quality", "merge-pairs", "reverse-complement")
)
"""The steps that write other bases or qualities, or other reads."""


def _groups(quality: Quality) -> tuple[str, ...]:
    """The groups that have totals; without any read, that of single reads."""
    found = [group for group in (MERGED, FIRST, SECOND, SINGLE) if totals_of(quality, group)]
    return tuple(found)
