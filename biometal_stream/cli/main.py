"""The entry point: words in, exit status out."""

from __future__ import annotations

import contextlib
import io
import os
import pkgutil
import sys
from typing import TYPE_CHECKING, Any

import click

from biometal_stream.cli import garbage, messages
from biometal_stream.cli.command import COMPLETE, PROGRAM, StepCommand, parse, place_of
from biometal_stream.cli.signals import ending_on_signals, status_of
from biometal_stream.cli.steps import split
from biometal_stream.errors import WRONG_USAGE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from biometal_stream.cli.commands import Commands
    from biometal_stream.cli.options import Options


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a command line.

    Args:
    arguments: The words without the program's name; by default those of the process.

    Returns:
        The exit status: 0; 1 for bad input and other errors; 2 for wrong usage; 130 after Ctrl-C,
        and 128 plus the number of any other signal; 141, as for a program that SIGPIPE ends, if
        the reader of the output closed it.
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A name that the locale cannot encode is escaped and does not crash the program.
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        with ending_on_signals():
            status = _run(words)
            if sys.stdout is not None:
                sys.stdout.flush()
            return status
    except click.exceptions.Exit as end:
        return end.exit_code
    except click.UsageError as fault:
        return _wrong_usage(fault)
    except KeyboardInterrupt as interrupt:
        messages.say(f"{PROGRAM}: interrupted")
        return status_of(interrupt)
    except BrokenPipeError:
        _settle_stdout()
        return messages.CLOSED_PIPE
    except Exception as fault:
        described = messages.describe(fault)
        if described is None:
            messages.say(messages.error(messages.unexpected(fault)))
            raise
        _settle_stdout()
        text, status = described
        messages.say(messages.error(text))
        return status


def _run(words: list[str]) -> int:
    if line := os.environ.get(COMPLETE):
        from biometal_stream.cli.proposals import answer_shell

        answer_shell(line)
        return 0

    from biometal_stream.cli.commands import commands, plugin_files
    from biometal_stream.cli.options import options_command, options_from

    known, whole_command = commands(plugin_files(words)), options_command()
    if not words:
        _print_help(known, whole_command)
        return WRONG_USAGE
    whole, steps = split(_as_options(words), known, whole_command)
    root = click.Context(whole_command, info_name=PROGRAM, **whole_command.context_settings)
    try:
        contexts = [parse(known[step.name], step.arguments, parent=root) for step in steps]
    except click.UsageError:
        _answer(whole.options, known, whole_command)
        raise
    _answer(whole.options, known, whole_command)
    of_run = parse(whole_command, whole.options)
    if not contexts:
        raise click.UsageError("No step is given; start with 'read FILES...'.")
    alone = [context for context in contexts if place_of(context) == "alone"]
    if alone:
        if len(contexts) > 1:
            raise click.UsageError(
                f"'{alone[0].command.name}' runs alone, without other steps.", ctx=alone[0]
            )
        return _run_alone(alone[0], options_from(of_run, known.plugins))
    from biometal_stream.cli.line import run_line

    return run_line(words, contexts, of_run, known)


def _as_options(words: list[str]) -> list[str]:
    """Turns ``help``, ``help min-length`` and ``version`` into options, also after plugins."""
    first = 0
    while first < len(words) and words[first].partition("=")[0] == "--plugin":
        first += 1 if "=" in words[first] else 2
    plugins, words = words[:first], words[first:]
    if words[:1] == ["help"]:
        return [*plugins, *words[1:], "--help"]
    return [*plugins, *(["--version"] if words == ["version"] else words)]


def _answer(words: list[str], known: Commands, whole_command: click.Command) -> None:
    """Prints the output of ``--version`` or the program's ``--help``, and exits."""
    if "--version" in words:
        from biometal_stream.version import __version__

        click.echo(__version__)
        raise click.exceptions.Exit(0)
    if "--help" in words or "-h" in words:
        _print_help(known, whole_command)
        raise click.exceptions.Exit(0)


def _print_help(known: Commands, whole_command: click.Command) -> None:
    from biometal_stream.cli.help import help_page, page_width
    from biometal_stream.cli.operators import plugin_fault

    click.echo(help_page(known, whole_command, page_width()), nl=False)
    for name in known.plugins.origins():
        if fault := plugin_fault(known.plugins, name):
            messages.say(messages.warning(fault))


def _run_alone(context: click.Context, options: Options) -> int:
    """Runs a command that is not a step; returns the exit status."""
    assert isinstance(context.command, StepCommand)
    of_pipelines = (
        options.stats,
        options.save_pipeline,
        options.quarantine,
        options.show,
        options.report,
    )
    if any(of_pipelines) or options.on_bad_record != "stop":
        raise click.UsageError(
            "--stats, --save-pipeline, --show, --report, --on-bad-record and --quarantine apply to"
            " pipelines only.",
            ctx=context,
        )
    run: Callable[[Mapping[str, Any], Options], int | None]
    run = pkgutil.resolve_name(context.command.runs)
    garbage.resume()
    return run(context.params, options) or 0


def _wrong_usage(fault: click.UsageError) -> int:
    """Shows the usage of the step, the error, and where to read on."""
    context = fault.ctx
    where = ""
    if context is not None and isinstance(context.command, StepCommand):
        for line in context.get_usage().splitlines():
            messages.say(line)
        where = f" {context.command.name}"
    text = " ".join(fault.format_message().split())
    text = text[:1].lower() + text[1:]  # as in all other messages
    if not text.endswith("..."):
        text = text.removesuffix(".")
    messages.say(messages.error(f"{text} (see '{PROGRAM}{where} --help')"))
    return WRONG_USAGE


def _settle_stdout() -> None:
    """Drops unwritten text of a broken standard output: Python would try again at exit."""
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except (OSError, ValueError):
        with contextlib.suppress(OSError, ValueError):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, sys.stdout.fileno())
            os.close(nowhere)
