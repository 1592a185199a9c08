"""Runs that return a few rows, a number, or a summary."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from numbers import Integral
from typing import TYPE_CHECKING

import pyarrow as pa

from biometal_stream.errors import ConfigurationError
from biometal_stream.pipeline.execution import Execution
from biometal_stream.pipeline.results import Attached
from biometal_stream.pipeline.scan import Scan

if TYPE_CHECKING:
    from biometal_stream.pipeline.value import Recipe
    from biometal_stream.reports.summary import Summary


def first_rows(pipeline: Recipe, number: int) -> pa.Table:
    """Returns the first rows of a pipeline, which runs no further than needed.

    Raises:
        ConfigurationError: The number is not a whole number, or is negative.
    """
    given: object = number
    whole = isinstance(given, Integral) and not isinstance(given, bool)
    if not whole or number < 0:
        raise ConfigurationError(f"head: the number must be a whole number, 0 or more: {number!r}")
    schema, left = pipeline.schema, number
    kept: list[pa.RecordBatch] = []
    if left:
        with closing(Execution(pipeline).stream()) as batches:
            for batch in batches:
                kept.append(batch.slice(0, left))
                left -= kept[-1].num_rows
                if not left:
                    break
    return pa.Table.from_batches(kept, schema)


def count_rows(pipeline: Recipe) -> int:
    """Runs a pipeline and counts the rows. Builds only the columns that operators need."""
    counted = replace(pipeline, operators=(*pipeline.operators, Scan({}, None)))
    with closing(Execution(counted).stream()) as batches:
        return sum(batch.num_rows for batch in batches)


def summary_of(pipeline: Recipe) -> Summary:
    """Runs a pipeline and summarizes the reads that come out."""
    from biometal_stream.reports.summary import Summarizing
    from biometal_stream.sinks.discard import DiscardSink

    last = Attached(Summarizing(), "summary")
    summarized = replace(pipeline, operators=(*pipeline.operators, last))
    results = Execution(summarized, DiscardSink()).run().results
    summary: Summary = list(results.values())[-1]
    return summary
