"""The schema of sequencing reads, and the names that other tools give its columns."""

from __future__ import annotations

from typing import Literal, TypeAlias, get_args

import pyarrow as pa

from biometal_stream.errors import ConfigurationError

SCHEMA_VERSION = "reads/1"
"""Kept in each schema's metadata, and raised when a column changes its meaning."""

WITHOUT_QUALITY = "biometal_stream.without_quality"
"""Where a schema's metadata tell the format that the reads come from, if it has no qualities."""

Naming: TypeAlias = Literal["biometal", "polars-bio", "oxbow", "huggingface"]
"""Whose habits the columns' names follow.

polars-bio is that of ``scan_fastq`` of version 0.36, oxbow that of ``from_fastq`` of 0.8, which
names columns as we do, and huggingface that of the FASTQ loader of ``datasets`` (pull request
7924 of its repository).
"""

NAMINGS: tuple[Naming, ...] = get_args(Naming)

_RENAMED: dict[str, dict[str, str]] = {
    "biometal": {},
    "polars-bio": {"quality": "quality_scores"},
    "oxbow": {},
    "huggingface": {"name": "id"},
}


def reads_schema(
    *, paired: bool = False, sample: str | None = None, without_quality: str | None = None
) -> pa.Schema:
    """Builds the schema of a stream of reads.

    ============= ================== ====================================================
    column        type               what
    ============= ================== ====================================================
    name          string             the header up to its first blank, without the ``@``
    description   string, nullable   the rest of the header; null where there is no blank
    sequence      string             the bases, as they stood in the file
    quality       string             as many characters, Phred+33; only where the format has it
    mate          int8               1 or 2; only when reads are paired
    ============= ================== ====================================================

    Args:
        paired: Whether rows are mates 1 and 2 in turn.
        sample: The sample's name, kept in the metadata.
        without_quality: The format, such as ``FASTA``, where it has no qualities. It is kept in
            the metadata for the message of whoever needs them.
    """
    fields = [
        pa.field("name", pa.string(), nullable=False),
        pa.field("description", pa.string(), nullable=True),
        pa.field("sequence", pa.string(), nullable=False),
    ]
    if without_quality is None:
        fields.append(pa.field("quality", pa.string(), nullable=False))
    if paired:
        fields.append(pa.field("mate", pa.int8(), nullable=False))
    metadata = {"biometal_stream.schema": SCHEMA_VERSION}
    if sample is not None:
        metadata["biometal_stream.sample"] = sample
    if without_quality is not None:
        metadata[WITHOUT_QUALITY] = without_quality
    return pa.schema(fields, metadata=metadata)


def other_names(column: str) -> frozenset[str]:
    """What other tools call a column of reads."""
    names = {renamed.get(column, column) for renamed in _RENAMED.values()}
    return frozenset(names - {column})


def rename_reads(schema: pa.Schema, naming: Naming) -> pa.Schema:
    """Renames the columns of reads to another tool's habit; others stay as they are.

    Raises:
        ConfigurationError: Nobody has that habit.
    """
    if naming not in _RENAMED:
        raise ConfigurationError(f"unknown naming '{naming}'; known are {', '.join(NAMINGS)}")
    renamed = _RENAMED[naming]
    fields = [field.with_name(renamed.get(field.name, field.name)) for field in schema]
    return pa.schema(fields, metadata=schema.metadata)
