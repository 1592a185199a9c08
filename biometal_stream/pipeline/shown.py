"""How pipelines show themselves: on one line, and as a table in a notebook."""

from __future__ import annotations

from typing import TYPE_CHECKING

from biometal_stream.interfaces import inputs_of
from biometal_stream.reports.quality.markup import table
from biometal_stream.settings import as_python
from biometal_stream.sizes import written_size

if TYPE_CHECKING:
    from biometal_stream.interfaces import Operator, Source
    from biometal_stream.pipeline.value import Recipe

_LONGEST = 200  # the most characters shown of one step
_INPUTS = 3  # the most inputs that are named; the others are only counted


def pipeline_text(pipeline: Recipe) -> str:
    """A pipeline on one line: its source, its operators, and the options that were set."""
    steps = [source_text(pipeline.source), *map(operator_text, pipeline.operators)]
    return f"<Pipeline: {' | '.join(steps)}{_options(pipeline)}>"


def pipeline_html(pipeline: Recipe) -> str:
    """A pipeline as a table, a row for each step."""
    rows = [("source", source_text(pipeline.source))]
    rows += [(each.name, operator_text(each)) for each in pipeline.operators]
    options = _options(pipeline)
    if options:
        rows.append(("options", options.removeprefix(", ")))
    return table("Pipeline", ("step", "settings"), rows)


def source_text(source: Source) -> str:
    """A source: its class and what it reads."""
    inputs = [_short(str(getattr(each, "name", each))) for each in inputs_of(source)]
    named = ", ".join(map(repr, inputs[:_INPUTS]))
    if len(inputs) > _INPUTS:
        named += f", ... {len(inputs):,} in all"
    return f"{type(source).__name__}({named})"


def operator_text(operator: Operator) -> str:
    """An operator in Python syntax, without settings that have their default values."""
    return _short(as_python(operator))


def _options(pipeline: Recipe) -> str:
    memory = None if pipeline.memory is None else written_size(pipeline.memory)
    given = {"threads": pipeline.threads, "memory": memory, "min_reads": pipeline.min_reads}
    given["pairs"] = None if pipeline.pairs == "both" else repr(pipeline.pairs)
    return "".join(f", {name}={value}" for name, value in given.items() if value is not None)


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."
