"""The figures of a task by tools, each with all its numbers of threads."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import Any

from benches.contents import contents_of, difference
from benches.tasks import INFLATE
from benches.tools.biometal import NAME as OURS


@dataclass(frozen=True)
class Row:
    """A task by a tool.

    Attributes:
        tool: The tool.
        jobs: Its figures, by the number of threads, from the fewest; 0 where it cannot be set.
    """

    tool: str
    jobs: dict[int, dict[str, Any]]

    @property
    def last(self) -> dict[str, Any]:
        """The figures with the most threads."""
        return self.jobs[max(self.jobs)]

    @property
    def medians(self) -> str:
        """Seconds with each number of threads."""
        return " / ".join(seconds(job["median"]) for job in self.jobs.values())


@dataclass(frozen=True)
class Compared:
    """A task by all tools.

    Attributes:
        task: Its name.
        ours: What biometal_stream takes.
        others: What the others take, the fastest first.
    """

    task: str
    ours: Row
    others: list[Row]


def compared(results: dict[str, Any]) -> list[Compared]:
    """All tasks that biometal_stream did, in their order."""
    found = []
    for task, group in groupby(results.get("jobs", []), lambda job: str(job["task"])):
        jobs = [job for job in group if job["output"] != INFLATE]
        tools = dict.fromkeys(job["tool"] for job in jobs)
        rows = [Row(tool, _by_threads(jobs, tool)) for tool in tools]
        ours = next((row for row in rows if row.tool == OURS), None)
        if ours is None:
            continue
        others = [row for row in rows if row.tool != OURS]
        others.sort(key=lambda row: float(row.last["median"]))
        found.append(Compared(task, ours, others))
    return found


def seconds(value: float) -> str:
    """Seconds with two digits at least."""
    return f"{value:.2f}" if value < 10 else f"{value:.1f}"


def of_ours(row: Row, ours: Row, key: str = "median") -> float:
    """What a tool takes over what biometal_stream takes, both with the most threads."""
    return float(row.last[key]) / float(ours.last[key])


def differing(row: Row, ours: Row) -> str:
    """How the reads that came out differ, in words; empty where they are the same."""
    one, other = ours.last["contents"], row.last["contents"]
    return difference(contents_of(one), contents_of(other)) if one and other else ""


def _by_threads(jobs: list[dict[str, Any]], tool: str) -> dict[int, dict[str, Any]]:
    own = [job for job in jobs if job["tool"] == tool]
    return {job["threads"]: job for job in sorted(own, key=lambda job: int(job["threads"]))}
