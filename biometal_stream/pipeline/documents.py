"""Makes the document of a run: what it did to the reads, without times."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from biometal_stream.pipeline.plain import plain_object
from biometal_stream.pipeline.step import Step
from biometal_stream.reports.assay_names import DEFAULT_ASSAY
from biometal_stream.reports.document.document import Document
from biometal_stream.reports.document.places import by_place
from biometal_stream.reports.quality.result import Quality
from biometal_stream.reports.showing import words_of
from biometal_stream.version import __version__


def document_of(
    *,
    sample: str,
    command: str,
    reads_in: int | None,
    reads_out: int,
    steps: Sequence[Step],
    counts: Mapping[str, int],
    learnt: Mapping[str, Any],
    results: Mapping[str, Any],
    warnings: Sequence[str],
    assay: str = DEFAULT_ASSAY,
) -> Document:
    """The document of a run, which depends neither on threads nor on time.

    Args:
        sample: The sample's name.
        command: The command line, if there was one.
        reads_in: Reads that were read; ``None`` if the run was stopped early.
        reads_out: Reads that reached the output.
        steps: See `Report.steps`.
        counts: See `Report.counts`.
        learnt: See `Report.learnt`.
        results: See `Report.results`.
        warnings: See `Report.warnings`.
        assay: What was sequenced.
    """
    others = {name: each for name, each in results.items() if not isinstance(each, Quality)}
    return Document(
        sample=sample,
        command=command,
        version=__version__,
        assay=assay,
        reads_in=reads_in,
        reads_out=reads_out,
        steps=tuple(map(dataclasses.asdict, steps)),
        counts=dict(sorted(counts.items())),
        findings=found_lines(learnt, results),
        warnings=tuple(warnings),
        results={name: plain_object(each) for name, each in others.items()},
        additive=tuple(name for name, each in others.items() if _is_additive(each)),
        quality=by_place(results.values()),
    )


def _is_additive(result: object) -> bool:
    """Whether the numbers of a result are counts: a data class that can be added."""
    return dataclasses.is_dataclass(result) and hasattr(type(result), "__add__")


def found_lines(
    learnt: Mapping[str, Any], results: Mapping[str, Any]
) -> tuple[tuple[str, str], ...]:
    """What learners have found in the first reads, and what results say: each line with its step.

    Results that say how their numbers are shown have no lines: reports show these numbers.

    Args:
        learnt: See `Report.learnt`.
        results: See `Report.results`.
    """
    return tuple(
        (name, line)
        for name, found in (*learnt.items(), *results.items())
        if words_of(found) is None
        for line in getattr(found, "findings", ())
    )
