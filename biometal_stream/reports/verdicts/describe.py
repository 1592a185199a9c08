"""The limits of all assays as a page: ``python -m biometal_stream.reports.verdicts.describe``."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from biometal_stream.reports.assay_names import DEFAULT_ASSAY
from biometal_stream.reports.verdicts.assays import ASSAYS
from biometal_stream.reports.verdicts.figures import (
    BASES_OF_CYCLES,
    READS_OF_GC,
    READS_OF_SEQUENCE,
    READS_OF_TILE,
)
from biometal_stream.reports.verdicts.limit import Assay, Limit
from biometal_stream.reports.verdicts.measures import MEASURES

_INTRODUCTION = f"""# Limits by assay

A report says *pass*, *warn* or *fail* for each module of [quality control](quality-control.md).
What is good depends on the assay, so `--assay` chooses the limits. The default is
`{DEFAULT_ASSAY}`. A module without a limit is shown, but not judged.

Few reads differ by chance, so only `fastqc` judges

- cycles that fewer than 1 % of the reads reach,
- tiles, in cycles that fewer than {READS_OF_TILE} of their reads reach,
- the bases of cycles that have fewer than {BASES_OF_CYCLES:,} in all,
- the GC content of fewer than {READS_OF_GC:,} reads,
- over-represented sequences of fewer than {READS_OF_SEQUENCE:,} reads.

This page is made from the table that the program uses, by
`python -m biometal_stream.reports.verdicts.describe`.
"""


def describe() -> str:
    """The page, in Markdown."""
    return "\n".join((_INTRODUCTION, *_index(), *_sections()))


def _index() -> Iterator[str]:
    yield "| `--assay` | for |"
    yield "|---|---|"
    yield from (f"| [`{name}`](#{name}) | {assay.about} |" for name, assay in ASSAYS.items())


def _sections() -> Iterator[str]:
    for name, assay in ASSAYS.items():
        yield f"\n## {name}\n\nFor {assay.title}. {assay.about}"
        yield "\n| module | figure | warn | fail | reason |\n|---|---|---|---|---|"
        yield from (_row(limit) for limit in assay.limits)
        yield from _not_judged(assay)
    yield ""


def _row(limit: Limit) -> str:
    measure = MEASURES[limit.measure]
    title = measure.title.format(parameter=limit.parameter)
    if measure.by_cycle and limit.parameter:
        title += f", after cycle {limit.parameter}"
    warn, fail = (
        "" if value is None else f"{measure.worse} {value:g}" for value in (limit.warn, limit.fail)
    )
    return f"| {measure.module} | {title} | {warn} | {fail} | {limit.why} |"


def _not_judged(assay: Assay) -> Iterator[str]:
    if assay.not_judged:
        yield "\n| not judged | because |\n|---|---|"
        yield from (f"| {module} | {why} |" for module, why in assay.not_judged.items())


if __name__ == "__main__":
    sys.stdout.write(describe())
