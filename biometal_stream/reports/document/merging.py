"""Adds the reports of several runs, as if one run had read all reads.

The result does not depend on the order of the reports, nor on which are added first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from biometal_stream.reports.document.document import Document
from biometal_stream.reports.quality.result import Quality

_SAME = ("name", "operator", "kind", "reason")
"""What steps must have in common to be added. The rest of a step are counts."""

_NAMED = 3
"""The most samples in the name of a report of several."""


def added(one: Document, two: Document) -> Document:
    """The report of both. Its warnings name what could not be added.

    Args:
        one: The report of one run, or of several.
        two: Another one.
    """
    both = (one, two)
    left_out: list[str] = []
    samples = sorted({name for each in both for name in each.samples or (each.sample,)})
    results = _results(both, left_out)
    return Document(
        sample=_joined(samples),
        samples=tuple(samples),
        runs=one.runs + two.runs,
        command=one.command if one.command == two.command else "",
        version=", ".join(sorted({name for each in both for name in each.version.split(", ")})),
        assay=_assay(both, left_out),
        reads_in=_sum([one.reads_in, two.reads_in]),
        reads_out=one.reads_out + two.reads_out,
        steps=_steps(both, left_out),
        counts={
            name: one.counts.get(name, 0) + two.counts.get(name, 0)
            for name in sorted({*one.counts, *two.counts})
        },
        findings=tuple(each for each in one.findings if each in two.findings),
        results=results,
        additive=tuple(results),
        quality=_quality(one.quality, two.quality, left_out),
        warnings=tuple(sorted({*one.warnings, *two.warnings, *left_out})),
    )


def _joined(samples: Sequence[str]) -> str:
    """A name for all samples."""
    if len(samples) <= _NAMED:
        return ", ".join(samples)
    return f"{', '.join(samples[:_NAMED])} and {len(samples) - _NAMED:,} more"


def _assay(documents: Sequence[Document], left_out: list[str]) -> str:
    assays = sorted({each.assay for each in documents})
    if len(assays) > 1:
        left_out.append(
            f"assays differ ({', '.join(assays)}); the verdicts are those of {assays[0]}"
        )
    return assays[0]


def _sum(numbers: Sequence[int | None]) -> int | None:
    """The sum; ``None`` if a number is not known."""
    known = [number for number in numbers if number is not None]
    return sum(known) if len(known) == len(numbers) else None


def _steps(documents: Sequence[Document], left_out: list[str]) -> tuple[Mapping[str, Any], ...]:
    lines = [[[step[key] for key in _SAME] for step in each.steps] for each in documents]
    if lines[0] != lines[1]:
        left_out.append("the steps differ, so they are not added")
        return ()
    return tuple(
        {
            key: value if key in _SAME else _sum([each[key] for each in same])
            for key, value in same[0].items()
        }
        for same in zip(*(each.steps for each in documents), strict=True)
    )


def _results(documents: Sequence[Document], left_out: list[str]) -> dict[str, Any]:
    """The sums of results. A run without reads adds nothing: it may not know that it has pairs."""
    documents = [each for each in documents if each.reads_in != 0] or documents
    found = {}
    for name in sorted({name for each in documents for name in each.results}):
        each_has = [each.results[name] for each in documents if name in each.additive]
        if len(each_has) == len(documents):
            with suppress(_DifferentError):
                found[name] = _added(each_has)
        if name not in found:
            left_out.append(f"the results of {name} cannot be added")
    return found


class _DifferentError(Exception):
    """Results are not of one shape, or differ in what is not a count."""


def _added(values: Sequence[Any]) -> Any:
    """Adds the counts of results.

    Raises:
        _DifferentError: They cannot be added.
    """
    if all(isinstance(value, int) and not isinstance(value, bool) for value in values):
        return sum(values)
    if all(isinstance(value, Mapping) for value in values):
        names = list(dict.fromkeys(name for value in values for name in value))
        return {name: _added([v[name] for v in values if name in v]) for name in _ordered(names)}
    if all(isinstance(value, list) for value in values) and len(set(map(len, values))) == 1:
        return [_added(each) for each in zip(*values, strict=True)]
    words = all(value is None or isinstance(value, bool | str) for value in values)
    if words and len(set(values)) == 1:
        return values[0]
    raise _DifferentError


def _ordered(names: list[str]) -> list[str]:
    """Keys in the order of all runs: numbers by value, other names as in the first run."""
    return sorted(names, key=int) if all(name.isdecimal() for name in names) else names


def _quality(
    one: Mapping[str, Quality], two: Mapping[str, Quality], left_out: list[str]
) -> dict[str, Quality]:
    common = [place for place in one if place in two]
    places = [*one, *(place for place in two if place not in one)]
    left_out += [
        f"place '{place}' is not in all reports, so it is left out"
        for place in places
        if place not in common
    ]
    return {place: one[place] + two[place] for place in common}
