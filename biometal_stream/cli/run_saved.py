"""``run``: a pipeline from a TOML file, as it is or with other files and another target."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from biometal_stream.cli.command import CHAINS, Argument, StepCommand
from biometal_stream.cli.read import read_options

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from biometal_stream.cli.run import Job


def run_command() -> StepCommand:
    """The command of ``run``."""
    return StepCommand(
        "run",
        place="first",
        group=CHAINS,
        help="""Runs a pipeline that --save-pipeline has written, or that you wrote.

        With FILES, it reads these instead; its other options of 'read' stay unless you give them.
        More steps can follow, and run after its own. With FILES or more steps, 'write' must name
        the target, so that the output of the first run is not replaced.""",
        epilog="""\b
        Examples:
          biometal-stream read R1.fq.gz trim-quality 20 write out.fq.gz --save-pipeline trim.toml
          biometal-stream run trim.toml
          biometal-stream run trim.toml other.fq.gz write other_out.fq.gz
          biometal-stream run trim.toml --show""",
        params=[
            Argument(
                ["pipeline"],
                metavar="PIPELINE",
                about="A TOML file.",
                files=True,
                required=True,
            ),
            Argument(
                ["files"],
                metavar="[FILES...]",
                about="The files to read, instead of those in PIPELINE.",
                files=True,
                nargs=-1,
            ),
            *read_options(),
        ],
    )


def job_of_saved(
    job: Job,
    context: click.Context,
    whole: click.Context,
    known: Mapping[str, StepCommand],
    *,
    more_steps: bool,
) -> Job:
    """Completes what was typed by what the file has.

    Args:
        job: What was typed.
        context: The context of ``run``, whose values become those of ``read``.
        whole: The context of the options of the whole run.
        known: The steps by name.
        more_steps: Whether the line has further steps.

    Raises:
        click.UsageError: An output of the file would be replaced by that of other reads or steps.
        BiometalError: The file cannot be read, or is not a pipeline.
    """
    from biometal_stream.cli.saved import INPUTS, load

    saved = load(context.params["pipeline"], known)
    others = _is_typed(context, "files")
    for name in sorted(INPUTS):
        if _is_typed(context, name) and not others:
            raise click.UsageError(
                f"--{name} describes other files; name these, too: run {saved.file} FILES...",
                ctx=context,
            )
    if others:
        saved = saved.of_other_files()
    elif not saved.read:
        raise click.UsageError(
            f"{saved.file} has no table 'read'; name the files: run {saved.file} FILES...",
            ctx=context,
        )
    quarantine = saved.options.get("quarantine")
    if others and quarantine is not None and not _is_typed(whole, "quarantine"):
        raise click.UsageError(
            f"{saved.file} puts bad records into {quarantine}, which those of other reads must not"
            " replace; add --quarantine FILE",
            ctx=context,
        )
    target = saved.write["target"] if job.write is None and saved.write is not None else "-"
    if target != "-" and (others or more_steps):
        raise click.UsageError(
            f"{saved.file} writes {target}, which other reads or steps must not replace; add"
            " 'write TARGET'",
            ctx=context,
        )
    _complete(context, saved.read)
    _complete(whole, saved.options)
    return job._replace(
        operators=saved.operators,
        learnt=saved.learnt,
        write=saved.write if job.write is None else job.write,
        saved=(saved.file,),
    )


def _complete(context: click.Context, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        if not _is_typed(context, name):
            context.params[name] = value


def _is_typed(context: click.Context, name: str) -> bool:
    return context.get_parameter_source(name) is ParameterSource.COMMANDLINE
