"""``write``: the last step of a pipeline, unless it prints a summary."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from biometal_stream.cli.command import (
    SINKS,
    TEXT,
    WHOLE,
    Argument,
    Count,
    MatesOption,
    OneOf,
    Size,
    StepCommand,
)
from biometal_stream.sinks.formats import FORMATS, compressions
from biometal_stream.sinks.options import ROUTES
from biometal_stream.sinks.templates import Template, literal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from biometal_stream.atomic import Output
    from biometal_stream.interfaces import Sink


def write_command() -> StepCommand:
    """The command of ``write``."""
    return StepCommand(
        "write",
        place="last",
        group=SINKS,
        help="""Writes Parquet, Arrow, FASTQ or FASTA, as the target's name says.

        The target is complete or unchanged: the output is written next to it, under another
        name, and renamed at the end. Without this step a summary is printed, to standard error
        if standard output is not a terminal.""",
        epilog="""\b
        Examples:
          biometal-stream read reads.fq.gz measure write reads.parquet
          biometal-stream read reads.fq.gz measure write reads.parquet --shards 4
          biometal-stream read R1.fq.gz --mate R2.fq.gz write o_R1.fq.gz --mate o_R2.fq.gz
          biometal-stream read reads.fq.gz write - --format arrow-stream | consumer
          biometal-stream read reads.fq.gz write 'out/{label}.fq.gz'
          biometal-stream read lanes/*.fq.gz write reads.parquet --engine ray""",
        params=[
            Argument(
                ["target"],
                metavar="TARGET",
                about="A file such as reads.parquet, reads.arrow or reads.fq.gz; a folder for"
                " shards or partitions; - is standard output. That and a pipe get plain FASTQ"
                " unless --format or the name says otherwise. A column in braces makes a file for"
                " each of its values: 'out/{sample}_R{mate}.fq.gz' ({{ stands for a brace).",
                files=True,
                required=True,
            ),
            MatesOption(
                ["--mate"],
                metavar="FILE",
                type=click.Path(),
                help="The FASTQ or FASTA file for mates 2; TARGET then gets mates 1.",
            ),
            click.Option(
                ["--interleaved"],
                is_flag=True,
                help="Interleave mates in one FASTQ or FASTA file, as without --mate, and fail if"
                " reads are not paired.",
            ),
            click.Option(
                ["--format"],
                type=OneOf(list(FORMATS)),
                help="The format (default: as the target's name says).",
            ),
            click.Option(
                ["--compression"],
                type=OneOf(compressions()),
                help="The compression (default: as the target's name says; zstd in Parquet).",
            ),
            click.Option(
                ["--level"],
                type=WHOLE,
                metavar="NUMBER",
                help="The compression level; higher is smaller and slower. zstd 1 to 22 (default"
                " 3 in FASTQ, otherwise 1), gzip 1 to 12 in FASTQ (default 1), 1 to 9 in Parquet.",
            ),
            click.Option(
                ["--shards"],
                type=Count(),
                metavar="NUMBER",
                help="The number of Parquet files in the folder TARGET (default 4 if TARGET ends"
                " in / or is a folder).",
            ),
            click.Option(
                ["--partition-by"],
                type=TEXT,
                metavar="COLUMN",
                help="Write one folder of Parquet files in TARGET for each value of this column.",
            ),
            click.Option(
                ["--max-partitions"],
                type=Count(),
                metavar="NUMBER",
                help="The most values that this column, or a name with columns in braces, may"
                " have (default 2048).",
            ),
            click.Option(
                ["--encoding"],
                type=click.Choice(["delta", "plain"]),
                help="How Parquet stores text and small numbers (default delta). plain is for"
                " readers without delta encodings, such as fastparquet; files are about 3 %"
                " larger.",
            ),
            click.Option(
                ["--line-width"],
                type=WHOLE,
                metavar="BASES",
                help="The number of bases per line of FASTA (default 0: the whole sequence on one"
                " line).",
            ),
            click.Option(
                ["--quality-encoding"],
                type=OneOf(["phred33", "phred64", "solexa"]),
                help="The quality encoding of FASTQ (default phred33). phred64 and solexa are for"
                " old programs, and cannot hold a quality above 62.",
            ),
            click.Option(
                ["--rejected"],
                type=click.Path(),
                metavar="FILE",
                help="The file for reads that filters drop, as they were at that step, with the"
                " name of the step: in the description in FASTQ (reason=min-length), as the"
                " column 'reason' in Parquet and Arrow.",
            ),
            click.Option(
                ["--orphans"],
                type=click.Path(),
                metavar="FILE",
                help="The file for reads whose mates a filter drops, with --pairs split."
                " 'o_R{mate}.fq.gz' makes one file per mate.",
            ),
            click.Option(
                ["--unmerged"],
                type=click.Path(),
                metavar="FILE",
                help="The file for pairs that merge-pairs does not merge; TARGET then gets the"
                " merged reads alone. 'rest_R{mate}.fq.gz' makes one file per mate.",
            ),
            click.Option(
                ["--engine"],
                type=OneOf(["local", "ray", "spark"]),
                default="local",
                help="What runs the pipeline: threads of this program, or tasks on Ray or Spark,"
                " each of which reads a partition of the input and writes a Parquet file into the"
                " folder TARGET, which all machines must share. --threads (default 1) and"
                " --memory then apply to each task.",
            ),
            click.Option(
                ["--partition-size"],
                type=Size(),
                metavar="BYTES",
                help="The approximate size of the (compressed) input of such a task (default"
                " 128MiB). A plain gzip file cannot be divided.",
            ),
        ],
    )


def writes_folder(values: Mapping[str, Any]) -> bool:
    """Whether the parsed values write a folder as a whole."""
    several = values["shards"] is not None or values["partition_by"] is not None
    target = literal(values["target"])
    return several or values["engine"] != "local" or target.endswith("/") or Path(target).is_dir()


def outputs_of(values: Mapping[str, Any]) -> Iterator[Output]:
    """The files that are known before the run: all except those that values of columns name.

    Raises:
        ConfigurationError: A name with fields is invalid.
    """
    from biometal_stream.atomic import Output

    if Template.of(values["target"]) is None:
        path = literal(values["target"])
        yield Output(path, "the target of write", folder=writes_folder(values))
    if values["mate"] is not None and Template.of(values["mate"]) is None:
        yield Output(literal(values["mate"]), "the mates of write")
    for route in ROUTES:
        if values[route] is not None and Template.of(values[route]) is None:
            yield Output(literal(values[route]), f"--{route}")


def sink_of(values: Mapping[str, Any], *, metadata: Mapping[str, str], paired: bool) -> Sink:
    """The sink for the parsed values.

    Raises:
        ConfigurationError: Settings contradict each other.
    """
    from biometal_stream.sinks.choose import sink_for

    return sink_for(
        values["target"],
        format=values["format"],
        mate=values["mate"],
        interleaved=values["interleaved"],
        compression=values["compression"],
        level=values["level"],
        shards=values["shards"],
        partition_by=values["partition_by"],
        max_partitions=values["max_partitions"],
        encoding=values["encoding"],
        line_width=values["line_width"],
        quality_encoding=values["quality_encoding"],
        metadata=metadata,
        paired=paired,
    )
