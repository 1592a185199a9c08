"""Makes the job of a command line from its steps, and runs it or prints it."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

import click

from biometal_stream.cli import messages
from biometal_stream.cli.command import PROGRAM, place_of
from biometal_stream.cli.escape import printable
from biometal_stream.cli.operators import make
from biometal_stream.cli.options import Options, options_command, options_from
from biometal_stream.cli.preset import check_inside, preset_operators
from biometal_stream.cli.read import check_read, read_command
from biometal_stream.presets import PRESETS
from biometal_stream.settings import as_typed

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from biometal_stream.cli.commands import Commands
    from biometal_stream.cli.run import Job

_OF_THE_RUN = (
    "threads",
    "memory",
    "progress",
    "quiet",
    "stats",
    "report",
    "save_pipeline",
    "engine",
    "partition_size",
)
"""The options that change neither the reads nor their report, which does not show them."""


def run_line(
    words: Sequence[str], contexts: list[click.Context], whole: click.Context, known: Commands
) -> int:
    """Runs the pipeline of a command line, or prints it with ``--show``.

    Args:
        words: The words as typed.
        contexts: The parsed steps.
        whole: The parsed options of the whole run.
        known: The steps by name.

    Returns:
        The exit status.

    Raises:
        click.UsageError: The steps are in a wrong order, or a value is wrong.
        BiometalError: The settings, the input or the output are wrong.
    """
    _check_order(contexts)
    first, *others = contexts
    if first.command.name == "preset" and not others and not first.params["files"]:
        click.echo(PRESETS[first.params["name"]].steps)
        return 0
    from biometal_stream.warned import taking_warnings

    with taking_warnings(lambda _, text: messages.say(messages.warning(text))):
        job = _job(words, contexts, whole, known)
    if job.options.show:
        click.echo(printable(shlex.join([PROGRAM, *_expanded(job, whole)])))
        return 0
    from biometal_stream.cli.run import run_job

    if job.options.report:
        job = job._replace(reported=_expanded(job, whole, without=_OF_THE_RUN))
    if any(context.command.name in {"preset", "run"} for context in contexts):
        job = job._replace(words=_expanded(job, whole))
    if not job.options.quiet:
        for context in contexts:
            if context.command.name == "preset":
                name = context.params["name"]
                messages.say(f"preset {name}: {PRESETS[name].steps}")
    run_job(job)
    return 0


def _job(
    words: Sequence[str], contexts: list[click.Context], whole: click.Context, known: Commands
) -> Job:
    from biometal_stream.cli.run import Job

    first = contexts[0]
    write = contexts[-1].params if place_of(contexts[-1]) == "last" else None
    job = Job(words, Options(), first.params, (), write)
    if first.command.name == "run":
        from biometal_stream.cli.run_saved import job_of_saved

        more_steps = len(contexts) > 1 + (write is not None)
        job = job_of_saved(job, first, whole, known, more_steps=more_steps)
    options = options_from(whole, known.plugins)
    _check_files(first, known)
    operators = list(job.operators)
    for context in contexts:
        if place_of(context) == "middle":
            operators.append(make(context))
        elif place_of(context) == "early":
            if context is not first:
                check_inside(context, known)
            operators += preset_operators(context.params["name"])
    return job._replace(options=options, operators=tuple(operators))


def _check_order(contexts: list[click.Context]) -> None:
    first, *others = contexts
    if place_of(first) not in {"first", "early"}:
        raise click.UsageError(
            f"A pipeline starts with 'read': {PROGRAM} read FILES... {first.command.name} ...",
            ctx=first,
        )
    for place, context in enumerate(others):
        if place_of(context) == "first":
            name = context.command.name
            takes = "it takes several files" if name == "read" else "it reads the files itself"
            raise click.UsageError(f"'{name}' comes once, at the start; {takes}.", ctx=context)
        if place_of(context) == "last" and place != len(others) - 1:
            raise click.UsageError(
                f"'write' is the last step, but '{others[place + 1].command.name}' follows it.",
                ctx=context,
            )


def _check_files(first: click.Context, known: Commands) -> None:
    if not first.params["files"]:
        words = f"{first.command.name} {first.params['name']}"
        raise click.UsageError(f"No files are named; write '{words} FILES...'", ctx=first)
    check_read(first.params, first, known)


def _expanded(job: Job, whole: click.Context, *, without: Collection[str] = ()) -> list[str]:
    """The words of a line without presets and saved pipelines.

    Args:
        job: The pipeline of the line.
        whole: The parsed options of the whole run.
        without: The options to leave out, by name.
    """
    from biometal_stream.cli.values import words_of
    from biometal_stream.cli.write import write_command

    left_out = {**dict.fromkeys(without), "show": False}
    words = words_of(options_command().params, {**whole.params, **left_out})
    words += ["read", *words_of(read_command().params, job.read)]
    for operator in job.learnt_operators:
        words += shlex.split(as_typed(operator, options=True))
    if job.write is not None:
        write = {**job.write, **{name: None for name in without if name in job.write}}
        words += ["write", *words_of(write_command().params, write)]
    return words
