"""Functions that start a pipeline."""

from __future__ import annotations

import warnings
from typing import Any

from biometal_stream.errors import InputWarning
from biometal_stream.pipeline.pipeline import Pipeline
from biometal_stream.sources.arrow.options import ArrowOptions
from biometal_stream.sources.arrow.source import ArrowSource
from biometal_stream.sources.fasta.options import FastaOptions
from biometal_stream.sources.fasta.source import FastaSource
from biometal_stream.sources.fastq.options import FastqOptions
from biometal_stream.sources.fastq.source import FastqSource
from biometal_stream.sources.options import IN_STEP, Inputs, several, takes
from biometal_stream.sources.parquet.options import ParquetOptions
from biometal_stream.sources.parquet.source import ParquetSource


def read(paths: Inputs, *, format: str | None = None, **options: Any) -> Pipeline:
    """Starts a pipeline that reads files of any supported format.

    The format is detected by the first bytes of the first file, which is opened here; for a pipe
    this waits for the first bytes, and none is lost. All files must have that format.

    Args:
        paths: A file, ``-`` for standard input, a binary file object, or several of them, read
            one after another.
        format: The format's name, such as ``fastq`` or ``fasta``, instead of detection.
        options: The options of the format; see `read_fastq` and similar functions.

    Raises:
        ConfigurationError: There is no such format, or the options contradict each other.
        InputError: The first file's name contradicts its content.
    """
    from biometal_stream.sources.choice import choose

    def warn(message: str) -> None:
        warnings.warn(message, InputWarning, stacklevel=4)

    named = {name: options.pop(name, None) for name in IN_STEP}
    in_step = {name: several(name, files) for name, files in named.items() if files is not None}
    return Pipeline(choose(several("paths", paths), in_step, format, warn).source(options))


@takes(FastqOptions)
def read_fastq(paths: Inputs, options: FastqOptions) -> Pipeline:
    """Starts a pipeline that reads FASTQ, plain or compressed.

    Nothing is opened before the pipeline runs. ``read_fastq("reads.fq.gz") | MinLength(50)``
    adds an operator; ``.write_parquet(...)`` and similar methods run it; Arrow tools can read it
    directly.

    Args:
        paths: A file, ``-`` for standard input, a binary file object, or several of them, read
            one after another, like lanes.
        options: By name, as in `FastqOptions`.

    Raises:
        ConfigurationError: The options contradict each other.
        TypeError: Several inputs are not in a list, or an option does not exist.
    """
    return Pipeline(FastqSource(several("paths", paths), **vars(options)))


@takes(FastaOptions)
def read_fasta(paths: Inputs, options: FastaOptions) -> Pipeline:
    """Starts a pipeline that reads FASTA, plain or compressed.

    Nothing is opened before the pipeline runs. The reads have no column ``quality``, so steps that
    need qualities refuse them.

    Args:
        paths: A file, ``-`` for standard input, a binary file object, or several of them, read
            one after another.
        options: By name, as in `FastaOptions`.

    Raises:
        ConfigurationError: The options contradict each other.
        TypeError: Several inputs are not in a list, or an option does not exist.
    """
    return Pipeline(FastaSource(several("paths", paths), **vars(options)))


@takes(ParquetOptions)
def read_parquet(paths: Inputs, options: ParquetOptions) -> Pipeline:
    """Starts a pipeline that reads Parquet, such as the output of another run.

    The columns are those of the files; a step that needs another one, such as ``sequence``, reports
    that before anything runs. Rows with a ``mate`` column are pairs. Columns that neither a step
    nor the target uses are not read.

    Args:
        paths: A file, a folder of files, a seekable binary file object, or several of them, read
            one after another, with the same columns.
        options: By name, as in `ParquetOptions`.

    Raises:
        ConfigurationError: The options contradict each other.
        TypeError: Several inputs are not in a list, or an option does not exist.
    """
    return Pipeline(ParquetSource(several("paths", paths), **vars(options)))


@takes(ArrowOptions)
def read_arrow(paths: Inputs, options: ArrowOptions) -> Pipeline:
    """Starts a pipeline that reads Arrow IPC files or streams.

    The columns are those of the files; a step that needs another one, such as ``sequence``, reports
    that before anything runs. Rows with a ``mate`` column are pairs. Columns that neither a step
    nor the target uses are not decoded.

    Args:
        paths: A file, ``-`` for a stream on standard input, a binary file object, or several of
            them, read one after another, with the same columns.
        options: By name, as in `ArrowOptions`.

    Raises:
        ConfigurationError: The options contradict each other.
        TypeError: Several inputs are not in a list, or an option does not exist.
    """
    return Pipeline(ArrowSource(several("paths", paths), **vars(options)))


def from_arrow(rows: Any) -> Pipeline:
    """Starts a pipeline that reads Arrow data that another program holds or computes.

    Only the schema is read before the pipeline runs. Large batches are split to suit the run, and
    rows with a ``mate`` column are pairs: 1 and 2 alternate.

    Args:
        rows: A ``Table``, ``RecordBatch``, ``RecordBatchReader`` or dataset of pyarrow; an object
            with ``__arrow_c_stream__``, such as a frame of Polars or pandas or a relation of
            DuckDB; or a `Pipeline`, which is returned unchanged.

    Returns:
        A pipeline. It can run as often as ``rows`` can be read: once for a reader.

    Raises:
        ConfigurationError: It does not export an Arrow stream.
        InputError: Two columns have the same name.
    """
    from biometal_stream.sources.arrow.exported import exported

    if isinstance(rows, Pipeline):
        return rows
    source = exported(rows)
    source.schema  # noqa: B018 - raises here, where the caller sees it
    return Pipeline(source)
