"""Which columns are cut along when reads are cut, and which would no longer be true."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pyarrow as pa

from biometal_stream.errors import SchemaError
from biometal_stream.measured import MEASURES, added_by
from biometal_stream.schemas.features import ENCODING

PER_BASE = b"biometal_stream.per_base"
"""Marks, in a field's metadata, a column of lists with one value for each base of the read."""

TEXT = ("sequence", "quality")
"""The columns of text with one character for each base."""

_MEASURED = frozenset(
    name for one in MEASURES.values() for name in (one.name, one.sql) if name is not None
)
_PREDICTED = re.compile(r".+_(label|score|probability(_.+)?)", re.DOTALL)


def per_base(schema: pa.Schema) -> tuple[str, ...]:
    """Lists the columns with one value for each base, which are cut as the reads are.

    These are ``sequence``, ``quality``, and lists of ``uint8`` that are marked `PER_BASE` or, since
    other programs drop such marks, that are called ``phred``.
    """
    return tuple(field.name for field in schema if field.name in TEXT or _is_scores(field))


def stale(schema: pa.Schema) -> Iterator[tuple[str, str]]:
    """Yields the columns that would no longer be true of reads that are cut.

    They are told by their names, which outlast any file or engine, and features by their type.
    A column that was renamed is the user's own.

    Yields:
        A column and the step that adds such columns, as it is typed.
    """
    for field in schema:
        if field.name in _MEASURED:
            yield field.name, "measure"
        elif _PREDICTED.fullmatch(field.name):
            yield field.name, added_by(field.name) or "predict"
        elif field.name == "features" or ENCODING.encode() in (field.metadata or {}):
            yield field.name, "encode-reads"
        elif _may_be_scores(field) and not _is_scores(field):
            yield field.name, "decode-quality"


def require_fresh(schema: pa.Schema, trimmer: str) -> None:
    """Checks that no column holds what was found in the whole reads.

    Args:
        schema: Of the reads that are about to be cut.
        trimmer: What cuts them, for the message.

    Raises:
        SchemaError: One does.
    """
    for name, step in stale(schema):
        keep = f"; to keep the old values: rename {name}=raw_{name}" if name in _MEASURED else ""
        raise SchemaError(
            f"{trimmer} cuts the reads, and column '{name}' is of the whole reads; put '{step}'"
            f" after {trimmer}, or drop the column first{keep}"
        )


def _may_be_scores(field: pa.Field) -> bool:
    return field.name == "phred" or PER_BASE in (field.metadata or {})


def _is_scores(field: pa.Field) -> bool:
    listed = pa.types.is_list(field.type) or pa.types.is_large_list(field.type)
    return _may_be_scores(field) and listed and pa.types.is_uint8(field.type.value_type)
