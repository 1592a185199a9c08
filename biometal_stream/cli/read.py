"""``read``: the step that a pipeline starts with."""

from __future__ import annotations

from dataclasses import Field, fields
from typing import TYPE_CHECKING, Any

import click

from biometal_stream.cli import figures
from biometal_stream.cli.advice import looks_like_file, meant_step
from biometal_stream.cli.command import (
    SOURCES,
    Argument,
    StepCommand,
)
from biometal_stream.cli.source_options import source_options
from biometal_stream.settings import meant_number, setting_of
from biometal_stream.sources.fastq.options import FastqOptions

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from biometal_stream.cli.options import Options
    from biometal_stream.sources.fastq.source import FastqSource


def read_command() -> StepCommand:
    """The command of ``read``."""
    return StepCommand(
        "read",
        place="first",
        group=SOURCES,
        help="""Reads FASTQ: plain, gzip, BGZF, zstd, bzip2 or xz, recognized by its first bytes.

        Several files are read one after the other, as one stream.""",
        epilog="""\b
        Examples:
          biometal-stream read reads.fq.gz measure
          biometal-stream read - min-length 50 write reads.parquet < reads.fq.gz
          biometal-stream read R1.fq.gz --mate R2.fq.gz write reads.parquet
          biometal-stream read L?_R1.fq.gz --mate L?_R2.fq.gz write reads.parquet""",
        params=[
            Argument(
                ["files"],
                metavar="FILES...",
                about="FASTQ files; - is standard input. Write a file that is named like a"
                " step as ./measure.",
                files=True,
                nargs=-1,
                required=True,
            ),
            *source_options(FastqOptions),
        ],
    )


def check_read(
    values: Mapping[str, Any], context: click.Context, steps: Mapping[str, object]
) -> None:
    """Looks for what cannot be read, before anything is opened.

    Args:
        values: As parsed.
        context: For errors.
        steps: The steps by name, one of which may have been meant.

    Raises:
        click.UsageError: Mates do not go with the files, or a word was meant to be a step.
    """
    files, mates = values["files"], values["mate"]
    if mates and values["interleaved"]:
        raise click.UsageError(
            "--mate and --interleaved contradict each other: mates are in two files or in one.",
            ctx=context,
        )
    if mates and len(mates) != len(files):
        second, first = (figures.counted(len(names), "files") for names in (mates, files))
        raise click.UsageError(
            f"--mate names {second} for {first}: name a file of mates 2 for each of mates 1.",
            ctx=context,
        )
    if [*files, *mates].count("-") > 1:
        raise click.UsageError("Standard input (-) can be read only once.", ctx=context)
    _check_words(files, context, [name for name in steps if name != context.command.name])


def _check_words(files: Sequence[str], context: click.Context, later: Sequence[str]) -> None:
    """Refuses words that are not files and were meant to be steps.

    The first word is a file unless it is spelt as a step is; later ones are not where they have
    neither a dot nor a slash.
    """
    for place, word in enumerate(files):
        if looks_like_file(word):
            continue
        meant = meant_step(word, later, least=0.6 if place else 0.8)
        if not meant and not place:
            continue
        if not meant and meant_number(word) is not None:
            meant = f"; 'head {word}' keeps the first reads, 'min-length {word}' the longer ones"
        raise click.UsageError(f"No such file or step: '{word}'{meant}", ctx=context)


def source_of(values: Mapping[str, Any], options: Options) -> FastqSource:
    """The source for what was parsed."""
    from biometal_stream.sources.fastq.source import FastqSource

    return FastqSource(
        tuple(values["files"]),
        **{field.name: _value(field, values, options) for field in fields(FastqOptions)},
    )


def _value(field: Field[Any], values: Mapping[str, Any], options: Options) -> Any:
    """What was typed for an option of the source; its default where nothing was."""
    given = {**values, **vars(options)} if setting_of(field).whole_run else values
    return field.default if given[field.name] is None else given[field.name]
