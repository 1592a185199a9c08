"""``demo``: the main job on a small sample of real reads that comes with the package."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from biometal_stream.cli import figures
from biometal_stream.cli.command import OTHER, PROGRAM, StepCommand

if TYPE_CHECKING:
    from biometal_stream.cli.options import Options
    from biometal_stream.pipeline.report import Report

SAMPLE = "ERR777676_16S_R1.fastq.gz"
OUTPUT = "biometal-stream-demo.parquet"
CHAIN = "max-ambiguous 0 max-expected-errors 1 min-mean-quality 25 measure"


def demo_command() -> StepCommand:
    """The command of ``demo``."""
    return StepCommand(
        "demo",
        place="alone",
        group=OTHER,
        help="""Filters a bundled sample of real reads to Parquet, and shows what happened.

        The sample: 2,000 reads of 16S amplicons from an Illumina MiSeq (ERR777676).""",
        params=[
            click.Option(
                ["--output"],
                metavar="FILE",
                default=OUTPUT,
                help=f"The Parquet file to write (default {OUTPUT}).",
            )
        ],
    )


@contextmanager
def sample_path() -> Iterator[Path]:
    """The bundled sample as a file, for as long as the body runs."""
    with resources.as_file(resources.files("biometal_stream") / "data" / SAMPLE) as path:
        yield path


def run_demo(values: Mapping[str, Any], options: Options) -> None:
    """Runs the demonstration.

    Raises:
        BiometalError: The output cannot be written.
    """
    from biometal_stream.cli.run import COMMAND_KEY, run_pipeline
    from biometal_stream.operators.max_ambiguous import MaxAmbiguous
    from biometal_stream.operators.max_expected_errors import MaxExpectedErrors
    from biometal_stream.operators.measure import Measure
    from biometal_stream.operators.min_mean_quality import MinMeanQuality
    from biometal_stream.pipeline import Pipeline
    from biometal_stream.sinks.choose import sink_for
    from biometal_stream.sources.fastq import FastqSource

    output = values["output"]
    with sample_path() as path:
        source = FastqSource((str(path),), sample="ERR777676")
        pipeline = (
            Pipeline(source)
            | MaxAmbiguous(0)
            | MaxExpectedErrors(1)
            | MinMeanQuality(25)
            | Measure()
        )
        sink = sink_for(output, format="parquet", metadata={COMMAND_KEY: f"{PROGRAM} demo"})
        report = run_pipeline(pipeline, sink, options)
    if not options.quiet:
        _show(report, output)


def _show(report: Report, output: str) -> None:
    from biometal_stream.cli.tables import print_table

    print_table(
        "2,000 real reads of 250 bases: 16S amplicons, Illumina MiSeq (ERR777676)",
        ("step", "reads in", "reads out", "dropped", "time"),
        [
            (
                stage.name,
                figures.count(stage.rows_in),
                figures.count(stage.rows_out),
                figures.count(stage.rows_in - stage.rows_out),
                f"{1000 * stage.busy:.1f} ms",
            )
            for stage in report.stages
        ],
    )
    sys.stdout.write(closing_words(report, output))
    sys.stdout.flush()


def closing_words(report: Report, output: str) -> str:
    """Where the file is, how to open it, and how to do the same with one's own reads."""
    duckdb, polars = opening_commands(output)
    return f"""
{figures.count(report.reads_out)} of {figures.count(report.reads_in)} reads are in {output} \
({figures.size(report.bytes_written)}).

Open it in DuckDB:
  {duckdb}
or in Polars:
  {polars}

The same on your own reads:
  {PROGRAM} read reads.fq.gz {CHAIN} write reads.parquet
"""


def opening_commands(output: str) -> tuple[str, str]:
    """Commands for a shell that show the file in DuckDB and in Polars."""
    import shlex

    columns = "name, length, mean_quality, gc"
    duckdb = f"import duckdb; print(duckdb.read_parquet({output!r}).select({columns!r}).limit(5))"
    names = columns.split(", ")
    polars = f"import polars; print(polars.read_parquet({output!r}).select({names!r}).head())"
    return f"python -c {shlex.quote(duckdb)}", f"python -c {shlex.quote(polars)}"
