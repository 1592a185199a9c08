"""The page that ``--help`` shows: every step, the options, and examples."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import click

from biometal_stream.cli.command import GROUPS, PROGRAM, StepCommand, first_line

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

EXAMPLES = (
    "read - min-length 50 min-mean-quality 20 write reads.parquet < reads.fq.gz",
    "read R1.fq.gz --mate R2.fq.gz max-expected-errors 1 write out_R1.fq.gz --mate out_R2.fq.gz",
    "preset illumina R1.fq.gz --mate R2.fq.gz write clean_R1.fq.gz --mate clean_R2.fq.gz",
    "read lane1.fq.gz lane2.fq.gz measure write reads.parquet --shards 4",
    "read reads.fq.gz measure          # without write: prints a summary",
    "read reads.fq.gz trim-adapters write out.fq.gz --report run.html",
)

STATUSES = (
    ("0", "The output is complete."),
    ("1", "Bad input or another error; the target is unchanged."),
    ("2", "Wrong usage: a step, option, value, column or model that does not exist or fit."),
    ("130, 143", "Ended by Ctrl-C or by SIGTERM; the target is unchanged."),
    ("141", "The reader of standard output closed it, as with other tools."),
)


def page_width() -> int:
    """Columns for text: the width of the terminal, but not more than is easy to read."""
    return min(shutil.get_terminal_size().columns, 100) - 2


def help_page(commands: Mapping[str, StepCommand], whole: click.Command, width: int) -> str:
    """The whole page.

    Args:
        commands: The steps by name.
        whole: The command with the options of the whole run.
        width: The width of the text in columns.
    """
    page = click.HelpFormatter(width=width)
    page.write_usage(PROGRAM, "[OPTIONS] read FILES... [STEP]... [write TARGET]", prefix="Usage: ")
    page.write_usage(
        PROGRAM, "[OPTIONS] preset NAME FILES... [STEP]... [write TARGET]", prefix="       "
    )
    page.write_usage(PROGRAM, "[OPTIONS] run PIPELINE", prefix="       ")
    page.write_usage(
        PROGRAM, "report | train | synthesize | demo | doctor | completion SHELL", prefix="       "
    )
    page.write_paragraph()
    page.write_text(
        "Reads FASTQ, FASTA, Parquet or Arrow, runs each read through the steps in their order, and"
        " writes any of these. Memory use does not grow with the input, and a target is complete or"
        " unchanged."
    )
    page.write_paragraph()
    page.write_text(f"For the help of a step: {PROGRAM} min-length --help.")
    for heading in GROUPS:
        rows = [(name, first_line(c)) for name, c in commands.items() if c.group == heading]
        if rows:
            with page.section(heading):
                page.write_dl(rows)
    context = click.Context(whole, info_name=PROGRAM, **whole.context_settings)
    with page.section("Options, anywhere on the line"):
        page.write_dl(_records(whole.get_params(context), context))
    with page.section("Exit status"):
        page.write_dl(list(STATUSES))
    with page.section("Examples"):
        for example in EXAMPLES:
            page.write(f"{'':>{page.current_indent}}{PROGRAM} {example}\n")
    return page.getvalue()


def _records(
    parameters: Sequence[click.Parameter], context: click.Context
) -> list[tuple[str, str]]:
    records = (parameter.get_help_record(context) for parameter in parameters)
    return [record for record in records if record is not None]
