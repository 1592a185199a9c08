"""Makes the pages of a morsel: all columns of text in one call, the others one by one."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from biometal_stream.codecs.libraries import libzstd
from biometal_stream.columns import without_views
from biometal_stream.errors import SinkError
from biometal_stream.scratch import KeptScratch
from biometal_stream.sinks.parquet.bases import PADDING
from biometal_stream.sinks.parquet.deltas import packed_room
from biometal_stream.sinks.parquet.pages import Page, Pages, definition_levels, without_nulls
from biometal_stream.sinks.parquet.slices import ORIGIN, put_text_slices
from biometal_stream.sinks.parquet.texts import Bases, SimilarTexts, Texts
from biometal_stream.sinks.parquet.whole_pages import (
    BASES,
    HEADER_ROOM,
    SIMILAR,
    TEXTS,
    measure_pages,
    put_pages,
)
from biometal_stream.sinks.rebatch import RowRebatcher

_KINDS: dict[type[Pages], int] = {Texts: TEXTS, Bases: BASES, SimilarTexts: SIMILAR}
_ZSTD_ROOM = 2**10
"""The bytes that zstd may need beyond those of its input and an eighth of them."""
_LARGEST_TEXT = 2**28
"""The most bytes of a page that are copied to memory of this module."""

_KEPT = KeptScratch()


class PageMorsel(list[pa.RecordBatch]):
    """Batches of whole pages.

    Attributes:
        starts: The first batch of each page, and the number of batches.
    """

    def __init__(self) -> None:
        super().__init__()
        self.starts = [0]

    def append_page(self, batches: list[pa.RecordBatch]) -> None:
        """Adds the batches of a page."""
        self += batches
        self.starts.append(len(self))

    @property
    def pages(self) -> int:
        """The number of pages."""
        return len(self.starts) - 1


class PageRebatcher:
    """Rebatches rows to morsels of one or more pages. For use by one thread.

    The first morsels have one page each, so that few reads are spread over the workers.

    Args:
        pages: Makes the pages.
        most: The pages of a later morsel.
        alone: How many morsels have one page.
    """

    def __init__(self, pages: RowRebatcher, most: int, alone: int) -> None:
        self._pages = pages
        self._most = most
        self._alone = alone
        self._morsel = PageMorsel()

    def add(self, batch: pa.RecordBatch, /) -> Iterator[PageMorsel]:
        """Adds a batch; yields the morsels that are complete."""
        for page in self._pages.add(batch):
            yield from self._with(page)

    def finish(self) -> Iterator[PageMorsel]:
        """Yields the rest. Called once, after the last batch."""
        for page in self._pages.finish():
            yield from self._with(page)
        if self._morsel:
            yield self._morsel

    def _with(self, page: list[pa.RecordBatch]) -> Iterator[PageMorsel]:
        self._morsel.append_page(page)
        if self._alone or self._morsel.pages >= self._most:
            self._alone = max(0, self._alone - 1)
            morsel, self._morsel = self._morsel, PageMorsel()
            yield morsel


class MorselPages:
    """Makes pages of several columns. Thread-safe.

    Args:
        columns: What makes the pages of each column, by its place.
    """

    def __init__(self, columns: dict[int, Pages]) -> None:
        together = libzstd.functions() is not None
        self._texts = {
            place: each
            for place, each in columns.items()
            if together and type(each) in _KINDS and each.compression.is_zstd
        }
        self._others = {place: each for place, each in columns.items() if place not in self._texts}
        self._kinds = np.array(
            [
                (_KINDS[type(each)], each.encoding, each.compression.chooses)
                for each in self._texts.values()
            ],
            np.int64,
        ).reshape(-1, 3)

    def encode(self, morsel: PageMorsel) -> list[dict[int, Page]]:
        """Returns the pages of each column, for each page of rows.

        Raises:
            DataError: The values are too large.
            SinkError: zstd fails.
        """
        pages: list[dict[int, Page]] = [{} for _ in pairwise(morsel.starts)]
        columns = [batch.columns for batch in morsel]
        alone = self._others
        if self._texts and not self._put_texts(morsel, columns, pages):
            alone = self._texts | self._others
        for place, encoder in alone.items():
            for made, (first, stop) in zip(pages, pairwise(morsel.starts), strict=True):
                made[place] = encoder.encode([each[place] for each in columns[first:stop]])
        return pages

    def _put_texts(
        self, morsel: PageMorsel, columns: list[list[pa.Array]], pages: list[dict[int, Page]]
    ) -> bool:
        """Adds the pages of all columns of text, unless a text is very large."""
        starts = morsel.starts
        rows = [
            sum([batch.num_rows for batch in morsel[first:stop]])
            for first, stop in pairwise(starts)
        ]
        slices = np.zeros((len(self._texts) * len(morsel), 4), np.int64)
        levels: list[bytes] = []
        nulls: list[int] = []
        kept = []  # the arrays that the table refers to
        for number, (place, encoder) in enumerate(self._texts.items()):
            for page, (first, stop) in enumerate(pairwise(starts)):
                arrays = [each[place] for each in columns[first:stop]]
                if encoder.has_views:
                    arrays = [without_views(array) for array in arrays]
                lost = sum([array.null_count for array in arrays])
                nulls.append(lost)
                levels.append(
                    definition_levels(arrays, rows[page], lost) if encoder.nullable else b""
                )
                if lost:
                    arrays = without_nulls(arrays, lost, rows[page])
                put_text_slices(arrays, slices[number * len(morsel) + first :])
                kept.append(arrays)
        batches = np.array(starts, np.int64)
        most, total = measure_pages(ORIGIN, slices, batches, len(self._texts))
        if most > _LARGEST_TEXT:
            return False
        out, sizes = self._put(slices, batches, np.array(rows, np.int64), levels, most, total)
        data = memoryview(out)
        for number, place in enumerate(self._texts):
            for page, made in enumerate(pages):
                at = number * len(pages) + page
                start, stop, plain, text = sizes[at]
                size = stop - start
                made[place] = Page(
                    [data[start:stop]], rows[page], size, plain, text, nulls[at], None
                )
        return True

    def _put(
        self,
        slices: NDArray[np.int64],
        starts: NDArray[np.int64],
        rows: NDArray[np.int64],
        levels: list[bytes],
        most: int,
        total: int,
    ) -> tuple[pa.Buffer, list[list[int]]]:
        """Calls the kernel; returns the pages, and where each is."""
        count = len(levels)
        level_ends = np.zeros(count + 1, np.int64)
        level_ends[1:] = np.cumsum([len(each) for each in levels])
        longest = int(rows.max())
        room = packed_room(longest)
        before = 2 * room + max(map(len, levels))
        contexts = [each.compression.context().address for each in self._texts.values()]
        sizes = np.empty((count, 4), np.int64)
        out = _KEPT.bytes("out", total + total // 8 + count * (before + HEADER_ROOM + _ZSTD_ROOM))
        written = int(
            put_pages(
                ORIGIN,
                slices,
                starts,
                rows,
                self._kinds,
                np.frombuffer(b"".join(levels), np.uint8),
                level_ends,
                np.array([libzstd.compress_address(), *contexts], np.uint64),
                room,
                _KEPT.numbers("numbers", 3 * longest + 1),
                _KEPT.bytes("text", most),
                _KEPT.bytes("page", before + most + PADDING),
                out,
                sizes,
            )
        )
        if written < 0:
            raise SinkError("zstd cannot compress a page")
        # The pages wait for their row group, so they get memory of the right size.
        buffer = pa.allocate_buffer(written)
        np.copyto(np.frombuffer(buffer, np.uint8), out[:written])
        return buffer, sizes.tolist()
