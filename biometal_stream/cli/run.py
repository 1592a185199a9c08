"""Builds the pipeline that a command line describes, runs it, and reports the outcome."""

from __future__ import annotations

import os
import shlex
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple, TextIO

from biometal_stream.atomic import Output
from biometal_stream.cli import garbage, messages
from biometal_stream.cli.closing import closing
from biometal_stream.cli.command import PROGRAM
from biometal_stream.cli.escape import printable
from biometal_stream.cli.outputs import check_outputs, check_terminal
from biometal_stream.cli.progress import line, progress
from biometal_stream.cli.read import source_of
from biometal_stream.cli.terminal import note_terminal
from biometal_stream.cli.write import outputs_of, sink_of
from biometal_stream.errors import ConfigurationError
from biometal_stream.reports.assay_names import DEFAULT_ASSAY
from biometal_stream.sinks.formats import FORMATS, format_of, titles
from biometal_stream.sinks.names import check_text_name
from biometal_stream.sinks.options import ROUTES
from biometal_stream.sources.options import IN_STEP
from biometal_stream.warned import taking_warnings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from biometal_stream.cli.options import Options
    from biometal_stream.interfaces import Operator, Sink
    from biometal_stream.pipeline.report import Report

COMMAND_KEY = "biometal_stream.command"
"""The metadata key of the command line in the output."""


_NO_WRITE = (
    "nothing is written to standard output, since there is no 'write'; the summary goes to standard"
    " error. 'write -' writes the reads to standard output, '--stats -' the summary as JSON"
)


class Job(NamedTuple):
    """The pipeline that a command line describes.

    Attributes:
        words: The command line, without the program's name; presets and saved pipelines are
            written out.
        options: The options of the whole run.
        read: The values of ``read``.
        operators: The operators in order.
        write: The values of ``write``; ``None`` to print a summary.
        saved: The files that the pipeline came from.
        learnt: What learners among the operators have learnt before, by their numbers from 0.
        reported: The words that a report shows.
    """

    words: Sequence[str]
    options: Options
    read: Mapping[str, Any]
    operators: tuple[Operator, ...]
    write: Mapping[str, Any] | None
    saved: tuple[str, ...] = ()
    learnt: Mapping[int, Operator] = {}
    reported: Sequence[str] = ()

    @property
    def command(self) -> str:
        """The command line, as it can be typed in a shell; unprintable characters are escaped."""
        return command_of(self.words)

    @property
    def learnt_operators(self) -> tuple[Operator, ...]:
        """The operators, with learners replaced by what they have learnt before."""
        return tuple(self.learnt.get(number, each) for number, each in enumerate(self.operators))


def command_of(words: Sequence[str]) -> str:
    """A command line, as it can be typed in a shell; unprintable characters are escaped."""
    return printable(shlex.join([PROGRAM, *words]))


def run_job(job: Job) -> None:
    """Runs a pipeline.

    Raises:
        BiometalError: The settings, the input or the output are wrong.
    """
    inputs = (*job.read["files"], *(file for name in IN_STEP for file in job.read[name]))
    from biometal_stream.interfaces import Merging, Repairing, files_of

    read = (*inputs, *map(str, files_of(job.operators)), *job.saved)
    check_outputs(read, list(_outputs(job)))
    if job.options.stats is not None:
        check_text_name(job.options.stats, "JSON", ".json")
    if job.options.save_pipeline is not None:
        check_text_name(job.options.save_pipeline, "TOML", ".toml")
        _saved_text(job)  # an error in it should not end a long run
    if job.write is not None:
        check_terminal(job.write)
    if not job.options.quiet:
        note_terminal(inputs)
    source = source_of(job.read, job.options)
    paired = source.paired or any(isinstance(each, Repairing) for each in job.operators)
    merged = any(isinstance(each, Merging) for each in job.operators)
    sink = _sink(job, paired=paired)
    engine, partition_size = _engine(job, sink)

    from biometal_stream.pipeline import Pipeline
    from biometal_stream.pipeline.report_files import ReportFiles, write_each

    pipeline = Pipeline(source, (*_checks(job), *_operators(job, source)))
    with (
        ReportFiles(job.options.report, read) as report_files,
        _text_file(job.options.stats, lambda: stats_document(job, report)) as stats,
        _text_file(job.options.save_pipeline, lambda: _saved_text(job, report)) as saved,
    ):
        report = run_pipeline(
            pipeline,
            sink,
            job.options,
            engine=engine,
            partition_size=partition_size,
            routes={name: job.write[name] for name in ROUTES} if job.write is not None else {},
            warning=None if _takes_standard_output(job) else _NO_WRITE,
        )
        writes: dict[str, Callable[[], object]] = {**stats, **saved}
        if job.options.report:
            document = report.document(
                sample=job.read.get("sample"),
                command=command_of(job.reported),
                assay=job.options.assay or DEFAULT_ASSAY,
            )
            writes |= report_files.writes(document)
        write_each(writes)
    figures = _figures(job, report)
    if figures and (stream := _summary_stream(job)) is not None:
        stream.write(figures)
        stream.flush()
    layout = getattr(sink, "layout", None) if paired and not merged else None
    _tell(job, report, layout, report_files.written)


def run_pipeline(
    pipeline: Any,
    sink: Sink,
    options: Options,
    *,
    engine: str = "local",
    partition_size: int | None = None,
    routes: Mapping[str, str | None] | None = None,
    warning: str | None = None,
) -> Report:
    """Runs a pipeline, with its progress and its warnings on standard error.

    Args:
        pipeline: What to run.
        sink: Where to write.
        options: The options of the whole run.
        engine: What runs it.
        partition_size: Bytes of input per task of an engine.
        routes: The files for reads that are set aside: those of `ROUTES`.
        warning: A warning to show if the run succeeds; it does not distract from an error.
    """
    pipeline = pipeline.with_options(
        threads=options.threads,
        memory=options.memory,
        min_reads=options.min_reads,
        pairs=options.pairs,
        statistics=options.stats is not None,
    )
    garbage.resume()
    if engine == "local":
        execution = pipeline.execution(sink, **(routes or {}))
        if warning is not None:
            execution.warn(warning)
    else:
        execution = pipeline.distributed(sink, engine, partition_size)
    wanted = False if options.quiet else options.progress
    with (
        progress(execution.snapshot, line, wanted=wanted, shared=_shares_terminal(sink)) as say,
        taking_warnings(lambda _, text: say(messages.warning(text))),
    ):
        report: Report = execution.run()
    return report


def _takes_standard_output(job: Job) -> bool:
    """Whether standard output is used sensibly: the run writes to it, or it is not a file."""
    asked = job.write is not None or bool(job.options.report)
    asked = asked or "-" in {job.options.stats, job.options.save_pipeline}
    return asked or sys.stdout is None or sys.stdout.isatty()


def _shares_terminal(sink: Sink) -> bool:
    """Whether records are written to a terminal, where they would mix with the progress line."""
    return getattr(sink, "target", None) == "-" and os.isatty(1)


def _engine(job: Job, sink: Sink) -> tuple[str, int | None]:
    """What runs the pipeline, and the size of its input partitions.

    Raises:
        ConfigurationError: There is nothing to divide, or the format cannot be written this way.
    """
    if job.write is None:
        return "local", None
    engine, partition_size = job.write["engine"], job.write["partition_size"]
    if engine == "local":
        if partition_size is not None:
            raise ConfigurationError("--partition-size is for --engine ray and spark")
    else:
        form = format_of(sink)
        if form is None or not form.on_engines:
            written = [each for each in FORMATS.values() if each.on_engines]
            raise ConfigurationError(
                f"{job.write['target']}: --engine {engine} writes only {titles(written)}; name a"
                f" folder such as reads{written[0].suffix}, or leave --engine out"
            )
        for route in ROUTES:
            if job.write[route] is not None:
                raise ConfigurationError(
                    f"--{route}: --engine {engine} writes one output; leave --engine out"
                )
    return engine, partition_size


def _outputs(job: Job) -> Iterator[Output]:
    if job.write is not None:
        yield from outputs_of(job.write)
    elif "-" not in {job.options.stats, *job.options.report} and _summary_stream(job) is sys.stdout:
        yield Output("-", "the summary")
    if job.options.quarantine is not None:
        yield Output(job.options.quarantine, "--quarantine")
    if job.options.stats is not None:
        yield Output(job.options.stats, "--stats")
    if job.options.save_pipeline is not None:
        yield Output(job.options.save_pipeline, "--save-pipeline")
    for path in job.options.report:
        yield Output(path, "--report")


def _sink(job: Job, *, paired: bool) -> Sink:
    if job.write is not None:
        return sink_of(job.write, metadata={COMMAND_KEY: job.command}, paired=paired)
    from biometal_stream.sinks import DiscardSink

    return DiscardSink()


def _operators(job: Job, source: Any) -> tuple[Operator, ...]:
    """The operators of the line, and what ends it: quality control, or a summary."""
    from biometal_stream.operators import Summarize

    operators = job.learnt_operators
    if job.options.report:
        from biometal_stream.cli.reports import with_quality_control

        return with_quality_control(
            operators, pairs=source.paired and "quality" in source.schema.names
        )
    ends_with_one = bool(operators) and isinstance(operators[-1], Summarize)
    if job.write is not None or ends_with_one:
        return operators
    return (*operators, Summarize())


def _checks(job: Job) -> Iterator[Operator]:
    """The steps that options of the whole run stand for."""
    if job.options.check_names:
        from biometal_stream.operators import CheckNames

        yield CheckNames()


def _figures(job: Job, report: Report) -> str:
    """The figures of quality control, if a report does not show them."""
    from biometal_stream.reports.text.figures import figures_table

    shown = job.write is not None and bool(job.options.report)
    if shown or "-" in {job.options.stats, *job.options.report}:
        return ""
    return figures_table(report.quality)


def _tell(job: Job, report: Report, layout: str | None, reports: Mapping[str, int]) -> None:
    """Prints the summaries that were requested, and the outcome of the run unless quiet.

    Tables of other results belong to the outcome, unless they are all that the run is for.
    """
    if report.results and job.options.stats != "-":
        from biometal_stream.cli.summary import print_summaries

        stream = _summary_stream(job)
        if stream is not None:
            tables = job.write is None or not job.options.quiet
            print_summaries(report, stream, tables=tables)
    if not job.options.quiet:
        messages.write(closing(report, layout, reports, sys.stderr))


def _summary_stream(job: Job) -> TextIO | None:
    """Where summaries go: a terminal, or standard error if standard output carries data."""
    terminal = sys.stdout is not None and sys.stdout.isatty()
    takes_reads = job.write is not None and job.write["target"] == "-"
    return sys.stdout if terminal and not takes_reads else sys.stderr


@contextmanager
def _text_file(
    path: str | None, text: Callable[[], str]
) -> Iterator[dict[str, Callable[[], object]]]:
    """Opens a file for text first: a long run must not end with "no such folder".

    Yields:
        What writes the text, by the name of the file; nothing without one.
    """
    if path is None:
        yield {}
    elif path == "-":
        yield {path: lambda: sys.stdout.write(text())}
    else:
        from biometal_stream.atomic import AtomicFile

        with AtomicFile(path) as file:

            def write() -> None:
                file.write(text().encode())
                file.commit()

            yield {path: write}


def _saved_text(job: Job, report: Report | None = None) -> str:
    """The pipeline as TOML, with what it has learnt."""
    from biometal_stream.cli.commands import Commands
    from biometal_stream.cli.saving import learnt_operators, saved_text

    learnt = dict(job.learnt)
    if report is not None:
        assert job.options.plugins is not None
        known = Commands(job.options.plugins)
        learnt |= learnt_operators(job.learnt_operators, report.learnt, known)
    return saved_text(job.options, job.read, job.operators, job.write, learnt)


def stats_document(job: Job, report: Report) -> str:
    """The report as JSON, with the command line and the version."""
    import json

    from biometal_stream.version import __version__

    document = {"command": job.command, "version": __version__, **report.to_dict()}
    return json.dumps(document, indent=2) + "\n"
