"""``demo``: the main task on a small sample of real reads from the package."""

from __future__ import annotations

import shlex
import shutil
import sys
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from biometal_stream.cli import figures
from biometal_stream.cli.command import OTHER, PROGRAM, StepCommand
from biometal_stream.cli.escape import printable
from biometal_stream.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from biometal_stream.cli.options import Options
    from biometal_stream.pipeline import Pipeline
    from biometal_stream.pipeline.report import Report

SAMPLE = "ERR777676_16S_R1.fastq.gz"
OUTPUT = "biometal-stream-demo.parquet"
CHAIN = "max-n 0 max-expected-errors 1 min-mean-quality 25 measure"


def demo_command() -> StepCommand:
    """The command of ``demo``."""
    return StepCommand(
        "demo",
        place="alone",
        group=OTHER,
        runs=f"{__name__}:run_demo",
        help="""Filters a bundled sample of real reads to Parquet, and reports what happened.

        The report, biometal-stream-demo.html, is written next to the output. The sample: 2,000
        reads of 16S amplicons from an Illumina MiSeq (ERR777676).""",
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
    """The bundled sample as a file, which exists while the body runs."""
    from importlib import resources

    with resources.as_file(resources.files("biometal_stream") / "data" / SAMPLE) as path:
        yield path


def demo_pipeline(path: Path, *, measured: bool = True) -> Pipeline:
    """The steps of `CHAIN` on the sample.

    Args:
        path: The sample's file.
        measured: Whether to add columns, which FASTQ cannot hold.
    """
    from biometal_stream.pipeline import Pipeline
    from biometal_stream.registry.builtin import operator_classes
    from biometal_stream.sources.fastq.source import FastqSource

    classes = operator_classes()
    pipeline: Pipeline = (
        Pipeline(FastqSource((str(path),), sample="ERR777676"))
        | classes["max-n"](0)
        | classes["max-expected-errors"](1)
        | classes["min-mean-quality"](25)
    )
    return pipeline | classes["measure"]() if measured else pipeline


def run_demo(values: Mapping[str, Any], options: Options) -> None:
    """Runs the demonstration.

    Raises:
        ConfigurationError: The output does not have a name for Parquet.
        SinkError: The output or the report cannot be written.
    """
    from biometal_stream.cli.reports import with_quality_control
    from biometal_stream.cli.run import COMMAND_KEY, run_pipeline
    from biometal_stream.pipeline.report_files import ReportFiles
    from biometal_stream.sinks.choose import sink_for
    from biometal_stream.sinks.names import check_name

    output = values["output"]
    if not output:
        raise ConfigurationError("demo: the output has an empty name; name a file")
    if output == "-":
        raise ConfigurationError("demo: the table goes to standard output; name a file")
    check_name(output, "parquet", only=True)
    page = str(Path(output).with_suffix(".html"))
    with sample_path() as path, ReportFiles([page]) as files:
        metadata = {COMMAND_KEY: f"{PROGRAM} demo"}
        sink = sink_for(output, paired=False, format="parquet", metadata=metadata)
        pipeline = demo_pipeline(path)
        observed = replace(pipeline, operators=with_quality_control(pipeline.operators))
        report = run_pipeline(observed, sink, options)
        files.write(report.document(sample="ERR777676", command=f"{PROGRAM} demo", assay="16s"))
    if not options.quiet:
        _show(report, output, page)


def _show(report: Report, output: str, page: str) -> None:
    from biometal_stream.cli.closing import steps

    title = "2,000 real reads of 250 bases: 16S amplicons, Illumina MiSeq (ERR777676)"
    table = steps(report, sys.stdout)
    sys.stdout.write(f"{title}\n\n{table}{closing_words(report, output, page)}")
    sys.stdout.flush()


def closing_words(report: Report, output: str, page: str) -> str:
    """Where the files are, how to open them, and how to do the same with other reads."""
    kept, of = figures.count(report.reads_out), figures.count(report.reads_in)
    return f"""
{kept} of {of} reads are in {printable(output)} ({figures.size(report.bytes_written)}).
The report is in {printable(page)}: open it in a browser.

{_opening_words(output)}

The same on your own reads:
  {PROGRAM} read reads.fq.gz {CHAIN} write reads.parquet --report run.html
"""


def _opening_words(output: str) -> str:
    try:
        output.encode()
    except UnicodeEncodeError:
        return "DuckDB and Polars open only names in UTF-8, which this is not: rename it for them."
    duckdb, polars = opening_commands(output)
    return f"""Open it in DuckDB (pip install duckdb):
  {duckdb}
or in Polars (pip install polars):
  {polars}"""


def opening_commands(output: str) -> tuple[str, str]:
    """Shell commands that show the file in DuckDB and in Polars."""
    columns = ("name", "length", "mean_quality")
    joined = ", ".join(columns)
    duckdb = f"import duckdb; print(duckdb.read_parquet({output!r}).select({joined!r}).limit(5))"
    polars = f"import polars; print(polars.read_parquet({output!r}).select{columns!r}.head())"
    return f"{_python()} -c {_quoted(duckdb)}", f"{_python()} -c {_quoted(polars)}"


def _python() -> str:
    """How to call the running Python from the user's shell."""
    this = Path(sys.executable)
    for name in ("python", "python3"):
        found = Path(shutil.which(name) or "/")
        # In the same folder: the Python of an environment may link to one without its packages.
        if found.parent == this.parent and found.samefile(this):
            return name
    return shlex.quote(sys.executable)


def _quoted(code: str) -> str:
    """Quotes a word for the shell; in double quotes, which are easier to read, if possible."""
    return shlex.quote(code) if set(code) & set('"\\$`!') else f'"{code}"'
