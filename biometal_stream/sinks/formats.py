"""Chooses the sink for a target by its name. Light: no sink is loaded before it is chosen."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from biometal_stream.atomic import STANDARD_OUTPUT
from biometal_stream.descriptors import descriptor_of
from biometal_stream.errors import ConfigurationError
from biometal_stream.paths import path_text
from biometal_stream.sinks.names import (
    FASTQ_SUFFIXES,
    FORMATS,
    SUFFIXES,
    TITLES,
    SinkFormat,
    said_by,
)

if TYPE_CHECKING:
    from biometal_stream.sinks.arrow.sink import ArrowSink
    from biometal_stream.sinks.fastq.sink import FastqSink
    from biometal_stream.sinks.parquet.sink import ParquetSink

_TABLES = "write reads.parquet, which DuckDB, Polars and pandas read and turn into text"
_ALIGNERS = "write reads.fq.gz, which samtools import reads"
_IN_PLACE_OF = {
    **dict.fromkeys(("CSV", "TSV", "JSON", "JSON lines", "Excel", "a database"), _TABLES),
    **dict.fromkeys(("BAM", "SAM", "CRAM"), _ALIGNERS),
}
"""What to write in place of a format that is not written."""


def sink_for(
    target: str | os.PathLike[str],
    *,
    paired: bool,
    format: str | None = None,
    mate: str | os.PathLike[str] | None = None,
    interleaved: bool = False,
    compression: str | None = None,
    level: int | None = None,
    shards: int | None = None,
    partition_by: str | None = None,
    max_partitions: int | None = None,
    encoding: str | None = None,
    metadata: Mapping[str, str] | None = None,
) -> ParquetSink | ArrowSink | FastqSink:
    """Chooses a sink.

    Args:
        target: The file or folder. Its suffix tells the format: ``.parquet`` and ``.pq``;
            ``.arrow``, ``.feather`` and ``.ipc``; ``.arrows`` for an Arrow stream; ``.fastq`` and
            ``.fq``, with ``.gz``, ``.bgz`` or ``.zst`` where compressed. A name that ends in
            ``/`` and a folder are Parquet. ``-`` is standard output. It and a pipe or device
            without such a suffix get FASTQ.
        paired: Whether rows are mates 1 and 2 in turn.
        format: The format, whatever the suffix says.
        mate: FASTQ: the file of the second mates. Without it both mates go to one file, in turn.
        interleaved: FASTQ: one file, and an error where rows are not mates in turn.
        compression: One that the format has; see the sinks.
        level: Its level.
        shards: Parquet: the number of files in the target, a folder.
        partition_by: Parquet: the column whose values name folders in the target.
        max_partitions: Parquet: the most values that it may have.
        encoding: Parquet: how text and small numbers are stored, ``delta`` or ``plain``.
        metadata: Parquet: added to the file's metadata; other formats have no use for it.

    Raises:
        ConfigurationError: The format cannot be told, or options do not fit it.
    """
    target = path_text(target)
    if "://" in target:
        raise ConfigurationError(
            f"{target}: URLs are not written; write a file and copy it there, or pipe 'write -'"
            " there"
        )
    chosen: str = format or _format_of(
        target, folder=shards is not None or partition_by is not None
    )
    if chosen not in FORMATS:
        raise ConfigurationError(f"unknown format '{chosen}'; known are {', '.join(FORMATS)}")
    given: dict[str, Any] = {
        "mate": mate,
        "interleaved": interleaved or None,
        "shards": shards,
        "partition-by": partition_by,
        "max-partitions": max_partitions,
        "encoding": encoding,
    }
    allowed = {
        "fastq": ("mate", "interleaved"),
        "parquet": ("shards", "partition-by", "max-partitions", "encoding"),
    }
    for option, value in given.items():
        if value is not None and option not in allowed.get(chosen, ()):
            owner = next(name for name, options in allowed.items() if option in options)
            raise ConfigurationError(
                f"{target}: {option} is for {TITLES[owner]}, and this is {TITLES[chosen]}"
            )
    settings: dict[str, Any] = {"level": level}
    if compression is not None:
        settings["compression"] = compression
    if chosen == "fastq":
        return _fastq(target, paired, mate, interleaved, settings)
    if chosen == "parquet":
        from biometal_stream.sinks.parquet.sink import (
            DEFAULT_ENCODING,
            DEFAULT_PARTITIONS,
            ParquetSink,
        )

        if max_partitions is not None and partition_by is None:
            raise ConfigurationError("max-partitions is for partition-by; name a column by that")
        return ParquetSink(
            target,
            shards=shards,
            partition_by=partition_by,
            encoding=encoding or DEFAULT_ENCODING,
            max_partitions=DEFAULT_PARTITIONS if max_partitions is None else max_partitions,
            metadata=dict(metadata or {}),
            **settings,
        )
    from biometal_stream.sinks.arrow.sink import ArrowSink

    return ArrowSink(target, "stream" if chosen == "arrow-stream" else "file", **settings)


def _fastq(
    target: str,
    paired: bool,
    mate: str | os.PathLike[str] | None,
    interleaved: bool,
    settings: dict[str, Any],
) -> FastqSink:
    if not paired and (mate is not None or interleaved):
        option = "mate" if mate is not None else "interleaved"
        raise ConfigurationError(
            f"{target}: {option} is for paired reads, and these are single;"
            " give the reader both files, or say that its file is interleaved"
        )
    from biometal_stream.sinks.fastq.sink import FastqSink

    other = None if mate is None else path_text(mate)
    return FastqSink(target, mate=other, interleaved=interleaved, **settings)


def _format_of(target: str, *, folder: bool) -> SinkFormat:
    if target.endswith("/") or Path(target).is_dir():
        return "parquet"
    said = said_by(target)
    written = SUFFIXES.get(said.suffix)
    if written is not None:
        if said.compression is not None and written != "fastq":
            raise ConfigurationError(
                f"{target}: only FASTQ is compressed as a whole; leave {Path(target).suffix} out"
                " and choose a compression"
            )
        return written
    if folder:
        return "parquet"
    if said.format is not None:
        advice = _IN_PLACE_OF.get(said.format, "write reads.fq, or reads.parquet")
        raise ConfigurationError(f"{target}: {said.suffix} is not written; {advice}")
    if _is_stream(target):
        return "fastq"
    known = ", ".join(SUFFIXES)
    raise ConfigurationError(
        f"{target}: the suffix tells no format; known are {known}, FASTQ also with"
        f" {', '.join(FASTQ_SUFFIXES)}, and a name that ends in / for a folder of Parquet;"
        " or give the format (--format)"
    )


def _is_stream(target: str) -> bool:
    """Whether a target is standard output, a pipe, a descriptor or a device, and no file."""
    if target == STANDARD_OUTPUT or descriptor_of(target) is not None:
        return True
    path = Path(target)
    return path.exists() and not path.is_file()
