"""Runs jobs in turn, and prints what they took."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from statistics import median

from benches.processes import FailedError, Usage

_HEADINGS = "| | s | processor s | memory, MB | of ours |\n|---|--:|--:|--:|--:|\n"

Runs = dict[str, list[Usage]]


def in_turn(jobs: Mapping[str, Callable[[], Usage]], repeats: int) -> Runs:
    """Runs all jobs in turn, in reverse order in every second round; leaves out what fails.

    Args:
        jobs: What to run, by name.
        repeats: The rounds.

    Raises:
        FailedError: The first job failed.
    """
    runs: Runs = {name: [] for name in jobs}
    for number in range(repeats):
        for name in list(runs)[:: -1 if number % 2 else 1]:
            try:
                runs[name].append(jobs[name]())
            except FailedError as error:
                sys.stderr.write(f"{name}: {error}\n")
                if name == next(iter(jobs)):
                    raise
                del runs[name]
    return runs


def table(runs: Runs, first: str) -> str:
    """Medians and peak memory, in Markdown; seconds relative to those of the first job."""
    ours = seconds(runs[first])
    rows = [
        f"| {name} | {seconds(each):.2f} | {median(use.cpu for use in each):.2f}"
        f" | {max(use.peak for use in each) / 1e6:.0f} | {seconds(each) / ours:.2f} |\n"
        for name, each in runs.items()
    ]
    return _HEADINGS + "".join(rows)


def seconds(runs: list[Usage]) -> float:
    """The median of wall time."""
    return median(each.wall for each in runs)


def ratio(some: list[Usage], others: list[Usage]) -> float:
    """How many times as long some runs took as others, in the same rounds: the median."""
    return median(one.wall / two.wall for one, two in zip(some, others, strict=True))
