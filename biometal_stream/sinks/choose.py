"""Chooses the sink for a target by its name. Light: a sink is imported only when chosen."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from biometal_stream.atomic import STANDARD_OUTPUT
from biometal_stream.descriptors import descriptor_of
from biometal_stream.errors import ConfigurationError
from biometal_stream.paths import path_text
from biometal_stream.sinks.formats import (
    FOLDER_FORMAT,
    FORMATS,
    STREAM_FORMAT,
    SUFFIXES,
    TEXT_SUFFIXES,
    UNWRITTEN,
    Format,
    titles,
)
from biometal_stream.sinks.names import said_by
from biometal_stream.sinks.templates import Template

if TYPE_CHECKING:
    from biometal_stream.sinks.arrow.sink import ArrowSink
    from biometal_stream.sinks.fastq.sink import FastqSink
    from biometal_stream.sinks.parquet.sink import ParquetSink


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
    line_width: int | None = None,
    quality_encoding: str | None = None,
    metadata: Mapping[str, str] | None = None,
) -> ParquetSink | ArrowSink | FastqSink:
    """Chooses a sink.

    Args:
        target: The file or folder. Its suffix gives the format: ``.parquet`` and ``.pq``;
            ``.arrow``, ``.feather`` and ``.ipc``; ``.arrows`` for an Arrow stream; ``.fastq`` and
            ``.fq``; ``.fa``, ``.fasta`` and ``.fna``; the text formats also with ``.gz``, ``.bgz``
            or ``.zst``, compressed. A name that ends in ``/`` and a folder are Parquet. ``-`` is
            standard output, which is FASTQ, as are a pipe and a device without such a suffix. A
            name with fields, such as ``out/{sample}.fq.gz``, stands for one file for each value of
            these columns.
        paired: Whether rows alternate between mates 1 and 2.
        format: The format; overrides the suffix.
        mate: FASTQ and FASTA: the file for mates 2. Without it both mates go to one file,
            interleaved.
        interleaved: FASTQ and FASTA: write one file, and fail if rows are not alternating mates.
        compression: A compression that the format supports; see the sinks.
        level: The compression level.
        shards: Parquet: the number of files in the target, a folder.
        partition_by: Parquet: the column whose values name folders in the target.
        max_partitions: The most files or folders that values may name.
        encoding: Parquet: how text and small numbers are stored, ``delta`` or ``plain``.
        line_width: FASTA: the number of bases per line, 0 for the whole sequence on one line.
        quality_encoding: FASTQ: ``phred33``, ``phred64`` or ``solexa``.
        metadata: Parquet: added to the file's metadata; other formats ignore it.

    Returns:
        A sink of the format: `ParquetSink`, `ArrowSink`, `FastqSink` or `FastaSink`.

    Raises:
        ConfigurationError: The format is unknown, or options do not fit it.
    """
    target = path_text(target)
    if "://" in target:
        raise ConfigurationError(
            f"{target}: writing to URLs is not supported; write a file and copy it there, or pipe"
            " 'write -' there"
        )
    chosen = _chosen(target, format, folder=shards is not None or partition_by is not None)
    options: dict[str, Any] = {
        "mate": None if mate is None else path_text(mate),
        "interleaved": interleaved or None,
        "shards": shards,
        "partition_by": partition_by,
        "encoding": encoding,
        "line_width": line_width,
        "quality_encoding": quality_encoding,
    }
    options = {name: value for name, value in options.items() if value is not None}
    for name in options:
        if name not in chosen.options:
            raise _misplaced(target, name, chosen)
    if max_partitions is not None and partition_by is None and Template.of(target) is None:
        raise ConfigurationError(
            "max_partitions is for partition_by and for names with fields, such as"
            " out/{sample}.fq.gz; name a column"
        )
    if not paired and (mate is not None or interleaved):
        option = "mate" if mate is not None else "interleaved"
        raise ConfigurationError(
            f"{target}: {option} is for paired reads, but these are single;"
            " give the reader both files, or say that its file is interleaved"
        )
    more = {"compression": compression, "level": level, "max_partitions": max_partitions}
    options |= {name: value for name, value in more.items() if value is not None}
    if "metadata" in chosen.options:
        options["metadata"] = dict(metadata or {})
    sink: ParquetSink | ArrowSink | FastqSink = chosen.make(target, options)
    return sink


def sink_beside(
    target: str | os.PathLike[str],
    *,
    paired: bool,
    unpaired: bool,
    reason: str | None = None,
    quality_encoding: str | None = None,
) -> ParquetSink | ArrowSink | FastqSink:
    """Chooses a sink for reads that are set aside while others are written.

    Args:
        target: As for `sink_for`.
        paired: Whether the input is paired.
        unpaired: Whether reads may come without their mates.
        reason: A column of text that FASTQ adds to the description; other formats keep it.
        quality_encoding: How FASTQ holds qualities; other formats ignore it.

    Raises:
        ConfigurationError: As for `sink_for`.
    """
    sink: Any = sink_for(target, paired=paired)
    changes: dict[str, Any] = {}
    if hasattr(sink, "unpaired"):
        changes = {"unpaired": unpaired, "reason": reason}
        changes |= {} if quality_encoding is None else {"quality_encoding": quality_encoding}
    changed: ParquetSink | ArrowSink | FastqSink = replace(sink, **changes)
    return changed


def _misplaced(target: str, option: str, chosen: Format) -> ConfigurationError:
    owners = [each.title for each in FORMATS.values() if option in each.options]
    advice = ""
    if option == "partition_by":
        advice = "; to name files by a column, write a name such as out/{sample}" + chosen.suffix
    return ConfigurationError(
        f"{target}: {option.replace('_', '-')} is for {' and '.join(owners)}, but this is"
        f" {chosen.title}{advice}"
    )


def _chosen(target: str, format: str | None, *, folder: bool) -> Format:
    if format is None:
        return _format_of(target, folder=folder)
    if format not in FORMATS:
        raise ConfigurationError(f"unknown format '{format}'; known are {', '.join(FORMATS)}")
    return FORMATS[format]


def _format_of(target: str, *, folder: bool) -> Format:
    if target.endswith("/") or Path(target).is_dir():
        return FOLDER_FORMAT
    said = said_by(target)
    written = SUFFIXES.get(said.suffix)
    if written is not None:
        if said.compression is not None and not written.text:
            texts = titles(each for each in FORMATS.values() if each.text)
            raise ConfigurationError(
                f"{target}: only {texts} are compressed as a whole; leave out"
                f" {Path(target).suffix} and choose a compression"
            )
        return written
    if folder:
        return FOLDER_FORMAT
    if said.suffix in UNWRITTEN:
        raise ConfigurationError(
            f"{target}: writing {said.suffix} is not supported; {UNWRITTEN[said.suffix].advice}"
        )
    if _is_stream(target):
        return STREAM_FORMAT
    known = ", ".join(SUFFIXES)
    texts = titles(each for each in FORMATS.values() if each.text)
    raise ConfigurationError(
        f"{target}: the suffix is not a known format's; known are {known}, {texts}"
        f" also with {', '.join(TEXT_SUFFIXES)}, and a name that ends in / for a folder of"
        f" {FOLDER_FORMAT.title}; or give the format (--format)"
    )


def _is_stream(target: str) -> bool:
    """Whether a target is standard output, a pipe, a descriptor or a device, not a regular file."""
    if target == STANDARD_OUTPUT or descriptor_of(target) is not None:
        return True
    path = Path(target)
    return path.exists() and not path.is_file()
