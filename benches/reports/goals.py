"""The goals of reports."""

from __future__ import annotations

from collections.abc import Mapping

TIMES = "\N{MULTIPLICATION SIGN}"

RATIOS = {"polars-bio": 3.0, "FastQC": 5.0, "falco 1": 5.0, "falco 2": 5.0, "sequali": 3.0}
"""How many times as long as ours each program shall take at least."""

MOST_ADDED = 1.10
"""The most that two reports may multiply the time of a job by."""

MOST_MEMORY = 300_000_000
"""The most bytes of memory of a report alone."""


def alone(seconds: Mapping[str, float], peak: float, ours: str) -> list[str]:
    """A line for each goal of reports alone, with what was measured.

    Args:
        seconds: The median of each program.
        peak: The most memory of ours, in bytes.
        ours: The name of ours in ``seconds``.
    """
    lines = [
        f"{name} takes {seconds[name] / seconds[ours]:.2f}{TIMES} our time,"
        f" goal at least {ratio:g}{TIMES}: {_met(seconds[name] / seconds[ours] >= ratio)}"
        for name, ratio in RATIOS.items()
        if name in seconds
    ]
    memory = f"memory {peak / 1e6:.0f} MB, goal at most {MOST_MEMORY / 1e6:.0f} MB"
    return [*lines, f"{memory}: {_met(peak <= MOST_MEMORY)}"]


def added(task: str, ratio: float) -> str:
    """A line for a job with reports, against the same without."""
    goal = f"goal at most {MOST_ADDED:.2f}{TIMES}: {_met(ratio <= MOST_ADDED)}"
    return f"{task}: {ratio:.3f}{TIMES} with two reports, {goal}"


def _met(met: bool) -> str:
    return "met" if met else "missed"
