"""Where a pipeline starts."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING, Never, TypeAlias, cast

from biometal_stream.errors import ConfigurationError
from biometal_stream.pipeline.pipeline import Pipeline
from biometal_stream.sources.fastq.source import (
    MAX_RECORD_BYTES,
    FastqSource,
    OnBadRecord,
    QualityEncodingChoice,
)

if TYPE_CHECKING:
    from biometal_stream.sources.fastq.source import Input

    Inputs: TypeAlias = Input | Iterable[Input]


def read_fastq(
    paths: Inputs,
    *more: Never,
    mate: Inputs | None = (),
    interleaved: bool = False,
    sample: str | None = None,
    quality_encoding: QualityEncodingChoice = "phred33",
    on_bad_record: OnBadRecord = "stop",
    quarantine: str | os.PathLike[str] | None = None,
    max_record_bytes: int = MAX_RECORD_BYTES,
) -> Pipeline:
    """Starts a pipeline that reads FASTQ, plain or compressed.

    Nothing is opened before the pipeline runs. ``read_fastq("reads.fq.gz") | MinLength(50)``
    adds an operator; ``.write_parquet(...)`` and its like run it; Arrow tools read it as it is.

    Args:
        paths: A file, ``-`` for standard input, a binary file object, or several of them that
            are read one after another, as lanes are.
        more: Nothing: a second path is refused, since it may be meant for mates or for a lane.
        mate: As many, with mate 2 of each read.
        interleaved: Whether mates follow each other in ``paths``.
        sample: The sample's name, kept in the schema's metadata.
        quality_encoding: How qualities are written: ``phred33``, ``phred64``, ``solexa``, or
            ``auto`` to let the data decide: what can be nothing but the last two is translated,
            what is in doubt stays as it is, with a warning. What comes out is Phred+33.
        on_bad_record: ``stop`` at the first record that is not FASTQ, ``skip`` such records, or
            ``quarantine`` them.
        quarantine: The file that then takes their bytes, compressed as its name says: ``.gz``,
            ``.zst``, or not.
        max_record_bytes: The longest record to read.

    Raises:
        ConfigurationError: These do not fit together.
        TypeError: Several inputs are not in a list.
    """
    if more:
        raise TypeError(
            "read_fastq takes one argument by position: write read_fastq(R1, mate=R2) for mates,"
            " and read_fastq([A, B]) for files that are read one after another"
        )
    source = FastqSource(
        _several("paths", paths),
        () if mate is None else _several("mate", mate),
        interleaved=interleaved,
        sample=sample,
        quality_encoding=quality_encoding,
        on_bad_record=on_bad_record,
        quarantine=quarantine,
        max_record_bytes=max_record_bytes,
    )
    return Pipeline(source)


def _several(what: str, inputs: Inputs | None) -> tuple[Input, ...]:
    """The inputs as a tuple.

    Raises:
        ConfigurationError: They are neither a path nor a file, nor several of these.
    """
    # A file object can be iterated too, by its lines.
    if isinstance(inputs, str | os.PathLike) or hasattr(inputs, "read"):
        return (cast("Input", inputs),)
    several: object = inputs
    if not isinstance(several, Iterable) or isinstance(several, bytes | bytearray):
        # The bytes may be long: a whole file.
        shown = f"{type(inputs).__name__}; a name is text, and FASTQ in memory is in an io.BytesIO"
        given = shown if isinstance(inputs, bytes | bytearray) else repr(inputs)
        raise ConfigurationError(
            f"{what} must be a path, a binary file object, or several of these: {given}"
        )
    return tuple(several)
