"""Where a pipeline starts."""

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
from biometal_stream.sources.options import Inputs, several, takes
from biometal_stream.sources.parquet.options import ParquetOptions
from biometal_stream.sources.parquet.source import ParquetSource


def read(paths: Inputs, *, format: str | None = None, **options: Any) -> Pipeline:
    """Starts a pipeline that reads files of any format that is read.

    The format is told by the first bytes of the first file, which is looked at here; of a pipe
    the first bytes are waited for, and none is lost. All files must be of that format.

    Args:
        paths: A file, ``-`` for standard input, a binary file object, or several of them that
            are read one after another.
        format: The format's name, such as ``fastq`` or ``fasta``, instead of a look.
        options: Those of the format; see `read_fastq` and its like.

    Raises:
        ConfigurationError: There is no such format, or these do not fit together.
        InputError: The first file's name says another format than its content.
    """
    from biometal_stream.sources.choice import choose

    def warn(message: str) -> None:
        warnings.warn(message, InputWarning, stacklevel=4)

    mate = options.pop("mate", None)
    mates = () if mate is None else several("mate", mate)
    return Pipeline(choose(several("paths", paths), mates, format, warn).source(options))


@takes(FastqOptions)
def read_fastq(paths: Inputs, options: FastqOptions) -> Pipeline:
    """Starts a pipeline that reads FASTQ, plain or compressed.

    Nothing is opened before the pipeline runs. ``read_fastq("reads.fq.gz") | MinLength(50)``
    adds an operator; ``.write_parquet(...)`` and its like run it; Arrow tools read it as it is.

    Args:
        paths: A file, ``-`` for standard input, a binary file object, or several of them that
            are read one after another, as lanes are.
        options: By name, as `FastqOptions` has them.

    Raises:
        ConfigurationError: These do not fit together.
        TypeError: Several inputs are not in a list, or there is no such option.
    """
    return Pipeline(FastqSource(several("paths", paths), **vars(options)))


@takes(FastaOptions)
def read_fasta(paths: Inputs, options: FastaOptions) -> Pipeline:
    """Starts a pipeline that reads FASTA, plain or compressed.

    Nothing is opened before the pipeline runs. The reads have no column ``quality``, so that what
    needs one refuses them.

    Args:
        paths: A file, ``-`` for standard input, a binary file object, or several of them that
            are read one after another.
        options: By name, as `FastaOptions` has them.

    Raises:
        ConfigurationError: These do not fit together.
        TypeError: Several inputs are not in a list, or there is no such option.
    """
    return Pipeline(FastaSource(several("paths", paths), **vars(options)))


@takes(ParquetOptions)
def read_parquet(paths: Inputs, options: ParquetOptions) -> Pipeline:
    """Starts a pipeline that reads Parquet, such as what another run has written.

    The columns are those of the files; steps that need others, such as ``sequence``, say so
    before anything runs. Rows with a ``mate`` column are pairs. Columns that no step and no
    target takes are not read.

    Args:
        paths: A file, a folder of files, a binary file object that can seek, or several of them
            that are read one after another and have the same columns.
        options: By name, as `ParquetOptions` has them.

    Raises:
        ConfigurationError: These do not fit together.
        TypeError: Several inputs are not in a list, or there is no such option.
    """
    return Pipeline(ParquetSource(several("paths", paths), **vars(options)))


@takes(ArrowOptions)
def read_arrow(paths: Inputs, options: ArrowOptions) -> Pipeline:
    """Starts a pipeline that reads Arrow IPC files or streams.

    The columns are those of the files; steps that need others, such as ``sequence``, say so
    before anything runs. Rows with a ``mate`` column are pairs. Columns that no step and no
    target takes are not decoded.

    Args:
        paths: A file, ``-`` for a stream on standard input, a binary file object, or several of
            them that are read one after another and have the same columns.
        options: By name, as `ArrowOptions` has them.

    Raises:
        ConfigurationError: These do not fit together.
        TypeError: Several inputs are not in a list, or there is no such option.
    """
    return Pipeline(ArrowSource(several("paths", paths), **vars(options)))


def from_arrow(rows: Any) -> Pipeline:
    """Starts a pipeline that reads what another program holds or computes as Arrow.

    Nothing is read before the pipeline runs, but for the schema. Large batches are cut to suit
    the run, and rows with a ``mate`` column are pairs: 1 and 2 in turn.

    Args:
        rows: A ``Table``, ``RecordBatch``, ``RecordBatchReader`` or dataset of pyarrow; an object
            with ``__arrow_c_stream__``, such as a frame of Polars or pandas or a relation of
            DuckDB; or a `Pipeline`, which is returned as it is.

    Returns:
        A pipeline. It can be run as often as ``rows`` can be read: a reader once.

    Raises:
        ConfigurationError: It exports no Arrow stream.
        InputError: Two columns have one name.
    """
    from biometal_stream.sources.arrow.exported import exported

    if isinstance(rows, Pipeline):
        return rows
    source = exported(rows)
    source.schema  # noqa: B018 - raises here, where the caller sees it
    return Pipeline(source)
