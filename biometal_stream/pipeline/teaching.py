"""Learners that learn before a run: once, for all runs and machines that follow."""

from __future__ import annotations

import os
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from warnings import catch_warnings, simplefilter

from biometal_stream.budget import Budget
from biometal_stream.endings import UntilError
from biometal_stream.errors import BiometalWarning, ConfigurationError
from biometal_stream.interfaces import has_to_learn, inputs_of
from biometal_stream.pipeline.execution import Execution
from biometal_stream.pipeline.learning import HeldReads
from biometal_stream.run import LocalRun

if TYPE_CHECKING:
    from biometal_stream.first_reads import Learnt
    from biometal_stream.interfaces import Operator, Source
    from biometal_stream.pipeline.value import Recipe


def teach(recipe: Recipe) -> tuple[tuple[Operator, ...], list[tuple[str, Learnt]]]:
    """Lets all learners of a pipeline learn, so that others can run the result.

    Each learns from the first reads of a run that stops early. Errors of such a run are not
    raised: the run of the whole input meets them later.

    Args:
        recipe: What to read and what to do to it.

    Returns:
        The operators, with learners replaced by what they learnt; and what that is, by name.

    Raises:
        ConfigurationError: An input cannot be read twice, or the operator that was learnt does
            not fit.
        SchemaError: An operator cannot work on what comes before it.
    """
    operators: list[Operator] = []
    learnt: list[tuple[str, Learnt]] = []
    for operator in recipe.operators:
        if not has_to_learn(operator):
            operators.append(operator)
            continue
        _require_rereadable(recipe.source, operator.name)
        source = _without_quarantine(recipe.source)
        part = replace(recipe, source=source, operators=tuple(operators), min_reads=None)
        execution = Execution(part, whole=False)
        run = LocalRun(recipe.threads, recipe.memory)
        held = HeldReads(operator, Budget(run.memory, run.workers).stage, execution.warn)
        with catch_warnings(), closing(execution.stream()) as batches:
            simplefilter("ignore", BiometalWarning)  # the run of the whole input warns again
            for batch in UntilError(batches):
                held.add(batch, batch.nbytes)
                if held.enough:
                    break
        become, what = held.learn(part.schema)
        operators.append(become)
        learnt.append((operator.name, what))
    return tuple(operators), learnt


def _without_quarantine(source: Source) -> Source:
    """Returns the source without its quarantine, which is left to the run of the whole input."""
    if getattr(source, "quarantine", None) is None:
        return source
    return cast("Source", replace(cast("Any", source), on_bad_record="skip", quarantine=None))


def _require_rereadable(source: Source, learner: str) -> None:
    """Checks that a source can be read twice: once to learn, and once to run.

    Raises:
        ConfigurationError: One of its inputs is a stream.
    """
    for given in inputs_of(source):
        if given == "-" or not isinstance(given, str | os.PathLike) or _is_stream(given):
            raise ConfigurationError(
                f"{learner} learns from the first reads, and {given} can be read only once; run the"
                " pipeline as it is, which keeps them, or give the options that it would learn"
            )


def _is_stream(path: str | os.PathLike[str]) -> bool:
    """Whether a path exists and is neither a file nor a folder."""
    there = Path(path)
    with suppress(OSError, ValueError):  # opening it gives the error
        return there.exists() and not there.is_file() and not there.is_dir()
    return False
