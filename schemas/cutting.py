"""Which columns are cut together with the reads, and which would become wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pyarrow as pa

from biometal_stream.errors import SchemaError
from biometal_stream.measured import MEASURES, PAIR_MEASURES, added_by
from biometal_stream.schemas.checks import is_text
from biometal_stream.schemas.features import ENCODING
from biometal_stream.schemas.reads import other_names

PER_BASE = b"biometal_stream.per_base"
"""A mark in a field's metadata: a column of lists with one value for each base of the read."""

TEXT = ("sequence", "quality")
"""The string columns with one character for each base."""

_NAMES = frozenset((*TEXT, "phred", *(name for one in TEXT for name in other_names(one))))
"""The names of these columns here and in other tools, and the scores of ``decode-quality``."""

_MEASURED = {
    name: one.name for one in MEASURES.values() for name in (one.name, one.sql) if name is not None
} | {name: name for name in PAIR_MEASURES if name != "insert_size"}
"""The names of measures and of their functions, and the measure of each."""
_KMERS = frozenset({"kmers", "minimizers", "minimizer_positions"})
_MARKED = re.compile(r".+_(hits|minimizers)", re.DOTALL)
_PREDICTED = re.compile(r".+_(label|score|probability(_.+)?)", re.DOTALL)


def per_base(schema: pa.Schema) -> tuple[str, ...]:
    """The columns with one value for each base, which are cut as the reads are.

    They are strings or lists of ``uint8``, recognized by the mark `PER_BASE` or, because other
    programs drop such marks, by name: ``sequence``, ``quality`` or their names in other tools,
    and ``phred``.
    """
    return tuple(field.name for field in schema if _is_per_base(field) and _can_be_cut(field.type))


def renamed(field: pa.Field, name: str) -> pa.Field:
    """A field under another name, marked if only its old name said that it is cut."""
    new = field.with_name(name)
    if _is_per_base(new) or not (_is_per_base(field) and _can_be_cut(field.type)):
        return new
    return new.with_metadata({**(field.metadata or {}), PER_BASE: b""})


def stale(schema: pa.Schema) -> Iterator[tuple[str, str]]:
    """Yields the columns that would become wrong if reads are cut.

    Measures and k-mers are recognized by name, which outlasts any file or engine, features by type,
    and counts of hits by both. A renamed column is the user's own.

    Yields:
        A column, and the step that adds such columns, in command line syntax.
    """
    hits = dict(made_from_kmers(schema))
    for field in schema:
        if field.name in _MEASURED:
            yield field.name, added_by(_MEASURED[field.name]) or "measure"
        elif field.name in hits:
            yield field.name, hits[field.name]
        elif _PREDICTED.fullmatch(field.name):
            yield field.name, added_by(field.name) or "predict"
        elif field.name == "features" or ENCODING.encode() in (field.metadata or {}):
            yield field.name, "encode-reads"


def made_from_kmers(schema: pa.Schema) -> Iterator[tuple[str, str]]:
    """Yields the columns of k-mers, and those of the indexes that have them.

    Yields:
        A column, and the step that adds such columns, in command line syntax.
    """
    marks = {
        field.name
        for field in schema
        if _MARKED.fullmatch(field.name) and pa.types.is_int32(field.type)
    }
    for name in schema.names:
        if name in _KMERS or name in marks:
            yield name, added_by(name) or name
        elif name.endswith("_label") and f"{name.removesuffix('label')}hits" in marks:
            yield name, "deplete --mark"


def require_fresh(schema: pa.Schema, trimmer: str) -> None:
    """Checks that no column describes the whole reads.

    Args:
        schema: The schema of the reads to be cut.
        trimmer: The operator that cuts them, for the message.

    Raises:
        SchemaError: A column does, or one with a value for each base has an unsuitable type.
    """
    for field in schema:
        if _is_per_base(field) and not _can_be_cut(field.type):
            raise SchemaError(
                f"{trimmer} cuts the reads, but cannot cut column '{field.name}', which is"
                f" {field.type}, not text or a list of uint8; cast or drop the column first"
            )
    for name, step in stale(schema):
        keep = f"; to keep its values: rename {name}=raw_{name}" if name in _MEASURED else ""
        raise SchemaError(
            f"{trimmer} cuts the reads, and column '{name}' describes the whole reads; put '{step}'"
            f" after {trimmer}, or drop the column first{keep}"
        )


def _is_per_base(field: pa.Field) -> bool:
    return field.name in _NAMES or PER_BASE in (field.metadata or {})


def _can_be_cut(kind: pa.DataType) -> bool:
    listed = pa.types.is_list(kind) or pa.types.is_large_list(kind)
    return is_text(kind) or (listed and bool(pa.types.is_uint8(kind.value_type)))
