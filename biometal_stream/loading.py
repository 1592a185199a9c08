"""Chains of steps by name, and pipelines and reports from files, as the command line has them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from biometal_stream.errors import ConfigurationError
from biometal_stream.paths import path_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from biometal_stream.joined import Joined
    from biometal_stream.pipeline import Pipeline
    from biometal_stream.presets import PresetName
    from biometal_stream.reports.document.document import Document
    from biometal_stream.sources.options import Inputs


def preset(name: PresetName) -> Joined:
    """Returns the steps of a preset, to be joined to reads or to other steps.

    docs/presets.md lists the presets, their steps and where the settings come from. A preset is
    several joined operators, as in ``reads | preset("illumina")``; a loop yields them one by one.

    Args:
        name: The name, such as ``illumina``.

    Raises:
        ConfigurationError: There is no such preset.
    """
    from biometal_stream.cli.preset import preset_operators
    from biometal_stream.joined import Joined
    from biometal_stream.presets import PRESETS

    if name not in PRESETS:
        raise ConfigurationError(f"preset must be one of {', '.join(PRESETS)}: {name!r}")
    return Joined(preset_operators(name))


def load_pipeline(
    path: str | os.PathLike[str],
    files: Inputs | None = None,
    *,
    mate: Inputs | None = None,
    plugins: Iterable[str | os.PathLike[str]] = (),
) -> Pipeline:
    """Reads a pipeline from a TOML file that `Pipeline.save` or ``--save-pipeline`` has written.

    docs/guide/pipelines.md describes the file. Its target is left out: call ``write_fastq`` or a
    similar method, or run the file with ``biometal-stream run``.

    A file is data. It names the steps of this package, of installed packages and of ``plugins``,
    and never runs other code.

    Args:
        path: The TOML file.
        files: What to read instead of the files that it names. Steps that have learnt from those
            then learn from these.
        mate: The files of mates 2, with ``files``.
        plugins: Python files with steps, as for ``--plugin``. They are imported.

    Raises:
        InputError: The file cannot be read.
        ConfigurationError: It is not a pipeline; the message names the location. Or it names no
            files to read, and none are given.
        PluginError: A plugin does not load.
    """
    from biometal_stream.cli.commands import commands
    from biometal_stream.cli.saved import load
    from biometal_stream.operators import CheckNames
    from biometal_stream.reading import read

    saved = load(path_text(path), commands([path_text(each) for each in plugins]))
    if mate is not None and files is None:
        raise ConfigurationError("mate needs files: the files of mates 1")
    if files is not None:
        saved = saved.of_other_files()
        if "quarantine" in saved.options:
            raise ConfigurationError(
                f"{saved.file}: puts bad records into {saved.options['quarantine']}, which those"
                " of other files must not replace; remove quarantine from its options"
            )
    elif not saved.read:
        raise ConfigurationError(f"{saved.file}: has no table 'read'; give files")
    settings = {"files": files, "mate": mate, **saved.read}
    options = dict(saved.options)
    for name in ("on_bad_record", "quarantine"):
        if name in options:
            settings[name] = options.pop(name)
    inputs, check_names = settings.pop("files"), options.pop("check_names", False)
    given = {name: value for name, value in settings.items() if value is not None}
    pipeline = read(inputs, **given).with_options(**options)
    for operator in (*([CheckNames()] if check_names else []), *saved.learnt_operators):
        pipeline |= operator
    return pipeline


def load_report(path: str | os.PathLike[str]) -> Document:
    """Reads a report that ``--report FILE.json`` or `Report.save` has written.

    Its ``quality`` has the same tables as `Report.quality`. Two documents are added by
    `merge_reports`, and `save_report` writes one in any form.

    Args:
        path: The JSON file.

    Raises:
        InputError: The file cannot be read, or is not a report; the message says what it is.
    """
    from biometal_stream.cli.report import read_report

    return read_report(path_text(path))


def merge_reports(documents: Iterable[Document]) -> Document:
    """Adds reports exactly, as if one run had read all reads. The order does not matter.

    Args:
        documents: At least one, of `load_report` or `Report.document`.

    Returns:
        The report of all runs, whose ``warnings`` name what could not be added.

    Raises:
        ConfigurationError: There are none.
    """
    from functools import reduce

    from biometal_stream.reports.document.merging import added

    every = list(documents)
    if not every:
        raise ConfigurationError("merge_reports needs at least one report")
    return reduce(added, every)


def save_report(document: Document, path: str | os.PathLike[str]) -> tuple[str, ...]:
    """Writes a report; the file's name gives the form, as for ``--report``.

    Args:
        document: The report, of `load_report`, `merge_reports` or `Report.document`.
        path: The file, such as ``run.html``.

    Returns:
        The files written: several if each mate has its own, as in FastQC's form.

    Raises:
        ConfigurationError: The name gives no form.
        SinkError: The file cannot be written. It is then unchanged.
    """
    from biometal_stream.pipeline.report_files import ReportFiles

    with ReportFiles([path_text(path)]) as files:
        files.write(document)
    return tuple(files.written)
