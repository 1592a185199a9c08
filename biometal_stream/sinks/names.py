"""What the name of a target says of its content, so that the two never contradict each other.

A name says a format, a compression, both, or, as ``reads.txt``, ``-`` and ``/dev/fd/63`` do,
neither. Light: nothing is loaded.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Literal, TypeAlias, get_args

from biometal_stream.errors import ConfigurationError

SinkFormat: TypeAlias = Literal["parquet", "arrow", "arrow-stream", "fastq"]
"""What a sink writes."""

FORMATS: tuple[SinkFormat, ...] = get_args(SinkFormat)

SUFFIXES: dict[str, SinkFormat] = {
    ".parquet": "parquet",
    ".pq": "parquet",
    ".arrow": "arrow",
    ".feather": "arrow",
    ".ipc": "arrow",
    ".arrows": "arrow-stream",
    ".fastq": "fastq",
    ".fq": "fastq",
}
"""The format of a target by the end of its name; FASTQ may have one of `FASTQ_SUFFIXES` more."""

TITLES: dict[str, str] = {
    "fastq": "FASTQ",
    "parquet": "Parquet",
    "arrow": "an Arrow file",
    "arrow-stream": "an Arrow stream",
}
"""The formats in messages."""

FASTQ_SUFFIXES = (".gz", ".bgz", ".zst")
"""How compressed FASTQ ends."""

_COMPRESSIONS = {".gz": "gzip", ".bgz": "gzip", ".zst": "zstd"}
_READ_ONLY = {".bz2", ".xz"}
_UNKNOWN = {".7z", ".br", ".lz4", ".lzma", ".rar", ".tgz", ".z", ".zip"}
_PREFERRED = {
    "fastq": ".fq",
    "parquet": ".parquet",
    "arrow": ".arrow",
    "arrow-stream": ".arrows",
    "gzip": ".gz",
    "zstd": ".zst",
}
_READ_NUMBER = re.compile(r"(?:^|[._-])[Rr]([12])(?=[._-]|$)")
_LAST_NUMBER = re.compile(r"[._]([12])$")
_METHODS = {
    "fastq": "write_fastq",
    "parquet": "write_parquet",
    "arrow": "write_arrow",
    "arrow-stream": "write_arrow with stream=True",
}
_EITHER_ARROW = {".arrow", ".ipc"}
"""Names that files and streams of Arrow both have: Hugging Face calls its streams ``.arrow``."""
_OTHERS = {
    ".avro": "Avro",
    ".bam": "BAM",
    ".bcf": "BCF",
    ".bed": "BED",
    ".cram": "CRAM",
    ".csv": "CSV",
    ".db": "a database",
    ".duckdb": "a database",
    ".fa": "FASTA",
    ".fasta": "FASTA",
    ".fna": "FASTA",
    ".h5": "HDF5",
    ".hdf5": "HDF5",
    ".json": "JSON",
    ".jsonl": "JSON lines",
    ".ndjson": "JSON lines",
    ".npy": "NumPy",
    ".npz": "NumPy",
    ".orc": "ORC",
    ".sam": "SAM",
    ".sqlite": "a database",
    ".tar": "a tar archive",
    ".tsv": "TSV",
    ".vcf": "VCF",
    ".xlsx": "Excel",
}
"""Formats that are not written, by suffixes that everybody knows."""


@dataclass(frozen=True)
class Said:
    """What a name says.

    Attributes:
        stem: The path without the suffixes that say something.
        format: A key of `TITLES`, or the title of another format.
        compression: ``gzip``, ``zstd``, or the suffix of one that is not written.
        suffix: The suffix that says the format.
    """

    stem: str
    format: str | None = None
    compression: str | None = None
    suffix: str = ""

    @property
    def title(self) -> str:
        """The format, in messages."""
        return TITLES.get(self.format or "", self.format or "")


def said_by(target: str) -> Said:
    """Reads the end of a name. A folder's says nothing."""
    if target.endswith("/"):
        return Said(target)
    path = PurePath(target)
    last = path.suffix.lower()
    compression = None
    if last in _COMPRESSIONS or last in _READ_ONLY or last in _UNKNOWN:
        compression = _COMPRESSIONS.get(last, last)
        path = path.with_suffix("")
    suffix = path.suffix.lower()
    format = SUFFIXES.get(suffix) or _OTHERS.get(suffix)
    stem = target[: len(target) - len(last)] if compression else target
    return Said(stem[: -len(suffix)] if format else stem, format, compression, suffix)


def compression_said_by(target: str) -> str:
    """The compression of text that is to be written to a target: ``none``, ``gzip``, ``zstd``.

    Raises:
        ConfigurationError: The name says one that is not written.
    """
    said = said_by(target).compression
    if said is None:
        return "none"
    if said in _READ_ONLY:
        raise ConfigurationError(
            f"{target}: {said} is read but not written; use .gz or .zst, which are faster"
        )
    if said not in _COMPRESSIONS.values():
        raise ConfigurationError(f"{target}: {said} is not written; use .gz or .zst")
    return said


def mate_said_by(target: str) -> int | None:
    """The mate that a name says: 1 of ``a_R1_001.fq.gz`` and ``a.1.fq``, 2 of ``a_2.fq``."""
    said = PurePath(said_by(target).stem).name
    found = _READ_NUMBER.search(said) or _LAST_NUMBER.search(said)
    return int(found[1]) if found else None


def mates_warning(target: str, mate: str | None) -> str | None:
    """What there is to say where pairs go to files whose names say something else.

    Args:
        target: The file of mates 1, or of both.
        mate: The file of mates 2, or ``None`` where pairs are interleaved.
    """
    first = mate_said_by(target)
    if mate is None and first is not None:
        return (
            f"{target}: its name says mates {first}, and it takes both mates of each pair,"
            " interleaved; --mate FILE (mate= in Python) puts mates 2 into a file of their own,"
            " and --interleaved says that one file is meant"
        )
    if mate is not None and (first, mate_said_by(mate)) == (2, 1):
        return f"{target}: its name says mates 2, and it takes mates 1; {mate} takes mates 2"
    return None


def check_fastq_name(target: str, compression: str | None, *, only: bool = False) -> None:
    """Checks that a name and a compression go together with FASTQ.

    Args:
        target: The file.
        compression: ``none``, ``gzip``, ``zstd``, or ``None`` for what the name says.
        only: Whether nothing else can be written there, so that no other format is offered.

    Raises:
        ConfigurationError: The name says something else.
    """
    said = said_by(target)
    _check_format(target, said, "fastq", only=only)
    named = compression_said_by(target)
    says_plain = said.format == "fastq" and named == "none"
    if compression is None or compression == named or (named == "none" and not says_plain):
        return
    fitting = f"{said.stem}{said.suffix if said.format else ''}{_PREFERRED.get(compression, '')}"
    what = "no compression" if named == "none" else named
    raise ConfigurationError(
        f"{target}: the name says {what}, and the compression is {compression}; name it {fitting},"
        " or leave the compression out"
    )


def check_whole_name(target: str, format: SinkFormat, *, only: bool = False) -> None:
    """Checks that a name goes together with Parquet or Arrow, which are compressed inside.

    Args:
        target: The file or folder.
        format: What is written there.
        only: Whether nothing else can be, so that no other format is offered.

    Raises:
        ConfigurationError: The name says something else.
    """
    if Path(target).is_dir():  # which may have any name
        return
    said = said_by(target)
    if said.suffix in _EITHER_ARROW and format.startswith("arrow") and said.compression is None:
        return
    _check_format(target, said, format, only=only)
    if said.compression is not None:
        raise ConfigurationError(
            f"{target}: the name says a file that is compressed as a whole, and"
            f" {TITLES[format]} is compressed inside; name it {said.stem}{_PREFERRED[format]}"
        )


def check_text_name(target: str, what: str, suffix: str) -> None:
    """Checks that a name goes together with plain text that is neither FASTQ nor compressed.

    Args:
        target: The file.
        what: What is written, such as ``JSON``.
        suffix: What its name ends in, such as ``.json``.

    Raises:
        ConfigurationError: The name says something else.
    """
    said = said_by(target)
    if said.format in {None, what} and said.compression is None:
        return
    says = said.title if said.format not in {None, what} else "a compressed file"
    raise ConfigurationError(
        f"{target}: the name says {says}, and {what} is written there; name it {said.stem}{suffix}"
    )


def _check_format(target: str, said: Said, format: SinkFormat, *, only: bool) -> None:
    if said.format is None or said.format == format:
        return
    fitting = f"{said.stem}{_PREFERRED[format]}"
    if format == "fastq" and said.compression in _COMPRESSIONS.values():
        fitting += _PREFERRED[said.compression or ""]
    rest = ""
    if said.format in TITLES and not only:
        rest = (
            f", or write {said.title} (--format {said.format}; {_METHODS[said.format]} in Python)"
        )
    raise ConfigurationError(
        f"{target}: the name says {said.title}, and {TITLES[format]} is to be written; name it"
        f" {fitting}{rest}"
    )
