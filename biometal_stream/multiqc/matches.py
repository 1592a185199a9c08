"""The reads that match indexes, as `screen`, `deplete` and `keep-matching` have counted them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from biometal_stream.reports.document.document import Document

SEVERAL = "several indexes"
"""The name of the reads that match several. Names of indexes have no spaces."""

NONE = "no match"
"""The name of the reads that match none."""


@dataclass(frozen=True)
class Matches:
    """What a step has counted.

    Attributes:
        bars: For each index the reads that match it alone; those that match several, and none.
        percent: Those that match any index, of all; ``None`` without reads.
        counted: ``reads`` or ``pairs``.
        drops: Whether the step can drop or mark reads, and does not only count them.
    """

    bars: dict[str, int]
    percent: float | None
    counted: str
    drops: bool


def matches(document: Document) -> dict[str, Matches]:
    """What each such step has counted, by its name, such as ``screen-2``."""
    found = {name: _matches(result) for name, result in document.results.items()}
    return {name: each for name, each in found.items() if each is not None}


def _matches(result: Any) -> Matches | None:
    """What a result has of it; ``None`` if it is that of another step."""
    try:
        only = {str(name): int(each["only"]) for name, each in result["indexes"].items()}
        reads, matched = int(result["reads"]), int(result["matched"])
        percent = 100 * matched / reads if reads else None
        counted, drops = str(result["counted"]), result["matching"] != "counted"
    except (ArithmeticError, AttributeError, KeyError, TypeError, ValueError):
        return None
    several = {SEVERAL: matched - sum(only.values())} if len(only) > 1 else {}
    return Matches(only | several | {NONE: reads - matched}, percent, counted, drops)


def percent_columns(found: Mapping[str, Mapping[str, Matches]]) -> dict[str, dict[str, Any]]:
    """The columns of general statistics: the percentage that matches, for each step that drops.

    Args:
        found: What steps have counted, by sample.
    """
    steps = dict.fromkeys(name for each in found.values() for name in each if each[name].drops)
    return {
        key_of(name): {
            "title": "% matched" if len(steps) == 1 else f"% matched, {name}",
            "description": f"Reads, or pairs, that match an index of {name}",
            "suffix": "%",
            "min": 0,
            "max": 100,
            "scale": "OrRd",
        }
        for name in steps
    }


def percents(found: Mapping[str, Matches]) -> dict[str, float]:
    """The values of these columns for a sample."""
    return {
        key_of(name): each.percent
        for name, each in found.items()
        if each.drops and each.percent is not None
    }


def key_of(step: str) -> str:
    """The key of a step's column."""
    return f"{step}_matched"
