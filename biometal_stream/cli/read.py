"""``read``: the first step of a pipeline."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

import click

from biometal_stream.cli import figures, messages
from biometal_stream.cli.advice import looks_like_file, meant_step
from biometal_stream.cli.command import SOURCES, Argument, OneOf, StepCommand
from biometal_stream.cli.source_options import source_options
from biometal_stream.settings import meant_number
from biometal_stream.sources.formats import source_formats
from biometal_stream.sources.options import IN_STEP

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from biometal_stream.cli.options import Options

_NOT_GIVEN = (None, False, "stop")
"""The values of options that were not typed; ``stop`` is the default for bad records."""


def read_command() -> StepCommand:
    """The command of ``read``."""
    return StepCommand(
        "read",
        place="first",
        group=SOURCES,
        help=f"""Reads {_titles()}: plain, gzip, BGZF, zstd, bzip2 or xz, recognized by the first
        bytes.

        Several files are read one after another, as one stream.""",
        epilog="""\b
        Examples:
          biometal-stream read reads.fq.gz measure
          biometal-stream read - min-length 50 write reads.parquet < reads.fq.gz
          biometal-stream read R1.fq.gz --mate R2.fq.gz write reads.parquet
          biometal-stream read R1.fq.gz --mate R2.fq.gz --index I1.fq.gz I2.fq.gz
          biometal-stream read L?_R1.fq.gz --mate L?_R2.fq.gz write reads.parquet""",
        params=[
            Argument(
                ["files"],
                metavar="FILES...",
                about="Files of one format; - is standard input. Write ./measure for a file that is"
                " named like a step.",
                files=True,
                nargs=-1,
                required=True,
            ),
            *read_options(),
        ],
    )


def read_options() -> list[click.Option]:
    """The options of ``read``."""
    return [
        click.Option(
            ["--format"],
            type=OneOf([form.name for form in source_formats()]),
            help="The format of the input (default: detected by the first bytes of the first"
            " file).",
        ),
        *source_options(),
    ]


def _titles() -> str:
    *titles, last = (form.title for form in source_formats())
    return f"{', '.join(titles)} or {last}" if titles else last


def check_read(
    values: Mapping[str, Any], context: click.Context, steps: Mapping[str, object]
) -> None:
    """Checks the values of ``read`` before anything is opened.

    Args:
        values: The parsed values.
        context: For errors.
        steps: The steps by name, one of which may have been meant.

    Raises:
        click.UsageError: Mates do not match the files, or a word was meant as a step.
    """
    files, mates, indexes = values["files"], values["mate"], values["index"]
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
    if indexes and values["interleaved"]:
        raise click.UsageError(
            "--index needs mates in two files: give the mates with --mate, not --interleaved.",
            ctx=context,
        )
    later = [name for name in steps if name != context.command.name]
    _check_words(indexes, context, later)
    if len(indexes) not in {0, len(files), 2 * len(files)}:
        second, first = (figures.counted(len(names), "files") for names in (indexes, files))
        raise click.UsageError(
            f"--index names {second} for {first}: name a file of index reads, or two, for each.",
            ctx=context,
        )
    if [*files, *mates, *indexes].count("-") > 1:
        raise click.UsageError("Standard input (-) can be read only once.", ctx=context)
    _check_words(files, context, later)


def _check_words(files: Sequence[str], context: click.Context, later: Sequence[str]) -> None:
    """Refuses words that are not files and were meant as steps.

    The first word is a file unless it is spelled like a step. A later word is not a file if it has
    neither a dot nor a slash and does not exist.
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


def source_of(values: Mapping[str, Any], options: Options) -> Any:
    """The source for the parsed values; detects the format by the first file if none was given."""
    from biometal_stream.sources.choice import choose

    def warn(message: str) -> None:
        messages.say(messages.warning(message))

    in_step = {name: tuple(values[name]) for name in IN_STEP}
    choice = choose(tuple(values["files"]), in_step, values["format"], warn)
    return choice.source(
        {
            name: value
            for name, value in {**values, **options._asdict()}.items()
            if name in _option_names() and value not in _NOT_GIVEN
        }
    )


def _option_names() -> set[str]:
    """The options of all formats except those that name inputs."""
    classes = [form.load_options() for form in source_formats()]
    return {field.name for each in classes for field in fields(each)} - set(IN_STEP)
