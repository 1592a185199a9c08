"""The loops that put pages together, against their likes in Python."""

from itertools import takewhile

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from biometal_stream.sinks.parquet.bodies import (
    put_similar_texts,
    put_small_numbers,
    put_texts,
    text_bytes,
)
from biometal_stream.sinks.parquet.deltas import pack_deltas, packed_room
from biometal_stream.sinks.parquet.slices import ORIGIN, number_slices, text_slices

words = st.lists(st.text("ACGTé", max_size=90), max_size=40)
texts = st.lists(st.tuples(words, st.integers(0, 5), st.booleans()), min_size=1, max_size=4)


def arrays_of(parts):
    """Arrays with offsets of either width, some of which begin after rows of others."""
    made = []
    for values, start, large in parts:
        kind = pa.large_string() if large else pa.string()
        made.append(pa.array(values, kind).slice(min(start, len(values))))
    return made, [value.encode() for each in made for value in each.to_pylist()]


def packed(values):
    out = np.empty(packed_room(len(values)), np.uint8)
    return out[: pack_deltas(np.array(values, np.int64), out)].tobytes()


def alike(one, other):
    """The number of bytes that two texts begin with alike."""
    pairs = zip(one, other, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


@given(texts)
def test_lengths_and_texts(parts):
    arrays, values = arrays_of(parts)
    slices = text_slices(arrays)
    nbytes = text_bytes(ORIGIN, slices)
    assert nbytes == sum(map(len, values))
    room = packed_room(len(values)) + 6
    out = np.empty(room + nbytes, np.uint8)
    size = put_texts(ORIGIN, slices, np.empty(len(values), np.int64), out, room)
    expected = packed([len(value) for value in values]) + b"".join(values)
    assert out[room - size :].tobytes() == expected


@given(texts)
def test_similar_texts(parts):
    arrays, values = arrays_of(parts)
    slices = text_slices(arrays)
    nbytes = text_bytes(ORIGIN, slices)
    room = 2 * packed_room(len(values)) + 6
    out = np.empty(room + nbytes, np.uint8)
    text = np.empty(nbytes, np.uint8)
    numbers = np.empty(3 * len(values) + 1, np.int64)
    size, left = put_similar_texts(ORIGIN, slices, text, numbers, out, room)
    shared = [alike(before, value) for before, value in zip([b"", *values], values, strict=False)]
    rest = [value[count:] for value, count in zip(values, shared, strict=True)]
    expected = packed(shared) + packed([len(each) for each in rest]) + b"".join(rest)
    assert out[room - size : room + left].tobytes() == expected


@given(
    st.sampled_from([pa.uint8(), pa.int8(), pa.uint16(), pa.int16()]),
    st.lists(st.tuples(st.lists(st.integers(0, 127), max_size=40), st.integers(0, 5)), min_size=1),
    st.booleans(),
)
def test_small_numbers(kind, parts, negative):
    arrays = []
    for values, start in parts:
        signed = [-value for value in values] if negative else values
        stored = np.array(signed, np.int64).astype(np.dtype(str(kind)))
        arrays.append(pa.array(stored, kind).slice(min(start, len(values))))
    values = [value for each in arrays for value in each.to_pylist()]
    if not values:
        return
    out = np.empty(packed_room(len(values)), np.uint8)
    limits = np.empty(2, np.int64)
    numbers = np.empty(len(values), np.int64)
    size = put_small_numbers(ORIGIN, number_slices(arrays), numbers, limits, out)
    assert out[:size].tobytes() == packed(values)
    assert limits.tolist() == [min(values), max(values)]
