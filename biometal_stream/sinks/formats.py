"""The formats that can be written, one entry each, and the known ones that cannot.

The command line, Python, the engines and the messages read this table. Light: it names the module
of a sink, which is imported only when the sink is created.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, TypeAlias

SinkFormat: TypeAlias = Literal["parquet", "arrow", "arrow-stream", "fastq", "fasta"]
"""The formats that a sink can write."""


@dataclass(frozen=True)
class Format:
    """A format that can be written.

    Attributes:
        name: Its name on the command line (``--format``).
        title: Its name in messages.
        suffixes: The suffixes of its files; messages suggest the first one.
        sink: The class that writes it, as ``module:class``. Its first argument is the target.
        method: The method of `Pipeline` that writes it.
        compressions: The compressions that it supports.
        text: Whether a file is text that is compressed as a whole, as its name says.
        options: Options of `sink_for` that it takes besides ``compression``, ``level`` and
            ``max_partitions``.
        settings: Additional arguments of the class.
        shared_suffixes: Suffixes that it has in common with another format.
        on_engines: Whether Ray and Spark write it.
    """

    name: SinkFormat
    title: str
    suffixes: tuple[str, ...]
    sink: str
    method: str
    compressions: tuple[str, ...]
    text: bool = False
    options: tuple[str, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    shared_suffixes: tuple[str, ...] = ()
    on_engines: bool = False

    @property
    def suffix(self) -> str:
        """The suffix that messages suggest."""
        return self.suffixes[0]

    def make(self, target: str, options: Mapping[str, Any]) -> Any:
        """Creates the sink; imports its module."""
        return pkgutil.resolve_name(self.sink)(target, **self.settings, **options)


_EVERY_FORMAT = (
    Format(
        "parquet",
        "Parquet",
        (".parquet", ".pq"),
        "biometal_stream.sinks.parquet.sink:ParquetSink",
        "write_parquet",
        ("zstd", "snappy", "gzip", "lz4", "none"),
        options=("shards", "partition_by", "encoding", "metadata"),
        on_engines=True,
    ),
    Format(
        "arrow",
        "an Arrow file",
        (".arrow", ".feather", ".ipc"),
        "biometal_stream.sinks.arrow.sink:ArrowSink",
        "write_arrow",
        ("none", "lz4", "zstd"),
        settings={"format": "file"},
        shared_suffixes=(".arrow", ".ipc"),
    ),
    Format(
        "arrow-stream",
        "an Arrow stream",
        (".arrows",),
        "biometal_stream.sinks.arrow.sink:ArrowSink",
        "write_arrow with stream=True",
        ("none", "lz4", "zstd"),
        settings={"format": "stream"},
        shared_suffixes=(".arrow", ".ipc"),  # Hugging Face calls its streams .arrow
    ),
    Format(
        "fastq",
        "FASTQ",
        (".fq", ".fastq"),
        "biometal_stream.sinks.fastq.sink:FastqSink",
        "write_fastq",
        ("none", "gzip", "zstd"),
        text=True,
        options=("mate", "interleaved", "quality_encoding"),
    ),
    Format(
        "fasta",
        "FASTA",
        (".fa", ".fasta", ".fna"),
        "biometal_stream.sinks.fasta.sink:FastaSink",
        "write_fasta",
        ("none", "gzip", "zstd"),
        text=True,
        options=("mate", "interleaved", "line_width"),
    ),
)

FORMATS: Mapping[str, Format] = {each.name: each for each in _EVERY_FORMAT}
"""The formats that can be written, by name."""

SUFFIXES: Mapping[str, Format] = {
    suffix: each for each in _EVERY_FORMAT for suffix in each.suffixes
}
"""The format of each suffix. Text may have a suffix of `TEXT_SUFFIXES` after it."""

TEXT_SUFFIXES: Mapping[str, str] = {".gz": "gzip", ".bgz": "gzip", ".zst": "zstd"}
"""The compression of text for each suffix; messages suggest the first of each."""

READ_ONLY_SUFFIXES = frozenset({".bz2", ".xz"})
"""Suffixes of compressions that can be read but not written."""

UNKNOWN_SUFFIXES = frozenset({".7z", ".br", ".lz4", ".lzma", ".rar", ".tgz", ".z", ".zip"})
"""Suffixes of compressions that can be neither read nor written."""

_TABLES = "write reads.parquet, which DuckDB, Polars and pandas can read and export as text"
_ALIGNERS = "write reads.fq.gz, which samtools import reads"
_READS = "write reads.fq, or reads.parquet"


class Unwritten(NamedTuple):
    """A known format that cannot be written.

    Attributes:
        title: Its name in messages.
        suffixes: The suffixes of its files.
        advice: What to write instead.
    """

    title: str
    suffixes: tuple[str, ...]
    advice: str = _READS


UNWRITTEN: Mapping[str, Unwritten] = {
    suffix: each
    for each in (
        Unwritten("Avro", (".avro",)),
        Unwritten("BAM", (".bam",), _ALIGNERS),
        Unwritten("BCF", (".bcf",)),
        Unwritten("BED", (".bed",)),
        Unwritten("CRAM", (".cram",), _ALIGNERS),
        Unwritten("CSV", (".csv",), _TABLES),
        Unwritten("a database", (".db", ".duckdb", ".sqlite"), _TABLES),
        Unwritten("Excel", (".xlsx",), _TABLES),
        Unwritten("HDF5", (".h5", ".hdf5")),
        Unwritten("JSON", (".json",), _TABLES),
        Unwritten("JSON lines", (".jsonl", ".ndjson"), _TABLES),
        Unwritten("NumPy", (".npy", ".npz")),
        Unwritten("ORC", (".orc",)),
        Unwritten("SAM", (".sam",), _ALIGNERS),
        Unwritten("TSV", (".tsv",), _TABLES),
        Unwritten("VCF", (".vcf",)),
        Unwritten("a tar archive", (".tar",)),
    )
    for suffix in each.suffixes
}
"""Known formats that cannot be written, by suffix."""


STREAM_FORMAT = FORMATS["fastq"]
"""The default format of standard output and pipes."""

FOLDER_FORMAT = FORMATS["parquet"]
"""The default format of the files in a folder."""


def titles(formats: Iterable[Format] = _EVERY_FORMAT, last: str = "and") -> str:
    """The titles of some formats, for messages: ``FASTQ and FASTA``."""
    *first, final = (each.title for each in formats)
    return f"{', '.join(first)} {last} {final}" if first else final


def format_of(sink: object) -> Format | None:
    """The format that a sink of the table writes; ``None`` for other sinks."""
    made = f"{type(sink).__module__}:{type(sink).__qualname__}"
    return next(
        (
            each
            for each in _EVERY_FORMAT
            if each.sink == made
            and all(getattr(sink, name) == value for name, value in each.settings.items())
        ),
        None,
    )


def compressions() -> tuple[str, ...]:
    """All compressions that any format has."""
    return tuple(dict.fromkeys(name for each in _EVERY_FORMAT for name in each.compressions))
