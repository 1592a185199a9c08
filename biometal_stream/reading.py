"""Where a pipeline starts."""

from __future__ import annotations

from biometal_stream.pipeline.pipeline import Pipeline
from biometal_stream.sources.fastq.options import FastqOptions
from biometal_stream.sources.fastq.source import FastqSource
from biometal_stream.sources.options import Inputs, several, takes
from biometal_stream.sources.parquet.options import ParquetOptions
from biometal_stream.sources.parquet.source import ParquetSource


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
