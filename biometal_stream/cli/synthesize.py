"""``synthesize``: synthetic reads, for training and for tests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from biometal_stream.cli import figures, messages
from biometal_stream.cli.command import OTHER, Argument, Count, StepCommand

if TYPE_CHECKING:
    from collections.abc import Mapping

    from biometal_stream.cli.options import Options


def synthesize_command() -> StepCommand:
    """The command of ``synthesize``."""
    return StepCommand(
        "synthesize",
        place="alone",
        group=OTHER,
        runs=f"{__name__}:run_synthesize",
        help="""Writes synthetic reads as FASTQ, for training and for tests.

        A quarter of the reads has low quality, a quarter medium, and half high. The same seed
        gives the same reads on every machine.""",
        params=[
            Argument(
                ["target"],
                metavar="TARGET",
                about="A file such as reads.fq.gz; - is standard output.",
                files=True,
                required=True,
            ),
            click.Option(
                ["--reads"], type=Count(), metavar="NUMBER", help="How many reads (default 50,000)."
            ),
            click.Option(
                ["--length"],
                type=Count(),
                metavar="BASES",
                help="The length of each read (default 150).",
            ),
            click.Option(
                ["--seed"],
                type=click.IntRange(min=0),
                metavar="NUMBER",
                help="The seed of the random numbers (default 42).",
            ),
        ],
    )


def run_synthesize(values: Mapping[str, Any], options: Options) -> None:
    """Writes the reads.

    Raises:
        ConfigurationError: A number is out of range, or the target is named as another format.
        SinkError: The target cannot be written.
    """
    from biometal_stream.atomic import Output
    from biometal_stream.cli.outputs import check_outputs
    from biometal_stream.cli.run import run_pipeline
    from biometal_stream.models.training.synthetic import SyntheticReads
    from biometal_stream.pipeline import Pipeline
    from biometal_stream.sinks.choose import sink_for
    from biometal_stream.sinks.names import check_name

    target = values["target"]
    check_outputs((), [Output(target, "the target of synthesize")])
    check_name(target, "fastq", only=True)
    given = {name: values[name] for name in ("reads", "length", "seed") if values[name] is not None}
    sink = sink_for(target, format="fastq", paired=False)
    report = run_pipeline(Pipeline(SyntheticReads(**given)), sink, options)
    if not options.quiet:
        reads = figures.counted(report.reads_out, "reads")
        where = "standard output" if target == "-" else target
        messages.say(f"{reads} -> {where} ({figures.size(report.bytes_written)})")
