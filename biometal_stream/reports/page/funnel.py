"""The funnel: how many reads each step let through, and why it dropped the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from biometal_stream.reports.page.figures import Facts, Figure, Path
from biometal_stream.reports.page.texts import cut

LONGEST_STEP = 90
"""Characters of a step that the page shows. The command line has all of it."""


@dataclass(frozen=True)
class Level:
    """A bar of the funnel.

    Attributes:
        step: The step, as on the command line; what the run reads or writes at the ends.
        left: Reads after the step.
        share: Those, of the most reads that there are at any step, in percent: the bar's length.
        dropped: Reads that it dropped, of the same, in percent: the length of the bar's end.
        lost: Reads that it dropped.
        lost_share: Their share of the reads that came in.
        reason: Why reads were dropped.
        trimmed: Reads that it shortened.
        cut: Bases that it cut off.
        split: Reads that became several.
        merged: Pairs that became one read.
    """

    step: str
    left: Figure
    share: float | None
    dropped: float = 0.0
    lost: Figure | None = None
    lost_share: Figure | None = None
    reason: str = ""
    trimmed: Figure | None = None
    cut: Figure | None = None
    split: Figure | None = None
    merged: Figure | None = None


def funnel(facts: Facts) -> tuple[Level, ...]:
    """A level for what was read, for each step that can change reads, and for what was written."""
    steps = facts.plain["steps"]
    shown = [place for place, step in enumerate(steps) if step["kind"] != "observer"]
    most = max(_known(facts, steps), default=0)
    first = facts.figure(("reads_in",), unit="count")
    last = facts.figure(("reads_out",), unit="count")
    return (
        Level("reads in", first, _share(first.value, most)),
        *(_level(facts, place, most) for place in shown),
        Level("reads out", last, _share(last.value, most)),
    )


def kept(facts: Facts) -> Figure | None:
    """The share of reads that are left; ``None`` where there is no such share."""
    split = any(step["kind"] == "splitter" for step in facts.plain["steps"])
    if split or not facts.plain["reads_in"]:
        return None
    return facts.figure(("reads_out",), unit="share", wholes=[("reads_in",)])


def _known(facts: Facts, steps: Sequence[dict[str, object]]) -> list[int]:
    numbers = [facts.plain["reads_in"], facts.plain["reads_out"]]
    for step in steps:
        numbers += [step["reads_in"], step["reads_out"]]
    return [number for number in numbers if number is not None]


def _level(facts: Facts, place: int, most: int) -> Level:
    def figure(name: str) -> Figure | None:
        path: Path = ("steps", place, name)
        return None if facts.at(path[:-1]).get(name) is None else facts.figure(path, unit="count")

    step = facts.at(("steps", place))
    left = facts.figure(("steps", place, "reads_out"), unit="count")
    lost = figure("dropped")
    came = ("steps", place, "reads_in")
    loses = lost is not None and bool(lost.value)
    return Level(
        step=cut(facts.cut(step["operator"]), LONGEST_STEP),
        left=left,
        share=_share(left.value, most),
        dropped=_share(lost.value, most) or 0.0 if lost is not None else 0.0,
        lost=lost,
        lost_share=facts.figure(("steps", place, "dropped"), unit="share", wholes=[came])
        if loses and facts.at(came) is not None
        else None,
        reason=facts.cut(step["reason"] or "") if loses else "",
        trimmed=figure("reads_trimmed"),
        cut=figure("bases_trimmed"),
        split=figure("reads_split"),
        merged=figure("pairs_merged"),
    )


def _share(part: float | None, whole: int) -> float | None:
    return None if part is None else 100 * part / whole if whole else 0.0
