"""The goals that are ratios to other tools, and how near the figures come to them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from benches.peers.rows import Compared, compared, of_ours
from benches.peers.tasks import PAIRS_GZIP, PAIRS_TRIMMED, PARQUET, PREDICTED

_TIMES = "\N{MULTIPLICATION SIGN}"


@dataclass(frozen=True)
class Goal:
    """A goal for a task.

    Attributes:
        task: The task's name.
        tool: The tool that biometal_stream is compared with; empty for bare inflation.
        ratio: How many times as long the tool shall take at least; for bare inflation, how many
            times as long as that biometal_stream may take.
    """

    task: str
    tool: str
    ratio: float

    def measured(self, found: Compared) -> float | None:
        """The ratio of the medians, starts included; ``None`` where the tool did not run."""
        if not self.tool:
            return float(found.ours.last["of_isal"])
        rows = [row for row in found.others if row.tool == self.tool]
        return of_ours(rows[0], found.ours) if rows else None

    def describe(self, measured: float) -> str:
        """One line: the task, the ratio, the goal."""
        met = measured >= self.ratio if self.tool else measured <= self.ratio
        what = (
            f"{self.tool} takes {measured:.2f}{_TIMES} our time, goal at least"
            if self.tool
            else f"{measured:.2f}{_TIMES} bare inflation, goal at most"
        )
        return f"{self.task}: {what} {self.ratio}{_TIMES}: {'met' if met else 'missed'}"


GOALS = (
    Goal(PARQUET.name, "", 2.6),
    Goal(PARQUET.name, "oxbow", 1.5),
    Goal(PARQUET.name, "polars-bio", 2.2),
    Goal(PREDICTED.name, "", 3.2),
    Goal(PAIRS_GZIP.name, "fastp", 3.0),
    Goal(PAIRS_TRIMMED.name, "AdapterRemoval", 1.4),
    Goal(PAIRS_TRIMMED.name, "fastp", 4.0),
    Goal(PAIRS_TRIMMED.name, "cutadapt", 2.8),
)


def text(results: dict[str, Any]) -> str:
    """A line for each goal whose jobs were timed.

    Args:
        results: What `benches.peers` writes as JSON.
    """
    tasks = {each.task: each for each in compared(results)}
    lines = [
        goal.describe(measured)
        for goal in GOALS
        if goal.task in tasks and (measured := goal.measured(tasks[goal.task])) is not None
    ]
    return "".join(f"{line}\n" for line in lines)
