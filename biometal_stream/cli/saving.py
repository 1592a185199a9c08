"""What ``--save-pipeline`` writes: the pipeline of a run, with what it has learnt."""

from __future__ import annotations

import shlex
from collections import Counter
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import click

from biometal_stream.cli.preset import operators_of_words
from biometal_stream.cli.read import read_command
from biometal_stream.cli.saved import saved_parameters
from biometal_stream.cli.values import table_of
from biometal_stream.cli.write import write_command
from biometal_stream.interfaces import has_to_learn
from biometal_stream.pipeline.saved import SavedPipeline, saved_step

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from biometal_stream.cli.command import StepCommand
    from biometal_stream.cli.options import Options
    from biometal_stream.interfaces import Operator


def saved_text(
    options: Options,
    read: Mapping[str, Any],
    operators: Sequence[Operator],
    write: Mapping[str, Any] | None,
    learnt: Mapping[int, Operator],
) -> str:
    """The text of the file.

    Args:
        options: The options of the whole run.
        read: The values of ``read``.
        operators: The operators.
        write: The values of ``write``.
        learnt: What the learners among the operators have learnt, by their numbers from 0.

    Raises:
        ConfigurationError: A value cannot be saved.
    """
    of_run = {name: value for name, value in options._asdict().items() if value != "stop"}
    saved = SavedPipeline(
        table_of(read_command().params, read),
        tuple(saved_step(each, learnt.get(number)) for number, each in enumerate(operators)),
        {} if write is None else table_of(write_command().params, write),
        table_of(saved_parameters(), of_run),
    )
    return saved.text()


def learnt_operators(
    operators: Sequence[Operator], learnt: Mapping[str, Any], known: Mapping[str, StepCommand]
) -> dict[int, Operator]:
    """The operators that learners have learnt to be, by the learners' numbers from 0.

    An operator that is not a step is left out: the learner then learns the same again.

    Args:
        operators: The operators.
        learnt: ``Report.learnt``, which has an operator as it is typed.
        known: The steps by name.
    """
    found: dict[int, Operator] = {}
    seen: Counter[str] = Counter()
    for number, operator in enumerate(operators):
        if has_to_learn(operator):
            seen[operator.name] += 1
            count = seen[operator.name]
            what = learnt.get(operator.name if count == 1 else f"{operator.name}-{count}")
            if what is not None:
                with suppress(click.UsageError, ValueError):
                    (found[number],) = operators_of_words(shlex.split(what.operator), known)
    return found
