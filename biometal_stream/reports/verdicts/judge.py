"""Pass, warn or fail for each module."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from biometal_stream.reports.assay_names import DEFAULT_ASSAY
from biometal_stream.reports.verdicts.assays import ASSAYS
from biometal_stream.reports.verdicts.measure import Asked
from biometal_stream.reports.verdicts.measures import MEASURES
from biometal_stream.reports.verdicts.modules import MODULES

if TYPE_CHECKING:
    from biometal_stream.reports.quality.result import Quality
    from biometal_stream.reports.verdicts.limit import Assay, Limit
    from biometal_stream.reports.verdicts.measure import Found, Measure

LEVELS = ("pass", "warn", "fail")


@dataclass(frozen=True)
class Verdict:
    """What is said of one module, for one group of reads.

    Attributes:
        group: The group of reads.
        module: The module: one of `modules.MODULES`.
        level: ``pass``, ``warn`` or ``fail``.
        value: The figure that was judged.
        limit: The limit that it is worse than; for ``pass``, the one that it keeps.
        reason: What was found, as a sentence.
    """

    group: str
    module: str
    level: Literal["pass", "warn", "fail"]
    value: float
    limit: float
    reason: str


def verdicts(quality: Quality, assay: str = DEFAULT_ASSAY) -> tuple[Verdict, ...]:
    """Judges the modules by the limits of an assay.

    A module without a limit, or without counts, has no verdict. If a module has several limits,
    the worst counts.

    Args:
        quality: The result of quality control.
        assay: A key of `ASSAYS`.

    Returns:
        The verdicts, by group of reads, in the order of FastQC's modules.

    Raises:
        ValueError: The assay is unknown.
    """
    return tuple(
        verdict for group in quality.state for verdict in verdicts_of(quality, group, assay)
    )


def verdicts_of(quality: Quality, group: str, assay: str = DEFAULT_ASSAY) -> tuple[Verdict, ...]:
    """Judges the modules for one group of reads, as `verdicts` does for all.

    Raises:
        ValueError: The assay is unknown.
    """
    chosen = ASSAYS.get(assay)
    if chosen is None:
        raise ValueError(f"unknown assay {assay!r}: use one of {', '.join(ASSAYS)}")
    found = (_worst(quality, group, module, chosen) for module in MODULES)
    return tuple(verdict for verdict in found if verdict is not None)


def _worst(quality: Quality, group: str, module: str, assay: Assay) -> Verdict | None:
    judged = []
    for limit in assay.limits:
        measure = MEASURES[limit.measure]
        if measure.module == module:
            found = measure.find(Asked(quality, group, assay.reached, limit.parameter))
            if found is not None:
                judged.append(_verdict(group, measure, limit, found))
    return max(judged, key=lambda verdict: LEVELS.index(verdict.level), default=None)


def _verdict(group: str, measure: Measure, limit: Limit, found: Found) -> Verdict:
    level: Literal["pass", "warn", "fail"] = "pass"
    passed = next(each for each in (limit.warn, limit.fail) if each is not None)
    if measure.is_worse(found.value, limit.warn):
        level = "warn"
    if measure.is_worse(found.value, limit.fail):
        level = "fail"
        passed = limit.fail if limit.fail is not None else passed
    sentence = measure.sentence if found.value or not measure.none else measure.none
    said = sentence.format(
        value=_shown(found.value, measure, passed),
        where=found.where,
        cycles=found.cycles and found.cycles.in_words(),
        averaged=" on average" if found.cycles and found.cycles.width > 1 else "",
        parameter=limit.parameter,
    )
    end = "" if level == "pass" else f"; the limit is {passed:,g}"
    return Verdict(group, measure.module, level, found.value, passed, f"{said}{end}.")


def _shown(value: float, measure: Measure, limit: float) -> str:
    """A value with as many decimal places as show on which side of the limit it is."""
    if not math.isfinite(value):
        return f"{value:g}"
    for places in range(1 if abs(value) >= 1 else 2, 9):
        rounded = round(value, places)
        if measure.is_worse(rounded, limit) == measure.is_worse(value, limit):
            value = rounded
            break
    text = f"{value:,.8f}".rstrip("0")
    return text.removesuffix(".")
