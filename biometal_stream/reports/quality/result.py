"""What quality control has found at one place of a pipeline."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from biometal_stream.reports.quality.expected import require_expected
from biometal_stream.reports.quality.modules.all import MODULES
from biometal_stream.reports.quality.named import Tables
from biometal_stream.reports.quality.state import added, state_from_plain, state_to_plain
from biometal_stream.reports.records.packing import require_bounded

if TYPE_CHECKING:
    import pyarrow as pa

    from biometal_stream.reports.records.base import State


@dataclass(frozen=True, eq=False)
class Quality(Tables):
    """What the reads at one place of a pipeline are like.

    Each table is a property, such as ``quality.per_cycle``. Safe to share between threads.

    Attributes:
        state: All counts, by group of reads and by name. Everything else is computed from them.
        place: The name of the place, such as ``before``; empty if it has none.
    """

    state: State
    place: str = ""

    @property
    def groups(self) -> tuple[str, ...]:
        """The groups of reads: ``reads``, or ``mate 1``, ``mate 2``, ``merged`` and ``pairs``."""
        return tuple(self.state)

    @cached_property
    def tables(self) -> Mapping[str, pa.Table]:
        """All tables by name, such as ``per_cycle``; their first column is the group of reads."""
        found: dict[str, pa.Table] = {}
        for module in MODULES:
            found |= module.tables(self.state)
        return found

    def __eq__(self, other: object) -> bool:
        """Whether places and all counts are the same."""
        if not isinstance(other, Quality):
            return NotImplemented
        return self.place == other.place and self.to_plain() == other.to_plain()

    __hash__ = None  # type: ignore[assignment]

    def __add__(self, other: Quality) -> Quality:
        """What the reads of both are like."""
        return Quality(added(self.state, other.state), self.place)

    def to_plain(self, like: Quality | None = None) -> dict[str, Any]:
        """The counts as plain objects, for JSON.

        Args:
            like: The result at another place. Of samples, only differences to it are written.
        """
        return state_to_plain(self.state, None if like is None else like.state)

    @classmethod
    def from_plain(
        cls, plain: Mapping[str, Any], place: str = "", like: Quality | None = None
    ) -> Quality:
        """The result of such objects.

        Args:
            plain: What `to_plain` returned.
            place: The name of the place.
            like: The same result at another place.

        Raises:
            ValueError: They are not those of quality control.
        """
        require_bounded(plain)
        state = state_from_plain(plain, None if like is None else like.state)
        require_expected(state)
        return cls(state, place)

    def plot(self) -> Any:
        """Plots quality and bases by cycle, GC and lengths, a row for each group of reads.

        Returns:
            A ``matplotlib.figure.Figure``, which notebooks show and ``savefig`` saves.

        Raises:
            MissingExtraError: matplotlib is not installed.
        """
        from biometal_stream.reports.quality.plots import plot

        return plot(self, self.place)

    def _repr_html_(self) -> str:
        """The figures of all reads, for notebooks."""
        from biometal_stream.reports.quality.figures import figures
        from biometal_stream.reports.quality.markup import table

        return table("Quality control", *figures({self.place or "reads": self}))
