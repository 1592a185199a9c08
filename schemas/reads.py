"""The schema of sequencing reads, and the names of its columns in other tools."""

from __future__ import annotations

from typing import Literal, TypeAlias, get_args

import pyarrow as pa

from biometal_stream.errors import ConfigurationError

SCHEMA_VERSION = "reads/1"
"""Stored in each schema's metadata, and increased when a column changes its meaning."""

WITHOUT_QUALITY = "biometal_stream.without_quality"
"""The metadata key of the format that reads without qualities come from."""

Naming: TypeAlias = Literal["biometal", "polars-bio", "oxbow", "huggingface"]
"""The tools whose column names can be used.

polars-bio is ``scan_fastq`` of version 0.36, oxbow is ``from_fastq`` of 0.8, which has our names,
and huggingface is the FASTQ loader of ``datasets`` (pull request 7924 of its repository).
"""

NAMINGS: tuple[Naming, ...] = get_args(Naming)

_RENAMED: dict[str, dict[str, str]] = {
    "biometal": {},
    "polars-bio": {"quality": "quality_scores"},
    "oxbow": {},
    "huggingface": {"name": "id"},
}


def reads_schema(
    *,
    paired: bool = False,
    sample: str | None = None,
    without_quality: str | None = None,
    indexes: int = 0,
) -> pa.Schema:
    """Builds the schema of a stream of reads.

    =============== ================== ===================================================
    column          type               what
    =============== ================== ===================================================
    name            string             the header up to its first blank, without the ``@``
    description     string, nullable   the rest of the header; null if there is no blank
    sequence        string             the bases, as in the file
    quality         string             as many characters, Phred+33; only if the format has it
    mate            int8               1 or 2; only when reads are paired
    index_1         string             the bases of the first index read, if it is read
    index_1_quality string             its qualities
    index_2         string             the same for the second index read
    index_2_quality string             its qualities
    =============== ================== ===================================================

    Args:
        paired: Whether rows are mates 1 and 2 in turn.
        sample: The sample's name, kept in the metadata.
        without_quality: The format, such as ``FASTA``, if it has no qualities. It is stored in
            the metadata for error messages of operators that need them.
        indexes: The number of index reads. Both mates of a pair have the same.
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
    for columns in index_columns(indexes):
        fields += [pa.field(name, pa.string(), nullable=False) for name in columns]
    metadata = {"biometal_stream.schema": SCHEMA_VERSION}
    if sample is not None:
        metadata["biometal_stream.sample"] = sample
    if without_quality is not None:
        metadata[WITHOUT_QUALITY] = without_quality
    return pa.schema(fields, metadata=metadata)


def index_columns(number: int) -> list[tuple[str, str]]:
    """The columns of index reads: the bases of each, and its qualities."""
    return [(f"index_{index}", f"index_{index}_quality") for index in range(1, number + 1)]


def other_names(column: str) -> frozenset[str]:
    """The names of a column of reads in other tools."""
    names = {renamed.get(column, column) for renamed in _RENAMED.values()}
    return frozenset(names - {column})


def rename_reads(schema: pa.Schema, naming: Naming) -> pa.Schema:
    """Renames the columns of reads to those of another tool; other columns keep their names.

    Raises:
        ConfigurationError: The naming is unknown.
    """
    if naming not in _RENAMED:
        raise ConfigurationError(f"unknown naming '{naming}'; choose from {', '.join(NAMINGS)}")
    renamed = _RENAMED[naming]
    fields = [field.with_name(renamed.get(field.name, field.name)) for field in schema]
    return pa.schema(fields, metadata=schema.metadata)
