"""``report``: adds, shows and converts reports that ``--report FILE.json`` wrote."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import click

from biometal_stream.cli import figures, messages
from biometal_stream.cli.command import OTHER, TEXT, Argument, OneOf, StepCommand
from biometal_stream.cli.escape import printable
from biometal_stream.errors import ConfigurationError, InputError
from biometal_stream.reports.assay_names import ASSAY_NAMES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from biometal_stream.cli.options import Options
    from biometal_stream.reports.document.document import Document

    Action: TypeAlias = Callable[[Sequence[str], Mapping[str, Any]], "Mapping[str, int]"]

STREAM = "-"
_MOST_SHOWN = 6
"""The most files named in the last line."""


def report_command() -> StepCommand:
    """The command of ``report``."""
    return StepCommand(
        "report",
        place="alone",
        group=OTHER,
        runs=f"{__name__}:run_report",
        help="""Adds, shows and converts reports that --report FILE.json wrote.

        \b
        merge    adds the reports of several runs, exactly, as if one run had read all reads
        convert  writes a report in another form: a page, text, fastp's JSON ...
        show     prints a report as text
        tables   writes the tables of all reports as one Parquet file, for SQL

        An output's name gives its form, as for --report. Without --output, 'merge' prints JSON.""",
        epilog="""\b
        Examples:
          biometal-stream report merge lane1.json lane2.json --output run.json
          biometal-stream report merge lane*.json | biometal-stream report show -
          biometal-stream report convert run.json --output run.html --assay rna
          biometal-stream report show run.json
          biometal-stream report tables reports/*.json --output qc.parquet""",
        params=[
            Argument(
                ["action"],
                metavar="ACTION",
                about=f"One of {', '.join(_ACTIONS)}.",
                type=OneOf(list(_ACTIONS)),
                required=True,
            ),
            Argument(
                ["files"],
                metavar="FILES...",
                about="Reports as JSON; - is standard input. 'convert' and 'show' take one.",
                files=True,
                nargs=-1,
                required=True,
            ),
            click.Option(
                ["--output", "-o"],
                metavar="FILE",
                multiple=True,
                help="The file to write; - is standard output. May be given several times.",
            ),
            click.Option(
                ["--sample"],
                type=TEXT,
                metavar="NAME",
                help="Another name for the sample.",
            ),
            click.Option(
                ["--assay"],
                metavar="NAME",
                type=OneOf(ASSAY_NAMES),
                help="Take other limits for the verdicts than those of the runs:"
                f" {', '.join(ASSAY_NAMES)}.",
            ),
        ],
    )


def run_report(values: Mapping[str, Any], options: Options) -> None:
    """Runs one of the actions.

    Raises:
        ConfigurationError: An output is missing or superfluous, or its name gives no form.
        InputError: A file cannot be read, or is not a report.
        SinkError: An output cannot be written.
    """
    from biometal_stream.atomic import Output
    from biometal_stream.cli.outputs import check_outputs

    action, files, outputs = values["action"], values["files"], values["output"]
    if files.count(STREAM) > 1:
        raise ConfigurationError("standard input (-) can be read only once")
    if action in {"convert", "show"} and len(files) > 1:
        raise ConfigurationError(
            f"report {action} takes one file, not {len(files)}; 'report merge' adds several"
        )
    if action == "show" and outputs:
        raise ConfigurationError(
            "report show prints; to write a file: report convert FILE --output OUTPUT"
        )
    if action in {"convert", "tables"} and not outputs:
        example = "qc.parquet" if action == "tables" else "run.html"
        raise ConfigurationError(f"report {action} needs --output, such as --output {example}")
    check_outputs(files, [Output(path, "--output") for path in outputs])
    for path in (path for path, times in Counter(files).items() if times > 1):
        messages.say(messages.warning(f"{path}: is named twice, so its reads count twice"))
    written = _ACTIONS[action](files, values)
    if written and not options.quiet:
        names = list(written)
        more = f" and {len(names) - _MOST_SHOWN:,} more" if len(names) > _MOST_SHOWN else ""
        shown = ", ".join(map(printable, names[:_MOST_SHOWN]))
        reports = figures.counted(len(files), "reports")
        messages.say(f"{reports} -> {shown}{more} ({figures.size(sum(written.values()))})")


def _merge(files: Sequence[str], values: Mapping[str, Any]) -> Mapping[str, int]:
    from dataclasses import replace

    from biometal_stream.pipeline.report_files import ReportFiles
    from biometal_stream.reports.document.merging import added
    from biometal_stream.reports.document.reading import require_consistent

    with ReportFiles(values["output"], files) as target:
        documents = _documents(files, {**values, "sample": None})
        path, total = next(documents)
        said = set(total.warnings)
        for path, document in documents:
            said.update(document.warnings)
            try:
                total = added(total, document)
            except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
                raise InputError(f"{path}: its counts do not fit the others: {error}") from error
        for line in total.warnings:
            if line not in said:
                messages.say(messages.warning(line))
        if values["sample"] is not None:
            total = replace(total, sample=values["sample"])
        require_consistent(total, path)
        target.write(total)
        if not values["output"]:
            sys.stdout.write(total.to_json())
    return target.written


def _convert(files: Sequence[str], values: Mapping[str, Any]) -> Mapping[str, int]:
    from biometal_stream.pipeline.report_files import ReportFiles
    from biometal_stream.reports.document.reading import require_consistent

    with ReportFiles(values["output"], files) as target:
        for path, document in _documents(files, values):
            require_consistent(document, path)
            target.write(document)
    return target.written


def _show(files: Sequence[str], values: Mapping[str, Any]) -> Mapping[str, int]:
    return _convert(files, {**values, "output": (STREAM,)})


def _tables(files: Sequence[str], values: Mapping[str, Any]) -> Mapping[str, int]:
    from biometal_stream.pipeline.report_files import TableFile
    from biometal_stream.reports.document.reading import require_consistent

    (output, *others) = values["output"]
    if others or not output.lower().endswith(".parquet"):
        raise ConfigurationError(
            f"report tables writes one Parquet file; name it so: --output {_as_parquet(output)}"
        )
    if values["sample"] is not None and len(files) > 1:
        raise ConfigurationError("--sample names one sample, but there are several reports")
    with TableFile(output, files) as target:
        seen: dict[str, str] = {}
        for path, document in _documents(files, values):
            other = seen.setdefault(document.sample, path)
            if other != path:
                messages.say(
                    messages.warning(
                        f"{path}: the sample '{document.sample}' is also that of {other}, so their"
                        " rows look the same; 'report convert' with --sample renames one"
                    )
                )
            require_consistent(document, path)
            target.add(document)
    return {output: target.bytes_written}


_ACTIONS: Mapping[str, Action] = {
    "merge": _merge,
    "convert": _convert,
    "show": _show,
    "tables": _tables,
}


def _documents(files: Sequence[str], values: Mapping[str, Any]) -> Iterator[tuple[str, Document]]:
    """Yields the reports with their files, one at a time: there may be thousands."""
    from dataclasses import replace

    changes = {name: values[name] for name in ("assay", "sample") if values[name] is not None}
    for path in files:
        yield path, replace(read_report(path), **changes)


def read_report(path: str) -> Document:
    """The report in a file; ``-`` is standard input.

    Raises:
        InputError: The file cannot be read, or is not a report.
    """
    from biometal_stream.reports.document.reading import read_document

    return read_document(_bytes(path), path)


def _bytes(path: str) -> bytes:
    if path == STREAM:
        return sys.stdin.buffer.read()
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise InputError(f"{path}: cannot be opened: {error.strerror}") from error


def _as_parquet(path: str) -> str:
    return "qc.parquet" if path == STREAM else str(Path(path).with_suffix(".parquet"))
