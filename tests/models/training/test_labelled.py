"""Reads to learn from, whole and cut."""

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from biometal_stream.columns import StringColumn
from biometal_stream.models.training.labelled import cut, whole_reads
from biometal_stream.view import BatchView

QUALITIES = st.lists(st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=70))


def column(rows):
    kind = pa.large_string()
    return BatchView(pa.record_batch([pa.array(rows, kind)], names=["quality"])).text("quality")


def rows_of(column: StringColumn):
    data = column.data.tobytes()
    return [data[a:b].decode() for a, b in zip(column.starts, column.stops, strict=True)]


@given(st.data(), QUALITIES.filter(len))
def test_a_piece_is_a_slice(data, qualities):
    rows = data.draw(st.lists(st.integers(0, len(qualities) - 1), max_size=9))
    starts = [data.draw(st.integers(0, len(qualities[row]))) for row in rows]
    stops = [
        data.draw(st.integers(start, len(qualities[row])))
        for row, start in zip(rows, starts, strict=True)
    ]
    found = cut(column(qualities), *(np.array(each, np.int64) for each in (rows, starts, stops)))
    assert rows_of(found) == [
        qualities[row][start:stop] for row, start, stop in zip(rows, starts, stops, strict=True)
    ]


def test_whole_reads_are_untouched(real_reads):
    rows = np.array([5, 0, 5, 17])
    fragments = whole_reads(real_reads, rows)
    for one, other in (
        (fragments.quality, real_reads.quality),
        (fragments.sequence, real_reads.sequence),
    ):
        every = rows_of(other)
        assert rows_of(one) == [every[row] for row in rows]
    assert (fragments.labels == real_reads.labels[rows]).all()
