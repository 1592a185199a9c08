"""How each column is stored."""

from __future__ import annotations

import pyarrow as pa

from biometal_stream.schemas.checks import is_text
from biometal_stream.sinks.parquet.compression import Compression
from biometal_stream.sinks.parquet.numbers import (
    NUMBERS,
    Numbers,
    PlainSmallNumbers,
    SmallNumbers,
)
from biometal_stream.sinks.parquet.pages import Pages
from biometal_stream.sinks.parquet.texts import Bases, PlainTexts, SimilarTexts, Texts

_SMALL = {pa.int8(), pa.uint8(), pa.int16(), pa.uint16()}


def pages_of(
    field: pa.Field, compression: str, level: int | None, *, plain: bool = False
) -> Pages | None:
    """Chooses how a column is stored; ``None`` if pyarrow should write it.

    Names and descriptions resemble those before them; sequences and qualities do not. Other text
    may be labels, which only a dictionary stores well.

    Args:
        field: The column.
        compression: As for `Compression`.
        level: The level of zstd or gzip; without a level zstd does what suits the column.
        plain: Whether to use only the encoding that every reader knows.
    """
    if is_text(field.type):
        if field.name not in _TEXTS:
            return None
        kind, table = _TEXTS[field.name]
        return (PlainTexts if plain else kind)(field, Compression(compression, level, table))
    if field.type in _SMALL:
        small = PlainSmallNumbers if plain else SmallNumbers
        return small(field, Compression(compression, level))
    return Numbers(field, Compression(compression, level)) if field.type in NUMBERS else None


_TEXTS: dict[str, tuple[type[Pages], int | None]] = {
    "name": (SimilarTexts, 12),
    "id": (SimilarTexts, 12),
    "description": (SimilarTexts, 12),
    "sequence": (Bases, None),
    "quality": (Texts, 8),
    "quality_scores": (Texts, 8),
}
