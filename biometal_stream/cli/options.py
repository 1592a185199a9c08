"""The options of the whole run, which may be anywhere on the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import click

from biometal_stream.cli.command import PROGRAM, Count, OneOf, Size
from biometal_stream.cli.source_options import source_options
from biometal_stream.pipeline.mates import PAIRS, Pairs
from biometal_stream.reports.assay_names import ASSAY_NAMES, DEFAULT_ASSAY

if TYPE_CHECKING:
    from biometal_stream.registry.plugins import Plugins


class Options(NamedTuple):
    """Settings of the whole run.

    Attributes:
        threads: The number of workers; ``None`` for the pipeline's default.
        memory: Bytes of batches in flight; ``None`` for the pipeline's default.
        progress: Whether to show progress; ``None`` for only if standard error is a terminal.
        stats: The file for the report, ``-`` for standard output.
        report: The files for the report on the reads, ``-`` for text on standard output.
        assay: What was sequenced; ``None`` for the default.
        save_pipeline: The file for the pipeline, ``-`` for standard output.
        on_bad_record: What to do with a bad record.
        quarantine: The file for bad records.
        show: Whether to print the line and run nothing.
        quiet: Whether to print only warnings and errors.
        min_reads: The fewest reads that the run may keep.
        plugins: The installed plugins, and those of ``--plugin``.
        pairs: What filters do to a pair if only one mate passes.
        check_names: Whether reads of the same name are an error.
    """

    threads: int | None = None
    memory: int | None = None
    progress: bool | None = None
    stats: str | None = None
    report: tuple[str, ...] = ()
    assay: str | None = None
    save_pipeline: str | None = None
    on_bad_record: str = "stop"
    quarantine: str | None = None
    show: bool = False
    quiet: bool = False
    min_reads: int | None = None
    plugins: Plugins | None = None
    pairs: Pairs = "both"
    check_names: bool = False


def options_command() -> click.Command:
    """The command that parses the options of the whole run."""
    return click.Command(
        PROGRAM,
        context_settings={"help_option_names": ["-h", "--help"]},
        params=[
            click.Option(
                ["--threads", "-t"],
                type=Count(),
                metavar="NUMBER",
                help="Worker threads (default: the available cores, within CPU affinity and the"
                " control group's quota).",
            ),
            click.Option(
                ["--memory"],
                type=Size(),
                metavar="BYTES",
                help="The most memory for the reads being processed, such as 512M or 2GiB (at least"
                " 16MiB; default 128MiB and 64MiB a thread, but at most a quarter of the memory of"
                " the machine or of the control group). Compiled code and codecs need more memory.",
            ),
            click.Option(
                ["--progress/--no-progress"],
                default=None,
                help="Show progress on standard error (default: if it is a terminal). With"
                " --progress, print a plain line every 10 seconds if it is not a terminal.",
            ),
            click.Option(
                ["--stats"],
                metavar="FILE",
                help="Write a report of each stage, as JSON; - is standard output.",
            ),
            click.Option(
                ["--report"],
                metavar="FILE",
                multiple=True,
                help="Write a report on the reads, before and after the steps: a page (run.html),"
                " JSON (run.json), fastp's JSON (run.fastp.json), FastQC's zip (run_fastqc.zip),"
                " its tables (run.parquet) or text (run.txt); - prints text. May be given several"
                " times.",
            ),
            click.Option(
                ["--assay"],
                metavar="NAME",
                help="What was sequenced, which sets the limits of the report's verdicts:"
                f" {', '.join(ASSAY_NAMES)} (default {DEFAULT_ASSAY}).",
                type=OneOf(ASSAY_NAMES),
            ),
            click.Option(
                ["--save-pipeline"],
                metavar="FILE",
                help="Write the pipeline, with what it has learnt, as TOML for 'run'; - is standard"
                " output.",
            ),
            *source_options(whole_run=True),
            click.Option(
                ["--min-reads"],
                type=Count(),
                metavar="NUMBER",
                help="Fail if fewer reads are kept, and leave the target unchanged.",
            ),
            click.Option(
                ["--check-names"],
                is_flag=True,
                help="Fail if two reads of the input have the same name, as the step check-names"
                " does where it stands.",
            ),
            click.Option(
                ["--plugin"],
                metavar="FILE",
                multiple=True,
                help="Add the steps that a Python file defines. May be given several times.",
            ),
            click.Option(
                ["--pairs"],
                type=OneOf(PAIRS),
                default="both",
                help="What a filter does to a pair if only one mate passes: drop the pair (both,"
                " the default); keep it (either); or keep the mate that passes as an orphan"
                " (split), for which 'write' has --orphans.",
            ),
            click.Option(
                ["--show"],
                is_flag=True,
                help="Print the line, with the steps of presets and saved pipelines, and run"
                " nothing.",
            ),
            click.Option(
                ["--quiet"],
                is_flag=True,
                help="Show only warnings and errors.",
            ),
            click.Option(["--version"], is_flag=True, help="Print the version and exit."),
        ],
    )


def options_from(context: click.Context, plugins: Plugins | None = None) -> Options:
    """Collects the parsed options.

    Args:
        context: The context of the options of the whole run.
        plugins: The plugins.

    Raises:
        click.UsageError: Options contradict each other.
    """
    values = context.params
    on_bad_record, quarantine = values["on_bad_record"], values["quarantine"]
    if on_bad_record == "quarantine" and quarantine is None:
        raise click.UsageError(
            "--on-bad-record quarantine needs --quarantine FILE to put the records in.",
            ctx=context,
        )
    if quarantine is not None and on_bad_record in {"stop", "skip"}:
        raise click.UsageError(
            f"--quarantine FILE and --on-bad-record {on_bad_record} contradict each other.",
            ctx=context,
        )
    if values["quiet"] and values["progress"]:
        raise click.UsageError("--quiet and --progress contradict each other.", ctx=context)
    if values["assay"] is not None and not values["report"]:
        raise click.UsageError(
            "--assay sets the limits of a report; add --report FILE, such as --report run.html.",
            ctx=context,
        )
    return Options(
        threads=values["threads"],
        memory=values["memory"],
        progress=values["progress"],
        stats=values["stats"],
        report=values["report"],
        assay=values["assay"],
        save_pipeline=values["save_pipeline"],
        on_bad_record="quarantine" if quarantine else on_bad_record or "stop",
        quarantine=quarantine,
        show=values["show"],
        quiet=values["quiet"],
        min_reads=values["min_reads"],
        plugins=plugins,
        pairs=values["pairs"],
        check_names=values["check_names"],
    )
