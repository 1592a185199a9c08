"""Pages of text, in Parquet's encodings of byte arrays."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from biometal_stream.columns import text_of
from biometal_stream.sinks.buffers import Bytes
from biometal_stream.sinks.parquet.bases import (
    BLOCK,
    PADDING,
    bases_room,
    count_other_bases,
    put_bases,
)
from biometal_stream.sinks.parquet.bodies import (
    put_lengths_of,
    put_similar_texts,
    put_text,
    put_texts,
    text_bytes,
)
from biometal_stream.sinks.parquet.deltas import pack_deltas, packed_room
from biometal_stream.sinks.parquet.pages import (
    BYTE_ARRAY,
    DELTA_BYTE_ARRAY,
    DELTA_LENGTH_BYTE_ARRAY,
    PLAIN,
    Body,
    Pages,
    after_levels,
)
from biometal_stream.sinks.parquet.plain import LENGTH_BYTES, put_lengths
from biometal_stream.sinks.parquet.slices import ORIGIN, text_slices

_BASES_PER_OTHER = 512
"""Bases per letter that is not A, C, G or T, at least; each of these letters costs 20 bytes."""


class Texts(Pages):
    """Lengths, then all texts (DELTA_LENGTH_BYTE_ARRAY): for texts with little in common."""

    kind = BYTE_ARRAY
    encoding = DELTA_LENGTH_BYTE_ARRAY

    def _body(self, columns: list[pa.Array], rows: int, levels: bytes) -> Body:
        slices = text_slices(columns)
        nbytes = text_bytes(ORIGIN, slices)
        lengths = self._scratch.numbers("lengths", rows)
        room = len(levels) + packed_room(rows)
        if self.compression.code:
            out = self._scratch.bytes("page", room + nbytes + PADDING)[: room + nbytes]
            packed = put_texts(ORIGIN, slices, lengths, out, room)
            return Body([after_levels(levels, out, room - packed)], nbytes)
        put_lengths_of(ORIGIN, slices, lengths)
        out = self._scratch.bytes("page", room)
        packed = pack_deltas(lengths, out)
        return Body([levels, out.data[:packed], *(text_of(each)[1] for each in columns)], nbytes)


class Bases(Texts):
    """Sequences: A, C, G and T take two bits each, unless zstd finds enough repeats."""

    def _compressed(self, body: Body) -> Bytes:
        (part,) = body.parts
        size = body.text
        text = np.frombuffer(part, np.uint8)
        start = len(text) - size
        if not self.compression.chooses or size < BLOCK:
            return self.compression.compress(part)
        others = count_other_bases(text, start, size)
        middle = start + (size - BLOCK) // 2
        if (
            others > size // _BASES_PER_OTHER
            or len(self.compression.compress(part[middle : middle + BLOCK])) < BLOCK // 4
        ):
            return self.compression.compress(part)
        out = np.empty(bases_room(start, size, others), np.uint8)
        return out.data[: put_bases(text, 0, start, size, out)]


class SimilarTexts(Pages):
    """The length that each text shares with the one before, then the rest (DELTA_BYTE_ARRAY)."""

    kind = BYTE_ARRAY
    encoding = DELTA_BYTE_ARRAY

    def _body(self, columns: list[pa.Array], rows: int, levels: bytes) -> Body:
        slices = text_slices(columns)
        nbytes = text_bytes(ORIGIN, slices)
        text = self._scratch.bytes("text", nbytes)
        numbers = self._scratch.numbers("numbers", 3 * rows + 1)
        room = len(levels) + 2 * packed_room(rows)
        out = self._scratch.bytes("page", room + nbytes)
        packed, left = put_similar_texts(ORIGIN, slices, text, numbers, out, room)
        return Body([after_levels(levels, out[: room + left], room - packed)], nbytes)


class PlainTexts(Pages):
    """Each text after its length (PLAIN): for readers without other encodings of text."""

    kind = BYTE_ARRAY
    encoding = PLAIN

    def _body(self, columns: list[pa.Array], rows: int, levels: bytes) -> Body:
        slices = text_slices(columns)
        nbytes = text_bytes(ORIGIN, slices)
        lengths = self._scratch.numbers("lengths", rows)
        put_lengths_of(ORIGIN, slices, lengths)
        text = self._scratch.bytes("text", nbytes)
        put_text(ORIGIN, slices, text, 0)
        start = len(levels)
        out = self._scratch.bytes("page", start + nbytes + LENGTH_BYTES * rows)
        put_lengths(text, lengths, out[start:])
        return Body([after_levels(levels, out, start)], nbytes)
