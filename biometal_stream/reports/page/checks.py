"""The verdicts of all places, as a matrix: modules by place and group of reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from biometal_stream.reports.document.document import Document
from biometal_stream.reports.verdicts.judge import Verdict, verdicts

LEVELS = ("fail", "warn", "pass")


@dataclass(frozen=True)
class Checks:
    """The verdicts of a run.

    Attributes:
        columns: Place and group of each column.
        rows: A module, and its verdict in each column; ``None`` where it has none.
        counts: How many modules have which worst level at the last place.
        concerns: The verdicts of the last place that are not ``pass``, the worst first.
    """

    columns: tuple[tuple[str, str], ...]
    rows: tuple[tuple[str, tuple[Verdict | None, ...]], ...]
    counts: Mapping[str, int]
    concerns: tuple[Verdict, ...]


def checks(document: Document, places: Sequence[str]) -> Checks:
    """Judges the reads at some places by the limits of the document's assay."""
    found: dict[tuple[str, str], dict[str, Verdict]] = {}
    last: tuple[Verdict, ...] = ()
    for place in places:
        last = tuple(verdicts(document.quality[place], document.assay))
        for verdict in last:
            found.setdefault((place, verdict.group), {})[verdict.module] = verdict
    modules = dict.fromkeys(module for column in found.values() for module in column)
    rows = tuple(
        (module, tuple(column.get(module) for column in found.values())) for module in modules
    )
    worst = [
        min((each.level for each in last if each.module == module), key=LEVELS.index)
        for module in dict.fromkeys(each.module for each in last)
    ]
    return Checks(
        columns=tuple(found),
        rows=rows,
        counts={level: sum(each == level for each in worst) for level in LEVELS},
        concerns=tuple(
            sorted(
                (each for each in last if each.level != "pass"),
                key=lambda each: LEVELS.index(each.level),
            )
        ),
    )
