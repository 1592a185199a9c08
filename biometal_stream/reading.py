"""Where a pipeline starts."""

from __future__ import annotations

import warnings
from typing import Any

from biometal_stream.errors import InputWarning
from biometal_stream.pipeline.pipeline import Pipeline
from biometal_stream.sources.fastq.options import FastqOptions
from biometal_stream.sources.fastq.source import FastqSource
from biometal_stream.sources.options import Inputs, several, takes


def read(paths: Inputs, *, format: str | None = None, **options: Any) -> Pipeline:
    """Starts a pipeline that reads files of any format that is read.

    The format is told by the first bytes of the first file, which is looked at here; of a pipe
    the first bytes are waited for, and none is lost. All files must be of that format.

    Args:
        paths: A file, ``-`` for standard input, a binary file object, or several of them that
            are read one after another.
        format: The format's name, such as ``fastq`` or ``fasta``, instead of a look.
        options: Those of the format; see `read_fastq` and its like.

    Warns:
        InputWarning: A file's name says another format than its content.

    Raises:
        ConfigurationError: There is no such format, or these do not fit together.
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
